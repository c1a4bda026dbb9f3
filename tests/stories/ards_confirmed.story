# First gas: shown, unconfirmed. Second gas: confirmed. Worse: unconfirmed again.
08:00 admit icu.b1
08:00 resp_device imv
08:00 peep_set 8 cm[H2O]
08:00 fio2_set 60 %
08:10 pao2 90 mm[Hg] (arterial) drawn 08:05
08:10 expect ards_oxygenation present level 2 unconfirmed medium since 08:05
08:10 expect ards_oxygenation says oxygenation meets ARDS moderate; newest P/F 150.0 mmHg; unconfirmed
09:00 peep_set 8 cm[H2O]
09:00 fio2_set 60 %
10:00 pao2 93 mm[Hg] (arterial)
10:00 expect ards_oxygenation present level 2 confirmed
10:05 acknowledge ards_oxygenation
10:30 fio2_set 80 %
10:30 peep_set 10 cm[H2O]
10:40 pao2 62 mm[Hg] (arterial)
10:40 expect ards_oxygenation present level 3 unconfirmed on high told worsened
10:40 expect refractory_hypoxaemia present unconfirmed high on
10:40 expect refractory_hypoxaemia says refractory hypoxaemia; newest P/F 77.5 mmHg; unconfirmed
11:00 pao2 66 mm[Hg] (arterial)             # 82.5: inside the hysteresis of refractory hypoxaemia
11:00 expect ards_oxygenation present level 3 confirmed
11:00 expect refractory_hypoxaemia present confirmed
12:00 fio2_set 80 %
12:00 peep_set 10 cm[H2O]
12:05 pao2 88 mm[Hg] (arterial)             # 110: hysteresis of severe
12:05 expect ards_oxygenation present level 3
12:40 pao2 104 mm[Hg] (arterial)            # 130
12:40 expect ards_oxygenation present level 2 told improved
12:40 expect refractory_hypoxaemia absent latched
