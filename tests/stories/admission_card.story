# Who comes in ill is one card; what he came in with calls nobody until it is worse.
08:00 admit icu.b1
08:05 plt 40 10*9/L
08:05 crea 4.0 mg/dL
08:06 expect admission present on information told updated
08:06 expect admission says admitted: SOFA at least 6, organs not measured yet: 4
08:06 expect organ_coag present on medium inhibited admission
08:06 expect organ_renal present on medium inhibited admission
09:30 expect organ_coag present on inhibited admission     # the hour is over: still what he came in with
09:40 plt 15 10*9/L
09:41 expect organ_coag present on high told worsened uninhibited
09:41 expect organ_renal present on inhibited admission
09:45 bili 7 mg/dL
09:46 expect organ_liver present on medium told first uninhibited     # found later: news
14:10 expect admission closed recovered
