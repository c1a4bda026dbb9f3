# The monitor calls ventricular tachycardia, and says so again every 20 seconds. One alert; it ends with the monitor's word.
08:00 admit icu.b1
08:00 every 1min until 08:30 hr 80 /min
08:10:05 v_tach high order e1
08:10:06 expect v_tach present level 2 high on told first since 08:10:05
08:10:06 expect v_tach says ventricular tachycardia, says the monitor (high priority)
08:10:25 every 20s until 08:14 v_tach high order e1
08:14:01 expect v_tach present on told first onsets 1
08:14:02 acknowledge v_tach
08:14:20 v_tach high order e1
08:14:21 expect v_tach present acknowledged
08:14:30 v_tach ended order e1
08:14:31 expect v_tach closed recovered
# Ranked low by the monitor: a run it does not call for.
08:20 v_tach low order e2
08:20:01 expect v_tach present level 1 medium told first onsets 2
# Ranked up: it calls again.
08:20:30 v_tach high order e2
08:20:31 expect v_tach present level 2 high told worsened
08:21 v_tach ended order e2
08:21:01 expect v_tach absent latched
