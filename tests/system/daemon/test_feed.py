"""A subscriber that stops reading while a ward is in uproar, and goes on: in the end it knows what the journal knows."""

import collections
import json
import re
import signal
import sqlite3
import subprocess
import time
import unittest
import urllib.request

from ward import BIN, START, Adapter, Client, Daemon, census, number, wait_for

BEDS = 24
ROUNDS = 120
MINUTE = 60_000
CREDIT = 16
HIGH_WATER = 20_000  # daemon/loop/limits.hpp, feed_high_water
ALERT_CHANGED = 65   # daemon/store/row.hpp


def swings(round_, at):
    """Every organ and several laboratory alerts come and go."""
    bad = round_ % 2 == 0
    return [number("plt", "12" if bad else "240", "10*3/uL", at), number("bili", "13.0" if bad else "0.8", "mg/dL", at),
            number("crea", "5.6" if bad else "0.9", "mg/dL", at), number("k", "8.9" if bad else "4.1", "mmol/L", at),
            number("map", 48 if bad else 88, "mm[Hg]", at)]


class Uproar(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.addCleanup(self.daemon.close)
        self.adapter = Adapter(self.daemon)
        self.addCleanup(self.adapter.close)
        self.client = Client(self.daemon)
        self.adapter.hello()
        self.adapter.heartbeat()
        for bed in range(BEDS):
            self.adapter.put(self.adapter.batch(f"adt{bed}", census=[census("ADMIT", f"v{bed}", ("icu1", f"b{bed}"), START)]))
        self.round = 0

    def flood(self, rounds):
        waiting = collections.deque()
        for _ in range(rounds):
            self.round += 1
            at = START + self.round * 20 * MINUTE
            for bed in range(BEDS):
                waiting.append(self.adapter.send(self.adapter.batch(f"l{self.round}-{bed}", swings(self.round, at), visit=f"v{bed}", at=at)))
                if len(waiting) >= CREDIT:
                    self.assertIsNotNone(self.adapter.answer_to(waiting.popleft(), 60))
        while waiting:
            self.assertIsNotNone(self.adapter.answer_to(waiting.popleft(), 60))

    def journal(self):
        """Every revision of every alert, in order, and the sequences of what happened at beds."""
        written = self.revisions_written()
        alerts, _ = self.client.replay("vigil.v1.alert.", 0)
        events, _ = self.client.replay("vigil.v1.event.", 0)
        revisions = [(e.alert.id, e.alert.revision) for _, e in alerts]
        # An alert may change between the two questions: exact as soon as nothing does.
        self.assertGreaterEqual(len(revisions), written)
        self.assertLessEqual(len(revisions), self.revisions_written())
        standing = {e.alert.id: e.alert.revision for _, e in self.client.snapshot("vigil.v1.alert.")[0]}
        return revisions, standing, {e.seq for _, e in events}

    def revisions_written(self):
        return self.daemon.rows(f"SELECT count(*) FROM records WHERE kind = {ALERT_CHANGED}")[0][0]

    def settled(self, known):
        """What `known` gives once it equals what the journal has."""
        def same():
            revisions, standing, events = self.journal()
            return known(set(revisions), standing, events)
        wait_for(same, 120, "the subscriber knows what the journal knows")

    def test_the_command_line_loses_nothing(self):
        out = self.daemon.dir / "watched"
        with open(out, "wb") as stdout, open(self.daemon.dir / "watch.err", "wb") as stderr:
            watch = subprocess.Popen([BIN / "vigil", "--config", self.daemon.config, "watch", "--json", "vigil.v1."], stdout=stdout, stderr=stderr)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        wait_for(lambda: b'"event"' in out.read_bytes(), 20, "the first snapshot")
        self.flood(4)
        before = self.client.replay("vigil.v1.", 0)[1].last_seq
        watch.send_signal(signal.SIGSTOP)
        self.flood(ROUNDS)
        lost = self.client.replay("vigil.v1.", before)[0]
        self.assertGreater(len(lost), HIGH_WATER, "the flood must be more than the pipe holds")
        watch.send_signal(signal.SIGCONT)
        self.flood(10)  # and goes on while it is repaired

        def heard():
            lines = [json.loads(line) for line in out.read_bytes().split(b"\n")[:-1]]
            alerts = [(int(x["seq"]), x["alert"]["id"], int(x["alert"]["revision"]), x["alert"]["signal"]) for x in lines if "alert" in x]
            return alerts, {int(x["seq"]) for x in lines if "event" in x}

        def known(revisions, standing, events):
            alerts, seen = heard()
            newest = {}
            for _, id_, revision, signal_ in alerts:
                newest[id_] = (revision, signal_)
            on = {id_: revision for id_, (revision, signal_) in newest.items() if signal_ != "SIGNAL_STATE_CLOSED"}
            return {(a[1], a[2]) for a in alerts} == revisions and on == standing and events <= seen

        self.settled(known)
        alerts, _ = heard()
        self.assertEqual([a[0] for a in alerts], sorted(a[0] for a in alerts), "in the order of the journal")
        self.assertEqual(len({(a[1], a[2]) for a in alerts}), len(alerts), "each once")
        told = (self.daemon.dir / "watch.err").read_text()
        self.assertIn("repairing", told)
        self.assertLessEqual(told.count("repairing"), 4, told)

    def test_the_gateway_loses_nothing(self):
        if not (BIN / "vigil-gateway").exists():
            self.skipTest("built without the gateway: NOT RUN")
        config = self.daemon.dir / "gateway.toml"
        database = self.daemon.dir / "read.sqlite"
        config.write_text("[gateway]\n" + "".join(f'{k} = "{v}"\n' for k, v in {
            "site": "demo", "listen": "127.0.0.1:0", "database": database, "dashboard": self.daemon.dir,
            "identity": self.daemon.endpoint("identity"), **{n: self.daemon.endpoint(n) for n in ("feed", "query", "command")}}.items()))
        gateway = subprocess.Popen([BIN / "vigil-gateway", "--config", config], stdout=subprocess.PIPE, stderr=self.daemon.log, text=True)
        self.addCleanup(gateway.stdout.close)
        self.addCleanup(gateway.wait)
        self.addCleanup(gateway.kill)
        port = re.fullmatch(r"listening http://127\.0\.0\.1:(\d+)\n", gateway.stdout.readline())[1]

        def shown():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/alerts", timeout=20) as reply:
                return {a["id"]: int(a["revision"]) for a in json.load(reply).get("alerts", [])}

        self.flood(4)
        wait_for(lambda: shown() == self.journal()[1], 30, "the first snapshot")
        gateway.send_signal(signal.SIGSTOP)
        self.flood(ROUNDS)
        gateway.send_signal(signal.SIGCONT)
        self.flood(10)

        def rows():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as reply:
                return re.search(r"^vigil_gateway_read_model_rows (\S+)$", reply.read().decode(), re.M)[1]

        def quiet():  # the history has been read to its end
            before = rows()
            time.sleep(2)
            return rows() == before

        told = set()

        def knows(revisions, standing, events):
            told.update(revisions)
            return shown() == standing and quiet()

        self.settled(knows)
        gateway.terminate()
        self.assertEqual(gateway.wait(20), 0)
        revisions, _, events = self.journal()
        db = sqlite3.connect(database)
        self.addCleanup(db.close)
        # What was told before the last look, and nothing that never was: an alert may still come while the gateway goes.
        known = set(db.execute("SELECT id, revision FROM alert_revision"))
        self.assertLessEqual(told, known)
        self.assertLessEqual(known, set(revisions))
        self.assertLessEqual(events, {seq for (seq,) in db.execute("SELECT seq FROM bed_event")})

    def test_a_restart_shows_what_stands_as_recorded(self):
        self.flood(2)
        before, _ = self.client.snapshot("vigil.v1.alert.")
        self.assertTrue(before)
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.adapter.hello()
        after, reply = self.client.snapshot("vigil.v1.")
        self.assertGreaterEqual({e.alert.id for _, e in after if e.HasField("alert")}, {e.alert.id for _, e in before})
        for topic, envelope in after:
            if envelope.HasField("alert") or envelope.HasField("score") or envelope.HasField("event"):
                self.assertTrue(envelope.recorded, topic)
        watched = subprocess.run([BIN / "vigil", "--config", self.daemon.config, "watch", "--once", "vigil.v1.alert."], capture_output=True, text=True, check=True)
        self.assertTrue(watched.stdout)
        self.assertNotIn("NOT RECORDED", watched.stdout)
        one = before[0][0]
        topic = subprocess.run([BIN / "vigil", "--config", self.daemon.config, "watch", "--once", "--json", one], capture_output=True, text=True, check=True)
        self.assertEqual({json.loads(line)["topic"] for line in topic.stdout.splitlines()}, {one})


if __name__ == "__main__":
    unittest.main(verbosity=2)
