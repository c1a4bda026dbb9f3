#!/usr/bin/env python3
"""vigild is away: every message of every connection is answered AE, none silently kept, and what is sent again once it is back is
taken once."""

import socket
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "daemon"))
sys.path.insert(0, str(HERE))
from test_peers import Adapter, ask  # noqa: E402
from ward import Daemon, wait_for  # noqa: E402

AT = "20231114221320"


def result(n):
    return (f"\x0bMSH|^~\\&|LAB|HOSP|VIGIL|ICU|{AT}+0000||ORU^R01|M{n}|T|2.5.1\rPID|1||4711^^^HOSP^MR\rPV1|1|I|ICU^R1^B1||||||||||||||||V1\r"
            f"OBR|1||order{n}|P|||{AT}+0000\rOBX|1|NM|777-3^Platelets^LN||{100 + n}|10*3/uL|||||F\r\x1c\r").encode()


with Daemon(more='[[source]]\nname = "ward"\n') as daemon, Adapter(daemon, more="[limits]\nanswer_within_s = 1") as adapter:
    def connect():
        return socket.create_connection(("127.0.0.1", adapter.port), timeout=30)

    with connect() as one:
        assert ask(one, result(0))[0] == "AA"
        daemon.kill()
        answers = [ask(one, result(n)) for n in range(1, 41)]
        assert all(code == "AE" and control_id == f"M{n}" for n, (code, control_id, _) in enumerate(answers, 1)), answers
        assert answers[-1][2] == "daemon_away", answers
    with connect() as two:  # one that comes later is answered too
        assert ask(two, result(41))[:1] == ["AE"]
        daemon.start()
        wait_for(lambda: ask(two, result(42))[0] == "AA", 30, "the daemon is back and takes what is sent")
        for n in range(1, 42):
            assert ask(two, result(n))[0] == "AA", n
    frames = sum(n for (n,) in daemon.rows("SELECT count(*) FROM frames"))
    assert frames == 43, f"43 messages, {frames} frames"
    print("41 messages while vigild was away: all AE; 43 taken once it was back, each once")
