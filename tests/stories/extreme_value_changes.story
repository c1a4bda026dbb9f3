# What was acknowledged was that value: one further out, or on the other side, is news. One that is taken back is no recovery.
08:00 admit icu.b1
08:05 k 8.2 mmol/L drawn 08:04
08:05 expect extreme_k present on told first
08:06 acknowledge extreme_k
08:20 k 8.3 mmol/L drawn 08:19              # as good as the same, and shown
08:20 expect extreme_k present acknowledged told updated
08:20 expect extreme_k says extreme k 8.3 mmol/L: verify
08:35 k 11 mmol/L drawn 08:34 order K2
08:35 expect extreme_k present on told worsened
08:35 expect extreme_k says extreme k 11 mmol/L: verify
08:36 acknowledge extreme_k
08:45 k 11 mmol/L drawn 08:34 order K2 deleted
08:45 expect extreme_k present acknowledged told updated
08:45 expect extreme_k says extreme k 8.3 mmol/L: verify
09:05 k 1.5 mmol/L drawn 09:04
09:05 expect extreme_k present on told worsened
09:05 expect extreme_k says extreme k 1.5 mmol/L: verify
09:06 acknowledge extreme_k
09:15 k 1.9 mmol/L drawn 09:14
09:15 expect extreme_k present acknowledged told improved
09:30 k 4.0 mmol/L drawn 09:29
09:30 expect extreme_k closed recovered
