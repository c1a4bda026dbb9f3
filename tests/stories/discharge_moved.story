# A discharge told ahead of its time is moved by the next one: the patient is watched until he leaves, and no longer.
08:00 admit icu.b1
08:00 p2: admit icu.b2
08:00 every 1min until 13:30 hr 80 /min
08:00 every 1min until 13:30 p2: hr 80 /min
08:05 plt 12 10*9/L
08:05 p2: plt 12 10*9/L
08:10 discharge as of 10:00
08:10 p2: discharge as of 13:00
09:30 discharge as of 12:00
10:30 expect organ_coag present bed icu.b1
10:31 at icu.b1 k 8.6 mmol/L
10:31 expect extreme_k present bed icu.b1
11:00 p2: discharge
11:00 p2: expect organ_coag closed discharged
11:00 p2: expect nothing
12:00 expect extreme_k closed discharged
12:00 expect nothing
# The plan went with the stay it was made for: who comes back stays.
12:30 p2: admit icu.b2
12:35 p2: plt 11 10*9/L
13:10 p2: expect organ_coag present bed icu.b2
