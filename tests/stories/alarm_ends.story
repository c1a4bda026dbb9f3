# Two alarms of one kind: the end of one does not end the other, and the second one calls in spite of an acknowledgement.
08:00 admit icu.b1
08:00 every 1min until 09:00 hr 80 /min
08:10 v_fib high order a
08:10:01 expect v_fib present high told first
08:10:10 acknowledge v_fib
08:10:20 v_fib high order b
08:10:21 expect v_fib present on told worsened
08:10:30 v_fib ended order b
08:10:31 expect v_fib present on
08:10:40 v_fib ended order a
08:10:41 expect v_fib absent latched
08:10:50 acknowledge v_fib
08:10:51 expect v_fib closed recovered
# Its end comes before its beginning: nothing was missed that still stands.
08:20 asystole ended order c said 08:19:58
08:20:01 asystole high drawn 08:19:40 order c said 08:19:40
08:20:02 expect asystole none
# The number is used again for another one.
08:25 asystole high order c
08:25:01 expect asystole present high told first since 08:25:00
# A repetition that was held up on the way does not bring it back.
08:25:30 asystole ended order c
08:25:40 asystole high drawn 08:25:20 order c said 08:25:20
08:25:41 expect asystole absent latched
# Without any number of its own: what one sender calls by one name is one.
08:30 v_tach unranked
08:30:01 expect v_tach present level 2 high
08:30:01 expect v_tach says ventricular tachycardia, says the monitor (of no stated priority)
08:30:20 v_tach ended
08:30:21 expect v_tach absent latched
# Taken back by its sender: it never was.
08:40 v_fib high order w
08:40:01 expect v_fib present on
08:40:30 v_fib high order w deleted
08:40:31 expect v_fib absent latched
08:40:31 expect v_fib says ventricular fibrillation, says the monitor (high priority); over
