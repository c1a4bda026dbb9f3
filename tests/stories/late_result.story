# A result that was superseded when it came corrects history and sends nobody to the bed.
08:00 admit icu.b1
08:10 k 5.0 mmol/L drawn 08:05 order S2
08:10 plt 160 10*9/L drawn 08:05
09:30 plt 150 10*9/L drawn 09:20
10:00 k 8.9 mmol/L drawn 06:30 order S1
10:00 expect extreme_k none
10:00 expect organ_coag none
10:00 expect late_result present information on
10:00 expect late_result says late result corrects history: k
11:01 expect late_result none
