# The monitor's gateway is a quarter of an hour behind: what it says now is told, and nobody knows how long it stands.
08:00 admit icu.b1
08:00 every 1min until 09:00 hr 80 /min
08:30 v_fib high drawn 08:15 order e1 said 08:15
08:30 expect v_fib present high on told first since 08:15
08:32 expect v_fib unknown on
08:32:10 v_fib ended drawn 08:17 order e1 said 08:17
08:32:11 expect v_fib absent latched
# A discharge closes what stands.
08:40 v_fib high order e2
08:45 discharge
08:45:01 expect v_fib closed discharged
