# Alerts follow the patient: the last revision on the old bed says moved, the new bed has the whole state.
08:00 admit icu.b1
08:05 plt 40 10*9/L
08:10 acknowledge organ_coag
09:00 transfer icu.b2
09:00 expect organ_coag present level 3 acknowledged bed icu.b2 told updated
09:05 plt 12 10*9/L
09:05 expect organ_coag present level 4 on bed icu.b2
