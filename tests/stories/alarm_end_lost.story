# The end of an alarm was lost. When the monitor begins and ends another of the same kind, the lost one is over, too.
08:00 admit icu.b1
08:00 every 1min until 09:00 hr 80 /min
08:10 v_fib high order e1
08:20 expect v_fib unknown on
08:30 v_fib high order e2
08:30:01 expect v_fib present on told worsened
08:30:30 v_fib ended order e2
08:30:31 expect v_fib absent latched
