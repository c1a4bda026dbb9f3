# What comes back soon after it ended is a new alert that says so; what comes back later is not.
08:00 admit icu.b1
08:05 plt 40 10*9/L
08:05 expect organ_coag present on onsets 1
08:06 acknowledge organ_coag
08:07 judge organ_coag not_useful
08:07 expect organ_coag present acknowledged judged not_useful told updated
12:00 plt 120 10*9/L
12:16 expect organ_coag none
12:20 plt 40 10*9/L
12:20 expect organ_coag present on told first onsets 2 judged not
12:21 acknowledge organ_coag
16:00 plt 120 10*9/L
16:16 expect organ_coag none
17:00 plt 40 10*9/L
17:00 expect organ_coag present on told first onsets 1
