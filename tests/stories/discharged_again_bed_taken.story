# Who has left is not put back into the bed by another time of his discharge: somebody else lies there since.
08:00 admit icu.b1
08:05 plt 12 10*9/L
12:00 discharge
12:30 p2: admit icu.b1
13:00 at icu.b1 k 8.6 mmol/L
13:00 p2: expect extreme_k present bed icu.b1
14:00 discharge
14:01 at icu.b1 k 8.7 mmol/L drawn 13:30
14:02 p2: expect extreme_k present bed icu.b1
14:02 p2: expect identity_conflict none
14:02 expect nothing
14:10 discharge as of 16:00
14:11 at icu.b1 k 8.8 mmol/L drawn 13:40
14:12 p2: expect extreme_k present bed icu.b1
14:12 p2: expect identity_conflict none
# That he had come back in between is told only now: the second discharge was another one, and is undone alone.
15:00 transfer icu.b2 as of 13:15
15:10 cancel discharge
15:15 at icu.b2 plt 11 10*9/L
15:15 expect organ_coag present bed icu.b2
15:16 at icu.b1 k 8.9 mmol/L drawn 12:45
15:17 at icu.b1 k 8.9 mmol/L
15:18 p2: expect extreme_k present bed icu.b1
15:18 p2: expect identity_conflict none
15:18 expect extreme_k none
