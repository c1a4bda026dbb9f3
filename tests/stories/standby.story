# Nobody is called for the silence of a patient who is in the scanner; data that return end it.
08:00 admit icu.b1
08:00 every 1min until 09:02 hr 80 /min
08:00 every 1min until 09:02 spo2 97 %
09:01 standby for 5h because ct refused beyond_maximum
09:01 standby over refused no_standby
09:01 standby for 2h because ct
09:10 expect device_silent present on told updated inhibited standby
09:30 plt 12 10*9/L
09:30 expect organ_coag present on high told first uninhibited    # a result is news wherever the patient is
09:31 acknowledge organ_coag
09:40 every 1min until 10:00 hr 82 /min    # back
09:40 every 1min until 10:00 spo2 97 %
10:10 expect device_silent present on told first uninhibited
10:11 standby for 30min because theatre
10:12 expect device_silent present on inhibited standby
10:42 expect device_silent present on told resumed uninhibited
