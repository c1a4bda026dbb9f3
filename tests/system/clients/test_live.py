"""A client library against a real vigild under flood, while the daemon is killed, stopped and restarted beneath it and the client is
stopped and stalled: 0 undetected gaps. The journal and vigild's own counts say what there was to hear; the books are kept here, from
what the client's user was told.

    VIGIL_SUBJECT            the program that uses the client; without it the Python client's
    VIGIL_CLIENT_MESSAGES    how many messages must have been published; 10⁵, the promise is 10⁶"""

import os
import random
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "daemon")]
import ward  # noqa: E402
from books import Books  # noqa: E402
from records import record_of  # noqa: E402

MESSAGES = int(os.environ.get("VIGIL_CLIENT_MESSAGES", "100000"))
SEED = int(os.environ.get("VIGIL_SEED", time.time_ns() % 1_000_000))
MARGIN = 5  # CI asserts the human deadlines with a fivefold margin only
KNOWN_WITHIN_S = 2.0
PYTHON = "/usr/bin/python3"
PLACES = os.pathsep.join([sys.path[1], ward._generated.name, str(ward.ROOT / "clients/python"), str(HERE.parent / "daemon"), str(HERE)])


class Subject:
    """The client's user. What it was told is read as it is written."""

    def __init__(self, daemon, prefix, *options, deaf=False, name="subject", program=None):
        program = program or ([os.environ["VIGIL_SUBJECT"]] if "VIGIL_SUBJECT" in os.environ else [PYTHON, str(HERE / "subject.py")])
        self.path = daemon.dir / name
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen([*program, str(daemon.dir), prefix, *options, *(["--deaf"] if deaf else [])], stdout=out,
                                            stderr=daemon.log, env=dict(os.environ, PYTHONPATH=PLACES))
        self._file = open(self.path, "rb")
        self._rest = b""
        self.books = Books()
        self.lost, self.back, self.states = [], [], []

    def signal(self, which):
        self.process.send_signal(which)

    def read(self):
        data = self._rest + self._file.read()
        *lines, self._rest = data.split(b"\n")
        for line in lines:
            self._take(line.decode())
        if self.process.poll() is not None:
            raise AssertionError(f"the client ended with {self.process.returncode}")
        return self

    def _take(self, line):
        record = record_of(line)
        if record is not None:
            self.books.take(record)
        if line.startswith("S"):
            self.states.append((record["reason"], record["epoch"]))
        elif line.startswith("L"):
            self.lost.append((float(line.split(" ")[1]), line.split(" ", 2)[2]))
        elif line.startswith("B"):
            self.back.append(float(line.split(" ")[1]))

    def until(self, condition, seconds, what):
        return ward.wait_for(lambda: condition(self.read()), seconds, what)

    def close(self):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        self._file.close()


class Flooded:
    """A ward that publishes as fast as it can while a test goes on: needs `daemon`, `round` and `load`."""

    def flood(self):
        self.load = subprocess.Popen([PYTHON, str(HERE / "flood.py"), str(self.daemon.dir), str(self.round)], stdout=subprocess.PIPE,
                                     stderr=self.daemon.log, text=True, env=dict(os.environ, PYTHONPATH=PLACES))
        self.assertEqual(self.load.stdout.readline(), "flooding\n")

    def end_flood(self):
        if self.load is None:
            return
        self.load.send_signal(signal.SIGTERM)
        out, _ = self.load.communicate(timeout=180)
        self.round, self.load = int(out), None


class Live(Flooded, unittest.TestCase):
    def setUp(self):
        self.daemon = ward.Daemon().start()
        self.addCleanup(self.daemon.close)
        self.client = ward.Client(self.daemon)
        self.round, self.load = 1, None
        self.addCleanup(self.end_flood)

    def subject(self, prefix="vigil.v1", *options, **more):
        out = Subject(self.daemon, prefix, *options, **more)
        self.addCleanup(out.close)
        out.until(lambda s: s.states, 60, "the first state")
        return out

    def closed(self, subject):
        """The problems of the subject's books once it has heard everything there was."""
        _, whole = self.client.snapshot("vigil.v1.sys.")
        counts = {f"{c.cls}.{c.unit}.{c.bed}": c.count for c in whole.counts}
        journal = [(e.seq, ".".join([t.split(".")[2], *t.split(".")[4:6]])) for t, e in self.client.replay("vigil.v1.", 0)[0] if e.seq <= whole.last_seq]

        def caught_up(s):
            return s.states[-1][1] == whole.epoch and all(s.books.at.get(k, 0) >= n for k, n in counts.items() if s.books.asked(k))
        try:
            subject.until(caught_up, 60, "everything was heard")
        except AssertionError as late:
            subject.books.problems.append(str(late))
        problems = subject.books.close(whole.epoch, counts, journal)
        return problems, len(journal)

    def test_a_dead_a_stopped_and_a_restarted_daemon_are_known(self):
        subject = self.subject()
        self.flood()
        known = {}
        for what, which in (("stopped", signal.SIGSTOP), ("killed", signal.SIGKILL)):
            n = len(subject.lost)
            at = time.monotonic()
            self.daemon.process.send_signal(which)
            subject.until(lambda s: len(s.lost) > n, KNOWN_WITHIN_S * MARGIN, f"lost, as the daemon was {what}")
            known[what] = subject.lost[n][0] - at
            backs = len(subject.back)
            if which == signal.SIGSTOP:
                self.daemon.process.send_signal(signal.SIGCONT)
            else:
                self.daemon.process.wait()
                self.daemon.start()
            subject.until(lambda s: len(s.back) > backs, 20, "back")
        self.assertEqual(subject.states[-1][0], "restarted")
        print("known after", {k: f"{v:.2f} s" for k, v in known.items()}, file=sys.stderr)
        self.end_flood()
        self.assertEqual(self.closed(subject)[0], [])

    def test_no_gap_is_undetected_whatever_happens(self):
        whole = self.subject("vigil.v1", "--queue", "5000")
        alerts = self.subject("vigil.v1.alert", name="alerts")
        alerts.books.asked = lambda stream: stream.startswith("alert.")
        self.flood()
        rnd, began, done = random.Random(SEED), time.monotonic(), []
        limit = began + 60 + MESSAGES / 100
        while whole.read().books.accounted < MESSAGES and time.monotonic() < limit:
            alerts.read()
            done.append(self.trouble(rnd, rnd.choice((whole, alerts))))
        self.end_flood()
        sums = []
        for subject in (whole, alerts):
            problems, journaled = self.closed(subject)
            sums.append(f"{subject.books.updates} messages told, {subject.books.replayed} of them again, {subject.books.lost} told as lost, "
                        f"{dict(subject.books.reasons)}, {len(subject.lost)} times lost")
            self.assertEqual(problems[:5], [], f"seed {SEED}")
        print(f"seed {SEED}: {journaled} journaled messages in {time.monotonic() - began:.0f} s, {len(done)} troubles "
              f"{ {k: done.count(k) for k in sorted(set(done))} }; 0 undetected gaps: {sums}", file=sys.stderr)
        self.assertGreaterEqual(whole.books.accounted, MESSAGES)

    def trouble(self, rnd, subject):
        """One trouble, and a while for it to work."""
        kind = rnd.choice(("kill", "restart", "stop daemon", "stop client", "stop client", "stall user", "nothing"))
        if kind == "kill":
            self.daemon.kill()
            self.daemon.start()
        elif kind == "restart":
            self.daemon.stop(60)
            self.daemon.start()
        elif kind == "stall user":
            subject.signal(signal.SIGUSR1)
        elif kind != "nothing":
            process = self.daemon.process if kind == "stop daemon" else subject.process
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

    @unittest.skipIf("VIGIL_SUBJECT" in os.environ, "the harness is checked with the Python client")
    def test_a_client_that_does_not_repair_is_caught(self):
        subject = self.subject("vigil.v1", deaf=True)
        self.flood()
        for _ in range(5):
            subject.signal(signal.SIGSTOP)
            self.passing(5)  # vigild closes a connection that answers nothing for three seconds; what it says until the next is lost
            subject.signal(signal.SIGCONT)
            self.passing(2)
            if subject.read().books.holes:
                break
        self.end_flood()
        problems, _ = self.closed(subject)
        self.assertNotEqual(problems, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
