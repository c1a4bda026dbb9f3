# A bed whose monitors went quiet is one alert; its stale inputs name the cause. A bed nobody lies in is never silent.
08:00 admit icu.b1
08:00 every 1min until 08:30 hr 80 /min
08:00 every 1min until 08:30 spo2 97 %
08:34 expect device_silent none
08:37 expect device_silent present medium on
08:41 expect input_stale present inhibited device_silent
08:42 hr 82 /min
08:43 spo2 98 %
08:44 expect device_silent none
08:44 expect input_stale none
# What no score and no rule reads says as well that the monitor is back.
08:45 every 1min until 08:50 hr 82 /min
08:57 expect device_silent present medium on
08:57:20 rr 18 /min
08:58:10 expect device_silent none
09:00 discharge
12:00 expect device_silent none
12:00 expect nothing
