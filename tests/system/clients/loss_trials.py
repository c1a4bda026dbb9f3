#!/usr/bin/python3
"""How long until a client library tells its user that the feed is lost: each kind of loss, many times, for all three libraries.

    tests/system/clients/loss_trials.py [--trials 200] [--wards 3] [--json FILE]

    VIGIL_BIN    the programs (build/release/bin); the TypeScript client is to be built (npm run build in clients/typescript)

Each ward is a vigild with a gateway and a user of each library; wards run beside each other and share the trials. A loss begins at a
random moment of the second between two digests, all three hear it at once, and it ends when all have said so. Counted is from the
signal, or the cut, to the line that the user writes. Wanted: 2 s at most. Takes 200 trials in about 25 minutes with three wards; the
figures are of a quiet machine only."""

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "daemon")]
import test_live  # noqa: E402
import test_typescript  # noqa: E402
import ward  # noqa: E402
from gateway import Gateway  # noqa: E402
from relay import Relay  # noqa: E402

WANTED_S = 2.0
PATIENCE_S = 30.0


class Place:
    """A folder with the sockets a subject of the Python or the C++ library looks for: a wire each between it and vigild."""

    def __init__(self, daemon):
        self.log = daemon.log
        self._folder = tempfile.TemporaryDirectory(prefix="vigil-wire-")
        self.dir = Path(self._folder.name)
        self.wires = [Relay(str(daemon.dir / name), str(self.dir / name)) for name in ("feed", "query")]

    def close(self):
        for wire in self.wires:
            wire.close()
        self._folder.cleanup()


class Ward:
    def __init__(self, shim):
        self.daemon = ward.Daemon()
        self.wedge = self.daemon.dir / "wedge"
        self.daemon.env |= {"LD_PRELOAD": str(shim), "WEDGE": str(self.wedge)}
        self.daemon.start()
        ward.wait_for(lambda: (self.daemon.dir / "query").exists(), PATIENCE_S, "vigild listens")
        self.gateway = Gateway(self.daemon).start()
        self.place = Place(self.daemon)
        self.wires = [*self.place.wires, Relay(self.gateway.port)]
        self.subjects = {
            "python": test_live.Subject(self.place, "vigil.v1", program=[test_live.PYTHON, str(HERE / "subject.py")]),
            "cpp": test_live.Subject(self.place, "vigil.v1", program=[str(ward.BIN / "client-subject")], name="cpp"),
            "typescript": test_typescript.Subject(self.daemon, self.wires[-1].here),
        }
        for name, subject in self.subjects.items():
            subject.until(lambda s: s.states, PATIENCE_S, f"{name}: the first state")

    def close(self):
        for subject in self.subjects.values():
            subject.close()
        self.gateway.close()
        self.daemon.process.send_signal(signal.SIGCONT)
        self.place.close()
        self.wires[-1].close()
        self.daemon.close()

    def begin(self, loss):
        if loss == "dead publisher":
            self.daemon.process.kill()
        elif loss == "stopped process":
            self.daemon.process.send_signal(signal.SIGSTOP)
        elif loss == "wedged loop":
            self.wedge.touch()
        elif loss == "cut network":
            for wire in self.wires:
                wire.freeze()

    def end(self, loss):
        if loss == "dead publisher":
            self.daemon.process.wait()
            self.daemon.start()
        elif loss == "stopped process":
            self.daemon.process.send_signal(signal.SIGCONT)
        elif loss == "wedged loop":
            self.wedge.unlink()
        elif loss == "cut network":
            for wire in self.wires:
                wire.thaw()

    def trial(self, loss):
        """Seconds until each library's user was told; None for one that was not, or that had said so before."""
        before = {name: (len(s.read().lost), len(s.back)) for name, s in self.subjects.items()}
        time.sleep(random.random())  # the digest's phase is what the time depends on most
        at = time.monotonic()
        self.begin(loss)
        try:
            ward.wait_for(lambda: all(len(s.read().lost) > before[name][0] for name, s in self.subjects.items()), PATIENCE_S, loss)
        except AssertionError as late:
            print(late, file=sys.stderr)  # and it shows in the figures
        known = {name: s.lost[before[name][0]][0] - at if len(s.lost) > before[name][0] else None for name, s in self.subjects.items()}
        self.end(loss)
        for name, s in self.subjects.items():
            s.until(lambda s, n=before[name][1]: len(s.back) > n, PATIENCE_S, f"{name}: back after {loss}")
        return known


LOSSES = ("dead publisher", "stopped process", "wedged loop", "cut network")


class Trials:
    def __init__(self, wanted):
        self.left = [loss for _ in range(wanted) for loss in LOSSES]
        self.known = {}
        self.failed = []
        self._lock = threading.Lock()

    def run(self, shim):
        place = None
        try:
            place = Ward(shim)
            while (loss := self._next()) is not None:
                for library, seconds in place.trial(loss).items():
                    with self._lock:
                        self.known.setdefault((loss, library), []).append(seconds)
        except AssertionError as error:
            self.failed.append(str(error))
        finally:
            if place is not None:
                place.close()

    def _next(self):
        with self._lock:
            return self.left.pop(0) if self.left else None


def row(loss, library, all_seconds):
    known = sorted(s for s in all_seconds if s is not None)
    out = {"loss": loss, "library": library, "trials": len(all_seconds), "never told": len(all_seconds) - len(known)}
    if known:
        out |= {"min": known[0], "median": statistics.median(known), "p95": known[max(0, round(0.95 * len(known)) - 1)], "max": known[-1],
                "told before it began": sum(s < 0 for s in known), f"over {WANTED_S} s": sum(s > WANTED_S for s in known)}
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--trials", type=int, default=200)
    p.add_argument("--wards", type=int, default=3)
    p.add_argument("--json", type=Path)
    o = p.parse_args()
    if not (test_typescript.NODE and test_typescript.BUILT):
        sys.exit("the TypeScript client is not built: npm run build in clients/typescript")
    trials = Trials(o.trials)
    with tempfile.TemporaryDirectory(prefix="vigil-shim-") as folder:
        shim = Path(folder) / "wedge.so"
        subprocess.run([shutil.which("gcc"), "-shared", "-fPIC", "-O1", "-o", shim, HERE / "wedge.c", "-ldl"], check=True)
        threads = [threading.Thread(target=trials.run, args=(shim,)) for _ in range(o.wards)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    rows = [row(*key, seconds) for key, seconds in sorted(trials.known.items(), key=lambda item: (LOSSES.index(item[0][0]), item[0][1]))]
    for r in rows:
        print(f"{r['loss']:16} {r['library']:11} {r['trials']:4} trials: " + ", ".join(
            f"{k} {v:.2f} s" if isinstance(v, float) else f"{k} {v}" for k, v in r.items() if k not in ("loss", "library", "trials")))
    for failure in trials.failed:
        print("a ward ended early:", failure, file=sys.stderr)
    if o.json:
        o.json.write_text(json.dumps({"load": os.getloadavg(), "rows": rows, "failed": trials.failed}, indent=1))
    good = not trials.failed and all(r["never told"] == 0 and r[f"over {WANTED_S} s"] == 0 for r in rows)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
