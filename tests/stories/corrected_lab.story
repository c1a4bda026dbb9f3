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
