"""One vigild end to end: readings in, acknowledged after the commit, scores and alerts out, questions answered, restarts."""

import subprocess
import time
import unittest
import urllib.error
import urllib.request

from ward import (BIN, ROOT, START, Adapter, Client, Daemon, Feed, Ingest, alert_pb2, census, command_pb2, envelope_pb2, number,
                  observation_pb2, query_pb2, wait_for, word)

BED = ("icu1", "b1")
MINUTE = 60_000
HOUR = 3_600_000
Verdict = command_pb2.CommandReply


def admitted(adapter, visit="v1", bed=BED, at=START, **more):
    return adapter.put(adapter.batch(f"adt-{visit}-{at}", at=at, census=[census("ADMIT", visit, bed, at, **more)]))


def sick(at, platelets="45"):
    """SOFA coagulation 3 at 20..49."""
    return [number("plt", platelets, "10*3/uL", at), number("bili", "1.0", "mg/dL", at), number("map", 82, "mm[Hg]", at)]


class Flow(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.addCleanup(self.daemon.close)
        self.feed = Feed(self.daemon)
        self.addCleanup(self.feed.close)
        self.adapter = Adapter(self.daemon)
        self.addCleanup(self.adapter.close)
        self.client = Client(self.daemon)
        self.adapter.hello()
        self.adapter.heartbeat()

    def put(self, *args, **kwargs):
        answer = self.adapter.put(self.adapter.batch(*args, **kwargs))
        self.assertEqual(answer.verdict, Ingest.VERDICT_COMMITTED, answer.reason)
        return answer

    def platelets_alert(self):
        admitted(self.adapter)
        self.put("lab1", sick(START + MINUTE), visit="v1", at=START + MINUTE, urgent=True)
        return self.feed.until(lambda t, e: e.HasField("alert") and e.alert.rule == "organ_coag", what="alert")

    def test_ack_means_the_row_is_in_the_journal(self):
        admitted(self.adapter)
        for n in range(20):
            answer = self.put(f"m{n}", [number("hr", 80 + n, "/min", START + n * 1000)], visit="v1", at=START + n * 1000)
            frames = self.daemon.rows(f"SELECT seq FROM frames WHERE seq = {answer.journal_seq}")
            self.assertEqual(len(frames), 1)

    def test_score_and_alert_reach_subscribers_with_their_evidence(self):
        topic, envelope = self.platelets_alert()
        self.assertEqual(topic, "vigil.v1.alert.demo.icu1.b1.organ_coag")
        self.assertTrue(envelope.recorded and envelope.simulated)
        self.assertTrue(envelope.alert.reason)
        self.assertEqual(envelope.alert.policy, "sofa@1996+live")
        self.assertGreater(envelope.seq, 0)
        _, score = self.feed.until(lambda t, e: e.HasField("score") and e.score.product == "now" and any(
            p.part == "coag" and p.points == 3 for p in e.score.parts))
        coag = next(p for p in score.score.parts if p.part == "coag")
        used = coag.evidence[0]
        self.assertEqual((used.signal, used.mantissa, used.unit, used.source), ("plt", 45, "10*3/uL", "monitors"))
        why = self.client.query(alert=query_pb2.AlertRequest(id=envelope.alert.id))
        self.assertEqual(why.alert.id, envelope.alert.id)
        self.assertEqual(self.client.query(alert=query_pb2.AlertRequest(id="nosuch")).error, "unknown_alert")

    def test_an_equal_message_is_acknowledged_again_and_kept_once(self):
        admitted(self.adapter)
        first = self.put("same", [number("hr", 80, "/min", START)], visit="v1")
        again = self.put("same", [number("hr", 80, "/min", START)], visit="v1")
        self.assertEqual(first.journal_seq, again.journal_seq)
        other = self.put("same", [number("hr", 81, "/min", START)], visit="v1", content="different")
        self.assertNotEqual(first.journal_seq, other.journal_seq)

    def test_what_breaks_the_contract_is_refused_with_a_word(self):
        cases = {
            "bad_digest": lambda b: setattr(b, "content_digest", b"short"),
            "too_many_readings": lambda b: b.readings.extend([number("hr", 1, "/min", START)] * 257),
            "not_training": lambda b: setattr(b, "processing", observation_pb2.PROCESSING_PRODUCTION),
            "number_out_of_bounds": lambda b: setattr(b.readings[0], "mantissa", 10**16),
            "time_out_of_bounds": lambda b: setattr(b.readings[0], "time_ms", 10**17),
            "bad_subject": lambda b: setattr(b.subject, "visit", "Mr John Smith"),
        }
        for word_, spoil in cases.items():
            batch = self.adapter.batch(f"bad-{word_}", [number("hr", 80, "/min", START)], visit="v1")
            spoil(batch)
            answer = self.adapter.put(batch)
            self.assertEqual((answer.verdict, answer.reason), (Ingest.VERDICT_REFUSED, word_))
        self.adapter.socket.send(b"\xff\xff not a message")
        self.put("after", [number("hr", 80, "/min", START)], visit="v1")

    def test_driven_clock_follows_the_feed_and_never_back(self):
        admitted(self.adapter)
        self.put("t1", [number("hr", 80, "/min", START + HOUR)], visit="v1", at=START + HOUR)
        self.put("t0", [number("hr", 81, "/min", START)], visit="v1", at=START)
        status = self.client.status()
        self.assertEqual(status.log_time_ms, START + HOUR)
        times = [at for (at,) in self.daemon.rows("SELECT log_time FROM frames ORDER BY seq")]
        self.assertEqual(times, sorted(times))

    def test_snapshot_then_live_and_replay_repair_a_gap(self):
        _, first = self.platelets_alert()
        for n in range(2, 12):
            at = START + n * HOUR
            self.put(f"lab{n}", sick(at, platelets=str(20 + 12 * n)), visit="v1", at=at)
        self.feed.listen(0.5)
        live = [(e.seq, t) for t, e in self.feed.heard if e.seq and t.startswith(("vigil.v1.score.", "vigil.v1.alert.", "vigil.v1.event."))]
        replayed, _ = self.client.replay("vigil.v1.", 0)
        self.assertEqual([(e.seq, t) for t, e in replayed], live)
        half, _ = self.client.replay("vigil.v1.score.", live[len(live) // 2][0])
        self.assertEqual([e.seq for _, e in half], [s for s, t in live[len(live) // 2 + 1:] if ".score." in t])
        snapshot, reply = self.client.snapshot("vigil.v1.score.demo.icu1.b1.")
        newest = {}
        for _, e in self.feed.heard:
            if e.HasField("score"):
                newest[(e.score.definition, e.score.product)] = e.seq
        self.assertEqual({(e.score.definition, e.score.product): e.seq for _, e in snapshot}, newest)
        self.assertTrue(all(e.retained for _, e in snapshot))

    def test_counts_are_dense_and_the_digest_tells_them(self):
        self.platelets_alert()
        self.feed.listen(1.5)
        seen = {}
        for topic, e in self.feed.heard:
            cls, unit, bed = topic.split(".")[2], topic.split(".")[4], topic.split(".")[5]
            self.assertEqual(e.count, seen.get((cls, unit, bed), e.count - 1) + 1)
            seen[(cls, unit, bed)] = e.count
        _, digest = [x for x in self.feed.heard if x[1].HasField("digest") and x[1].digest.counts][-1]
        for count in digest.digest.counts:
            self.assertGreaterEqual(seen[(count.cls, count.unit, count.bed)], count.count)

    def test_commands_are_answered_after_the_commit_and_once(self):
        _, envelope = self.platelets_alert()
        alert = envelope.alert
        stale = self.client.command(acknowledge=command_pb2.AcknowledgeAlert(alert=alert.id, revision=alert.revision + 7))
        self.assertEqual(stale.verdict, Verdict.VERDICT_STALE_REVISION)
        latest = self.client.query(alert=query_pb2.AlertRequest(id=alert.id)).alert
        done = self.client.command(id="ack1", acknowledge=command_pb2.AcknowledgeAlert(alert=alert.id, revision=latest.revision))
        self.assertEqual(done.verdict, Verdict.VERDICT_DONE, done.reason)
        again = self.client.command(id="ack1", acknowledge=command_pb2.AcknowledgeAlert(alert=alert.id, revision=latest.revision))
        self.assertEqual((again.verdict, again.journal_seq), (done.verdict, done.journal_seq))
        self.assertEqual(len(self.daemon.rows(f"SELECT seq FROM records WHERE seq = {done.journal_seq}")), 1)
        _, revised = self.feed.until(lambda t, e: e.HasField("alert") and e.alert.acknowledged_by == "nurse1")
        self.assertGreater(revised.alert.revision, latest.revision)
        self.assertEqual(self.client.command(user="John Smith", acknowledge=command_pb2.AcknowledgeAlert(alert=alert.id)).reason,
                         "bad_user")

    def test_attestation_and_census_commands(self):
        admitted(self.adapter)
        done = self.client.command(attest=command_pb2.Attest(unit="icu1", bed="b1", what="ards_imaging", value="bilateral"))
        self.assertEqual(done.verdict, Verdict.VERDICT_DONE, done.reason)
        self.feed.until(lambda t, e: e.HasField("event") and e.event.what == "ards_imaging" and e.event.user == "nurse1")
        no = self.client.command(attest=command_pb2.Attest(unit="icu1", bed="b9", what="ards_imaging", value="bilateral"))
        self.assertEqual((no.verdict, no.reason), (Verdict.VERDICT_REFUSED, "empty_bed"))
        admit = self.client.command(census=command_pb2.ChangeCensus(event=census("ADMIT", "v7", ("icu1", "b7"), START)))
        self.assertEqual(admit.verdict, Verdict.VERDICT_DONE, admit.reason)
        beds = {(b.unit, b.bed) for b in self.client.status().beds}
        self.assertIn(("icu1", "b7"), beds)

    def test_transfer_moves_and_discharge_empties_the_retained_state(self):
        self.platelets_alert()
        at = START + HOUR
        self.put("adt2", at=at, census=[census("TRANSFER", "v1", ("icu1", "b2"), at, prior=BED)])
        self.feed.until(lambda t, e: t == "vigil.v1.alert.demo.icu1.b1.organ_coag" and e.alert.notify == alert_pb2.NOTIFY_MOVED)
        self.feed.until(lambda t, e: t == "vigil.v1.score.demo.icu1.b2.sofa")
        self.feed.until(lambda t, e: t == "vigil.v1.alert.demo.icu1.b2.organ_coag")
        old, _ = self.client.snapshot("vigil.v1.score.demo.icu1.b1.")
        self.assertEqual(old, [])
        new, _ = self.client.snapshot("vigil.v1.alert.demo.icu1.b2.")
        self.assertTrue(new)
        at += HOUR
        self.put("adt3", at=at, census=[census("DISCHARGE", "v1", ("icu1", "b2"), at)])
        self.feed.until(lambda t, e: e.HasField("event") and e.event.kind == envelope_pb2.BedEvent.KIND_DISCHARGED)
        self.feed.listen(0.3)
        for cls in ("score", "alert", "obs", "event", "status"):
            left, _ = self.client.snapshot(f"vigil.v1.{cls}.demo.icu1.")
            self.assertEqual(left, [], cls)

    def test_observations_once_a_second_and_whole_in_the_snapshot(self):
        admitted(self.adapter)
        self.put("o1", [number("hr", 80, "/min", START), number("spo2", 97, "%", START)], visit="v1")
        self.feed.until(lambda t, e: e.HasField("obs") and len(e.obs.values) == 2)
        self.put("o2", [number("hr", 90, "/min", START + 1000)], visit="v1", at=START + 1000)
        self.feed.until(lambda t, e: e.HasField("obs") and [v.mantissa for v in e.obs.values] == [90])
        snapshot, _ = self.client.snapshot("vigil.v1.obs.demo.icu1.b1.")
        self.assertEqual({v.signal: v.mantissa for v in snapshot[0][1].obs.values}, {"hr": 90, "spo2": 97})

    def test_unmapped_and_unassigned_are_counted_and_can_be_claimed(self):
        admitted(self.adapter, visit="v5", bed=("icu1", "b5"))
        self.put("u1", [number("XYZ", 5, "foo", START, system=observation_pb2.CODE_SYSTEM_LOCAL)], bed=("icu1", "b5"))
        self.put("u2", [number("plt", 44, "10*3/uL", START)], patients=["tok-a"])
        status = self.client.status()
        self.assertIn(("XYZ", "foo"), {(u.code, u.unit) for u in status.unmapped})
        keys = {u.subject_key for u in status.unassigned}
        self.assertIn("patient=tok-a", keys)
        admitted(self.adapter, visit="v3", bed=("icu1", "b3"), at=START - HOUR)
        encounter = next(b.encounter for b in self.client.status().beds if b.bed == "b3")
        for source in ("", "lab"):
            other = self.client.command(assign=command_pb2.AssignReadings(source=source, subject_key="patient=tok-a", encounter=encounter))
            self.assertEqual((other.verdict, other.reason), (Verdict.VERDICT_REFUSED, "unknown_source"))
        row = next(u for u in status.unassigned if u.subject_key == "patient=tok-a")
        self.assertEqual((row.source, row.count, status.sources[0].unassigned), ("monitors", 1, 1))
        done = self.client.command(assign=command_pb2.AssignReadings(source="monitors", subject_key="patient=tok-a", encounter=encounter))
        self.assertEqual(done.verdict, Verdict.VERDICT_DONE, done.reason)
        self.feed.until(lambda t, e: e.HasField("score") and e.score.encounter == encounter and any(
            p.part == "coag" and p.points == 3 for p in e.score.parts))
        status = self.client.status()
        self.assertFalse(status.unassigned)
        self.assertEqual(status.sources[0].unassigned, 0)
        self.assertEqual(next(b.last_data_ms for b in status.beds if b.bed == "b3"), START)

    def test_a_claim_ends_where_it_was_made_and_whoever_lies_there_later_is_not_meant(self):
        admitted(self.adapter, visit="v2", bed=("icu1", "b2"), at=START - HOUR)
        encounter = self.client.status().beds[0].encounter
        self.put("u1", [number("hr", 90, "/min", START)], bed=("icu1", "b9"))
        done = self.client.command(assign=command_pb2.AssignReadings(source="monitors", subject_key="bed=icu1.b9", encounter=encounter))
        self.assertEqual(done.verdict, Verdict.VERDICT_DONE, done.reason)
        self.put("u2", [number("hr", 91, "/min", START + 5 * MINUTE)], bed=("icu1", "b9"), at=START + 5 * MINUTE)
        self.assertEqual([(u.subject_key, u.count) for u in self.client.status().unassigned], [("bed=icu1.b9", 1)])
        admitted(self.adapter, visit="v5", bed=("icu1", "b9"), at=START + 10 * MINUTE)
        self.put("u3", [number("hr", 133, "/min", START + 11 * MINUTE)], bed=("icu1", "b9"), at=START + 11 * MINUTE)
        data = {b.bed: b.last_data_ms for b in self.client.status().beds}
        self.assertEqual(data, {"b2": START, "b9": START + 11 * MINUTE})

    def test_a_code_that_is_given_a_meaning_is_scored_from_what_the_journal_kept(self):
        local = observation_pb2.CODE_SYSTEM_LOCAL
        admitted(self.adapter, at=START - 60 * HOUR)
        self.put("old", [number("PLTC", 150, "Tsd/ul", START - 50 * HOUR, system=local)], visit="v1", at=START)
        self.put("u1", [number("PLTC", 46, "Tsd/ul", START, system=local), number("crea", "4.0", "mg/dL", START),
                        number("HERZ", 88, "/min", START, system=local)], visit="v1", at=START)
        # Of two nobody knows yet: one is admitted before the codes have a meaning, one after.
        self.put("u2", [number("PLTC", 30, "Tsd/ul", START, system=local)], visit="v2", at=START)
        self.put("u3", [number("PLTC", 10, "Tsd/ul", START, system=local)], patients=["p3"], at=START)
        self.assertEqual({(u.code, u.unit, u.count) for u in self.client.status().unmapped},
                         {("PLTC", "Tsd/ul", 4), ("HERZ", "/min", 1)})
        self.assertEqual(self.client.status().sources[0].unmapped, 2)
        admitted(self.adapter, visit="v2", bed=("icu1", "b2"), at=START - HOUR)
        self.assertEqual(self.daemon.stop(), 0)
        maps = self.daemon.dir / "maps"
        maps.mkdir()
        (maps / "m.tsv").write_text("source\tsystem\tcode\tunit\tsignal\tunit_as\n"
                                    "monitors\tLOCAL\tPLTC\t\tplt\t10*9/L\nmonitors\tLOCAL\tHERZ\t\thr\t\n")
        text = self.daemon.config.read_text()
        self.daemon.config.write_text(text.replace("[definitions]", '[definitions]\nmaps = "maps"'))
        self.daemon.start()
        self.adapter.hello()
        self.adapter.heartbeat()

        def coagulation(bed):
            scores, _ = self.client.snapshot(f"vigil.v1.score.demo.icu1.{bed}.")
            return {p.points for _, e in scores if e.score.definition.startswith("sofa") for p in e.score.parts if p.part == "coag"}

        wait_for(lambda: coagulation("b1") == {3} and coagulation("b2") == {3}, what="the platelets of both")
        status = self.client.status()
        self.assertFalse(status.unmapped)
        self.assertEqual(next(b.last_data_ms for b in status.beds if b.bed == "b2"), START)
        late = census("ADMIT", "v3", ("icu1", "b3"), START - HOUR, patients=["p3"])
        self.adapter.put(self.adapter.batch("adt-3", at=START, census=[late]))
        wait_for(lambda: coagulation("b3") == {4}, what="the platelets of the one admitted late")
        wait_for(lambda: not self.client.query(snapshot=query_pb2.SnapshotRequest(prefix="vigil.v1.status.")).error and not any(
            e.bed_status.recomputing for _, e in self.client.snapshot("vigil.v1.status.")[0] if e.HasField("bed_status")),
            what="nothing left to recompute")
        self.assertFalse(self.client.status().unassigned)
        self.assertEqual(self.daemon.stop(), 0)
        verify = subprocess.run([BIN / "vigil", "verify", self.daemon.dir / "journal"], capture_output=True, text=True)
        self.assertEqual(verify.returncode, 0, verify.stdout + verify.stderr)
        self.assertNotIn("not re-stepped", verify.stdout + verify.stderr)
        # What the map no longer says is taken back.
        self.daemon.config.write_text(text)
        self.daemon.start()
        self.adapter.hello()
        wait_for(lambda: coagulation("b1") == {0} or not coagulation("b1") & {3}, what="no platelets")
        self.assertEqual({u.code for u in self.client.status().unmapped}, {"PLTC", "HERZ"})

    def test_a_salt_that_is_told_later_counts_in_what_the_journal_kept(self):
        admitted(self.adapter)
        at = [START + n * 10 * MINUTE for n in range(14)]  # at one rate: what was kept decides, no new rate
        for t in at:
            self.put(f"ne{t}", [number("norepinephrine", "0.16", "ug/kg/min", t), number("map", 82, "mm[Hg]", t)], visit="v1", at=t)

        def cardio():
            scores, _ = self.client.snapshot("vigil.v1.score.demo.icu1.b1.")
            return {(p.points, "salt_unknown" in p.flags) for _, e in scores if e.score.definition.startswith("sofa")
                    for p in e.score.parts if p.part == "cardio"}

        def told(salt):
            self.assertEqual(self.daemon.stop(), 0)
            source = f'[[source]]\nname = "monitors"\nnorepinephrine_as = "{salt}"\n' if salt else ""
            self.daemon.config.write_text(text + source)
            self.daemon.start()
            self.adapter.hello()
            self.adapter.heartbeat()

        text = self.daemon.config.read_text()
        wait_for(lambda: cardio() == {(4, True)}, what=f"above 0.1, nobody said of what: {cardio()}")
        told("bitartrate_monohydrate")
        wait_for(lambda: cardio() == {(3, False)}, what=f"0.08 of the base: {cardio()}")
        told("base")
        wait_for(lambda: cardio() == {(4, False)}, what=f"0.16 of the base: {cardio()}")
        told("tartrate")
        wait_for(lambda: cardio() == {(3, False)}, what=f"0.085 of the base: {cardio()}")
        told(None)
        wait_for(lambda: cardio() == {(4, True)}, what=f"nobody says any more: {cardio()}")
        self.assertEqual(self.daemon.stop(), 0)
        verify = subprocess.run([BIN / "vigil", "verify", self.daemon.dir / "journal"], capture_output=True, text=True)
        self.assertEqual(verify.returncode, 0, verify.stdout + verify.stderr)
        self.assertNotIn("not re-stepped", verify.stdout + verify.stderr)

    def test_two_pumps_of_one_drug_are_added_also_after_a_restart(self):
        admitted(self.adapter)
        for t in [START + n * 10 * MINUTE for n in range(8)]:
            self.put(f"ne{t}", [number("norepinephrine", "0.06", "ug/kg/min", t, sub_id="left"),
                                number("norepinephrine", "0.06", "ug/kg/min", t, sub_id="right"),
                                number("map", 82, "mm[Hg]", t)], visit="v1", at=t)

        def cardio():
            scores, _ = self.client.snapshot("vigil.v1.score.demo.icu1.b1.")
            return {(p.points, "pumps_added" in p.flags) for _, e in scores if e.score.definition.startswith("sofa")
                    for p in e.score.parts if p.part == "cardio"}

        wait_for(lambda: cardio() == {(4, True)}, what=f"0.12 of both: {cardio()}")
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.adapter.hello()
        self.adapter.heartbeat()
        t = START + 80 * MINUTE
        self.put("map", [number("map", 83, "mm[Hg]", t)], visit="v1", at=t)
        wait_for(lambda: cardio() == {(4, True)}, what=f"still: {cardio()}")

    def test_status_says_what_an_adapter_refused_and_why(self):
        self.adapter.heartbeat(messages=7, refused=2, refused_by_reason={"no_patient": 2, "noted_bad_time": 1, "Not A Word": 9})
        source = wait_for(lambda: next((s for s in self.client.status().sources if s.refused == 2), None), what="the heartbeat")
        self.assertEqual((source.messages, dict(source.refused_by_reason)), (7, {"no_patient": 2, "noted_bad_time": 1}))

    def test_a_restart_has_recovered_when_the_adapters_say_so(self):
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.adapter.hello()
        self.assertEqual(self.client.status().daemon.state, envelope_pb2.DaemonState.STATE_RECOVERING)
        self.adapter.heartbeat()
        wait_for(lambda: self.client.status().daemon.state == envelope_pb2.DaemonState.STATE_RUNNING, what="recovered")

    def test_scores_at_any_hour_of_a_stay_of_sixteen_days(self):
        admitted(self.adapter)
        values = {}
        for day in range(16):
            at = START + day * 24 * HOUR
            values[day] = 30 + 10 * day
            self.put(f"d{day}", [number("plt", values[day], "10*3/uL", at)], visit="v1", at=at)
        encounter = self.client.status().beds[0].encounter
        at = [START + day * 24 * HOUR + HOUR for day in range(16)]
        reply = self.client.query(scores_at=query_pb2.ScoresAtRequest(encounter=encounter, definitions=["sofa"], at_ms=at,
                                                                      product="rolling", basis="native", policy="live"))
        self.assertEqual(reply.error, "")
        points = [next(p for p in s.parts if p.part == "coag").points for s in reply.scores]
        self.assertEqual(points, [3 if v < 50 else 2 if v < 100 else 1 if v < 150 else 0 for v in values.values()])
        self.assertEqual([s.as_of_ms for s in reply.scores], at)

    def test_a_correction_from_beyond_what_the_state_keeps_is_read_from_the_journal(self):
        admitted(self.adapter)
        first = number("plt", 200, "10*3/uL", START, order="ord1")
        self.put("l0", [first], visit="v1")
        for n in range(1, 8 * 4):
            at = START + n * 6 * HOUR
            self.put(f"l{n}", [number("plt", 200, "10*3/uL", at)], visit="v1", at=at)
        corrected = number("plt", 30, "10*3/uL", START, order="ord1")
        corrected.status = observation_pb2.STATUS_CORRECTED
        self.put("c0", [corrected], visit="v1", at=START + 8 * 24 * HOUR)
        wait_for(lambda: self.daemon.rows("SELECT seq FROM records WHERE kind = 12"), what="Recalled in the journal")
        encounter = self.client.status().beds[0].encounter
        reply = self.client.query(scores_at=query_pb2.ScoresAtRequest(encounter=encounter, definitions=["sofa"], product="rolling",
                                                                      at_ms=[START + HOUR, START + 30 * HOUR], policy="live"))
        points = [next(p for p in s.parts if p.part == "coag").points for s in reply.scores]
        self.assertEqual(points, [3, 0])
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.adapter.hello()

    def test_a_planned_stop_is_announced_and_a_restart_keeps_everything(self):
        _, envelope = self.platelets_alert()
        before, _ = self.client.snapshot("vigil.v1.score.")
        self.assertEqual(self.daemon.stop(), 0)
        self.feed.until(lambda t, e: e.HasField("daemon") and e.daemon.state == envelope_pb2.DaemonState.STATE_STOPPING)
        self.daemon.start()
        hello = self.adapter.hello()
        self.assertNotEqual(hello.daemon_epoch, envelope.epoch)
        after, reply = self.client.snapshot("vigil.v1.score.")
        self.assertEqual([(t, e.score) for t, e in before], [(t, e.score) for t, e in after])
        alerts, _ = self.client.snapshot("vigil.v1.alert.")
        self.assertIn(envelope.alert.id, {e.alert.id for _, e in alerts})
        replayed, _ = self.client.replay("vigil.v1.alert.", envelope.seq - 1)
        self.assertEqual(replayed[0][1].alert, envelope.alert)
        again = self.put("lab1", sick(START + MINUTE), visit="v1", at=START + MINUTE)
        self.assertLess(again.journal_seq, envelope.seq + 1)

    def test_an_adapter_that_goes_silent_is_lost_and_one_that_says_goodbye_is_not(self):
        self.adapter.heartbeat()
        wait_for(lambda: [s for s in self.client.status().sources if s.source == "monitors" and s.connected], what="connected")
        wait_for(lambda: [s for s in self.client.status().sources if s.source == "monitors" and not s.connected], 15, "lost")
        # It says nothing of being quiet in this configuration, and is missed all the same.
        silent = lambda: [e.alert for _, e in self.client.snapshot("vigil.v1.alert.")[0] if e.alert.rule == "device_silent"]
        wait_for(silent, 15, "the alert of the lost feed")
        self.assertEqual([a.inhibited_by for a in silent()], ["reconnecting"])
        self.adapter.hello()
        wait_for(lambda: not silent(), 15, "the end of the alert")

    def test_wrong_kind_of_adapter_is_refused(self):
        other = Adapter(self.daemon, source="real", simulated=False)
        self.addCleanup(other.close)
        reply = other.hello()
        self.assertEqual((reply.verdict, reply.reason), (Ingest.VERDICT_REFUSED, "simulated_only"))


class RealClock(unittest.TestCase):
    def test_ticks_are_journaled_each_second_and_log_time_is_utc(self):
        daemon = Daemon(clock="real").start()
        self.addCleanup(daemon.close)
        adapter = Adapter(daemon)
        self.addCleanup(adapter.close)
        adapter.hello()
        client = Client(daemon)
        time.sleep(3.2)
        self.assertLess(abs(client.status().log_time_ms - time.time() * 1000), 1500)
        self.assertGreaterEqual(len(daemon.rows("SELECT seq FROM records WHERE kind = 5")), 3)


class Refusals(unittest.TestCase):
    def test_bad_configuration_shows_every_mistake_and_exits_78(self):
        daemon = Daemon(more='nonsense = 1\n')
        self.addCleanup(daemon.close)
        text = daemon.config.read_text().replace('clock = "driven"', 'clock = "sundial"')
        daemon.config.write_text(text)
        daemon.start()
        self.assertEqual(daemon.process.wait(20), 78)
        self.assertIn("clock", daemon.log_text())
        self.assertIn("nonsense", daemon.log_text())

    def test_a_journal_of_the_other_kind_and_a_second_writer_are_refused(self):
        daemon = Daemon().start()
        self.addCleanup(daemon.close)
        adapter = Adapter(daemon)
        self.addCleanup(adapter.close)
        adapter.hello()
        first = daemon.process
        daemon.start()
        self.assertEqual(daemon.process.wait(20), 75)
        daemon.process = first
        daemon.stop()
        text = daemon.config.read_text().replace('mode = "simulated"', 'mode = "production"').replace('site = "demo"', 'site = "h1"')
        daemon.config.write_text(text.replace('clock = "driven"', 'clock = "real"'))
        daemon.start()
        self.assertEqual(daemon.process.wait(20), 78, daemon.log_text())


BY_DAY = """
[[score]]
score = "sofa"
product = "day"
basis = "native"
policy = "published"
"""
DAY = 24 * HOUR
DAY_SCORED = 71  # kind of the row


class Days(unittest.TestCase):
    """The record of days, and `vigil export scores` beside the running daemon."""

    def setUp(self):
        self.daemon = Daemon(more=BY_DAY).start()
        self.addCleanup(self.daemon.close)
        self.adapter = Adapter(self.daemon)
        self.addCleanup(self.adapter.close)
        self.adapter.hello()
        self.adapter.heartbeat()
        self.told = []  # (time, code, value, unit)
        self.serial = 0

    def put(self, at, readings):
        self.serial += 1
        self.told += [(when, code, value, unit) for code, value, unit, when in readings]
        batch = self.adapter.batch(f"m{self.serial}", [number(*r) for r in readings], visit="v1", at=at)
        answer = self.adapter.put(batch)
        self.assertEqual(answer.verdict, Ingest.VERDICT_COMMITTED, answer.reason)

    def days(self, at_least):
        count = f"SELECT seq FROM records WHERE kind = {DAY_SCORED}"
        return wait_for(lambda: len(self.daemon.rows(count)) >= at_least, what=f"{at_least} rows of days")

    def export(self, *more):
        run = subprocess.run([BIN / "vigil", "--config", self.daemon.config, "export", "scores", "--from", "2023-01-01T00:00:00Z", "--to",
                              "2024-01-01T00:00:00Z", *more], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.said = run.stderr
        return run.stdout, int(run.stderr.split("--after-seq ")[1])

    def gateway(self):
        """Its port."""
        config = self.daemon.dir / "gateway.toml"
        config.write_text("[gateway]\n" + "".join(f'{key} = "{value}"\n' for key, value in {
            "site": "demo", "listen": "127.0.0.1:0", "database": self.daemon.dir / "read.sqlite", "dashboard": self.daemon.dir,
            **{name: self.daemon.endpoint(name) for name in ("feed", "query", "command")}}.items()))
        process = subprocess.Popen([BIN / "vigil-gateway", "--config", config], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return int(process.stdout.readline().rsplit(":", 1)[1])

    def downloaded(self, port, after=None):
        more = "" if after is None else f"&after_seq={after}"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/export/scores?from=2023-01-01T00:00:00Z&to=2024-01-01T00:00:00Z{more}",
                                    timeout=30) as answer:
            return answer.read().decode(), int(answer.headers["X-Vigil-Last-Seq"])

    def check_downloads(self, whole, rests):
        """Over HTTP it is the same, byte by byte, and goes on where an export of the command line ended."""
        port = self.gateway()
        downloaded, after_downloaded = self.downloaded(port)
        self.assertEqual(downloaded, whole)
        self.assertGreaterEqual(after_downloaded, max(rests))
        for after, rest in rests.items():
            self.assertEqual(self.downloaded(port, after)[0], rest)
        self.assertEqual(self.downloaded(port, after_downloaded)[0], "")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.downloaded(port, 99_999_999)
        self.assertEqual(refused.exception.code, 409)
        refused.exception.close()

    def offline(self, day):
        """The same day by `vigil score`."""
        readings, grid, stays = (self.daemon.dir / n for n in ("r.csv", "grid.csv", "stays.csv"))
        iso = lambda ms: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03}Z"
        readings.write_text("obs_ts,encounter,system,code,value,unit\n" + "".join(
            f"{iso(at)},v1,VIGIL,{code},{value},{unit}\n" for at, code, value, unit in sorted(self.told)))
        grid.write_text(f"encounter,at\nv1,{iso(START + day * DAY - 1)}\n")
        stays.write_text(f"encounter,admitted\nv1,{iso(START)}\n")
        out = subprocess.run([BIN / "vigil", "score", readings, "--scores", "sofa", "--product", "day", "--at", grid, "--stays", stays],
                             capture_output=True, text=True)
        self.assertEqual(out.returncode, 0, out.stderr)
        return [line.split(",")[3:9] for line in out.stdout.splitlines()[1:]]

    def rows_of(self, text, day, status):
        head, *rows = text.splitlines()
        columns = head.split(",")
        all_rows = [dict(zip(columns, r.split(","))) for r in rows]
        return [r for r in all_rows if (r["day"], r["status"]) == (str(day), status)]

    def test_days_are_provisional_then_final_then_revised_and_exports_resume(self):
        admitted(self.adapter)
        labs = lambda at, platelets: [("plt", platelets, "10*3/uL", at), ("bili", "1.0", "mg/dL", at), ("crea", "1.0", "mg/dL", at)]
        self.put(START + HOUR, labs(START + HOUR, "45"))
        for hour in range(2, 26):  # a stream of pressure drives the clock
            at = START + hour * HOUR
            self.put(at, [("map", 62 if hour < 4 else 82, "mm[Hg]", at + n * MINUTE) for n in range(-6, 0)])
        self.days(1)
        first, after_first = self.export()
        self.assertEqual(len(self.rows_of(first, 1, "provisional")), 7)
        self.assertEqual(self.rows_of(first, 1, "final"), [])

        for hour in range(26, 52):
            at = START + hour * HOUR
            self.put(at, labs(at, "160") if hour % 12 == 0 else [("map", 82, "mm[Hg]", at)])
        self.days(3)
        second, after_second = self.export("--after-seq", str(after_first))
        self.assertGreater(after_second, after_first)

        late = START + 3 * HOUR  # of the first day, which is final
        self.put(START + 52 * HOUR, [("plt", "15", "10*3/uL", late)])
        self.put(START + 52 * HOUR + 20 * MINUTE, [("map", 82, "mm[Hg]", START + 52 * HOUR + 20 * MINUTE)])
        self.days(4)
        third, after_third = self.export("--after-seq", str(after_second))
        whole, after_whole = self.export()
        self.assertEqual(first + second + third, whole)
        self.assertLessEqual(after_third, after_whole)
        nothing, _ = self.export("--after-seq", str(after_whole))
        self.assertEqual(nothing, "")
        self.assertNotIn(",v1,", whole)
        if (BIN / "vigil-gateway").exists():  # not under a thread sanitizer
            self.check_downloads(whole, {after_first: second + third})

        revised = self.rows_of(whole, 1, "revision")
        self.assertEqual({(r["revision"], r["reason"]) for r in revised}, {("1", "late_result")})
        points = {r["part"]: r["value"] for r in revised}
        self.assertEqual(points["coag"], "4")
        self.assertEqual(points["cardio"], "1")  # the pressure of the first day is long forgotten by the state
        before = {r["part"]: r["value"] for r in self.rows_of(whole, 1, "final")}
        self.assertEqual((before["coag"], before["cardio"]), ("3", "1"))
        words = ("part", "value", "state", "lower", "upper", "missing")
        self.assertEqual([[r[w] for w in words] for r in revised], self.offline(1))
        self.assertEqual([[r[w] for w in words] for r in self.rows_of(whole, 2, "provisional")], self.offline(2))

        # Only a study's own, with its subject; what is no such table is refused.
        study = self.daemon.dir / "study.csv"
        study.write_text(f"subject,encounter\nS-001,{revised[0]['encounter']}\n")
        mine, _ = self.export("--study", str(study))
        self.assertEqual(mine.splitlines()[1].split(",")[0], "S-001")
        self.assertEqual(len(mine.splitlines()), len(whole.splitlines()))
        study.write_text("subject,encounter\nS-001,nobody\n")
        self.assertEqual(len(self.export("--study", str(study))[0].splitlines()), 1)
        self.assertIn("the journal has no days of nobody", self.said)
        for wrong in (["--study", "REALIST"], ["--after-seq", "99999999"], ["--scores", "sofas"]):
            run = subprocess.run([BIN / "vigil", "--config", self.daemon.config, "export", "scores", "--from", "2023-01-01T00:00:00Z", "--to",
                                  "2024-01-01T00:00:00Z", *wrong], capture_output=True, text=True)
            self.assertIn(run.returncode, (64, 65), run.stderr)
            self.assertEqual(run.stdout, "")
        backwards = subprocess.run([BIN / "vigil", "--config", self.daemon.config, "export", "scores", "--from", "2024-01-01T00:00:00Z",
                                    "--to", "2023-01-01T00:00:00Z"], capture_output=True, text=True)
        self.assertEqual((backwards.returncode, backwards.stdout), (64, ""))  # no table that says there were no days

        # A table that nobody reads is not passed over in silence.
        readings, own = self.daemon.dir / "one.csv", self.daemon.dir / "own.toml"
        readings.write_text("obs_ts,encounter,system,code,value,unit\n2023-01-01T00:00:00Z,e1,VIGIL,plt,100,10*9/L\n")
        own.write_text((ROOT / "config" / "scores" / "qsofa.toml").read_text() + "# ours\n")
        for scores, changes in (("sofa", False), ("qsofa", True)):
            run = subprocess.run([BIN / "vigil", "--config", self.daemon.config, "score", readings, "--scores", scores, "--definition", own],
                                 capture_output=True, text=True)
            self.assertEqual((run.returncode, "changes nothing" in run.stderr), (0, not changes), run.stderr)
            self.assertEqual("(locally modified)" in run.stdout, changes)

        # Every decision is found again by stepping, the answers from the journal among the events.
        self.assertEqual(self.daemon.stop(), 0)
        verify = subprocess.run([BIN / "vigil", "verify", self.daemon.dir / "journal"], capture_output=True, text=True)
        self.assertEqual(verify.returncode, 0, verify.stdout + verify.stderr)
        self.assertEqual(self.export()[0], whole)


if __name__ == "__main__":
    unittest.main(verbosity=2)
