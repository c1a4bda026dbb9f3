"""A ward whose alerts are handed on: vigild, vigil-outbound, an alert manager and a web server. The journal says what there was to
hand on; what a destination must have been told is worked out here, not by Vigil's code."""

import os
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "daemon"))
from receivers import Hook, Manager, fields  # noqa: E402
from ward import BIN, START, Adapter, Client, Daemon, alert_pb2, census, command_pb2, number, wait_for  # noqa: E402

SECRET = b"a secret of the tests, long enough"
MINUTE = 60_000

CONFIG = """
[outbound]
site = "demo"
feed = "ipc://{dir}/feed"
query = "ipc://{dir}/query"
outbox = "{dir}/outbox.sqlite"
metrics = "{dir}/outbound.prom"

[[destination]]
name = "manager"
kind = "pcd04"
to = "mllp://127.0.0.1:{manager}"
least = "information"
{patience}{more}

[[destination]]
name = "hook"
kind = "webhook"
to = "http://127.0.0.1:{hook}/alerts"
secret_file = "{dir}/secret"
{patience}
"""
PATIENCE = 'reply_within = "500ms"\nfirst_pause = "20ms"\nlongest_pause = "200ms"\n'


class Scene:
    def __init__(self, env=None, more="", faults=None):
        """`env` is of vigil-outbound; `faults`: a library by which the journal's disk can be made sick, see `disk`."""
        self.env = dict(os.environ, **(env or {}))
        self.daemon = Daemon()
        self.disk = self.daemon.dir / "control"
        if faults:
            self.daemon.env |= {"LD_PRELOAD": faults, "FI_CONTROL": str(self.disk), "FI_MATCH": "/journal/"}
        self.daemon.start()
        self.manager, self.hook = Manager(), Hook(SECRET)
        (self.daemon.dir / "secret").write_bytes(SECRET + b"\n")
        self.config = self.daemon.dir / "outbound.toml"
        self.config.write_text(CONFIG.format(dir=self.daemon.dir, manager=self.manager.port, hook=self.hook.port, patience=PATIENCE,
                                             more=more))
        self.log_path = self.daemon.dir / "outbound.log"
        self.adapter = Adapter(self.daemon)
        self.adapter.hello()
        self.at, self.rounds, self.patients = START, 0, 0
        self.process = None

    def close(self):
        self.kill()
        self.manager.die()
        self.hook.close()
        self.adapter.close()
        self.daemon.close()

    # ---- vigil-outbound
    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([BIN / "vigil-outbound", "--config", self.config], stdout=log, stderr=log, env=self.env)
        return self

    def begin(self):
        """Started, and what follows is heard."""
        self.start()
        wait_for(lambda: self.metric("vigil_outbound_feed_live") == 1, 10, "vigil-outbound hears the feed")
        return self

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self, seconds=10):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def metric(self, name, destination=None):
        label = f'{{destination="{destination}"}}' if destination else ""
        try:
            lines = (self.daemon.dir / "outbound.prom").read_text().splitlines()
        except FileNotFoundError:
            return None
        values = [float(line.split(" ")[1]) for line in lines if line.startswith(f"{name}{label} ")]
        return values[0] if values else None

    # ---- the ward
    def restart_vigild(self):
        self.daemon.kill()
        self.daemon.start()
        self.adapter.connect()
        self.adapter.hello()

    def admit(self, patients):
        for n in range(self.patients, self.patients + patients):
            self.put(census=[census("ADMIT", f"v{n}", ("icu1", f"b{n}"), self.at)])
        self.patients += patients

    def put(self, **what):
        self.adapter.put(self.adapter.batch(f"m{self.at}-{self.adapter.seq}", at=self.at, **what))

    def round(self, platelets=None):
        """20 minutes pass and each patient has new platelets: organ failure comes, gets worse, better, goes."""
        self.at += 20 * MINUTE
        for n in range(self.patients):
            value = platelets or (12, 45, 150, 30, 8, 160)[(self.rounds + n) % 6]
            self.put(visit=f"v{n}", readings=[number("plt", value, "10*3/uL", self.at)])
        self.rounds += 1

    def acknowledge(self):
        """Everything that calls, as a nurse would."""
        client, done = Client(self.daemon), 0
        for _, envelope in client.snapshot("vigil.v1.alert.")[0]:
            alert = envelope.alert
            if alert.signal in (alert_pb2.SIGNAL_STATE_ON, alert_pb2.SIGNAL_STATE_LATCHED):
                reply = client.command(acknowledge={"alert": alert.id, "revision": alert.revision})
                done += reply.verdict == command_pb2.CommandReply.VERDICT_DONE
        return done

    def journal(self):
        """Every revision that was journaled, in order."""
        return [e.alert for _, e in Client(self.daemon).replay("vigil.v1.alert.", 0)[0]]

    # ---- what was to be handed on, and what was
    def expected(self, calls_only, since=0):
        """Keys in the order of the journal. `calls_only`: as an alarm manager, which is not called for what is inhibited or shelved,
        and told nothing after the end."""
        out, told, ended = [], set(), set()
        for alert in self.journal():
            closed = alert.signal == alert_pb2.SIGNAL_STATE_CLOSED
            if alert.id not in told:
                calls = not alert.inhibited_by and alert.signal != alert_pb2.SIGNAL_STATE_SHELVED
                if closed or (calls_only and not calls):
                    continue
                told.add(alert.id)
            if calls_only and alert.id in ended:
                continue
            if closed:
                ended.add(alert.id)
            out.append(f"{alert.id}-{alert.revision}")
        return out

    def settled(self, seconds=30.0):
        """Waits until both have what they must have, then says what is wrong with it. vigild goes on meanwhile: what a receiver had
        is looked at before the journal is."""
        problems = []
        for name, receiver, calls_only in (("manager", self.manager, True), ("hook", self.hook, False)):
            missing = {}

            def has_everything():
                missing[name] = set(self.expected(calls_only)) - {k for k, _ in receiver.taken}
                return not missing[name]
            try:
                wait_for(has_everything, seconds, f"{name} has everything")
            except AssertionError as error:
                problems.append(f"{error}: {len(missing[name])} are missing")
            heard, taken = list(receiver.heard), list(receiver.taken)
            problems += books(name, self.expected(calls_only), heard, taken)
        return problems


def books(name, wanted, heard, taken):
    """Nothing unknown, nothing twice under another key, every alert in the order of its revisions."""
    problems = []
    keys = [k for k, _ in taken]
    unknown = sorted({k for k, _ in heard} - set(wanted))
    if unknown:
        problems.append(f"{name}: {len(unknown)} keys that no revision has, such as {unknown[0]}")
    contents = {}
    for key, what in heard:
        if contents.setdefault(key, what) != what:
            problems.append(f"{name}: {key} came with two contents")
    first = list(dict.fromkeys(keys))
    by_alert = {}
    for key in first:
        alert, revision = key.split("-")[:2]
        if by_alert.get(alert, 0) >= int(revision):
            problems.append(f"{name}: {key} came after revision {by_alert[alert]}")
        by_alert[alert] = int(revision)
    return problems


__all__ = ["Scene", "books", "fields", "wait_for", "Client", "alert_pb2"]
