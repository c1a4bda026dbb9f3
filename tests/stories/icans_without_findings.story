# After a cell product an examination that finds nothing raises nothing; what it finds is told until a person says what it is.
08:00 admit icu.b1
08:00 cell_product immune_effector
09:00 ice_total 10 {score}
09:00 awakening spontaneous
09:00 seizure none
09:00 motor_deficit none
09:00 icp_sign none
09:01 expect icans_candidate none
13:00 ice_total 6 {score}
13:01 expect icans_candidate present on level 1 low
13:10 attest icans_status confirmed
13:11 expect icans_candidate present on level 2 medium
17:00 ice_total 10 {score}
17:01 expect icans_candidate none
# After MSC it is a grammar and no ICANS by its definition; what a person confirmed stands all the same.
18:00 p2: admit icu.b2
18:00 p2: cell_product msc
19:00 p2: ice_total 6 {score}
19:00 p2: awakening spontaneous
19:00 p2: seizure none
19:00 p2: motor_deficit none
19:00 p2: icp_sign none
19:01 p2: expect icans_candidate present on level 1 low
19:10 p2: attest icans_status confirmed
19:11 p2: expect icans_candidate present on level 2 medium
