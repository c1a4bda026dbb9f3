# After a cell product: without fever there is no syndrome to be told of, and a temperature about 38 is one fever and not several.
08:00 admit icu.b1
08:00 cell_product immune_effector
08:00 resp_device room_air
08:01 every 1min until 13:30 sbp 120 mm[Hg]
08:01 every 1min until 09:59 temp 37.0 Cel
08:30 expect crs_candidate none
10:00 every 1min until 10:19 temp 38.2 Cel
10:02 expect crs_candidate present on level 1 low onsets 1 told first
10:20 every 1min until 10:49 temp 37.9 Cel
10:23 expect crs_candidate present on told first
10:27 expect crs_candidate present on told updated
10:27 expect crs_candidate says cytokine release syndrome, grade 1 by fever, pressure and oxygen: to be graded by a person; now 0, ending
# A laboratory result that comes late has nothing to do with it.
10:30 na 138 mmol/L drawn 06:00
10:31 expect crs_candidate present on
10:50 every 1min until 11:00 temp 38.1 Cel
10:52 expect crs_candidate present on level 1 onsets 1 since 10:01
11:01 every 1min until 13:30 temp 37.6 Cel
11:03 expect crs_candidate present on
11:08 expect crs_candidate present on told updated
11:08 expect crs_candidate says cytokine release syndrome, grade 1 by fever, pressure and oxygen: to be graded by a person; now 0, ending
12:55 expect crs_candidate present on
13:05 expect crs_candidate none
13:05 expect crs_candidate closed recovered
# A person says that another cause explains it: nothing is waited for.
14:00 temp 38.6 Cel
14:02 expect crs_candidate present on
14:05 attest crs_status other_cause
14:06 expect crs_candidate none
# What a person confirmed is graded. No fever and no pressure is nothing known; no fever and a good one is nothing of it.
d2 15:00 temp 38.6 Cel
d2 15:00 sbp 120 mm[Hg]
d2 15:00 resp_device room_air
d2 15:02 attest crs_status confirmed
d2 15:03 expect crs_candidate present on level 1
d2 15:03 expect crs_candidate says cytokine release syndrome, grade 1 by fever, pressure and oxygen: to be graded by a person
d2 16:30 temp 37.0 Cel
d2 16:32 expect crs_candidate unknown
d2 18:30 temp 37.0 Cel
d2 18:30 sbp 120 mm[Hg]
d2 18:32 expect crs_candidate none
