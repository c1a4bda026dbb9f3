"""A sick, full or hung disk, a frame that crashes the core, names where none belong: what vigild does then (design 5)."""

import os
import signal
import sqlite3
import subprocess
import time
import unittest

from ward import (BIN, START, Adapter, Client, Daemon, Feed, Ingest, census, command_pb2, envelope_pb2, number, query_pb2,
                  wait_for)

SHIM = os.environ.get("VIGIL_FAULTSHIM", "")
BED = ("icu1", "b1")
MINUTE = 60_000
Verdict = command_pb2.CommandReply
RESTART = 75  # EX_TEMPFAIL: the disk takes writes again


def lab(at, platelets, code="plt"):
    return [number(code, platelets, "10*3/uL", at)]


class SickDisk(unittest.TestCase):
    def setUp(self):
        if not SHIM or not os.path.exists(SHIM):
            self.skipTest("VIGIL_FAULTSHIM names no library: NOT RUN")
        self.daemon = Daemon()
        self.addCleanup(self.daemon.close)
        self.control = self.daemon.dir / "control"
        self.daemon.env |= {"LD_PRELOAD": SHIM, "FI_CONTROL": str(self.control), "FI_MATCH": "/journal/"}
        self.daemon.start()
        self.feed = Feed(self.daemon)
        self.addCleanup(self.feed.close)
        self.adapter = Adapter(self.daemon)
        self.addCleanup(self.adapter.close)
        self.client = Client(self.daemon)
        self.adapter.hello()
        self.adapter.heartbeat()
        done = self.adapter.put(self.adapter.batch("adt", census=[census("ADMIT", "v1", BED, START)]))
        self.assertEqual(done.verdict, Ingest.VERDICT_COMMITTED)

    def scenario(self, fault):
        self.feed.until(lambda t, e: e.HasField("digest"))
        self.control.write_text(fault)
        taken = self.adapter.put(self.adapter.batch("l1", lab(START + MINUTE, "45"), visit="v1", at=START + MINUTE, urgent=True))
        self.assertEqual(taken.verdict, Ingest.VERDICT_TAKEN_NOT_DURABLE)
        # Alerting goes on, from memory, and says that it is not recorded.
        _, patient = self.feed.until(lambda t, e: e.HasField("alert") and e.alert.rule == "organ_coag", 5)
        self.assertFalse(patient.recorded)
        self.feed.until(lambda t, e: e.HasField("alert") and e.alert.rule.startswith(("disk", "journal")) and not e.recorded, 5)
        self.feed.until(lambda t, e: e.HasField("daemon") and e.daemon.state == envelope_pb2.DaemonState.STATE_DEGRADED, 5)
        later = self.adapter.put(self.adapter.batch("l2", lab(START + 2 * MINUTE, "15"), visit="v1", at=START + 2 * MINUTE))
        self.assertEqual(later.verdict, Ingest.VERDICT_TAKEN_NOT_DURABLE)
        _, worse = self.feed.until(lambda t, e: e.HasField("alert") and e.alert.rule == "organ_coag" and e.alert.level == 4, 5)
        # Commands are refused, acknowledgements taken and marked.
        no = self.client.command(attest=command_pb2.Attest(unit="icu1", bed="b1", what="ards_imaging", value="bilateral"))
        self.assertEqual((no.verdict, no.reason), (Verdict.VERDICT_REFUSED, "journal_unavailable"))
        latest = self.client.query(alert=query_pb2.AlertRequest(id=worse.alert.id)).alert
        ack = self.client.command(acknowledge=command_pb2.AcknowledgeAlert(alert=latest.id, revision=latest.revision))
        self.assertEqual(ack.verdict, Verdict.VERDICT_DONE_NOT_RECORDED, ack.reason)
        self.assertIsNone(self.daemon.process.poll())
        # The way out is a restart, once the disk takes a write again.
        self.control.write_text("")
        self.assertEqual(self.daemon.process.wait(20), RESTART)
        self.daemon.start()
        self.adapter.hello()
        for name, at, platelets in (("l1", START + MINUTE, "45"), ("l2", START + 2 * MINUTE, "15")):
            again = self.adapter.put(self.adapter.batch(name, lab(at, platelets), visit="v1", at=at))
            self.assertEqual(again.verdict, Ingest.VERDICT_COMMITTED)
        self.assertEqual(len(self.daemon.rows("SELECT seq FROM records WHERE kind = 11")), 1, "Degraded is journaled")
        snapshot, _ = self.client.snapshot("vigil.v1.alert.demo.icu1.b1.")
        self.assertTrue(any(e.alert.rule == "organ_coag" and e.recorded for _, e in snapshot))

    def test_input_output_error(self):
        self.scenario("eio")

    def test_full(self):
        self.scenario("enospc")

    def test_hung_sync(self):
        self.scenario("hang")


class Poison(unittest.TestCase):
    def test_a_frame_that_crashes_the_core_costs_one_encounter(self):
        daemon = Daemon(env={"VIGIL_TEST_POISON": "poison"}).start()
        self.addCleanup(daemon.close)
        adapter = Adapter(daemon)
        self.addCleanup(adapter.close)
        adapter.hello()
        for n in (1, 2):
            adapter.put(adapter.batch(f"adt{n}", census=[census("ADMIT", f"v{n}", ("icu1", f"b{n}"), START)]))
        poison = adapter.batch("poison", lab(START + MINUTE, "45"), visit="v1", at=START + MINUTE)
        for _ in range(2):
            adapter.send(poison)
            self.assertEqual(daemon.process.wait(20), -signal.SIGABRT)
            daemon.start()
            adapter.hello()
        feed = Feed(daemon)
        self.addCleanup(feed.close)
        feed.until(lambda t, e: e.HasField("digest"))
        answer = adapter.put(poison)
        self.assertEqual(answer.verdict, Ingest.VERDICT_COMMITTED)
        feed.until(lambda t, e: e.HasField("event") and e.event.kind == envelope_pb2.BedEvent.KIND_SUSPENDED)
        feed.until(lambda t, e: e.HasField("alert") and e.alert.rule == "encounter_suspended")
        self.assertEqual(len(daemon.rows("SELECT seq FROM records WHERE kind = 13")), 1, "Quarantined is journaled")
        again = adapter.put(poison)
        self.assertEqual((again.verdict, again.journal_seq), (Ingest.VERDICT_COMMITTED, answer.journal_seq))
        # Everybody else goes on.
        adapter.put(adapter.batch("l2", lab(START + MINUTE, "45"), visit="v2", at=START + MINUTE))
        feed.until(lambda t, e: e.HasField("alert") and e.alert.rule == "organ_coag" and e.alert.bed == "b2")
        self.assertIsNone(daemon.process.poll())
        # And after one more restart still.
        self.assertEqual(daemon.stop(), 0)
        daemon.start()
        adapter.hello()
        self.assertEqual(adapter.put(poison).verdict, Ingest.VERDICT_COMMITTED)


class PoisonedTime(unittest.TestCase):
    def test_a_patient_whose_evaluation_crashes_the_core_is_suspended_and_the_unit_goes_on(self):
        daemon = Daemon(clock="real").start()
        self.addCleanup(daemon.close)
        adapter = Adapter(daemon)
        self.addCleanup(adapter.close)
        now = lambda: int(time.time() * 1000)  # noqa: E731
        adapter.hello()
        for n in (1, 2):
            adapter.put(adapter.batch(f"adt{n}", census=[census("ADMIT", f"v{n}", ("icu1", f"b{n}"), now() - MINUTE)], at=now()))
        daemon.kill()
        # No frame is at fault: the passing of time brings it down, at the first patient.
        poisoned = {"VIGIL_TEST_POISON": "time"}
        for _ in range(2):
            daemon.start(poisoned)
            self.assertEqual(daemon.process.wait(20), -signal.SIGABRT)
        daemon.start(poisoned)
        feed = Feed(daemon)
        self.addCleanup(feed.close)
        adapter.hello()
        feed.until(lambda t, e: e.HasField("digest"))
        snapshot, _ = Client(daemon).snapshot("vigil.v1.alert.")
        suspended = [(e.alert.rule, e.alert.bed) for _, e in snapshot]
        self.assertIn(("encounter_suspended", "b1"), suspended)
        adapter.put(adapter.batch("l2", lab(now(), "45"), visit="v2", at=now(), urgent=True))
        feed.until(lambda t, e: e.HasField("alert") and e.alert.rule == "organ_coag" and e.alert.bed == "b2", 10)
        self.assertIsNone(daemon.process.poll())
        self.assertEqual(daemon.stop(), 0)


class Sockets(unittest.TestCase):
    def test_a_second_vigild_does_not_take_the_sockets_of_the_first(self):
        daemon = Daemon().start()
        self.addCleanup(daemon.close)
        adapter = Adapter(daemon)
        self.addCleanup(adapter.close)
        adapter.hello()
        other = daemon.dir / "other.toml"
        other.write_text(daemon.config.read_text().replace(f"{daemon.dir}/journal", f"{daemon.dir}/journal2"))
        second = subprocess.Popen([BIN / "vigild", "--config", other], stderr=daemon.log, stdout=daemon.log)
        self.addCleanup(second.kill)
        self.assertEqual(second.wait(20), 69)
        self.assertIn("another vigild", daemon.log_text())
        done = adapter.put(adapter.batch("adt", census=[census("ADMIT", "v1", BED, START)]))
        self.assertEqual(done.verdict, Ingest.VERDICT_COMMITTED)


class SealedJournal(unittest.TestCase):
    def test_an_edit_in_a_sealed_segment_is_told_while_the_daemon_runs(self):
        daemon = Daemon().start()
        self.addCleanup(daemon.close)
        adapter = Adapter(daemon)
        self.addCleanup(adapter.close)
        adapter.hello()
        adapter.put(adapter.batch("adt", census=[census("ADMIT", "v1", BED, START)]))
        good = daemon.config.read_text()
        daemon.config.write_text(good + '\n[[source]]\nname = "monitors"\nsilent_after = "5min"\n')
        daemon.process.send_signal(signal.SIGHUP)  # a new rulebook opens a segment
        wait_for(lambda: len(daemon.segments()) >= 2, what="a second segment")
        adapter.put(adapter.batch("l1", lab(START + MINUTE, "45"), visit="v1", at=START + MINUTE))
        self.assertEqual(daemon.stop(), 0)
        db = sqlite3.connect(daemon.segments()[0])
        db.execute("UPDATE records SET log_time = log_time + 1 WHERE seq = (SELECT min(seq) FROM records)")
        db.commit()
        db.close()
        daemon.start()
        feed = Feed(daemon)
        self.addCleanup(feed.close)
        adapter.hello()
        client = Client(daemon)
        wait_for(lambda: any(e.alert.rule == "journal_trouble" for _, e in client.snapshot("vigil.v1.alert.")[0]), 10, "journal_trouble")
        self.assertIsNone(daemon.process.poll())
        self.assertEqual(daemon.stop(), 0)


class FullOutput(unittest.TestCase):
    def test_what_could_not_be_written_is_no_success(self):
        daemon = Daemon().start()
        self.addCleanup(daemon.close)
        adapter = Adapter(daemon)
        self.addCleanup(adapter.close)
        adapter.hello()
        adapter.put(adapter.batch("adt", census=[census("ADMIT", "v1", BED, START)]))
        for what in (["status"], ["watch", "--once"], ["status", "--json"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([BIN / "vigil", "--config", daemon.config, *what], stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 74, what)
        refused = subprocess.run([BIN / "vigil", "--config", daemon.config, "attest", "icu1/b1", "ards_imaging", "both", "--user", "u"],
                                 capture_output=True, text=True, check=False)
        self.assertEqual(refused.returncode, 65)
        self.assertIn("bilateral", refused.stderr)


class Planted(unittest.TestCase):
    def test_names_and_numbers_reach_no_journal_log_or_topic(self):
        daemon = Daemon().start()
        self.addCleanup(daemon.close)
        feed = Feed(daemon)
        self.addCleanup(feed.close)
        adapter = Adapter(daemon)
        self.addCleanup(adapter.close)
        client = Client(daemon)
        adapter.hello()
        spoils = [
            lambda b: setattr(b.subject, "visit", "PLANTED JOHN"),
            lambda b: b.subject.patients.append("PLANTED, JANE 1950-02-03"),
            lambda b: setattr(b.subject.location, "bed", "PLANTED"),
            lambda b: setattr(b.readings[0], "coded", "PLANTED WORD"),
            lambda b: setattr(b.readings[0], "order", "PLANTED ORDER"),
            lambda b: setattr(b, "message_id", "PLANTED\nID"),
            lambda b: setattr(b, "source", "PLANTED"),
        ]
        for n, spoil in enumerate(spoils):
            batch = adapter.batch(f"p{n}", lab(START, "45"), visit="v1")
            if n == 3:
                batch.readings[0].ClearField("mantissa")
            spoil(batch)
            self.assertEqual(adapter.put(batch).verdict, Ingest.VERDICT_REFUSED, n)
        adapter.socket.send(b"PLANTED" * 1000)
        client.command(user="PLANTED USER", acknowledge=command_pb2.AcknowledgeAlert(alert="a"))
        client.command(acknowledge=command_pb2.AcknowledgeAlert(alert="PLANTED ALERT"))
        client.command(attest=command_pb2.Attest(unit="icu1", bed="b1", what="PLANTED", value="PLANTED"))
        feed.listen(1.2)
        self.assertEqual(daemon.stop(), 0)
        feed.listen(0.2)
        for path in [daemon.dir / "log", *(daemon.dir / "journal").iterdir()]:
            if path.is_file():
                self.assertNotIn(b"PLANTED", path.read_bytes(), path)
        for topic, envelope in feed.heard:
            self.assertNotIn("PLANTED", topic + str(envelope))


class Watchdog(unittest.TestCase):
    def test_ready_after_recovery_then_beats_then_stopping(self):
        import socket
        daemon = Daemon()
        self.addCleanup(daemon.close)
        path = str(daemon.dir / "notify")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(listener.close)
        listener.bind(path)
        listener.settimeout(10)
        daemon.start({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "3000000"})
        said = [listener.recv(4096).decode() for _ in range(4)]
        self.assertEqual(said[0], "READY=1")
        self.assertIn("WATCHDOG=1", said[1:])
        # A wedged loop stops beating; going on, it beats again.
        daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        listener.setblocking(False)
        try:
            while True:
                listener.recv(4096)
        except BlockingIOError:
            pass
        time.sleep(1.5)
        with self.assertRaises(BlockingIOError):
            listener.recv(4096)
        daemon.process.send_signal(signal.SIGCONT)
        listener.settimeout(10)
        self.assertEqual(listener.recv(4096).decode(), "WATCHDOG=1")
        self.assertEqual(daemon.stop(), 0)
        listener.setblocking(False)
        rest = []
        try:
            while True:
                rest.append(listener.recv(4096).decode())
        except BlockingIOError:
            pass
        self.assertIn("STOPPING=1", rest)


class Reload(unittest.TestCase):
    def test_sighup_takes_a_new_rulebook_as_an_event_in_a_new_segment(self):
        daemon = Daemon().start()
        self.addCleanup(daemon.close)
        adapter = Adapter(daemon)
        self.addCleanup(adapter.close)
        client = Client(daemon)
        adapter.hello()
        adapter.put(adapter.batch("adt", census=[census("ADMIT", "v1", BED, START)]))
        before = client.status().rulebook_digest
        good = daemon.config.read_text()
        daemon.config.write_text(good.replace('clock = "driven"', 'clock = "sundial"'))
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "sundial" in daemon.log_text() or "clock" in daemon.log_text(), what="the mistake in the log")
        self.assertEqual(client.status().rulebook_digest, before)
        daemon.config.write_text(good + '\n[[source]]\nname = "monitors"\nsilent_after = "5min"\n')
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: client.status().rulebook_digest != before, what="the new digest")
        self.assertEqual(len(daemon.segments()), 2)
        self.assertEqual(len(daemon.rows("SELECT seq FROM records WHERE kind = 9")), 1)
        adapter.put(adapter.batch("l1", lab(START + MINUTE, "45"), visit="v1", at=START + MINUTE))
        self.assertEqual(daemon.stop(), 0)
        daemon.config.write_text(good)  # the same at a start
        daemon.start()
        adapter.hello()
        self.assertEqual(client.status().rulebook_digest, before)
        self.assertEqual(len(daemon.segments()), 3)
        daemon.stop()
        daemon.start()
        adapter.hello()
        self.assertTrue(client.status().beds)


if __name__ == "__main__":
    unittest.main(verbosity=2)
