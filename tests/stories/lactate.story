# Lactate is looked at twice: it is cleared, or it is not.
08:00 admit icu.b1
08:00 lact 4.0 mmol/L
11:00 lact 3.8 mmol/L
11:01 expect lactate_not_clearing present on medium told first
11:01 expect lactate_not_clearing says lactate not cleared: 4.00 -> 3.80 mmol/L
14:00 lact 2.5 mmol/L
14:01 expect lactate_not_clearing closed recovered
16:30 lact 1.9 mmol/L
16:31 expect lactate_not_clearing none
