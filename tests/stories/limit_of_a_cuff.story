# A cuff measures every quarter of an hour; each value counts.
08:00 admit icu.b1
08:00 limit nibp_map below 65 because sepsis
08:15 nibp_map 62 mm[Hg]
08:17 expect limit_nibp_map present on medium told first
08:25 expect limit_nibp_map present on
08:30 nibp_map 70 mm[Hg]
08:32 expect limit_nibp_map closed recovered
