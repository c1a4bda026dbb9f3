# A patient who arrives critical alerts with the first value: nothing waits for a change.
08:00 admit icu.b1
08:05 plt 15 10*9/L drawn 08:02
08:05 expect organ_coag present level 4 on high since 08:02 told first
08:05 expect organ_coag says coagulation SOFA 4 of 4: severe failure
08:05 expect sofa_rise none                 # a component that becomes known is no rise
08:10 k 9.1 mmol/L drawn 08:04
08:10 expect extreme_k present on high since 08:04 told first
08:10 expect extreme_k says extreme k 9.1 mmol/L: verify
