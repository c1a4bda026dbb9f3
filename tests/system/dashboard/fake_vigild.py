#!/usr/bin/python3
"""A vigild that says what it is told to: feed, queries, commands and identity cards for the tests of the gateway and its page.

usage: fake_vigild.py DIRECTORY [--site demo]     sockets are DIRECTORY/{feed,query,command,identity}
Lines on stdin: `alert BED RULE` and `technical BED RULE` raise one, `revise ALERT` changes and `close ALERT` ends one (`close ALERT lost`: and that is lost on the way), `unplug` loses the feed of a source,
`flood N` raises N, `stream HZ` changes the score of every bed so often, `gap BED` publishes a score and loses it on the way, `late BED` changes a score,
`restart` begins a new epoch, `silent` and `loud` stop and resume every word, `stop` ends. Each is answered with `ok` on stdout.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time

import zmq

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
GENERATED = tempfile.TemporaryDirectory(prefix="vigil-proto-")
PROTO = os.path.join(ROOT, "proto")
subprocess.run(
    ["protoc", f"--python_out={GENERATED.name}", f"-I{PROTO}"]
    + [os.path.join(PROTO, "vigil", "v1", f) for f in sorted(os.listdir(os.path.join(PROTO, "vigil", "v1"))) if f.endswith(".proto")],
    check=True,
)
sys.path.insert(0, GENERATED.name)
from vigil.v1 import alert_pb2, command_pb2, envelope_pb2, identity_pb2, query_pb2, score_pb2  # noqa: E402

HOUR = 3_600_000
START = 1_790_000_000_000
SPEED = 60.0
ORGANS = ("resp", "coag", "liver", "cardio", "cns", "renal")
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'

# bed: points of the six organs (None: not measured), ARDS oxygenation, ARDS class, minutes since the last data
BEDS = {
    "bed01": ((3, 2, 1, 4, 2, 1), "meets_moderate", "unknown", 1),
    "bed02": ((1, 0, None, 1, None, 0), "none", "none", 2),
    "bed03": ((2, 1, 0, 0, 1, 2), "meets_mild", "mild", 95),
    "bed04": ((4, 3, 2, 3, 1, 3), "meets_severe", "severe", 1),
    "bed05": ((None,) * 6, "unknown", "unknown", 3),
    "bed06": ((0, 0, 0, 0, 0, 0), "none", "none", 1),
    "bed07": ((2, 0, 0, 1, 0, 1), "meets_mild", "unknown", 1),
    "bed08": ((1, 4, 3, 1, 0, 0), "none", "none", 1),
    "bed09": ((0, 1, 0, 0, 3, 0), "none", "none", 4),
    "bed10": ((3, 0, 0, 2, 0, 4), "meets_moderate", "moderate", 1),
    "bed11": ((2, 1, 1, 3, 4, None), "unknown", "unknown", 1),
}


# signal, unit, minutes between two readings, what was read at a minute of the stay: a number, a word, or nothing
LANES = (
    ("hr", "/min", 1, lambda minute: None if 600 <= minute < 660 else 90 + minute % 7),  # an hour without the monitor
    ("map", "mm[Hg]", 1, lambda minute: 62 + minute % 5),
    ("resp_device", "", 240, lambda minute: "hfno" if minute < 480 else "imv"),
    ("fio2_set", "%", 240, lambda minute: 60),
    ("norepinephrine", "ug/kg/min", 300, lambda minute: "stopped" if minute == 0 else 0.12),
    ("lact", "mmol/L", 360, lambda minute: 2.5),
)
HELD = ("resp_device", "fio2_set", "norepinephrine")
STAY = START - 26 * HOUR


class Fake:
    def __init__(self, directory, site):
        self.site, self.unit = site, "icu"
        self.epoch, self.seq = 1001, 0
        self.began = time.monotonic()
        self.journal, self.retained, self.counts, self.alerts = [], {}, {}, {}
        self.silent = self.running_since = None
        self.lose = False
        self.lock = threading.RLock()
        context = zmq.Context()
        self.feed = context.socket(zmq.XPUB)
        self.routers = {}
        self.feed.bind(f"ipc://{directory}/feed")
        for name in ("query", "command", "identity"):
            self.routers[name] = context.socket(zmq.ROUTER)
            self.routers[name].bind(f"ipc://{directory}/{name}")

    def now(self):
        return START + int((time.monotonic() - self.began) * 1000 * SPEED)

    def publish(self, cls, bed, key, keep=True, log_time=None, **payload):
        topic = f"vigil.v1.{cls}.{self.site}.{self.unit}.{bed}.{key}"
        envelope = envelope_pb2.Envelope(epoch=self.epoch, log_time_ms=log_time or self.now(), simulated=True, recorded=True)
        for name, value in payload.items():
            getattr(envelope, name).CopyFrom(value)
        if cls in ("score", "alert", "event"):
            self.seq += 1
            envelope.seq = self.seq
            self.journal.append((topic, envelope))
        if cls != "sys":
            stream = (cls, self.unit, bed)
            self.counts[stream] = self.counts.get(stream, 0) + 1
            envelope.count = self.counts[stream]
        if keep:
            self.retained[topic if cls != "alert" else f"{topic}/{payload['alert'].id}"] = (topic, envelope)
        if self.lose:
            self.lose = False
        elif not self.silent:
            self.feed.send_multipart([topic.encode(), envelope.SerializeToString()])

    def score(self, bed, points, at, key="sofa", log_time=None):
        known = [p for p in points if p is not None]
        missing = len(points) - len(known)
        score = score_pb2.Score(definition="sofa@1996.1+conventional", product="rolling", basis="conventional",
                                encounter=f"enc_{bed}", bed=bed, unit=self.unit, as_of_ms=at)
        total = score.parts.add(part="total", lower=sum(known), upper=sum(known) + 4 * missing, missing=missing,
                                state=score_pb2.PART_STATE_VALUED if known else score_pb2.PART_STATE_NOT_MEASURED)
        if known:
            total.points = sum(known)
        for organ, value in zip(ORGANS, points):
            part = score.parts.add(part=organ, lower=value or 0, upper=4 if value is None else value,
                                   state=score_pb2.PART_STATE_NOT_MEASURED if value is None else score_pb2.PART_STATE_VALUED)
            if value is not None:
                part.points = value
            if organ == "resp":
                part.evidence.add(role="pao2", signal="pao2", verdict=score_pb2.VERDICT_USED if value is not None else score_pb2.VERDICT_MISSING,
                                  **({"journal_seq": 100, "mantissa": 684, "scale": 1, "unit": "mm[Hg]", "event_time_ms": at - HOUR // 2, "source": "lab"} if value is not None else {}))
                part.evidence.add(role="support", signal="resp_device", verdict=score_pb2.VERDICT_USED, coded="imv", event_time_ms=at - HOUR)
            if organ == "cardio" and value is not None and value >= 3:
                part.evidence.add(role="norepinephrine", signal="norepinephrine", verdict=score_pb2.VERDICT_USED, mantissa=12,
                                  scale=2, unit="ug/kg/min", event_time_ms=at - HOUR // 6)
        self.publish("score", bed, key, score=score, log_time=log_time)

    def ards(self, bed, oxygenation, cls, at):
        score = score_pb2.Score(definition="ards_berlin@2012.1+as_published", product="now", basis="conventional",
                                encounter=f"enc_{bed}", bed=bed, unit=self.unit, as_of_ms=at)
        score.parts.add(part="ards", label=cls, state=score_pb2.PART_STATE_VALUED)
        score.parts.add(part="oxygenation", label=oxygenation, state=score_pb2.PART_STATE_VALUED)
        self.publish("score", bed, "ards_berlin", score=score)

    def alert(self, bed, rule, priority, reason, kind=alert_pb2.ALERT_KIND_PATIENT):
        if bed not in BEDS:
            return
        now = self.now()
        alert = alert_pb2.Alert(id=f"{bed}-{rule}", revision=1, rule=rule, kind=kind, priority=priority,
                                condition=alert_pb2.CONDITION_STATE_PRESENT, signal=alert_pb2.SIGNAL_STATE_ON,
                                notify=alert_pb2.NOTIFY_FIRST, reason=reason, encounter=f"enc_{bed}", unit=self.unit, bed=bed,
                                true_since_ms=now - HOUR // 2, known_at_ms=now - 60_000, shown_at_ms=now, revised_at_ms=now,
                                policy="live", rule_digest="0123abcd", confirmed=True)
        alert.evidence.add(role="pao2", signal="pao2", verdict=score_pb2.VERDICT_USED, mantissa=684, scale=1, unit="mm[Hg]",
                           event_time_ms=now - HOUR // 2, source="lab", compared="136.8 mm[Hg]",
                           comparison="giving P/F 136.8 mm[Hg]")
        alert.evidence.add(role="fio2", signal="fio2", verdict=score_pb2.VERDICT_STALE, mantissa=80, scale=0, unit="%",
                           event_time_ms=now - 5 * HOUR, reason="stale")
        alert.evidence.add(role="bili", signal="bili", verdict=score_pb2.VERDICT_MISSING)
        self.alerts[alert.id] = alert
        self.publish("alert", bed, rule, alert=alert)

    def status(self, bed, minutes):
        status = envelope_pb2.BedStatus(encounter=f"enc_{bed}", last_data_ms=self.now() - minutes * 60_000)
        status.signals.add(signal="hr", last_ms=status.last_data_ms, stale=minutes > 5)
        self.publish("status", bed, "freshness", bed_status=status)

    def daemon(self):
        self.publish("sys", "_", "state", daemon=envelope_pb2.DaemonState(
            state=envelope_pb2.DaemonState.STATE_RUNNING, clock_speed=SPEED, driven=True))

    def populate(self):
        for hour in range(26, 0, -1):
            at = START - hour * HOUR
            for bed, (points, *_rest) in BEDS.items():
                past = tuple(None if p is None else max(0, min(4, p + ((hour + i) % 5 - 2) // 2)) for i, p in enumerate(points))
                self.score(bed, past, at, log_time=at)
        for bed, (points, oxygenation, cls, minutes) in BEDS.items():
            event = envelope_pb2.BedEvent(kind=envelope_pb2.BedEvent.KIND_ADMITTED, encounter=f"enc_{bed}", visit=f"tok_{bed}", age_years=61)
            self.publish("event", bed, "admitted", keep=False, event=event)
            self.score(bed, points, START)
            self.ards(bed, oxygenation, cls, START)
            self.status(bed, minutes)
        self.publish("obs", "bed04", "frame", obs=envelope_pb2.BedObservations(encounter="enc_bed04", values=[
            envelope_pb2.ObservedValue(signal="ecls", coded="vv", event_time_ms=START - HOUR, usable=True),
            envelope_pb2.ObservedValue(signal="rrt", coded="crrt", event_time_ms=START - HOUR, usable=True),
            envelope_pb2.ObservedValue(signal="map", mantissa=61, unit="mm[Hg]", event_time_ms=START, usable=True),
            envelope_pb2.ObservedValue(signal="spo2", mantissa=310, unit="%", event_time_ms=START, usable=False, reason="out_of_range")]))
        self.alert("bed04", "sofa_rise", alert_pb2.PRIORITY_HIGH, "SOFA rose by 3 within 24 h (13 to 16)")
        self.alert("bed01", "organ_severe", alert_pb2.PRIORITY_MEDIUM, "cardio reached 4 " + HOSTILE)
        self.alert("bed10", "ards_worsened", alert_pb2.PRIORITY_MEDIUM, "P/F 140 mm[Hg] at PEEP 10 cm[H2O]")
        self.alert("bed03", "bed_silent", alert_pb2.PRIORITY_LOW, "No data for 95 min", alert_pb2.ALERT_KIND_TECHNICAL)
        self.publish("status", "_", "monitors", source_status=envelope_pb2.SourceStatus(source="monitors", kind="hl7", connected=True, messages=1234))
        self.daemon()

    def beat(self):
        while True:
            time.sleep(1)
            with self.lock:
                if self.silent:
                    continue
                for bed, (_p, _o, _c, minutes) in BEDS.items():
                    if minutes < 10:
                        self.status(bed, minutes)
                digest = envelope_pb2.Digest(last_seq=self.seq, active_alerts=len(self.alerts), parts=1)
                for (cls, unit, bed), count in self.counts.items():
                    digest.counts.add(cls=cls, unit=unit, bed=bed, count=count)
                self.publish("sys", "_", "digest", keep=False, digest=digest)

    def stream(self, hz):
        """Every bed's score another one, `hz` times a second, for good."""
        turn, due = 0, time.monotonic()
        while True:
            turn, due = turn + 1, due + 1 / hz
            time.sleep(max(0, due - time.monotonic()))
            with self.lock:
                if self.silent:
                    continue
                for bed, (points, *_rest) in BEDS.items():
                    self.score(bed, tuple(None if p is None else (p + turn) % 5 for p in points), self.now())

    def fill(self, lane, asked, every, read):
        """As vigild does: the readings in [from, to) by column, and before them what stood at `from`."""
        columns = {}
        step, width = every * 60_000, (asked.to_ms - asked.from_ms) / asked.columns
        first = max(0, -(-(asked.from_ms - STAY) // step))
        for at in range(STAY + (first - (first > 0 and lane.signal in HELD)) * step, min(asked.to_ms, self.now()), step):
            value = read((at - STAY) // 60_000)
            if value is None:
                continue
            place = -1 if at < asked.from_ms else int((at - asked.from_ms) / width)
            column = columns.setdefault(place, query_pb2.LaneColumn())
            column.at_ms = at
            if isinstance(value, str):
                column.coded = value
            else:
                number = round(value * 1000)
                column.least = number if column.readings == 0 else min(column.least, number)
                column.greatest, column.newest = max(column.greatest, number), number
            column.readings += 1
        lane.columns.extend(columns.values())

    def answer_lanes(self, asked, reply):
        for signal, unit, every, read in LANES:
            lane = query_pb2.Lane(signal=signal, unit=unit, scale=3)
            self.fill(lane, asked, every, read)
            if lane.columns:
                reply.lanes.append(lane)

    def answer_shown(self, asked, reply):
        """What had been said by then; known by now is an arterial gas that was corrected, at bed04."""
        scores, alerts = {}, {}
        for _topic, envelope in self.journal:
            if envelope.log_time_ms > asked.at_ms:
                continue
            if envelope.score.encounter == asked.encounter:
                scores[envelope.score.definition] = envelope.score
            if envelope.alert.encounter == asked.encounter:
                alerts[envelope.alert.id] = envelope.alert
        for score in scores.values():
            reply.scores.append(score)
            reply.known.append(score)
            resp = [part for part in reply.known[-1].parts if part.part == "resp"]
            if asked.encounter == "enc_bed04" and resp and resp[0].points > 0:
                resp[0].points, resp[0].evidence[0].mantissa, resp[0].evidence[0].journal_seq = resp[0].points - 1, 884, 200
                reply.known[-1].parts[0].points -= 1
        reply.alerts.extend(alert for alert in alerts.values() if alert.signal != alert_pb2.SIGNAL_STATE_CLOSED)

    def answer_query(self, body):
        request = query_pb2.QueryRequest.FromString(body)
        reply = query_pb2.QueryReply(id=request.id, epoch=self.epoch, last_seq=self.seq)
        which = request.WhichOneof("what")
        if which == "snapshot":
            rows = [r for r in self.retained.values() if r[0].startswith(request.snapshot.prefix)]
            first, page = request.snapshot.from_index, 20  # small pages on purpose
            for topic, envelope in rows[first:first + page]:
                reply.publications.add(topic=topic, envelope=envelope).envelope.retained = True
            reply.more, reply.next_index = first + page < len(rows), first + page
            if not reply.more:
                for (cls, unit, bed), count in self.counts.items():
                    reply.counts.add(cls=cls, unit=unit, bed=bed, count=count)
        elif which == "replay":
            rows = [r for r in self.journal if r[0].startswith(request.replay.prefix) and r[1].seq > request.replay.from_seq]
            for topic, envelope in rows[:100]:
                reply.publications.add(topic=topic, envelope=envelope)
            reply.more = len(rows) > 100
        elif which == "alert" and request.alert.id in self.alerts:
            reply.alert.CopyFrom(self.alerts[request.alert.id])
        elif which == "lanes":
            self.answer_lanes(request.lanes, reply)
        elif which == "shown":
            self.answer_shown(request.shown, reply)
        elif which == "days":  # since 1970 there are pages without end
            reply.more, reply.last_seq = request.days.from_ms == 0, request.days.after_seq + 1
        elif which == "encounters":
            for bed in BEDS:
                reply.encounters.add(id=f"enc_{bed}", visit=f"tok_{bed}", unit=self.unit, bed=bed)
        else:
            reply.error = "not_found"
        return reply

    def answer_command(self, body):
        request = command_pb2.CommandRequest.FromString(body)
        reply = command_pb2.CommandReply(id=request.id, verdict=command_pb2.CommandReply.VERDICT_REFUSED, reason="unknown")
        which = request.WhichOneof("what")
        if which == "acknowledge" and request.acknowledge.alert in self.alerts:
            alert = self.alerts[request.acknowledge.alert]
            if request.acknowledge.revision != alert.revision:
                reply.verdict, reply.reason = command_pb2.CommandReply.VERDICT_STALE_REVISION, "stale_revision"
            else:
                alert.revision += 1
                alert.signal, alert.notify = alert_pb2.SIGNAL_STATE_ACKNOWLEDGED, alert_pb2.NOTIFY_ACKNOWLEDGED
                alert.acknowledged_by, alert.acknowledged_at_ms = request.user, self.now()
                self.publish("alert", alert.bed, alert.rule, alert=alert)
                reply.verdict, reply.reason, reply.journal_seq = command_pb2.CommandReply.VERDICT_DONE, "", self.seq
        elif which == "attest" and request.attest.value != "unknown":
            self.publish("event", request.attest.bed, "attested", keep=False, event=envelope_pb2.BedEvent(
                kind=envelope_pb2.BedEvent.KIND_ATTESTED, encounter=f"enc_{request.attest.bed}", what=request.attest.what,
                value=request.attest.value, user=request.user))
            reply.verdict, reply.reason, reply.journal_seq = command_pb2.CommandReply.VERDICT_DONE, "", self.seq
        return reply

    def answer_identity(self, body):
        request = identity_pb2.IdentityRequest.FromString(body)
        reply = identity_pb2.IdentityReply(id=request.id, done=True)
        for token in request.lookup.tokens:
            name = HOSTILE if token == "tok_bed01" else token.replace("tok_", "Name ")
            reply.cards.add(tokens=[token], family_name=name, given_name="Anna")
        return reply

    def serve(self):
        answers = {"query": self.answer_query, "command": self.answer_command, "identity": self.answer_identity}
        poller = zmq.Poller()
        names = {socket: name for name, socket in self.routers.items()}
        for socket in names:
            poller.register(socket, zmq.POLLIN)
        while True:
            for socket, _ in poller.poll():
                frames = socket.recv_multipart()
                with self.lock:
                    if not self.silent:
                        socket.send_multipart(frames[:-1] + [answers[names[socket]](frames[-1]).SerializeToString()])

    def obey(self, line):
        words = line.split()
        with self.lock:
            if words[0] == "alert":
                self.alert(words[1], words[2], alert_pb2.PRIORITY_HIGH, "raised by the test")
            elif words[0] == "technical":
                self.alert(words[1], words[2], alert_pb2.PRIORITY_MEDIUM, "raised by the test", alert_pb2.ALERT_KIND_TECHNICAL)
            elif words[0] == "close":
                alert = self.alerts.pop(words[1])
                alert.revision += 1
                alert.signal, alert.notify, alert.closed_because = alert_pb2.SIGNAL_STATE_CLOSED, alert_pb2.NOTIFY_CLEARED, "recovered"
                alert.condition, alert.revised_at_ms = alert_pb2.CONDITION_STATE_ABSENT, self.now()
                self.lose = words[2:] == ["lost"]
                self.publish("alert", alert.bed, alert.rule, alert=alert)
            elif words[0] == "unplug":  # a feed whose adapter has gone
                self.publish("status", "_", "monitors", source_status=envelope_pb2.SourceStatus(source="monitors", kind="hl7", connected=False, messages=1234))
            elif words[0] == "revise":  # the alert changes under the reader's eyes
                alert = self.alerts[words[1]]
                alert.revision += 1
                alert.notify = alert_pb2.NOTIFY_UPDATED
                self.publish("alert", alert.bed, alert.rule, alert=alert)
            elif words[0] == "gap":
                self.lose = True
                self.score(words[1], (4, 4, 4, 4, 4, 4), self.now())
            elif words[0] == "late":
                self.score(words[1], (0, 0, 0, 0, 0, 1), self.now())
            elif words[0] == "flood":  # more than a browser that does not read can be owed
                for number in range(int(words[1])):
                    self.alert("bed09", f"flood_{number}", alert_pb2.PRIORITY_LOW, "raised by the test " + "x" * 200)
            elif words[0] == "stream":
                threading.Thread(target=self.stream, args=(float(words[1]),), daemon=True).start()
            elif words[0] == "restart":
                self.epoch += 1
                self.counts = {}
                self.daemon()
            elif words[0] == "silent":
                self.silent = True
            elif words[0] == "loud":
                self.silent = False
            elif words[0] == "stop":
                os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--site", default="demo")
    parser.add_argument("--beds", type=int, default=11)
    options = parser.parse_args()
    kinds = list(BEDS.values())
    for bed in list(BEDS)[options.beds:]:
        del BEDS[bed]
    for number in range(12, options.beds + 2):  # bed12 stays empty
        if number > 12:
            BEDS[f"bed{number:02}"] = kinds[number % len(kinds)]
    fake = Fake(options.directory, options.site)
    with fake.lock:
        fake.populate()
    threading.Thread(target=fake.beat, daemon=True).start()
    threading.Thread(target=fake.serve, daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip():
            fake.obey(line)
            print("ok", flush=True)
    os._exit(0)


main()
