# What no rule knows by its code: told where the device ranks it high, an alert for each code and what it is about.
08:00 admit icu.b1
08:00 every 1min until 09:00 hr 80 /min
08:10 monitor_alarm high order s1 coded 196670/150456
08:10 monitor_alarm high order s2 coded 196648/147842
08:10 monitor_alarm medium order s3 coded 196648/150039
08:10 monitor_alarm unranked order s4 coded 200000
08:10:01 expect monitor_alarm_196670_150456 present high on told first
08:10:01 expect monitor_alarm_196670_150456 says monitor alarm (high priority): SpO2 low
08:10:01 expect monitor_alarm_196648_147842 says monitor alarm (high priority): heart rate high
08:10:01 expect monitor_alarm_196648_150039 none
08:10:01 expect monitor_alarm_200000 present medium on told first
08:10:01 expect monitor_alarm_200000 says monitor alarm (of no stated priority): code 200000
08:11 monitor_alarm ended order s1 coded 196670/150456
08:11:01 expect monitor_alarm_196670_150456 absent latched
08:11:01 expect monitor_alarm_196648_147842 present on
# Ranked up by the monitor.
08:12 monitor_alarm high order s3 coded 196648/150039
08:12:01 expect monitor_alarm_196648_150039 present high told first
# Known by its code, whatever the sender makes of it: asystole.
08:13 monitor_alarm unranked order s5 coded 199684
08:13:01 expect asystole present high on
# Technical ones are told as such, low unless the device ranks them high.
08:14 device_alarm medium order t1 coded 196882
08:14:01 expect device_alarm_196882 present low on
08:14:01 expect device_alarm_196882 says device alarm (medium priority): leads off
08:14:10 device_alarm low order t2 coded 196680
08:14:11 expect device_alarm_196680 none
08:14:30 device_alarm ended order t1 coded 196882
08:14:31 expect device_alarm_196882 closed recovered
