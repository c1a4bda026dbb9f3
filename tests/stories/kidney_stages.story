# Acute kidney injury is told by its stage, and calls when it is one that is treated.
08:00 admit icu.b1
08:00 crea 1.0 mg/dL
20:00 crea 1.6 mg/dL
20:01 expect kdigo_stage present on level 1 information
20:01 expect kdigo_stage says acute kidney injury, KDIGO stage 1
d2 08:00 crea 2.2 mg/dL
d2 08:01 expect kdigo_stage present on level 2 low told worsened
d2 20:00 crea 3.2 mg/dL
d2 20:01 expect kdigo_stage present on level 3 medium told worsened
