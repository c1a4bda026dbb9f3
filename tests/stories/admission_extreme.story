# The card speaks for organs, not for a potassium that kills.
08:00 admit icu.b1
08:05 k 8.4 mmol/L
08:06 expect extreme_k present on high told first uninhibited
