# Out of the limit, acknowledged, back: it is over, and nobody is called for that.
08:00 admit icu.b1
08:00 every 1min until 08:20 map 72 mm[Hg]
08:05 limit map below 75 because carotid
08:07 expect limit_map present on medium told first
08:10 acknowledge limit_map
08:21 every 1min until 08:40 map 82 mm[Hg]
08:22 expect limit_map present acknowledged
08:30 expect limit_map closed recovered
