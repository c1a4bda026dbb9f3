# What stands by dwell or for want of data is told with the figures that made it true, never with those that contradict it.
08:00 admit icu.b1
08:00 plt 210 10*9/L
08:00 crea 0.9 mg/dL
12:00 plt 40 10*9/L
12:00 expect organ_coag says coagulation SOFA 3 of 4: failure
12:00 expect sofa_rise says SOFA 0 -> 3 (+3 within 24 h, organs valued at both ends): coag +3
14:00 plt 160 10*9/L
14:01 expect organ_coag present
14:01 expect organ_coag says coagulation SOFA 3 of 4: failure
14:06 expect organ_coag says coagulation SOFA 3 of 4: failure; now 0, ending
14:06 expect sofa_rise says SOFA 0 -> 3 (+3 within 24 h, organs valued at both ends): coag +3
14:16 expect organ_coag closed recovered absent
14:21 expect sofa_rise present
14:21 expect sofa_rise says SOFA 0 -> 3 (+3 within 24 h, organs valued at both ends): coag +3; now +0, ending
15:01 expect sofa_rise absent latched
15:01 expect sofa_rise says SOFA 0 -> 3 (+3 within 24 h, organs valued at both ends): coag +3; over
# A rise whose organ is not known any more.
d2 08:00 p2: admit icu.b2
d2 08:00 p2: plt 210 10*9/L
d2 08:00 p2: crea 0.9 mg/dL
d2 12:00 p2: crea 2.5 mg/dL
d2 12:00 p2: expect sofa_rise says SOFA 0 -> 2 (+2 within 24 h, organs valued at both ends): renal +2
d2 12:30 p2: k 8.2 mmol/L
d2 13:00 p2: k 7.9 mmol/L
d2 13:00 p2: expect extreme_k present told updated
d2 13:00 p2: expect extreme_k says extreme k 8.2 mmol/L; now 7.9 mmol/L: verify
d2 14:00 p2: discharge
