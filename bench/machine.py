"""Processes under measurement, and the machine they are measured on."""

import datetime
import json
import os
import pathlib
import platform
import resource
import shutil
import signal
import subprocess
import time

DRIVEN_START_MS = 1_772_323_200_000  # 2026-03-01T00:00:00Z: where the driven clock begins


class Failed(RuntimeError):
    """A program did not do its part; the row says so instead of giving a number."""


PROGRAMS = ("vigild", "vigil", "bench-ceiling", "bench-load", "bench-hl7", "bench-csv", "vigil-gateway", "vigil-adapter",
            "vigil-identity")


class Place:
    """Where the programs are and where they may write. The folder has to be on the disk that is to be measured."""

    def __init__(self, root: pathlib.Path, bin_dir: pathlib.Path, work: pathlib.Path):
        self.root, self.bin, self.work = root, bin_dir, work
        self.config = root / "config"
        self.trial = 0

    def freeze(self) -> None:
        """Measures copies of the programs and the configuration, so that what is built meanwhile is not half measured."""
        copy = self.work / "measured"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.root / "config", copy / "config")
        (copy / "bin").mkdir()
        for name in PROGRAMS:
            shutil.copy(self.bin / name, copy / "bin" / name)
        self.config, self.bin = copy / "config", copy / "bin"

    def fresh(self) -> pathlib.Path:
        self.trial += 1
        folder = self.work / f"t{self.trial}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


class Daemon:
    """A program that takes the load: started, measured, ended."""

    def __init__(self, place: Place, folder: pathlib.Path):
        self.place, self.folder = place, folder
        self.ingest, self.feed = f"ipc://{folder}/ingest", f"ipc://{folder}/feed"
        self.process = None
        self.written = 0

    def start(self):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(self.command(), stdout=self.log, stderr=self.log)
        return self

    def load(self, *options, check=True):
        """Runs the generator against this program; the JSON object it prints."""
        if self.process.poll() is not None:
            raise Failed(f"{self.name} ended with {self.process.returncode}; see {self.folder}/log")
        done = subprocess.run(
            [self.place.bin / "bench-load", "--ingest", self.ingest, "--feed", self.feed, "--pid", str(self.process.pid)]
            + self.load_options() + [str(o) for o in options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if not done.stdout or (done.returncode != 0 and check):
            raise Failed(f"load on {self.name}: {done.stderr.strip() or done.returncode}")
        out = json.loads(done.stdout)
        if check and out["acknowledged"] != out["readings"]:
            raise Failed(f"load on {self.name}: {out['acknowledged']} of {out['readings']} acknowledged, refused {out['refused']}")
        return out

    def end(self, how=signal.SIGTERM):
        """Ends it; its resource usage, kernel's counts."""
        self.process.send_signal(how)
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.log.close()
        if how == signal.SIGTERM and self.process.returncode != 0:
            raise Failed(f"{self.name} ended with {self.process.returncode}; see {self.folder}/log")
        return usage

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process and self.process.returncode is None:
            self.process.kill()
            self.process.wait()
            self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def resident_kib(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1])
        raise Failed("no resident size")


class Vigild(Daemon):
    name = "vigild"

    def __init__(self, place, driven=True, folder=None, start_ms=DRIVEN_START_MS, scores=None):
        """`scores`: (id, product) of each run instead of those that are delivered, policy `live`."""
        super().__init__(place, folder or place.fresh())
        self.driven = driven
        self.scores = scores
        self.start_ms = start_ms
        self.journal = self.folder / "journal"
        self.journal.mkdir(exist_ok=True)
        self.config = self.folder / "vigil.toml"
        self.config.write_text(self.text())

    def text(self):
        config = self.place.config
        scores = (config / "vigil.toml").read_text()
        scores = scores[scores.index("\n[[score]]\n"):]
        scores = "\n".join(line for line in scores[:scores.index("[[source]]")].splitlines() if not line.startswith("#"))
        if self.scores is not None:
            scores = "\n".join(f'[[score]]\nscore = "{id}"\nproduct = "{product}"\nbasis = "native"\npolicy = "live"'
                               for id, product in self.scores)
        endpoints = "\n".join(f'{e} = "ipc://{self.folder}/{e}"' for e in ("ingest", "command", "query", "feed"))
        return f"""site = "demo"
unit = "icu1"
mode = "simulated"
clock = "{'driven' if self.driven else 'real'}"
[endpoints]
{endpoints}
[journal]
directory = "{self.journal}"
[definitions]
vocabulary = "{config}/vocabulary.tsv"
conversions = "{config}/conversions.tsv"
scores = "{config}/scores"
alerts = "{config}/alerts"
maps = "{config}/maps"
{scores}
"""

    def command(self):
        return [self.place.bin / "vigild", "--config", self.config]

    def load_options(self):
        return ["--start-ms", str(self.start_ms)] if self.driven else []

    def kept_bytes(self):
        return sum(f.stat().st_size for f in self.journal.rglob("*") if f.is_file())


class Ceiling(Daemon):
    name = "ceiling"

    def __init__(self, place, driven=True):
        super().__init__(place, place.fresh())
        self.driven = driven

    def command(self):
        return [self.place.bin / "bench-ceiling", "--ingest", self.ingest, "--feed", self.feed, "--db", self.folder / "db"]

    def load_options(self):
        return (["--start-ms", str(DRIVEN_START_MS)] if self.driven else []) + ["--alert-value", "9999"]

    def kept_bytes(self):
        return sum(f.stat().st_size for f in self.folder.glob("db*"))


def command_usage(command, stdout=subprocess.DEVNULL):
    """CPU seconds, wall seconds and greatest resident size of one command."""
    begin = time.monotonic()
    process = subprocess.Popen([str(c) for c in command], stdout=stdout, stderr=subprocess.PIPE)
    errors = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{pathlib.Path(command[0]).name} ended with {process.returncode}: {errors.strip()[-200:]}")
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "wall_s": time.monotonic() - begin, "rss_kib": usage.ru_maxrss}


def disk_probe(folder: pathlib.Path, writes=300):
    """fdatasync of 4 KiB appended, in milliseconds: what a commit cannot be faster than."""
    file = folder / "probe"
    took = []
    with open(file, "wb", buffering=0) as out:
        for _ in range(writes):
            out.write(b"\x5a" * 4096)
            begin = time.perf_counter()
            os.fdatasync(out.fileno())
            took.append((time.perf_counter() - begin) * 1e3)
    file.unlink()
    took.sort()
    return {"p50_ms": round(took[len(took) // 2], 3), "p99_ms": round(took[int(len(took) * 0.99)], 3)}


def description(place: Place):
    model = "unknown"
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    filesystem = subprocess.run(["stat", "-f", "-c", "%T", place.work], capture_output=True, text=True).stdout.strip()
    revision = subprocess.run(["git", "-C", place.root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {
        "cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "filesystem": filesystem,
        "fdatasync": disk_probe(place.work), "revision": revision or "unknown",
        "load_average": [round(x, 1) for x in os.getloadavg()],
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
    }


def allow_many_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096) if soft < 4096 else soft, hard))
