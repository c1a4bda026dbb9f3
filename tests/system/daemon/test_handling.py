"""What people decide about alerts, by the `vigil` command against a vigild: done, refused with a reason, replayed the same."""

import subprocess
import unittest

from ward import BIN, START, Adapter, Client, Daemon, Feed, alert_pb2, census, number

MINUTE = 60_000
ALERTING = """
[alerting]
audiences = ["bedside", "coordinator"]
escalate_high = "5min"
"""


class Handling(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon(more=ALERTING).start()
        self.addCleanup(self.daemon.close)
        self.feed = Feed(self.daemon)
        self.addCleanup(self.feed.close)
        self.adapter = Adapter(self.daemon)
        self.addCleanup(self.adapter.close)
        self.adapter.hello()
        self.at = START
        self.put(census=[census("ADMIT", "v1", ("icu1", "b1"), START)])

    def put(self, minutes=0, **what):
        self.at += minutes * MINUTE
        self.adapter.put(self.adapter.batch(f"m{self.at}-{len(self.adapter.answers)}", at=self.at, **what))

    def platelets(self, value, minutes=1):
        self.at += minutes * MINUTE
        self.put(visit="v1", readings=[number("plt", value, "10*3/uL", self.at)])

    def heard(self, notify, **more):
        def meant(_, e):
            a = e.alert
            return (e.HasField("alert") and a.rule == "organ_coag" and a.notify == getattr(alert_pb2, f"NOTIFY_{notify}")
                    and all(getattr(a, key) == value for key, value in more.items()))
        return self.feed.until(meant, what=notify)[1].alert

    def vigil(self, *arguments, code=0):
        run = subprocess.run([BIN / "vigil", "--config", self.daemon.config, *map(str, arguments), "--user", "anna"],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def refused(self, reason, *arguments):
        self.assertIn(reason, self.vigil(*arguments, code=65))

    def test_a_pause_is_refused_with_its_reason_or_ends_by_itself(self):
        self.platelets(12)
        alert = self.heard("FIRST")
        self.assertEqual((alert.audience, alert.escalation), ("bedside", 0))
        seen = ["--revision", alert.revision]
        because = ["--reason", "platelets ordered"]
        self.assertIn("'0' is no number above 0", self.vigil("ack", alert.id, "--revision", 0, code=64))
        self.refused("unknown_alert", "pause", "none", *seen, "--for", "5min", *because)
        self.refused("changed", "pause", alert.id, "--revision", alert.revision + 1, "--for", "5min", *because)
        self.refused("until_past", "pause", alert.id, *seen, "--until", "2001-01-01T00:00:00Z", *because)
        self.refused("until_missing", "pause", alert.id, *seen, *because)
        self.refused("beyond_maximum", "pause", alert.id, *seen, "--for", "11min", *because)
        self.refused("reason_missing", "pause", alert.id, *seen, "--for", "5min")
        self.vigil("pause", alert.id, *seen, "--for", "5 parsecs", *because, code=64)
        self.vigil("pause", alert.id, *seen, "--for", "10min", *because)
        paused = self.heard("PAUSED")
        self.assertEqual((paused.signal, paused.paused.by, paused.paused.reason),
                         (alert_pb2.SIGNAL_STATE_PAUSED, "anna", "platelets ordered"))
        self.assertEqual(paused.paused.until_ms, paused.paused.at_ms + 10 * MINUTE)
        self.assertIn("until", self.vigil_why(alert.id))
        self.put(minutes=11)
        resumed = self.heard("RESUMED")
        self.assertEqual((resumed.signal, resumed.revised_at_ms - paused.paused.until_ms < 1000),
                         (alert_pb2.SIGNAL_STATE_ON, True))
        self.put(minutes=6)
        self.assertEqual(self.heard("ESCALATED").audience, "coordinator")
        self.vigil("feedback", alert.id, "not_useful")
        judged = self.heard("UPDATED")
        self.assertEqual([(f.by, f.judgement) for f in judged.feedback], [("anna", alert_pb2.JUDGEMENT_NOT_USEFUL)])
        self.refused("unknown_alert", "feedback", "none", "useful")
        self.verify()

    def vigil_why(self, alert):
        return subprocess.run([BIN / "vigil", "--config", self.daemon.config, "why", alert], capture_output=True,
                              text=True).stdout

    def verify(self):
        self.daemon.stop()
        run = subprocess.run([BIN / "vigil", "verify", self.daemon.dir / "journal", "--json"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn('"re_stepped":true', run.stdout.replace(" ", ""))

    def test_a_rule_is_shelved_for_a_bed_and_a_restart_forgets_nothing(self):
        self.platelets(40)
        self.heard("FIRST")
        because = ["--reason", "marrow failure"]
        self.refused("empty_bed", "shelve", "icu1/b9", "organ_coag", "--for", "1h", *because)
        self.refused("unknown_rule", "shelve", "icu1/b1", "organ_spleen", "--for", "1h", *because)
        self.refused("beyond_maximum", "shelve", "icu1/b1", "organ_coag", "--for", "13h", *because)
        self.refused("not_shelved", "shelve", "icu1/b1", "organ_coag", "--over")
        self.vigil("shelve", "icu1/b1", "organ_coag", "--for", "1h", *because)
        shelved = self.heard("SHELVED")
        self.assertEqual((shelved.signal, shelved.shelved.reason), (alert_pb2.SIGNAL_STATE_SHELVED, "marrow failure"))
        before = self.feed.heard[-1][1].epoch
        self.daemon.kill()
        self.daemon.start()
        self.adapter.connect()
        self.adapter.hello()
        self.feed.until(lambda _, e: e.epoch > before, what="the new daemon")
        alerts = [e.alert for _, e in Client(self.daemon).snapshot("vigil.v1.alert.")[0] if e.alert.rule == "organ_coag"]
        self.assertEqual([(a.signal, a.shelved.by) for a in alerts], [(alert_pb2.SIGNAL_STATE_SHELVED, "anna")])
        self.put(minutes=61)
        self.heard("RESUMED")
        self.verify()

    def test_standby_and_care_limits_are_facts_with_an_author(self):
        self.refused("no_standby", "standby", "icu1/b1", "--over")
        self.refused("beyond_maximum", "standby", "icu1/b1", "--for", "5h", "--reason", "ct")
        self.vigil("standby", "icu1/b1", "--for", "2h", "--reason", "ct")
        self.refused("unknown_rule", "care-limits", "icu1/b1", "--rule", "organ_spleen", "--reason", "family meeting")
        self.refused("reason_missing", "care-limits", "icu1/b1")
        self.vigil("care-limits", "icu1/b1", "--reason", "family meeting")
        self.platelets(12)
        limited = self.heard("UPDATED", inhibited_by="care_limits")
        self.assertEqual((limited.excused.by, limited.excused.reason), ("anna", "family meeting"))
        self.refused("over_with_rules", "care-limits", "icu1/b1", "--rule", "organ_renal", "--over")
        self.vigil("care-limits", "icu1/b1", "--over")
        self.put(minutes=1)
        self.heard("FIRST", inhibited_by="")
        self.verify()


if __name__ == "__main__":
    unittest.main()
