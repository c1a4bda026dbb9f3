#!/usr/bin/env python3
"""The core library's undefined symbols: fails on clocks, files, sockets, threads, random numbers and libm.

check_symbols.py NM LIBRARY [--expect-bad]   --expect-bad: the library is a deliberately impure one and must be caught
"""
import re
import subprocess
import sys

BAD = re.compile(
    r"^(clock|clock_gettime|gettimeofday|time|localtime\w*|gmtime\w*|mktime|strftime|nanosleep|usleep|sleep|"
    r"open|openat|close|read|write|fopen\w*|fread|fwrite|printf|fprintf|puts|fputs|stat|fstat|"
    r"socket|connect|bind|listen|accept|send|recv|poll|epoll_\w+|select|"
    r"pthread_create|pthread_mutex_lock|pthread_cond_\w+|sem_\w+|"
    r"rand|srand|random|getrandom|getentropy|arc4random|drand48|"
    r"sin|cos|tan|exp|exp2|log|log2|log10|pow|powf|sqrt|cbrt|floor|ceil|round|lround|fma|hypot|setlocale|getenv)$")
BAD_CXX = re.compile(r"std::(chrono::_V2::|thread|this_thread|random_device|basic_\w*stream|ios_base|locale|filesystem|condition_variable)")

nm, library, *rest = sys.argv[1:]
out = subprocess.run([nm, "-C", "--undefined-only", library], check=True, capture_output=True, text=True).stdout
symbols = sorted({line.split(None, 1)[1].split("@")[0] for line in out.splitlines() if re.match(r"^\s+U ", line)})
caught = [s for s in symbols if BAD.match(s) or BAD_CXX.search(s)]
print(f"{len(symbols)} undefined symbols" + (": " + ", ".join(caught) if caught else ""))
if not symbols:
    sys.exit("nothing was read")
sys.exit(not caught if rest == ["--expect-bad"] else bool(caught))
