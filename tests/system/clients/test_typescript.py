"""The TypeScript client against a real vigild and gateway under flood, while both are killed, stopped and restarted beneath it, the
wire between is cut and made to lose something, and the client is stopped and stalled: 0 undetected gaps. The journal says which
revisions of alerts there were to be told, and the gateway's own words what stands in the end.

    VIGIL_CLIENT_MESSAGES    how many messages must have been published; 3·10⁴, the promise is 10⁶"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "daemon")]
import ward  # noqa: E402
from gateway import Gateway  # noqa: E402
from relay import Relay  # noqa: E402
from revisions import Revisions  # noqa: E402
from test_live import KNOWN_WITHIN_S, MARGIN, PLACES, PYTHON, SEED, Flooded  # noqa: E402

MESSAGES = int(os.environ.get("VIGIL_CLIENT_MESSAGES", "30000"))
NODE = os.environ.get("VIGIL_NODE") or shutil.which("node")
BUILT = (ward.ROOT / "clients/typescript/dist/index.js").exists()
LEAST_TOLD = MESSAGES // 50  # who gives everything up has no gap, and is no use


class Subject:
    """The client's user. What it was told is read as it is written."""

    def __init__(self, daemon, port, *options, name="subject"):
        self.path = daemon.dir / name
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen([NODE, str(HERE / "subject.mjs"), f"http://127.0.0.1:{port}", *options], stdout=out,
                                            stderr=daemon.log, env=dict(os.environ, VIGIL_ROOT=str(ward.ROOT)))
        self._file, self._rest = open(self.path, "rb"), b""
        self.books = Revisions()
        self.lost, self.back, self.states = [], [], []

    def signal(self, which):
        self.process.send_signal(which)

    def read(self):
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        for line in map(bytes.decode, lines):
            self.books.take(line)
            if line.startswith("S"):
                self.states.append(line.split(" ")[1])
            elif line.startswith("L"):
                self.lost.append((float(line.split(" ")[1]), line.split(" ", 2)[2]))
            elif line.startswith("B"):
                self.back.append(float(line.split(" ")[1]))
        if self.process.poll() is not None:
            raise AssertionError(f"the client ended with {self.process.returncode}")
        return self

    def until(self, condition, seconds, what):
        return ward.wait_for(lambda: condition(self.read()), seconds, what)

    def look(self):
        """How its state differs from the gateway's."""
        n = len(self.books.looks)
        self.signal(signal.SIGUSR2)
        self.until(lambda s: len(s.books.looks) > n, 30, "its state was compared")
        return self.books.looks[-1]

    def close(self):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        self._file.close()


@unittest.skipUnless(NODE and BUILT and (ward.BIN / "vigil-gateway").exists(), "the client or the gateway is not built: NOT RUN")
class Live(Flooded, unittest.TestCase):
    def setUp(self):
        self.daemon = ward.Daemon().start()
        self.addCleanup(self.daemon.close)
        self.client = ward.Client(self.daemon)
        self.gateway = Gateway(self.daemon).start()
        self.addCleanup(self.gateway.close)
        self.relay = Relay(self.gateway.port)
        self.addCleanup(self.relay.close)
        self.round, self.load, self.published = 1, None, {}
        self.addCleanup(self.end_flood)

    def subject(self, *options, **more):
        out = Subject(self.daemon, self.relay.here, *options, **more)
        self.addCleanup(out.close)
        out.until(lambda s: s.states, 60, "the first state")
        return out

    def count(self):
        """How many messages vigild has published, over its starts."""
        with contextlib.suppress(AssertionError):  # it may still be recovering from the last trouble
            _, whole = self.client.snapshot("vigil.v1.sys.")
            self.published[whole.epoch] = sum(c.count for c in whole.counts if c.cls != "sys")
        return sum(self.published.values())

    def journal(self):
        return [(e.seq, e.alert.id, e.alert.revision) for _, e in self.client.replay("vigil.v1.alert.", 0)[0]]

    def closed(self, subject):
        """The problems of the subject's books once it has had the time to hear everything."""
        journal = self.journal()
        try:
            subject.until(lambda s: not s.books.open(journal), 60, "every revision was told")
            ward.wait_for(lambda: subject.look() == "same", 30, "what stands is what the gateway says")
        except AssertionError as late:
            subject.books.problems.append(f"{late}: {subject.books.looks[-1:]}")
        return subject.books.close(journal), journal

    def test_whatever_goes_away_is_known(self):
        subject = self.subject()
        known = {}
        troubles = (("vigild stopped", lambda: self.daemon.process.send_signal(signal.SIGSTOP), lambda: self.daemon.process.send_signal(signal.SIGCONT)),
                    ("vigild killed", self.daemon.kill, self.daemon.start),
                    ("gateway stopped", lambda: self.gateway.process.send_signal(signal.SIGSTOP), lambda: self.gateway.process.send_signal(signal.SIGCONT)),
                    ("gateway killed", self.gateway.kill, self.restart_gateway),
                    ("network cut", self.relay.freeze, self.relay.thaw))
        for what, begin, end in troubles:
            n, backs, at = len(subject.lost), len(subject.back), time.monotonic()
            begin()
            subject.until(lambda s, n=n: len(s.lost) > n, KNOWN_WITHIN_S * MARGIN, f"lost: {what}")
            known[what] = f"{subject.lost[n][0] - at:.2f} s"
            end()
            subject.until(lambda s, n=backs: len(s.back) > n, 20, f"back, after {what}")
        self.assertIn("restarted", subject.states)
        print("known after", known, file=sys.stderr)
        self.assertEqual(self.closed(subject)[0], [])

    def restart_gateway(self):
        self.relay.there = self.gateway.start().port

    def test_no_gap_is_undetected_whatever_happens(self):
        whole, small = self.subject(), self.subject("--queue", "5000", name="small")
        self.flood()
        rnd, began, done = random.Random(SEED), time.monotonic(), []
        limit = began + 60 + MESSAGES / 100
        while self.count() < MESSAGES and time.monotonic() < limit:
            done.append(self.trouble(rnd, rnd.choice((whole.read(), small.read()))))
        self.end_flood()
        sums = []
        for subject in (whole, small):
            problems, journal = self.closed(subject)
            books = subject.books
            sums.append(f"{len(books.told)} of {len(journal)} alert revisions told, {len(books.replayed)} asked for again, {len(books.missed)} times told "
                        f"that some are missing, {len(books.unrecorded)} unrecorded, {dict(books.reasons)}, {len(subject.lost)} times lost")
            self.assertEqual(problems[:5], [], f"seed {SEED}")
            self.assertGreater(len(books.told), LEAST_TOLD, f"seed {SEED}: {sums}")
        print(f"seed {SEED}: {self.count()} messages in {time.monotonic() - began:.0f} s, {len(done)} troubles { {k: done.count(k) for k in sorted(set(done))} }, "
              f"{self.relay.lost} frames lost on the way; 0 undetected gaps: {sums}", file=sys.stderr)
        self.assertGreaterEqual(self.count(), MESSAGES)

    def trouble(self, rnd, subject):
        """One trouble, and a while for it to work."""
        kind = rnd.choice(("kill vigild", "restart vigild", "stop vigild", "kill gateway", "stop gateway", "stop client", "stall user", "cut wire",
                           "lose a frame", "nothing"))
        if kind == "kill vigild":
            self.daemon.kill()
            self.daemon.start()
        elif kind == "restart vigild":
            self.daemon.stop(60)
            self.daemon.start()
        elif kind == "kill gateway":
            self.gateway.kill()
            self.restart_gateway()
        elif kind == "stall user":
            subject.signal(signal.SIGUSR1)
        elif kind == "lose a frame":
            self.relay.to_lose = rnd.choice((1, 3))
        elif kind == "cut wire":
            self.relay.freeze()
            self.passing(rnd.choice((0.2, 4.0)))
            self.relay.thaw()
        elif kind != "nothing":
            process = {"stop vigild": self.daemon, "stop gateway": self.gateway, "stop client": subject}[kind].process
            process.send_signal(signal.SIGSTOP)
            self.passing(rnd.choice((0.2, 1.0, 4.0)))
            process.send_signal(signal.SIGCONT)
        self.passing(rnd.uniform(0.2, 2.0))
        return kind

    def passing(self, seconds):
        """Time is the subject of these tests: what a stop does depends on how long it lasts."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.02)

    def test_a_client_that_does_not_look_for_gaps_is_caught(self):
        subject = self.subject("--deaf")
        self.flood()
        self.relay.to_lose = 10
        ward.wait_for(lambda: self.relay.to_lose == 0 and subject.read(), 60, "frames were lost on the way")
        self.passing(1)
        self.end_flood()
        journal = self.journal()
        self.passing(3)
        self.assertNotEqual(subject.read().books.open(journal), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
