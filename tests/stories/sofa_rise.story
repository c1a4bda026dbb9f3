# Two points within a day, of organs valued at both ends.
08:00 admit icu.b1
08:00 plt 210 10*9/L
08:00 crea 0.9 mg/dL
08:00 bili 0.7 mg/dL
14:00 crea 2.4 mg/dL drawn 13:40
14:00 expect sofa_rise present level 2 on medium since 13:40 told first
14:00 expect sofa_rise says SOFA 0 -> 2 (+2 within 24 h, organs valued at both ends): renal +2
15:00 acknowledge sofa_rise
20:00 plt 120 10*9/L
20:00 expect sofa_rise present level 3 on told worsened
20:01 acknowledge sofa_rise
d2 13:00 expect sofa_rise present
# A day after the last low value the rise is history, though the values stand.
d2 21:10 expect sofa_rise none
d2 21:10 expect sofa_rise closed recovered
