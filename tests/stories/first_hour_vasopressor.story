# The first hour of a vasopressor reads the band of the running rate.
08:00 admit icu.b1
08:00 weight 80 kg
08:00 map 72 mm[Hg]
08:10 norepinephrine 0.05 ug/kg/min
08:11 expect organ_cardio present level 3 medium
08:20 norepinephrine 0.2 ug/kg/min
08:23 expect organ_cardio present level 4 on high told worsened
