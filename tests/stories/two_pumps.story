# A relay of pumps is no higher dose, and the stop of the first no lower one; two pumps that both infuse are added.
08:00 admit icu.b1
08:00 weight 80 kg
08:00 every 1min until 16:00 map 72 mm[Hg]
08:00 every 1min until 10:07 norepinephrine 0.08 ug/kg/min pump left
10:00 every 1min until 15:59 norepinephrine 0.08 ug/kg/min pump right
10:05 expect organ_cardio present level 3 on medium
10:07 expect vasopressor_rising none
10:08 norepinephrine 0 ug/kg/min pump left
10:08 expect organ_cardio present level 3 on medium
10:30 expect organ_cardio present level 3
10:30 expect vasopressor_rising none
12:00 every 1min until 15:59 norepinephrine 0.16 ug/kg/min pump left
12:00 expect organ_cardio present level 4
12:20 expect vasopressor_rising present on medium
12:20 expect vasopressor_rising says vasopressors rise: 0.08 -> 0.24 ug/kg/min as norepinephrine within 6 h
