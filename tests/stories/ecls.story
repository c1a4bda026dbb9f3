# On a circuit P/F speaks of lung and membrane together: its alerts are shown with the cause, and what improves is the membrane.
08:00 admit icu.b1
08:00 resp_device imv
08:00 peep_set 12 cm[H2O]
08:00 fio2_set 100 %
08:10 pao2 70 mm[Hg] (arterial)
08:10 expect refractory_hypoxaemia present uninhibited on
08:30 attest ecls vv
08:31 expect refractory_hypoxaemia present inhibited ecls
08:31 expect ards_oxygenation present level 3 inhibited ecls
09:00 pao2 250 mm[Hg] (arterial)
09:00 expect ards_oxygenation present level 3 inhibited ecls
09:10 p2: admit icu.b2
09:10 p2: resp_device imv
09:10 p2: peep_set 12 cm[H2O]
09:10 p2: fio2_set 100 %
09:11 p2: attest ecls vv
09:20 p2: pao2 60 mm[Hg] (arterial)
09:20 p2: expect refractory_hypoxaemia present inhibited ecls told updated
