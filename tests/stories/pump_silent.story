# A pump that is not heard any more: neither stopped nor running is assumed.
08:00 admit icu.b1
08:00 weight 80 kg
08:00 every 5min until 10:00 norepinephrine 0.05 ug/kg/min
08:00 every 1min until 12:00 map 72 mm[Hg]
09:30 expect organ_cardio present level 3
09:30 expect pump_silent none
10:30 expect pump_silent present medium on
10:30 expect organ_cardio present level 3
10:40 norepinephrine 0 ug/kg/min
10:41 expect pump_silent none
10:57 expect organ_cardio none
