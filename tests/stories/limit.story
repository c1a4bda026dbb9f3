# Call me when: one patient, one figure, an author and a reason.
08:00 admit icu.b1
08:00 every 1min until 09:00 map 72 mm[Hg]
08:10 limit map below 75 because carotid
08:11 expect limit_map present on medium told first
08:30 limit map over
08:32 expect limit_map closed recovered
08:40 limit map below 60 because carotid
08:45 expect limit_map none
09:00 limit weight below 60 because carotid refused no_limit_for_signal
09:00 limit map because carotid refused limit_missing
