# A lower dose of the last six hours counts where it stood at two quarters of an hour, whatever else was looked at and when.
08:00 admit icu.b1
08:00 weight 80 kg
08:00 norepinephrine 0.40 ug/kg/min
08:20 norepinephrine 0.20 ug/kg/min
08:50 norepinephrine 0.40 ug/kg/min
09:44 expect vasopressor_rising none
09:46 expect vasopressor_rising present on medium
09:46 expect vasopressor_rising says vasopressors rise: 0.20 -> 0.40 ug/kg/min as norepinephrine within 6 h
10:00 norepinephrine 0.40 ug/kg/min
11:00 norepinephrine 0.40 ug/kg/min
12:00 norepinephrine 0.40 ug/kg/min
13:00 norepinephrine 0.40 ug/kg/min
14:00 norepinephrine 0.40 ug/kg/min
14:29 expect vasopressor_rising present on medium
14:31 expect vasopressor_rising none
# A pump that stood for nine minutes gave no dose to rise from.
15:01 norepinephrine 0 ug/kg/min
15:10 norepinephrine 0.40 ug/kg/min
16:00 norepinephrine 0.40 ug/kg/min
16:30 expect vasopressor_rising none
# A rise of some minutes is told once, and is over five minutes after it.
17:00 norepinephrine 0.10 ug/kg/min
18:30 norepinephrine 0.40 ug/kg/min
18:32 expect vasopressor_rising present on medium
18:33:30 norepinephrine 0.10 ug/kg/min
18:36 expect vasopressor_rising present on medium onsets 1
18:38 expect vasopressor_rising present on medium onsets 1
18:39 expect vasopressor_rising none
18:50 expect vasopressor_rising none
