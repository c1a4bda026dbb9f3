# On high flow neither Berlin's classes nor SOFA's failure of the lung can be reached; the patient is told of when high flow is likely to fail.
08:00 admit icu.b1
08:00 resp_device hfno
08:00 o2_flow 50 L/min
08:00 fio2_set 70 %
08:00 every 1min until 16:30 spo2 90 %
08:00 every 1min until 14:45 rr 40 /min
08:05 pao2 84 mm[Hg] (arterial)
08:06 expect ards_oxygenation none
08:06 expect organ_resp none
# 90 / 0.7 / 40 is a ROX index of 3.2: above the limit of the second hour, under that of the sixth.
10:30 expect high_flow_failing none
11:30 fio2_set 70 %
11:30 o2_flow 50 L/min
13:58 expect high_flow_failing none
14:20 expect high_flow_failing present on medium
14:46 every 1min until 16:30 rr 24 /min
15:02 expect high_flow_failing present medium
15:02 expect high_flow_failing says high flow is likely to fail: ROX index under its limit; not seen any more, ending
15:35 expect high_flow_failing none
