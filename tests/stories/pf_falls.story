# P/F falls by a quarter between two gases.
08:00 admit icu.b1
08:00 resp_device imv
08:00 fio2_set 40 %
08:00 peep_set 8 cm[H2O]
08:05 pao2 110 mm[Hg] (arterial)
08:06 expect pf_falling none
11:00 pao2 95 mm[Hg] (arterial)
11:01 expect pf_falling none
12:00 fio2_set 50 %
12:05 pao2 80 mm[Hg] (arterial)
12:06 expect pf_falling present on low told first
12:06 expect pf_falling says P/F falls: 275.00 -> 160.00 mmHg within 6 h
