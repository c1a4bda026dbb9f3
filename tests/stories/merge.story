# Two records of one person: the absorbed one's alerts close, the survivor's are found anew.
08:00 admit icu.b1
08:00 p2: admit icu.b2
08:05 p2: plt 12 10*9/L
08:05 p2: expect organ_coag present level 4
09:00 merge p2
09:00 p2: expect organ_coag closed merged_into
09:00 p2: expect nothing
09:01 expect organ_coag present level 4
