# The probe falls off: readings come, and none can be used.
08:00 admit icu.b1
08:00 every 1min until 08:30 hr 80 /min
08:00 every 1min until 08:30 spo2 97 %
08:31 every 1min until 09:00 hr 82 /min
08:31 every 1min until 09:00 spo2 97 % invalid
08:40 expect input_stale none                # old since 08:35: a probe is often back within minutes
08:41 expect input_stale present low uninhibited since 08:35
08:41 expect input_stale says no current spo2
08:41 expect device_silent none
08:50 spo2 96 %
08:51 spo2 96 %
08:52 expect input_stale none
