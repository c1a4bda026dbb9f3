# A discharge told again with another time is the same discharge, and one cancellation undoes it.
08:00 admit icu.b1
08:05 plt 12 10*9/L
12:00 discharge
12:00 expect organ_coag closed discharged
12:10 discharge as of 11:50
12:20 discharge as of 12:15
12:30 cancel discharge
12:31 expect organ_coag present bed icu.b1
12:40 at icu.b1 k 8.6 mmol/L
12:40 expect extreme_k present bed icu.b1
14:00 discharge
14:00 expect extreme_k closed discharged
14:00 expect nothing
