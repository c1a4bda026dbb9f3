# A discharge told ahead of its time ends nothing before it: the patient lies there and is watched until then.
08:00 admit icu.b1
08:00 every 1min until 10:30 hr 80 /min
08:05 plt 12 10*9/L
08:10 discharge as of 10:00
08:10 expect organ_coag present high bed icu.b1
08:30 k 8.6 mmol/L
08:30 expect extreme_k present bed icu.b1
09:59 expect organ_coag present bed icu.b1
10:00 expect organ_coag closed discharged
10:00 expect extreme_k closed discharged
10:00 expect nothing
10:30 k 8.9 mmol/L
10:31 expect nothing
d2 10:31 expect nothing
