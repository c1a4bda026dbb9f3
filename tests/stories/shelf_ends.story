# A shelved rule is seen and calls nobody, until its time is over or until it is worse than what was seen.
08:00 admit icu.b1
08:05 plt 40 10*9/L
08:06 shelve organ_spleen for 2h because marrow_failure refused unknown_rule
08:06 shelve organ_coag for 13h because marrow_failure refused beyond_maximum
08:06 shelve organ_coag for 2h refused reason_missing
08:06 shelve organ_coag over refused not_shelved
08:06 shelve organ_coag for 2h because marrow_failure
08:06 expect organ_coag present level 3 shelved medium told shelved
08:50 plt 45 10*9/L
10:05:59 expect organ_coag present shelved
10:06 expect organ_coag present on told resumed
10:07 shelve organ_coag for 2h because marrow_failure
10:08 shelve organ_coag over
10:08 expect organ_coag present on told resumed
11:00 p2: admit icu.b2
11:01 p2: shelve organ_coag for 2h because marrow_failure    # before anything stands: its least level
11:05 p2: plt 40 10*9/L
11:05 p2: expect organ_coag present level 3 shelved told shelved
11:30 p2: plt 12 10*9/L
11:30 p2: expect organ_coag present level 4 on high told worsened
