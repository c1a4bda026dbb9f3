# A pump that stands for two minutes while its syringe is changed was no lower dose: nothing rises from it, and no rise ends with it.
08:00 admit icu.b1
08:00 weight 80 kg
08:00 norepinephrine 0.30 ug/kg/min
09:00 norepinephrine 0.30 ug/kg/min
09:58 norepinephrine 0 ug/kg/min
10:01 norepinephrine 0.30 ug/kg/min
10:30 norepinephrine 0.30 ug/kg/min
11:00 norepinephrine 0.30 ug/kg/min
11:00 expect vasopressor_rising none
12:00 norepinephrine 0.50 ug/kg/min
12:01 expect vasopressor_rising present on medium
12:01 expect vasopressor_rising says vasopressors rise: 0.30 -> 0.50 ug/kg/min as norepinephrine within 6 h
12:20 norepinephrine 0 ug/kg/min
12:21 expect vasopressor_rising present on medium
12:22 norepinephrine 0.50 ug/kg/min
12:30 norepinephrine 0.50 ug/kg/min
12:31 expect vasopressor_rising present on medium
# What is really stopped is over.
13:00 norepinephrine 0 ug/kg/min
13:10 expect vasopressor_rising none
