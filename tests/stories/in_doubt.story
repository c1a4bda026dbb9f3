# What an alert rests on may be in doubt: it says so, from the first moment or from when it becomes so, without calling again.
08:00 admit icu.b1
08:00 crea 21 mg/dL
08:01 expect organ_renal present on level 4 flagged unit_suspect
09:00 crea 4.0 mg/dL
10:00 crea 4.1 mg/dL
10:00 expect organ_renal present on level 3 unflagged unit_suspect
# A gas that cannot be judged, behind one that could: the alert that stands on it says so.
11:00 resp_device imv
11:00 fio2_set 80 %
11:00 pao2 70 mm[Hg]
11:01 expect organ_resp present on level 4 unflagged unreadable
12:00 fio2_set 1 %
12:05 pao2 60 mm[Hg]
12:06 expect organ_resp present flagged unreadable told updated
13:00 fio2_set 80 %
13:05 pao2 72 mm[Hg]
13:06 expect organ_resp present unflagged unreadable told updated
