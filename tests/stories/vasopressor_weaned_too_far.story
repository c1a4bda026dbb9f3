# The lowest dose of the last six hours counts wherever it stood, and for as long as it did: not only at whole hours before.
08:00 admit icu.b1
08:00 weight 80 kg
08:00 norepinephrine 0.40 ug/kg/min
08:20 norepinephrine 0.20 ug/kg/min
08:50 norepinephrine 0.40 ug/kg/min
09:19 expect vasopressor_rising none
# An hour after it was at its lowest, and a pump is given five minutes to have its syringe changed.
09:26 expect vasopressor_rising present on medium
09:26 expect vasopressor_rising says vasopressors rise: 0.20 -> 0.40 ug/kg/min as norepinephrine within 6 h
10:00 norepinephrine 0.40 ug/kg/min
11:00 norepinephrine 0.40 ug/kg/min
11:30 expect vasopressor_rising present on medium
12:00 norepinephrine 0.40 ug/kg/min
13:00 norepinephrine 0.40 ug/kg/min
14:00 norepinephrine 0.40 ug/kg/min
# It was lowest until 08:50.
14:49 expect vasopressor_rising present on medium
14:51 expect vasopressor_rising none
