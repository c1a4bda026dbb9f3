# A message names another patient than the one in the bed: quarantined, not scored, and told.
08:00 admit icu.b1
08:00 p2: admit icu.b2
08:10 at icu.b1 named p2 plt 10 10*9/L
08:10 expect organ_coag none
08:12 expect identity_conflict present high on
10:00 expect identity_conflict absent latched
# The same without a bed: the message says whose visit it means.
11:00 visit p2 named p1 plt 10 10*9/L
11:00 p2: expect organ_coag none
11:02 p2: expect identity_conflict present high on
11:02 p2: expect identity_conflict rests on plt
