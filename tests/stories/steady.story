# A patient who is well: nothing stands, all day.
08:00 admit icu.b1
08:00 every 1min until 20:00 hr 80 /min
08:00 every 1min until 20:00 spo2 98 %
08:00 every 1min until 20:00 map 85 mm[Hg]
08:00 plt 220 10*9/L
08:00 crea 0.8 mg/dL
08:00 bili 0.5 mg/dL
08:00 resp_device room_air
14:00 plt 210 10*9/L
14:00 crea 0.9 mg/dL
20:00 expect nothing
