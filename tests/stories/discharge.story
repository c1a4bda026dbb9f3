# Discharge closes everything, and nothing is said of the empty bed.
08:00 admit icu.b1
08:00 every 1min until 08:30 hr 80 /min
08:05 plt 12 10*9/L
08:06 expect organ_coag present on high
08:30 discharge
08:30 expect organ_coag closed discharged
08:30 expect nothing
d2 08:30 expect nothing
