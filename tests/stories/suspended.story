# A reading stopped the core twice: this patient is not scored, and everybody is told.
08:00 admit icu.b1
08:05 plt 40 10*9/L
08:10 suspend
08:10 expect encounter_suspended present high on
08:10 expect organ_coag unknown level 3
