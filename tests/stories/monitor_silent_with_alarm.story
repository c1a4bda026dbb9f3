# The monitor says ventricular fibrillation and is not heard of any more: nobody knows, and nothing is over.
08:00 admit icu.b1
08:00 every 1min until 08:10 hr 80 /min
08:10:05 v_fib high order e1
08:10:20 every 20s until 08:12 v_fib high order e1
08:16 expect v_fib present on
08:17:30 expect v_fib unknown on told unknown
08:17:30 expect v_fib says ventricular fibrillation, says the monitor (high priority); data lost, may still be so
d2 10:00 expect v_fib unknown on
# It is heard again, and still says so.
d2 10:00:10 v_fib high order e1
d2 10:00:11 expect v_fib present on
d2 10:00:40 v_fib ended order e1
d2 10:00:41 expect v_fib absent latched
