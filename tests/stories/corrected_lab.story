# A wrong sample is corrected: the alert says that it was not so.
08:00 admit icu.b1
08:10 plt 30 10*9/L drawn 08:00 order S7
08:10 expect organ_coag present level 3
08:40 plt 230 10*9/L drawn 08:00 order S7 corrected
08:40 expect organ_coag none
08:40 expect organ_coag closed corrected
09:00 k 8.8 mmol/L order S8
09:00 expect extreme_k present on
09:20 k 8.8 mmol/L drawn 09:00 order S8 deleted
09:20 expect extreme_k absent latched       # somebody has to see that it was wrong
09:21 acknowledge extreme_k
09:21 expect extreme_k closed corrected
# A correction that cannot be used leaves nothing standing: what was known before counts again.
10:00 plt 30 10*9/L order S9
10:00 expect organ_coag present level 3
10:20 plt 9999 10*9/L drawn 10:00 order S9 corrected
10:20 expect organ_coag closed corrected
# A retraction needs no unit that is known.
11:00 plt 15 10*9/L order S10
11:00 expect organ_coag present level 4
11:10 plt 15 furlong drawn 11:00 order S10 deleted
11:10 expect organ_coag absent latched
11:11 acknowledge organ_coag
11:11 expect organ_coag closed corrected
