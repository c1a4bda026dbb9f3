# A pause calls nobody for its time and no longer; of a high alert for the site's ten minutes at most.
08:00 admit icu.b1
08:05 plt 40 10*9/L
08:05 expect organ_coag present level 3 on medium told first calls bedside
08:06 pause organ_coag for 3h because platelets_ordered refused beyond_maximum
08:06 pause organ_coag for 0s because platelets_ordered refused until_past
08:06 pause organ_coag because platelets_ordered refused until_missing
08:06 pause organ_coag for 30min refused reason_missing
08:06 pause organ_coag for 30min because platelets_ordered
08:06 expect organ_coag present level 3 paused told paused
08:20 plt 45 10*9/L
08:35:59 expect organ_coag present paused
08:36 expect organ_coag present on told resumed calls bedside
08:37 pause organ_coag for 1h because platelets_ordered
08:40 pause organ_coag over
08:40 expect organ_coag present on told resumed
08:40 pause organ_coag over refused not_paused
08:41 acknowledge organ_coag
08:41 pause organ_coag for 10min because seen refused not_sounding
09:00 p2: admit icu.b2
09:01 p2: plt 12 10*9/L
09:01 p2: expect organ_coag present level 4 on high
09:02 p2: pause organ_coag for 11min because platelets_ordered refused beyond_maximum
09:02 p2: pause organ_coag for 10min because platelets_ordered
09:11:59 p2: expect organ_coag present paused high
09:12 p2: expect organ_coag present on high told resumed
