# A stage that creatinine gave has not passed because nobody measured it again, however much urine there is.
08:00 admit icu.b1
08:00 weight 100 kg
08:00 crea 1.0 mg/dL
20:00 crea 2.2 mg/dL
20:01 expect kdigo_stage present on level 2 low
d2 00:00 uo 400 mL
d2 04:00 uo 400 mL
d2 08:00 uo 400 mL
d2 12:00 uo 400 mL
d2 16:00 uo 400 mL
d2 20:00 uo 400 mL
d2 20:05 expect kdigo_stage unknown level 2
d3 00:00 uo 400 mL
d3 00:05 expect kdigo_stage unknown level 2
d3 00:10 crea 1.1 mg/dL
d3 00:11 expect kdigo_stage none
