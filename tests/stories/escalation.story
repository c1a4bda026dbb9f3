# Nobody acknowledges a high alert: the next is called, until somebody has it or nobody is left to call.
08:00 admit icu.b1
08:05 plt 12 10*9/L
08:05 expect organ_coag present level 4 on high told first calls bedside
08:09:59 expect organ_coag present on told first calls bedside
08:10 expect organ_coag present on told escalated calls coordinator
08:15 expect organ_coag present on told escalated calls physician
09:00 expect organ_coag present on told escalated calls physician
09:01 acknowledge organ_coag
12:00 expect organ_coag present acknowledged told acknowledged
13:00 p2: admit icu.b2
13:01 p2: plt 40 10*9/L
13:02 p2: acknowledge organ_coag    # in time: nobody else is called
14:00 p2: expect organ_coag present acknowledged calls bedside
14:30 p2: plt 12 10*9/L
14:30 p2: expect organ_coag present on high told worsened calls bedside
14:35 p2: expect organ_coag present on told escalated calls coordinator
