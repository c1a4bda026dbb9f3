"""vigil-outbound between a real vigild and receivers that refuse, stall, die and come back."""

import os
import shutil
import sqlite3
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from receivers import Hook
from scene import PATIENCE, SECRET, Client, Scene, alert_pb2, books, fields, wait_for
from ward import BIN, Adapter, number

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """Vouches for servers."""

    def __init__(self, folder, name):
        self.folder, self.name, self.count = folder, name, 0
        self.key, self.certificate = folder / f"{name}.key", folder / f"{name}.pem"
        self.openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE",
                     "-keyout", self.key, "-out", self.certificate)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def server(self, address, days=2):
        """(certificate, key) of the server at that address."""
        self.count += 1
        key, wish, names, certificate = (self.folder / f"{self.name}{self.count}.{end}" for end in ("key", "csr", "ext", "crt"))
        names.write_text(f"subjectAltName=IP:{address}\n")
        self.openssl("req", *NEW_KEY, "-subj", "/CN=server", "-keyout", key, "-out", wish)
        self.openssl("x509", "-req", "-in", wish, "-CA", self.certificate, "-CAkey", self.key, "-days", str(days), "-extfile", names,
                     "-out", certificate)
        return certificate, key


class Outbound(unittest.TestCase):
    def scene(self, **how):
        scene = Scene(**how)
        self.addCleanup(scene.close)
        return scene

    def waiting(self, scene, destination):
        return scene.metric("vigil_outbox_depth", destination)

    def test_each_revision_once_and_in_order(self):
        scene = self.scene().begin()
        scene.admit(3)
        for _ in range(6):
            scene.round()
            scene.acknowledge()
        self.assertEqual(scene.settled(), [])
        self.assertGreater(len(scene.manager.taken), 30)
        for receiver, calls_only in ((scene.manager, True), (scene.hook, False)):
            keys = [k for k, _ in receiver.heard]
            # Nobody was in trouble: each once, in the journal's order.
            self.assertEqual(keys, scene.expected(calls_only)[:len(keys)])
        self.check_messages(scene)
        self.assertEqual(scene.hook.wrong, [])
        for destination, receiver in (("manager", scene.manager), ("hook", scene.hook)):
            wait_for(lambda: scene.metric("vigil_outbox_delivered_total", destination) == len(receiver.taken), 10, "the metrics follow")
            self.assertEqual((self.waiting(scene, destination), scene.metric("vigil_outbox_oldest_seconds", destination)), (0, 0))
            self.assertEqual(scene.metric("vigil_outbox_given_up_total", destination), 0)
        self.assertEqual(scene.stop(), 0)

    def check_messages(self, scene):
        """Against devices.md 7, by a reader that shares nothing with the writer."""
        by_key = {f"{a.id}-{a.revision}": a for a in scene.journal()}
        letters = {alert_pb2.PRIORITY_HIGH: "PH", alert_pb2.PRIORITY_MEDIUM: "PM", alert_pb2.PRIORITY_LOW: "PL", alert_pb2.PRIORITY_INFORMATION: "PN"}
        begun, phases = set(), set()
        for key, message in scene.manager.taken:
            seen, alert = fields(message), by_key[key]
            obx = {n: parts[5] for n, parts in seen["OBX"].items()}
            self.assertEqual((seen["MSH"][9], seen["MSH"][11], seen["MSH"][12]), ("ORU^R40^ORU_R40", "T", "2.6"))
            self.assertEqual(seen["MSH"][15:17], ["AL", "NE"])
            self.assertEqual(seen["OBR"][4], "196616^MDC_EVT_ALARM^MDC")
            self.assertEqual([parts[4][-1] for _, parts in sorted(seen["OBX"].items())], list("1234567"))
            if alert.id in begun:
                self.assertEqual((seen["OBR"][3], seen["OBR"][29]), (f"{key}^VIGIL", f"^{alert.id}&VIGIL"))
                self.assertNotEqual(obx[3], "start")
            else:
                self.assertEqual((seen["OBR"][3], len(seen["OBR"]), obx[3]), (f"{alert.id}^VIGIL", 8, "start"))
            begun.add(alert.id)
            phases.add(obx[3])
            if alert.bed:
                self.assertEqual(seen["PV1"][3], f"{alert.unit}^^{alert.bed}")
            if alert.kind == alert_pb2.ALERT_KIND_PATIENT:
                self.assertEqual((seen["PID"][3], seen["OBX"][1][5]), (f"{alert.encounter}^^^VIGIL^PI", alert.reason))
                self.assertEqual(obx[7], "SA")
            self.assertEqual(obx[6], letters[alert.priority])
            acknowledged = alert.signal == alert_pb2.SIGNAL_STATE_ACKNOWLEDGED
            self.assertEqual(obx[5] == "alert-acknowledged", acknowledged, key)
            if alert.signal == alert_pb2.SIGNAL_STATE_CLOSED:
                self.assertEqual(obx[4], "inactive")
                self.assertIn(obx[3], ("end", "reset"))
            elif alert.signal == alert_pb2.SIGNAL_STATE_LATCHED:
                self.assertEqual(obx[4], "latched")
        self.assertGreaterEqual(phases, {"start", "update", "end", "escalate"})

    def test_a_manager_that_refuses_stalls_and_dies(self):
        scene = self.scene().begin()
        scene.admit(3)
        seen = {}

        def trouble(control_id, message):
            seen[control_id] = seen.get(control_id, 0) + 1
            n = len(seen)
            if seen[control_id] > 2:
                return "CA"
            return {1: "AE", 2: "stall", 3: "close", 4: "CE"}.get(n % 7, "AA")
        scene.manager.answer = trouble
        for n in range(6):
            if n == 2:
                scene.manager.die()
            if n == 4:
                wait_for(lambda: self.waiting(scene, "manager"), 10, "messages wait for the manager")
                wait_for(lambda: self.waiting(scene, "hook") == 0, 10, "and the other destination does not")
                scene.manager.begin()
            scene.round()
        self.assertEqual(scene.settled(), [])
        again = [k for k, times in seen.items() if times > 1]
        self.assertGreater(len(again), 3)
        self.assertIn("manager: does not take alerts", scene.log())
        keys = [k for k, _ in scene.hook.heard]
        self.assertEqual(keys, scene.expected(False)[:len(keys)])
        wait_for(lambda: (scene.metric("vigil_outbox_retried_total", "manager") or 0) > 3, 10, "tries are counted")
        self.assertEqual(scene.metric("vigil_outbox_given_up_total", "manager"), 0)

    def test_what_is_refused_for_good_is_said_and_counted(self):
        scene = self.scene(more="tries = 3\n").begin()
        scene.admit(2)
        refused, rejected, unwanted = [], [], []

        def manager(control_id, message):
            if not refused or control_id in refused:
                refused[:] = [control_id]
                return "AE"
            if not rejected:
                rejected.append(control_id)
                return "AR"
            return "CA"

        def hook(key, body):
            if not unwanted:
                unwanted.append(key)
                return 400
            return 204
        scene.manager.answer, scene.hook.answer = manager, hook
        for _ in range(2):
            scene.round()
        wait_for(lambda: scene.metric("vigil_outbox_given_up_total", "manager") == 2, 20, "two given up")
        wait_for(lambda: scene.metric("vigil_outbox_given_up_total", "hook") == 1, 20, "one given up")
        log = scene.log()
        self.assertIn(f"manager: {refused[0]} (start) given up, the receiver does not have it: refused 3 times: AE because of the test", log)
        self.assertRegex(log, f"manager: {rejected[0]} .* given up, the receiver does not have it: AR because of the test")
        self.assertIn(f"hook: {unwanted[0]} (start) given up, the receiver does not have it: HTTP 400", log)
        self.assertEqual(sum(k == refused[0] for k, _ in scene.manager.heard), 3)
        self.assertEqual(sum(k == rejected[0] for k, _ in scene.manager.heard), 1)
        self.assertEqual(sum(k == unwanted[0] for k, _ in scene.hook.heard), 1)
        gone = {"manager": {refused[0], rejected[0]}, "hook": {unwanted[0]}}
        for name, receiver, calls_only in (("manager", scene.manager, True), ("hook", scene.hook, False)):
            wait_for(lambda: {k for k, _ in receiver.taken} == set(scene.expected(calls_only)) - gone[name], 20, f"{name} has all others")
            self.assertEqual(books(name, scene.expected(calls_only), receiver.heard, receiver.taken), [])
        scene.stop()
        rows = sqlite3.connect(scene.daemon.dir / "outbox.sqlite").execute("SELECT alert || '-' || revision, reason FROM deliveries WHERE state = 2").fetchall()
        self.assertEqual({k for k, _ in rows}, gone["manager"] | gone["hook"])

    def test_a_web_server_in_trouble_gets_everything_in_the_end(self):
        scene = self.scene().begin()
        scene.admit(2)
        tries = {}

        def hook(key, body):
            before = tries.setdefault(key, [])
            troubles = ([], [500], [503, 302], [(429, {"Retry-After": "1"})], [408, 500, 502, 504, 500, 500, 500])
            script = troubles[list(tries).index(key) + 1] if list(tries).index(key) < 4 else []
            before.append(time.monotonic())
            return script[len(before) - 1] if len(before) <= len(script) else 200
        scene.hook.answer = hook
        for _ in range(3):
            scene.round()
        self.assertEqual(scene.settled(), [])
        times = list(tries.values())
        self.assertEqual([len(t) for t in times[:5]], [2, 3, 2, 8, 1])
        self.assertGreaterEqual(times[2][1] - times[2][0], 1)  # it asked for a second
        self.assertEqual((scene.hook.wrong, scene.metric("vigil_outbox_given_up_total", "hook")), ([], 0))

    def test_nothing_is_lost_while_it_is_away_or_vigild_is(self):
        scene = self.scene().begin()
        scene.admit(3)
        scene.round()
        scene.restart_vigild()
        scene.round()
        scene.kill()
        scene.round()
        scene.restart_vigild()  # both are away, and there is another epoch
        scene.round()
        scene.start()
        scene.round()
        scene.daemon.kill()
        wait_for(lambda: "feed lost" in scene.log(), 10, "the lost feed is said")
        wait_for(lambda: scene.metric("vigil_outbound_feed_live") == 0, 10, "and seen")
        scene.daemon.start()
        scene.adapter.connect()
        scene.adapter.hello()
        scene.round()
        self.assertEqual(scene.settled(), [])

    def test_the_first_start_and_another_journal_hand_on_what_stands(self):
        scene = self.scene()
        scene.admit(2)
        for _ in range(4):
            scene.round()
        standing = {f"{e.alert.id}-{e.alert.revision}" for _, e in Client(scene.daemon).snapshot("vigil.v1.alert.")[0]
                    if e.alert.signal != alert_pb2.SIGNAL_STATE_CLOSED}
        self.assertGreater(len(scene.journal()), len(standing))
        scene.begin()
        wait_for(lambda: {k for k, _ in scene.hook.taken} >= standing, 10, "what stands")
        self.assertLess(len(scene.hook.taken), len(scene.journal()))
        scene.daemon.stop()
        shutil.rmtree(scene.daemon.dir / "journal")
        scene.hook.taken.clear()
        scene.daemon.start()
        scene.adapter.close()
        scene.adapter = Adapter(scene.daemon)
        scene.adapter.hello()
        wait_for(lambda: "it is another one" in scene.log(), 15, "another journal is said aloud")
        scene.admit(1)
        scene.at += 1
        scene.put(visit="v2", readings=[number("plt", 12, "10*3/uL", scene.at)])
        wait_for(lambda: scene.journal(), 10, "an alert of the new journal")
        wait_for(lambda: {k for k, _ in scene.hook.taken} >= set(scene.expected(False)), 10, "is handed on")

    def test_what_vigild_cannot_record_is_handed_on_too(self):
        shim = os.environ.get("VIGIL_FAULTSHIM", "")
        if not os.path.exists(shim):
            self.skipTest("VIGIL_FAULTSHIM names no library: NOT RUN")
        scene = self.scene(faults=shim).begin()
        scene.admit(1)
        scene.disk.write_text("eio")
        epoch = Client(scene.daemon).status().epoch
        scene.round(12)  # taken, not durable: a device would keep it
        for receiver in (scene.manager, scene.hook):
            wait_for(lambda: [k for k, _ in receiver.taken if k.endswith(f"-1-u{epoch}")], 15, "the alert that is on no record")
        unrecorded = [v for k, v in scene.hook.taken if "-u" in k]
        self.assertTrue(any(v["alert"]["rule"] == "organ_coag" and not v["recorded"] for v in unrecorded))
        scene.disk.write_text("")
        scene.daemon.process.wait(20)
        scene.daemon.start()
        scene.adapter.connect()
        scene.adapter.hello()
        scene.rounds, scene.at = 0, scene.at - 20 * 60_000
        scene.round(12)  # sent again
        recorded = [f"{a.id}-{a.revision}" for a in scene.journal() if a.rule == "organ_coag"]
        self.assertTrue(recorded)
        for receiver in (scene.manager, scene.hook):
            wait_for(lambda: {k for k, _ in receiver.taken} >= set(recorded), 15, "and the same when it is recorded")

    def test_a_manager_that_is_away_for_long_is_said_aloud(self):
        scene = self.scene(more='down_after = "1s"\n').begin()
        scene.manager.die()
        scene.admit(1)
        scene.round(12)
        wait_for(lambda: scene.metric("vigil_outbox_down", "manager") == 1, 15, "down")
        self.assertGreater(scene.metric("vigil_outbox_oldest_seconds", "manager"), 0)
        self.assertIn("manager: down for", scene.log())
        scene.manager.begin()
        wait_for(lambda: scene.metric("vigil_outbox_down", "manager") == 0, 15, "no longer")
        self.assertIn("manager: takes alerts again after", scene.log())

    def test_what_stands_is_repeated(self):
        scene = self.scene(more='repeat_every = "200ms"\n').begin()
        scene.admit(1)
        scene.round(12)
        wait_for(lambda: sum("-c" in k for k, _ in scene.manager.taken) > 5, 15, "repetitions")
        repeated = [fields(m)["OBX"][3][5] for k, m in scene.manager.taken if "-c" in k]
        self.assertEqual(set(repeated), {"continue"})
        self.assertFalse([k for k, _ in scene.hook.heard if "-c" in k])

    def test_a_damaged_outbox_and_a_wrong_configuration_are_refused(self):
        scene = self.scene().begin()
        second = self.program(scene)
        self.assertEqual(second.returncode, 65, second.stderr)
        self.assertIn("another vigil-outbound has it open", second.stderr)
        scene.stop()
        (scene.daemon.dir / "outbox.sqlite").write_bytes(b"not a database" * 1000)
        damaged = self.program(scene)
        self.assertEqual(damaged.returncode, 65, damaged.stderr)
        self.assertIn("is damaged", damaged.stderr)
        good = self.program(scene, "--check-config")
        self.assertEqual((good.returncode, good.stderr), (0, ""))
        scene.config.write_text(scene.config.read_text().replace("least =", "lest ="))
        wrong = self.program(scene, "--check-config")
        self.assertEqual(wrong.returncode, 78)
        self.assertIn("outbound.toml:13:1: destination.lest: unknown key", wrong.stderr)

    def test_a_web_server_that_cannot_be_trusted_is_told_nothing(self):
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        authority, stranger = Authority(folder, "ours"), Authority(folder, "theirs")
        kinds = {"good": authority.server("127.0.0.1"), "expired": authority.server("127.0.0.1", days=-1),
                 "elsewhere": authority.server("198.51.100.7"), "unknown": stranger.server("127.0.0.1"), "untrusted": authority.server("127.0.0.1")}
        hooks, more = {}, ""
        for name, certificate in kinds.items():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            hooks[name] = (Hook(SECRET, context), context)
            self.addCleanup(hooks[name][0].close)
            trusted = "" if name == "untrusted" else f'ca_file = "{authority.certificate}"\n'  # else those of this machine
            more += (f'[[destination]]\nname = "{name}"\nkind = "webhook"\nto = "https://127.0.0.1:{hooks[name][0].port}/alerts"\n'
                     f'secret_file = "{folder}/secret"\ndown_after = "1s"\n{trusted}{PATIENCE}')
        (folder / "secret").write_bytes(SECRET)
        scene = self.scene()
        scene.config.write_text(scene.config.read_text() + more)
        scene.begin()
        scene.admit(1)
        scene.round(12)
        bad = {"expired": "expired", "elsewhere": "subject name", "unknown": "self-signed certificate in certificate chain|unable to get local issuer",
               "untrusted": "unable to get local issuer|self-signed certificate in certificate chain"}
        wait_for(lambda: hooks["good"][0].taken, 15, "one that shows who it is has the alert")
        for name, reason in bad.items():
            wait_for(lambda: scene.metric("vigil_outbox_down", name) == 1, 15, f"{name} is down")
            self.assertGreater(scene.metric("vigil_outbox_depth", name), 0, name)
            self.assertRegex(scene.log(), f"{name}: does not take alerts: .*({reason})")
            self.assertRegex(scene.log(), f"{name}: down for .*({reason})")
            self.assertEqual((hooks[name][0].heard, scene.metric("vigil_outbox_delivered_total", name)), ([], 0), f"{name} was told something")
        self.assertEqual((scene.metric("vigil_outbox_down", "good"), hooks["good"][0].wrong), (0, []))
        hooks["expired"][1].load_cert_chain(*authority.server("127.0.0.1"))  # renewed: what waited comes, and nobody restarts anything
        wait_for(lambda: [k for k, _ in hooks["expired"][0].taken] == [k for k, _ in hooks["good"][0].taken], 15, "everything that waited")
        wait_for(lambda: scene.metric("vigil_outbox_down", "expired") == 0, 15, "and it is said")

    def program(self, scene, *arguments):
        return subprocess.run([BIN / "vigil-outbound", "--config", scene.config, *arguments], capture_output=True, text=True, timeout=20,
                              env=os.environ)

    def test_nothing_in_the_log_is_of_a_patient(self):
        scene = self.scene().begin()
        scene.admit(1)
        scene.manager.answer = lambda control_id, message: "AE"
        scene.round(12)
        wait_for(lambda: "given up" in scene.log(), 20, "something was said")
        alert = next(a for a in scene.journal() if a.encounter)
        for secret in (alert.encounter, alert.reason, SECRET.decode()):
            self.assertNotIn(secret, scene.log())


if __name__ == "__main__":
    unittest.main(verbosity=2)
