# A dose that goes up by half and a tenth within six hours calls, one that was always high does not.
08:00 admit icu.b1
08:00 weight 80 kg
08:00 norepinephrine 0.15 ug/kg/min
09:00 norepinephrine 0.15 ug/kg/min
10:00 norepinephrine 0.18 ug/kg/min
10:30 expect vasopressor_rising none
11:00 norepinephrine 0.30 ug/kg/min
11:30 norepinephrine 0.30 ug/kg/min
12:15 norepinephrine 0.30 ug/kg/min
12:20 expect vasopressor_rising present on medium
12:20 expect vasopressor_rising says vasopressors rise: 0.15 -> 0.30 ug/kg/min as norepinephrine within 6 h
