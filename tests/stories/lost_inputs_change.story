# Which inputs are missing is the point of the alert: it follows when another is lost or one comes back.
08:00 admit icu.b1
08:00 every 1min until 08:30 spo2 97 %
08:00 every 1min until 08:50 hr 80 /min
08:00 every 1min until 10:00 map 75 mm[Hg]
08:41 expect input_stale says no current spo2
09:01 expect input_stale present told updated
09:01 expect input_stale says no current hr, spo2
09:10 spo2 96 %
09:11 spo2 96 %
09:11 expect input_stale present told updated
09:11 expect input_stale says no current hr
09:12 hr 81 /min
09:14 expect input_stale closed recovered
