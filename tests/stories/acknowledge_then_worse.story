# An acknowledgement covers what was seen and no more.
08:00 admit icu.b1
08:05 plt 40 10*9/L
08:05 expect organ_coag present level 3 on medium
08:10 acknowledge organ_coag
08:10 expect organ_coag present acknowledged
12:00 plt 12 10*9/L drawn 11:50
12:00 expect organ_coag present level 4 on high told worsened
12:01 acknowledge organ_coag revision 1 refused    # names what it did not see
12:02 acknowledge organ_coag
12:02 expect organ_coag present acknowledged level 4
16:00 plt 40 10*9/L
16:16 expect organ_coag present level 3 acknowledged told improved    # better voids nothing
20:00 plt 120 10*9/L
20:14 expect organ_coag present
20:16 expect organ_coag none
20:16 expect organ_coag closed recovered
