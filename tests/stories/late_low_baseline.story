# The morning's creatinine comes after the noon's: it counts for what is true, and the next current result tells.
06:00 admit icu.b1
12:10 crea 2.6 mg/dL drawn 12:00
12:10 expect sofa_rise none
12:40 crea 0.8 mg/dL drawn 06:30
12:40 expect sofa_rise none
12:40 expect late_result present information
12:41 crea 2.7 mg/dL drawn 12:35
12:41 expect sofa_rise present level 2
