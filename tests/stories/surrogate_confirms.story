# No second gas, but SpO2/FiO2 stays down for a quarter of an hour.
08:00 admit icu.b1
08:00 resp_device imv
08:00 peep_set 8 cm[H2O]
08:00 fio2_set 60 %
08:00 every 1min until 09:00 spo2 93 %
08:10 pao2 90 mm[Hg] (arterial)
08:11 expect ards_oxygenation present level 2 unconfirmed
08:20 expect ards_oxygenation present level 2 confirmed
