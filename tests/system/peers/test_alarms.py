#!/usr/bin/env python3
"""Alarms of a monitor, IHE PCD-04 over MLLP, through the adapter and vigild to a subscriber: told once, ended by the monitor's word,
kept over a crash; an alert of ours that an alert manager sends back is refused and changes nothing."""

import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
import socket

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "daemon"))
sys.path.insert(0, str(HERE))
from test_peers import Adapter, ask  # noqa: E402
from ward import BIN, START, Daemon, Feed, alert_pb2, wait_for  # noqa: E402


def stamp(ms):
    at = datetime.fromtimestamp(ms / 1000, timezone.utc)
    return at.strftime("%Y%m%d%H%M%S.") + f"{ms % 1000:03d}+0000"


PLACE = "PID|||alarm-rec^^^HOSP^MR\rPV1|1|I|ICU^R1^B1" + "|" * 16 + "alarm-visit^^^HOSP^VN\r"


def framed(text):
    return b"\x0b" + text.encode() + b"\x1c\r"


def admission(ms):
    return framed(f"MSH|^~\\&|ADT|HOSP|VIGIL|ICU|{stamp(ms)}||ADT^A01^ADT_A01|adm|T|2.5\rEVN|A01|{stamp(ms)}||||{stamp(ms)}\r" + PLACE)


def alarm(number, ms, phase, state, changed=None, event="199832^MDC_EVT_ECG_V_TACHY^MDC", first="e1"):
    parent = "" if phase == "start" else "|" * 22 + f"^{first}&GW"
    own = first if phase == "start" else f"{first}-{number}"
    return framed(
        f"MSH|^~\\&|GW^0012210000000001^EUI-64|ICU|VIGIL|ICU|{stamp(ms)}||ORU^R40^ORU_R40|a{number}|T|2.6|||AL|NE||UNICODE UTF-8|||"
        f"IHE_PCD_ACM_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.4.1^ISO\r{PLACE}"
        f"OBR|1||{own}^GW|196616^MDC_EVT_ALARM^MDC|||{stamp(ms)}{parent}\r"
        "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X\r"
        f"OBX|2|ST|{event}|1.3.1.1.1|** VTACH||||||R|||{stamp(changed or ms)}\r"
        "OBX|3|NM|147842^MDC_ECG_HEART_RATE^MDC|1.3.1.1.2|186|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r"
        f"OBX|4|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.3.1.1.3|{phase}||||||R\r"
        f"OBX|5|ST|68482^MDC_ATTR_ALARM_STATE^MDC|1.3.1.1.4|{state}||||||R\r"
        "OBX|6|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.3.1.1.6|PH||||||R\rOBX|7|ST|68485^MDC_ATTR_ALERT_TYPE^MDC|1.3.1.1.7|SP||||||R\r")


def told(feed, notify):
    """The next revision of the alert that says so."""
    return feed.until(lambda _, e: e.HasField("alert") and e.alert.rule == "v_tach" and
                      e.alert.notify == getattr(alert_pb2, f"NOTIFY_{notify}"), what=notify)[1].alert


def revisions(feed):
    return [e.alert for _, e in feed.heard if e.HasField("alert") and e.alert.rule == "v_tach"]


with Daemon(more='[[source]]\nname = "ward"\n') as daemon, Adapter(daemon) as adapter:
    feed = Feed(daemon)
    line = socket.create_connection(("127.0.0.1", adapter.port), timeout=30)
    assert ask(line, admission(START))[0] == "AA"

    # Told once, by the first message; that the monitor repeats itself is no news.
    assert ask(line, alarm(1, START + 60_000, "start", "active"))[0] == "CA"
    first = told(feed, "FIRST")
    assert first.priority == alert_pb2.PRIORITY_HIGH and first.true_since_ms == START + 60_000, first
    assert [(e.system, e.code, e.coded) for e in first.evidence] == [("MDC", "199832", "high")], first.evidence
    for n in range(2, 8):
        assert ask(line, alarm(n, START + 60_000 + n * 10_000, "continue", "active", START + 60_000))[0] == "CA"
    assert ask(line, alarm(7, START + 130_000, "continue", "active", START + 60_000))[0] == "CA"  # sent again: answered again

    # What was acknowledged is on disk: after a crash it stands, and the end finds it.
    daemon.kill()
    daemon.start()
    feed.close()
    feed = Feed(daemon)
    end = alarm(8, START + 200_000, "end", "inactive")
    wait_for(lambda: ask(line, end)[0] == "CA", 30, "the daemon is back and takes the end")
    over = told(feed, "LATCHED")
    assert over.id == first.id and over.condition == alert_pb2.CONDITION_STATE_ABSENT, over
    assert len(revisions(feed)) == 1, revisions(feed)

    # An end that comes before its beginning: nothing stands.
    before = len(revisions(feed))
    assert ask(line, alarm(9, START + 320_000, "end", "inactive", first="e2"))[0] == "CA"
    assert ask(line, alarm(10, START + 300_000, "start", "active", first="e2"))[0] == "CA"

    # Our own alert, come back: refused, whoever hands it on.
    own = alarm(11, START + 330_000, "start", "active", event="0^MDCX_VIGIL_V_TACH^MDC", first="e3")
    code, control, reason = ask(line, own)[:3]
    assert (code, control, reason) == ("CR", "a11", "own_alert"), (code, control, reason)
    no_event = own.replace(b"0^MDCX_VIGIL_V_TACH^MDC|1.3.1.1.1", b"69965^MDC_DEV^MDC|1.3.1.1.9").replace(b"a11", b"a12")
    assert ask(line, no_event)[0] == "CE"

    # A bed nobody lies in: kept, and nobody is called.
    stranger = alarm(13, START + 340_000, "start", "active", first="e4").replace(b"B1", b"B7").replace(b"alarm-", b"other-")
    assert ask(line, stranger)[0] == "CA"
    assert ask(line, alarm(14, START + 400_000, "start", "active", event="200000^MDC_EVT_X^MDC", first="e5"))[0] == "CA"
    other = feed.until(lambda _, e: e.HasField("alert") and e.alert.rule == "monitor_alarm_200000_147842", what="a code nobody lists")[1].alert
    assert "code 200000" in other.reason, other.reason
    assert len(revisions(feed)) == before, revisions(feed)[before:]

    why = subprocess.run([BIN / "vigil", "--config", daemon.config, "why", first.id], capture_output=True, text=True)
    assert why.returncode == 0 and "ventricular tachycardia, says the monitor (high priority)" in why.stdout, why.stdout + why.stderr
    assert "199832" in why.stdout, why.stdout
    line.close()
    feed.close()
    print("an alarm told once, repeated, kept over a crash and ended; an echo refused; a stranger's kept")
