"""A vigild of its own in a temporary directory, and the peers that talk to it: an adapter, a subscriber, a client.

The harness speaks the wire contract with code generated from proto/ at test time and reads journals with sqlite3, never with
Vigil's own code (reliability.md 4.1)."""

import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import zmq

ROOT = Path(os.environ.get("VIGIL_ROOT", Path(__file__).resolve().parents[3]))
BIN = Path(os.environ.get("VIGIL_BIN", ROOT / "build/release/bin"))

_generated = tempfile.TemporaryDirectory(prefix="vigil-proto-")
subprocess.run(["protoc", f"-I{ROOT}/proto", f"--python_out={_generated.name}"]
               + [str(p) for p in sorted((ROOT / "proto/vigil/v1").glob("*.proto"))], check=True)
sys.path.insert(0, _generated.name)

from vigil.v1 import command_pb2, envelope_pb2, observation_pb2, query_pb2  # noqa: E402
from vigil.v1 import alert_pb2, score_pb2  # noqa: E402,F401

Ingest = observation_pb2.IngestReply
START = 1_700_000_000_000  # 2023-11-14T22:13:20Z: where the recorded patients of these tests live

CONFIG = """
site = "demo"
unit = "icu1"
mode = "{mode}"
clock = "{clock}"

[endpoints]
ingest = "ipc://{dir}/ingest"
command = "ipc://{dir}/command"
query = "ipc://{dir}/query"
feed = "ipc://{dir}/feed"

[journal]
directory = "{dir}/journal"

[definitions]
vocabulary = "{root}/config/vocabulary.tsv"
conversions = "{root}/config/conversions.tsv"
scores = "{root}/config/scores"
alerts = "{dir}/alert-rules"

[[score]]
score = "sofa"
product = "now"
basis = "native"
policy = "live"
alerts = true

[[score]]
score = "sofa"
product = "rolling"
basis = "native"
policy = "live"

[[score]]
score = "ards_berlin"
product = "now"
basis = "native"
policy = "live"
alerts = true
{more}
"""


def wait_for(condition, seconds=10.0, what="condition"):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.005)
    raise AssertionError(f"not within {seconds} s: {what}")


def alert_rules(into, card=False):
    """The rules as delivered; without the card of an admission, which speaks for what a test begins with."""
    shutil.copytree(ROOT / "config" / "alerts", into)
    if not card:
        with open(into / "admission.toml") as file:
            text = file.read()
        (into / "admission.toml").write_text(text.replace('rule = "admission"', 'rule = "admission"\nenabled = false', 1))


class Daemon:
    """One vigild; may be stopped, killed and started again over the same journal."""

    def __init__(self, clock="driven", mode="simulated", more="", env=None, card=False):
        self._folder = tempfile.TemporaryDirectory(prefix="vigild-")
        self.dir = Path(self._folder.name)
        self.log = open(self.dir / "log", "wb")
        self.env = dict(os.environ, **(env or {}))
        self.config = self.dir / "vigil.toml"
        alert_rules(self.dir / "alert-rules", card)
        self.config.write_text(CONFIG.format(dir=self.dir, root=ROOT, clock=clock, mode=mode, more=more))
        self.context = zmq.Context.instance()
        self.process = None

    def start(self, env=None):
        self.process = subprocess.Popen([BIN / "vigild", "--config", self.config], stderr=self.log, stdout=self.log,
                                        env=dict(self.env, **(env or {})))
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return self.process.wait()

    def stop(self, seconds=20):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.log.close()
        if os.environ.get("VIGIL_KEEP"):
            print("kept", self.dir)
            self._folder._finalizer.detach()
        else:
            self._folder.cleanup()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def endpoint(self, name):
        return f"ipc://{self.dir}/{name}"

    def log_text(self):
        return (self.dir / "log").read_text(errors="replace")

    # ---- the journal, as sqlite3 sees it
    def segments(self):
        return sorted((self.dir / "journal").glob("[0-9]*.vigil"))

    def rows(self, sql):
        out = []
        for path in self.segments():
            db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            try:
                out += db.execute(sql).fetchall()
            finally:
                db.close()
        return out


class Adapter:
    """A DEALER as adapters/runtime is one. Keeps the books of what was sent and what was answered."""

    def __init__(self, daemon, source="monitors", simulated=True, kind="test"):
        self.daemon, self.source, self.simulated, self.kind = daemon, source, simulated, kind
        self.epoch = time.time_ns() // 1000
        self.seq = 0
        self.answers = {}
        self.socket = None
        self.connect()

    def connect(self):
        if self.socket is not None:
            self.socket.close(0)
        self.socket = self.daemon.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 5)
        self.socket.setsockopt(zmq.RECONNECT_IVL_MAX, 50)
        self.socket.connect(self.daemon.endpoint("ingest"))

    def close(self):
        self.socket.close(0)

    def say(self, **what):
        self.socket.send(observation_pb2.IngestMessage(**what).SerializeToString(), zmq.DONTWAIT)

    def hello(self, seconds=20):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.say(hello=observation_pb2.AdapterHello(source=self.source, adapter_epoch=self.epoch, kind=self.kind,
                                                        version="0", simulated=self.simulated))
            reply = self.receive(0.3)
            if reply is not None and reply.frame_seq == 0:
                return reply
        raise AssertionError("no answer to hello")

    def heartbeat(self, unacknowledged=0, **more):
        self.say(heartbeat=observation_pb2.AdapterHeartbeat(source=self.source, adapter_epoch=self.epoch, connections=1,
                                                            unacknowledged=unacknowledged, **more))

    def goodbye(self):
        self.say(goodbye=observation_pb2.AdapterGoodbye(source=self.source, adapter_epoch=self.epoch))

    def batch(self, message_id, readings=(), visit=None, bed=None, at=START, census=(), urgent=False, patients=(),
              processing=observation_pb2.PROCESSING_TRAINING, received=None, content=None):
        self.seq += 1
        out = observation_pb2.ObservationBatch(
            source=self.source, adapter_epoch=self.epoch, frame_seq=self.seq, message_id=message_id,
            content_digest=hashlib.blake2b((content or message_id).encode(), digest_size=16).digest(), message_time_ms=at,
            received_ms=received if received is not None else int(time.time() * 1000), processing=processing, urgent=urgent)
        if visit:
            out.subject.visit = visit
        out.subject.patients.extend(patients)
        if bed:
            out.subject.location.unit, out.subject.location.bed = bed
        if not visit and not bed and not patients:
            out.subject.SetInParent()
        out.readings.extend(readings)
        out.census.extend(census)
        return out

    def send(self, batch):
        self.socket.send(observation_pb2.IngestMessage(batch=batch).SerializeToString(), zmq.DONTWAIT)
        return batch.frame_seq

    def receive(self, seconds=5.0):
        if not self.socket.poll(int(seconds * 1000)):
            return None
        reply = observation_pb2.IngestReply.FromString(self.socket.recv())
        if reply.frame_seq:
            self.answers[reply.frame_seq] = reply
        return reply

    def answer_to(self, frame_seq, seconds=10.0):
        until = time.monotonic() + seconds
        while frame_seq not in self.answers and time.monotonic() < until:
            self.receive(0.1)
        return self.answers.get(frame_seq)

    def put(self, batch, seconds=10.0):
        self.answers.pop(batch.frame_seq, None)
        answer = self.answer_to(self.send(batch), seconds)
        assert answer is not None, "no answer"
        return answer


def number(code, value, unit, at, system=observation_pb2.CODE_SYSTEM_VIGIL, **more):
    mantissa, _, digits = str(value).partition(".")
    return observation_pb2.Reading(system=system, code=code, mantissa=int(mantissa + digits), scale=len(digits), unit=unit,
                                   time_ms=at, status=observation_pb2.STATUS_FINAL, **more)


def word(code, value, at):
    return observation_pb2.Reading(system=observation_pb2.CODE_SYSTEM_VIGIL, code=code, coded=value, time_ms=at,
                                   status=observation_pb2.STATUS_FINAL)


def census(kind, visit, bed=None, at=START, patients=(), prior=None, **more):
    out = observation_pb2.CensusEvent(kind=getattr(observation_pb2.CensusEvent, f"KIND_{kind}"), effective_ms=at, **more)
    out.subject.visit = visit
    out.subject.patients.extend(patients)
    if bed:
        out.subject.location.unit, out.subject.location.bed = bed
    if prior:
        out.prior_location.unit, out.prior_location.bed = prior
    return out


class Feed:
    """A subscriber: everything it heard, in order."""

    def __init__(self, daemon, prefix="vigil.v1."):
        self.socket = daemon.context.socket(zmq.SUB)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RCVHWM, 100000)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 5)
        self.socket.setsockopt(zmq.RECONNECT_IVL_MAX, 50)
        self.socket.setsockopt_string(zmq.SUBSCRIBE, prefix)
        self.socket.connect(daemon.endpoint("feed"))
        self.heard = []
        # A subscription takes effect some time after it is made; from the first beat on nothing is missed.
        self.until(lambda topic, envelope: True, what="the first beat")

    def listen(self, seconds=0.0):
        until = time.monotonic() + seconds
        while True:
            left = max(0, until - time.monotonic())
            if not self.socket.poll(int(left * 1000)):
                return self.heard
            topic, body = self.socket.recv_multipart()
            self.heard.append((topic.decode(), envelope_pb2.Envelope.FromString(body)))

    def until(self, condition, seconds=10.0, what="publication"):
        end = time.monotonic() + seconds
        seen = 0
        while True:
            for item in self.heard[seen:]:
                seen += 1
                if condition(*item):
                    return item
            if time.monotonic() > end:
                last = [topic for topic, _ in self.heard[-20:]]
                raise AssertionError(f"not within {seconds} s: {what}; heard {len(self.heard)}, the last {last}")
            self.listen(0.05)

    def close(self):
        self.socket.close(0)


class Client:
    def __init__(self, daemon):
        self.daemon = daemon
        self.serial = 0

    def _ask(self, name, request, reply, seconds):
        socket = self.daemon.context.socket(zmq.REQ)
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect(self.daemon.endpoint(name))
        try:
            socket.send(request.SerializeToString())
            if not socket.poll(int(seconds * 1000)):
                raise AssertionError(f"no answer from {name}")
            return reply.FromString(socket.recv())
        finally:
            socket.close(0)

    def command(self, id=None, user="nurse1", seconds=10.0, **what):
        self.serial += 1
        request = command_pb2.CommandRequest(id=id or f"c{time.time_ns()}", user=user, **what)
        return self._ask("command", request, command_pb2.CommandReply, seconds)

    def query(self, seconds=10.0, **what):
        return self._ask("query", query_pb2.QueryRequest(id="q", **what), query_pb2.QueryReply, seconds)

    def status(self):
        return self.query(status=query_pb2.StatusRequest()).status

    def snapshot(self, prefix="vigil.v1."):
        socket = self.daemon.context.socket(zmq.DEALER)  # pages of one snapshot belong to one connection
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect(self.daemon.endpoint("query"))
        out, index = [], 0
        try:
            while True:
                socket.send(query_pb2.QueryRequest(id="s", snapshot=query_pb2.SnapshotRequest(
                    prefix=prefix, from_index=index)).SerializeToString())
                assert socket.poll(10000), "no snapshot"
                reply = query_pb2.QueryReply.FromString(socket.recv())
                assert not reply.error, reply.error
                out += [(p.topic, p.envelope) for p in reply.publications]
                if not reply.more:
                    return out, reply
                index = reply.next_index
        finally:
            socket.close(0)

    def replay(self, prefix, from_seq):
        out = []
        while True:
            reply = self.query(replay=query_pb2.ReplayRequest(prefix=prefix, from_seq=from_seq))
            assert not reply.error, reply.error
            out += [(p.topic, p.envelope) for p in reply.publications]
            if not reply.more:
                return out, reply
            assert reply.last_seq > from_seq, "a page that moves nothing"
            from_seq = reply.last_seq
