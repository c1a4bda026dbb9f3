# A transfer told ahead of its time moves the alerts when it happens, not when it is told; taken back it never happens.
08:00 admit icu.b1
08:05 plt 40 10*9/L
08:10 transfer icu.b2 as of 09:00
08:10 expect organ_coag present level 3 bed icu.b1
08:30 k 8.6 mmol/L
08:30 expect extreme_k present bed icu.b1
08:59 expect organ_coag present bed icu.b1
09:00 expect organ_coag present bed icu.b2
09:00 expect extreme_k present bed icu.b2
09:10 transfer icu.b3 as of 10:00
09:20 cancel transfer
10:01 expect organ_coag present bed icu.b2
10:10 discharge as of 11:00
10:20 cancel discharge
12:00 expect organ_coag present bed icu.b2
