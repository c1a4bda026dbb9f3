# Said once of an alarm, and then the end of another one that had begun before it: that says nothing of the first.
08:00 admit icu.b1
08:00 every 1min until 09:30 hr 80 /min
08:09 v_fib high order e0
08:10 v_fib high order e1
08:20 expect v_fib unknown on
08:20:10 v_fib ended order e0
08:20:11 expect v_fib unknown on
# An end alone, of one whose beginning nobody heard, says nothing of it either.
08:22 v_fib ended order e3
08:22:01 expect v_fib unknown on
# Another one begins: the end of the first was lost.
08:30 v_fib high order e2
08:30:01 expect v_fib present on
08:40 v_fib ended order e2
08:40:01 expect v_fib absent latched
# The end is taken back: what it had ended stands, as it was last said.
08:50 asystole high order w
08:50:20 asystole high order w
08:51 asystole ended order w
08:51:01 expect asystole absent latched
08:51:30 asystole ended drawn 08:51 order w deleted
08:51:31 expect asystole present on
