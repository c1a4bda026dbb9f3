# What happened at one moment (a point in time, IHE PCD-04) neither stands nor ends: it is told, and over when it would
# be unheard. What nobody has seen stays until somebody does.
08:00 admit icu.b1
08:00 every 1min until 09:00 hr 80 /min
08:10 asystole high over 0s order m1
08:10:01 expect asystole present high on told first
08:14 expect asystole present on
08:16 expect asystole absent latched
08:16:10 acknowledge asystole
08:16:11 expect asystole closed recovered
# One more calls again.
08:20 v_tach high over 0s order m2
08:20:10 acknowledge v_tach
08:22 v_tach high over 0s order m3
08:22:01 expect v_tach present on told worsened
08:28 expect v_tach absent latched
# Of one that stands it ends nothing.
08:30 v_fib high order s1
08:31 v_fib high over 0s order m4
08:40 expect v_fib unknown on
