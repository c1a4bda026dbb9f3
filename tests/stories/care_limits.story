# What is not done for a patient any more calls nobody, and everybody sees why.
08:00 admit icu.b1
08:01 limit care refused reason_missing
08:01 limit care device_silent because family_meeting refused unknown_rule
08:01 limit care over refused no_care_limits
08:01 limit care because family_meeting
08:05 plt 12 10*9/L
08:05 expect organ_coag present level 4 on high told updated inhibited care_limits
09:00 expect organ_coag present on told updated inhibited care_limits
09:01 limit care over
09:02 expect organ_coag present on high told first uninhibited calls bedside
10:00 p2: admit icu.b2
10:01 p2: limit care organ_renal because family_meeting
10:05 p2: plt 12 10*9/L
10:05 p2: expect organ_coag present on high told first uninhibited
