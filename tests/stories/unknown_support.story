# Whether the patient breathes on a machine is not known: nothing is raised by it and nothing clears on it.
08:00 admit icu.b1
08:00 fio2_set 50 %
08:05 pao2 80 mm[Hg] (arterial)
08:05 expect organ_resp none
08:05 expect ards_oxygenation none
08:10 p2: admit icu.b2
08:10 p2: resp_device imv
08:10 p2: peep_set 8 cm[H2O]
08:10 p2: fio2_set 50 %
08:15 p2: pao2 80 mm[Hg] (arterial)
08:15 p2: expect organ_resp present level 3
08:15 p2: expect ards_oxygenation present level 2
