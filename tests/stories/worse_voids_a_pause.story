# A pause covers what was seen and no more.
08:00 admit icu.b1
08:05 plt 40 10*9/L
08:06 pause organ_coag for 2h because platelets_ordered
08:20 plt 12 10*9/L
08:20 expect organ_coag present level 4 on high told worsened calls bedside
10:07 expect organ_coag present on    # and its end, two hours after, ends nothing
