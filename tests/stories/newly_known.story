# What becomes known is a level, never a rise; what expires is no improvement.
08:00 admit icu.b1
08:00 plt 180 10*9/L
10:00 bili 8.0 mg/dL
10:00 expect organ_liver present level 3
10:00 expect sofa_rise none
10:05 acknowledge organ_liver
# 36 h later the value is carried, at 72 h it is not measured: unknown, and not recovered.
d3 08:00 expect organ_liver present acknowledged
d4 11:00 expect organ_liver unknown acknowledged told unknown
d4 11:00 expect organ_liver says liver SOFA 3 of 4: failure; data lost, may still be so
