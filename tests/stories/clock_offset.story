# A device's clock runs away.
08:00 admit icu.b1
08:05 clock 3s
08:05 feed: expect clock_offset none
08:10 clock 61s
08:10 feed: expect clock_offset present level 2 high on
08:20 clock 55s
08:20 feed: expect clock_offset present level 2
08:30 clock 49s
08:30 feed: expect clock_offset present level 1
08:45 clock 49s
08:45 feed: expect clock_offset absent latched
