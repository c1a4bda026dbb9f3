"""The rows of the table: each function takes the trials of one measure and gives what they showed."""

import json
import os
import shutil
import statistics
import subprocess
import time

import machine
from machine import Ceiling, Daemon, Failed, Vigild

SIGNALS = 30
DAY_S = 86_400


class Bench:
    def __init__(self, place, options):
        self.place, self.options = place, options
        self.trials = options.trials
        self.quick = options.quick
        self.shared = {}

    def pick(self, full, quick):
        return quick if self.quick else full

    def alternate(self, trial):
        """trial(Class) for Vigil and for the ceiling in turn; whoever began last time comes second this time."""
        ours, theirs = [], []
        for n in range(self.trials):
            order = [(Vigild, ours), (Ceiling, theirs)]
            for kind, into in order if n % 2 == 0 else reversed(order):
                into.append(trial(kind))
                self.say(f"    {kind.name}: {into[-1] if not isinstance(into[-1], dict) else brief(into[-1])}")
        return ours, theirs

    def say(self, text):
        print(text, file=self.options.log, flush=True)


def brief(out):
    return (f"{out['per_second']:,.0f}/s, {out['cpu_us_per_reading']:.2f} us, alert p99 {out['alert']['p99_ms']:.2f} ms "
            f"({out['alerts_seen']}/{out['alerts_due']}), ack p99 {out['acknowledgement']['p99_ms']:.2f} ms")


def ratios(ours, theirs):
    return [a / b for a, b in zip(ours, theirs) if b]


def row(measure, values, *, first=None, goal=None, at_least=False, unit="ratio", ours=None, theirs=None, note=""):
    """values: one figure a trial, already a ratio where there is a reference. Limits are upper bounds unless at_least."""
    middle = statistics.median(values)

    def met(limit):
        return None if limit is None else (middle >= limit if at_least else middle <= limit)

    return {"measure": measure, "unit": unit, "median": middle, "min": min(values), "max": max(values), "trials": len(values),
            "at_least": at_least, "first": first, "goal": goal, "met_first": met(first), "met_goal": met(goal),
            "ours": ours, "reference": theirs, "note": note}


def median_of(outs, *path):
    def get(out):
        for p in path:
            out = out[p]
        return out
    return statistics.median(get(o) for o in outs)


# --------------------------------------------------------------------------------------------------------- throughput, CPU


def saturated(bench):
    """As fast as frames are acknowledged, 1,000 beds, frames of 64: two rows read these trials."""
    if "saturated" not in bench.shared:
        def trial(kind):
            with kind(bench.place) as daemon:
                return daemon.load("--beds", 1000, "--frame", 64, "--connections", 32, "--seconds", bench.pick(8, 3), "--alerts", 20)
        bench.shared["saturated"] = bench.alternate(trial)
    return bench.shared["saturated"]


def throughput(bench):
    ours, theirs = saturated(bench)
    share = ratios([o["per_second"] for o in ours], [o["per_second"] for o in theirs])
    yield row("durable readings/s, 1,000 beds; share of the ceiling's", share, first=0.25, goal=0.6, at_least=True,
              ours=f"{median_of(ours, 'per_second'):,.0f}/s", theirs=f"{median_of(theirs, 'per_second'):,.0f}/s",
              note="frames of 64, 32 connections; the generator shares the cores")


def cpu(bench):
    ours, theirs = saturated(bench)
    times = ratios([o["cpu_us_per_reading"] for o in ours], [o["cpu_us_per_reading"] for o in theirs])
    yield row("CPU per reading in batches of 64; times the ceiling's", times, first=4, goal=1.6,
              ours=f"{median_of(ours, 'cpu_us_per_reading'):.2f} us", theirs=f"{median_of(theirs, 'cpu_us_per_reading'):.2f} us")


def latency(bench):
    for rate in (600, 10_000, 100_000):
        beds = max(1, rate // SIGNALS)
        seconds = 45 if rate == 100_000 else bench.pick(12, 6)  # snapshots are 30 s apart: one is to be met

        def trial(kind):
            with kind(bench.place, driven=False) as daemon:
                return daemon.load("--beds", beds, "--rate", rate, "--frame", SIGNALS, "--seconds", seconds,
                                   "--alerts", 25 if rate == 600 else 60, check=False)
        ours, theirs = bench.alternate(trial)
        note = ""
        lost = [o for o in ours if o["alerts_seen"] < o["alerts_due"]]
        if lost:
            note = f"in {len(lost)} trials not every alert was seen; "
        behind = [o["readings"] / (o["seconds"] * rate) for o in ours]
        if min(behind) < 0.97:
            note += f"could not keep up: {statistics.median(behind):.0%} of the rate"
        times = ratios([o["alert"]["p99_ms"] for o in ours], [o["alert"]["p99_ms"] for o in theirs])
        yield row(f"p99 due to published alert at {rate:,}/s; times the ceiling's", times, first=3, goal=1.3,
                  ours=f"{median_of(ours, 'alert', 'p99_ms'):.2f} ms", theirs=f"{median_of(theirs, 'alert', 'p99_ms'):.2f} ms", note=note)


def beds(bench):
    """The same readings of a few beds and of many. Event time runs 90 s a trial, so that minutes end in each."""
    def trial(n):
        with Vigild(bench.place) as daemon:
            readings = max(n * SIGNALS * bench.pick(90, 20), bench.pick(1_200_000, 400_000))
            return daemon.load("--beds", n, "--frame", SIGNALS, "--connections", 32, "--readings", readings)["cpu_us_per_reading"]
    few, thousand, many = [], [], []
    for _ in range(bench.trials if bench.quick else min(3, bench.trials)):
        for n, into in ((20, few), (1_000, thousand), (10_000, many)):
            into.append(trial(n))
            bench.say(f"    {n} beds: {into[-1]:.2f} us")
    for n, values, first, goal in ((1_000, thousand, 1.5, 1.1), (10_000, many, 3, 1.5)):
        yield row(f"CPU per reading at {n:,} beds; times that at 20", ratios(values, few), first=first, goal=goal,
                  ours=f"{statistics.median(values):.2f} us", theirs=f"{statistics.median(few):.2f} us")


def products_of_scores(bench):
    """Each score that there is, with its products, the ones it has by preference: rolling, then now, then day."""
    listed = subprocess.run([bench.place.bin / "vigil", "score", "--list", "--config", bench.place.config / "vigil.toml"],
                            stdout=subprocess.PIPE, text=True, check=True).stdout
    out = {}
    for line in listed.splitlines():
        if line and not line[0].isspace():
            id = line.split("@")[0]
            out[id] = ["rolling", "now", "day"]
        elif line.split()[:1] == ["products"]:
            out[id] = [p for p in out[id] if p in line.split()]
    if "sofa" not in out or len(out) < 10:
        raise Failed(f"vigil score --list names {sorted(out)}")
    return out


def every_score(bench):
    """The same ward with SOFA alone and with every score there is, a day behind it: half an hour more of 1 Hz."""
    all_scores = products_of_scores(bench)
    beds = 20
    load = ["--beds", beds, "--frame", SIGNALS, "--connections", 8]

    def trial(runs):
        with Vigild(bench.place, scores=runs) as daemon:
            done = daemon.load(*load, "--period-ms", 60_000, "--readings", beds * SIGNALS * DAY_S // 60)
            daemon.start_ms = done["end_ms"] - done["rounds"] * 1_000  # rounds are counted on, each of them a second now
            return continue_load(daemon, done, *load, "--readings", beds * SIGNALS * bench.pick(1_800, 300))["cpu_us_per_reading"]
    for wanted in ("rolling", "now"):
        runs = [(id, wanted if wanted in products else products[0]) for id, products in all_scores.items()]
        if wanted == "now":
            runs.insert(1, ("sofa", "rolling"))  # what Sepsis-3 looks back at
        alone, every = [], []
        for _ in range(min(3, bench.trials)):
            alone.append(trial([run for run in runs if run[0] == "sofa"]))
            every.append(trial(runs))
            bench.say(f"    {wanted}: SOFA {alone[-1]:.2f} us, all {every[-1]:.2f} us")
        yield row(f"CPU per reading, every score, product {wanted}; times SOFA alone", ratios(every, alone), first=2, goal=2,
                  ours=f"{statistics.median(every):.2f} us", theirs=f"{statistics.median(alone):.2f} us",
                  note=f"{len(all_scores)} scores, {beds} beds at 1 Hz, a day behind them")


def journal(bench):
    """A daemon with a journal of some GB behind it and a fresh one, in turn."""
    size = int(bench.options.journal_gb * (1 << 30))
    load = ["--beds", 200, "--frame", SIGNALS, "--connections", 32]
    measured = ["--readings", bench.pick(1_200_000, 400_000)]
    with Vigild(bench.place) as big:
        done = big.load(*load, "--readings", 100_000)
        while big.kept_bytes() < size:
            done = continue_load(big, done, *load, "--readings", 4_000_000)
            bench.say(f"    journal {big.kept_bytes() / (1 << 30):.2f} GB")
        behind, empty = [], []
        for _ in range(bench.trials):
            done = continue_load(big, done, *load, *measured)
            behind.append(done["cpu_us_per_reading"])
            with Vigild(bench.place) as fresh:
                first = fresh.load(*load, "--readings", 100_000)
                empty.append(continue_load(fresh, first, *load, *measured)["cpu_us_per_reading"])
            bench.say(f"    behind {behind[-1]:.2f} us, empty {empty[-1]:.2f} us")
        kept = big.kept_bytes() / (1 << 30)
    yield row(f"CPU per reading with {kept:.1f} GB behind it; times that on an empty journal", ratios(behind, empty), first=1.3,
              goal=1.05, ours=f"{statistics.median(behind):.2f} us", theirs=f"{statistics.median(empty):.2f} us",
              note="" if kept >= 10 else "10 GB: --journal-gb 10")


def continue_load(daemon: Daemon, before, *options):
    return daemon.load("--no-admission", "--first-frame", before["rounds"], "--first-message", before["messages"], *options)


# ------------------------------------------------------------------------------------------------------------ memory, disk


def memory(bench):
    """What a further bed costs: the process with many beds less the process with few. What the process itself takes, queues and
    caches included, is in the note."""
    period = bench.pick(1, 20) * 1_000
    few, many = bench.options.memory_beds, bench.options.memory_beds * 3  # few fill the caches, too
    resident = {}
    for n in (few, many):
        with Vigild(bench.place) as daemon:
            daemon.load("--beds", 1, "--readings", 1)
            empty = daemon.resident_kib()
        with Vigild(bench.place) as daemon:
            daemon.load("--beds", n, "--frame", SIGNALS, "--connections", few, "--period-ms", period, "--readings",
                        n * SIGNALS * DAY_S * 1_000 // period)
            resident[n] = daemon.resident_kib()
            bench.say(f"    {n} beds: {resident[n]} KiB, empty {empty} KiB")
    each = (resident[many] - resident[few]) / (many - few)
    fixed = (resident[few] - empty - few * each) / 1024
    yield row("memory per bed, 24 h of 30 signals", [each], first=512, goal=128, unit="KiB", ours=f"{each:.0f} KiB",
              note=f"({many} beds - {few} beds) / {many - few}, {1_000 / period:g} Hz; an empty daemon {empty // 1024} MiB, its queues, "
                   f"caches and remembered messages after this load {fixed:.0f} MiB more")


def kept(bench):
    def trial(kind):
        daemon = kind(bench.place)
        with daemon:
            out = daemon.load("--beds", 1000, "--frame", SIGNALS, "--connections", 32, "--readings", bench.pick(3_000_000, 1_000_000))
            daemon.end()
            return daemon.kept_bytes() / out["readings"]
    ours, theirs = bench.alternate(trial)
    yield row("bytes kept per numeric reading, fresh", ours, first=60, goal=45, unit="B", ours=f"{statistics.median(ours):.1f} B",
              theirs=f"{statistics.median(theirs):.1f} B", note="frames of 30, everything in the journal's folder; compaction is a later issue")


def written(bench):
    """Real time: what one second of a ward with a day behind it costs the disk, snapshots, checkpoint and the closing snapshot
    included."""
    for n, first, goal in ((1_000, 300, 150), (20, 1_000, 550)):
        def trial(kind):
            if kind is Vigild and not bench.quick:
                daemon, before = with_a_day_behind(bench, n)
            else:
                daemon, before = kind(bench.place, driven=False), []
            with daemon:
                out = daemon.load("--beds", n, "--rate", n * SIGNALS, "--frame", SIGNALS, "--seconds", bench.pick(120, 15), *before)
                usage = daemon.end()
                left = sum(f.stat().st_size for f in daemon.folder.rglob("*-wal"))
                return (usage.ru_oublock * 512 - out["written_before"] + left) / out["readings"]
        ours, theirs = bench.alternate(trial)
        yield row(f"bytes written per reading, all causes, {n:,} beds", ours, first=first, goal=goal, unit="B",
                  ours=f"{statistics.median(ours):.0f} B", theirs=f"{statistics.median(theirs):.0f} B",
                  note="30 readings a frame, 1 Hz, real time" + (", no history" if bench.quick else ", 24 h of history"))


def with_a_day_behind(bench, n):
    """A daemon, not started, that knows the last day of n beds: one value a signal and minute. And how its load goes on."""
    now_ms = int(time.time() * 1_000)
    past = Vigild(bench.place, start_ms=(now_ms - DAY_S * 1_000) // 60_000 * 60_000)
    past.start()
    done = past.load("--beds", n, "--frame", SIGNALS, "--connections", min(n, 32), "--period-ms", 60_000, "--readings",
                     n * SIGNALS * DAY_S // 60)
    past.end()
    here = Vigild(bench.place, driven=False, folder=past.folder)
    return here, ["--no-admission", "--first-message", done["messages"]]


def restart(bench):
    for n, first, goal, period_s in ((20, 2, 0.3, 60), (1_000, 10, 1, 60)):
        hours = 24 if n == 20 else bench.pick(24, 2)
        readings = n * SIGNALS * hours * 3_600 // period_s
        values = []
        with Vigild(bench.place) as daemon:
            done = daemon.load("--beds", n, "--frame", SIGNALS, "--connections", min(n, 32), "--period-ms", period_s * 1_000,
                               "--readings", readings)
            for _ in range(bench.trials):
                # What came since the start, which wrote a snapshot, is what is stepped again.
                done = continue_load(daemon, done, "--beds", n, "--frame", SIGNALS, "--connections", min(n, 32), "--period-ms",
                                     period_s * 1_000, "--readings", n * SIGNALS * 30)
                daemon.end(machine.signal.SIGKILL)
                begin = time.monotonic()
                daemon.start()
                done = continue_load(daemon, done, "--beds", 1, "--readings", 1, "--period-ms", period_s * 1_000)
                values.append(time.monotonic() - begin)
                bench.say(f"    {n} beds: {values[-1]:.2f} s")
        yield row(f"kill -9 to first accepted reading, {n:,} beds", values, first=first, goal=goal, unit="s",
                  ours=f"{statistics.median(values):.2f} s", note=f"{hours} h of state, one value a signal and minute")


# -------------------------------------------------------------------------------------------------------------- pure parts


def hl7(bench):
    command = [bench.place.bin / "bench-hl7", "--vocabulary", bench.place.config / "vocabulary.tsv", "--blocks",
               str(bench.pick(2_000, 500))]
    outs = []
    for _ in range(bench.trials):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(done.stderr.strip())
        outs.append(machine.json.loads(done.stdout))
    yield row("HL7 ORU with 20 OBX, full decode; share of a bare delimiter scan", [o["share"] for o in outs], first=0.13, goal=0.45,
              at_least=True, ours=f"{median_of(outs, 'decode_us'):.1f} us", theirs=f"{median_of(outs, 'scan_us'):.1f} us",
              note=f"{outs[0]['bytes']} bytes a message")


def pause(bench):
    minutes = bench.options.pause_minutes
    rate = 100_000
    worst, acks = [], []
    with Vigild(bench.place, driven=False) as daemon:
        backup = subprocess.Popen(["sh", "-c", 'sleep "$1"; exec "$2" backup "$3" --journal "$4"', "sh", str(minutes * 30),
                                   bench.place.bin / "vigil", daemon.folder / "backup", daemon.journal],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        out = daemon.load("--beds", rate // SIGNALS, "--rate", rate, "--frame", SIGNALS, "--connections", 32, "--seconds", minutes * 60,
                          "--alerts", 50, check=False)
        taken = backup.wait() == 0
        worst.append(out["alert"]["max_ms"])
        acks.append(out["acknowledgement"]["max_ms"])
    kept_up = out["readings"] / (out["seconds"] * rate)
    yield row(f"worst alert delay in {minutes:g} min at 100,000/s", worst, goal=50, unit="ms", ours=f"{worst[0]:.0f} ms",
              note=f"worst acknowledgement {acks[0]:.0f} ms; {kept_up:.0%} of the rate; checkpoints running, "
                   f"{'a backup taken' if taken else 'no backup'}; no compaction yet; reported only")


def score(bench):
    small, large = 1_400_000, bench.options.score_rows
    file = bench.place.work / "readings.csv"
    times, rss, per_row = [], {}, {}
    for rows in (small, large):
        machine.command_usage([bench.place.bin / "bench-csv", "generate", "--rows", rows, file])
        for _ in range(bench.trials if rows == small else 1):
            (bench.place.work / "scores.csv").unlink(missing_ok=True)
            ours = machine.command_usage([bench.place.bin / "vigil", "score", file, "--scores", "sofa,sofa2,ards_berlin", "-o",
                                          bench.place.work / "scores.csv"])
            bare = machine.command_usage([bench.place.bin / "bench-csv", "scan", file])
            bench.say(f"    {rows:,} rows: vigil {ours['cpu_s']:.2f} s, bare {bare['cpu_s']:.2f} s, {ours['rss_kib'] // 1024} MiB")
            if rows == small:
                times.append(ours["cpu_s"] / bare["cpu_s"])
            rss[rows], per_row[rows] = ours["rss_kib"], ours["cpu_s"] / rows * 1e6
    file.unlink()
    (bench.place.work / "scores.csv").unlink()
    yield row("vigil score over a readings CSV; times a bare read-split-parse", times, first=6, goal=3,
              ours=f"{per_row[small]:.2f} us a row",
              note=f"CPU; {large:,} rows: {per_row[large]:.2f} us a row, {rss[large] // 1024} MiB (small: {rss[small] // 1024} MiB)")


# ------------------------------------------------------------------------------------------------------------ what is seen


def on_screen(bench, *words):
    """What bench/page.mjs measures in a real browser; its JSON object."""
    node = shutil.which("node")
    if node is None:
        raise Failed("no node")
    done = subprocess.run([node, bench.place.root / "bench/page.mjs", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, env={**os.environ, "VIGIL_BIN": str(bench.place.bin), "VIGIL_ROOT": str(bench.place.root)})
    if done.returncode != 0:
        raise Failed(f"page.mjs {words[0]}: {(done.stdout + done.stderr).strip()[-300:]}")
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))


def spread(measure, of, limit, note=""):
    """A distribution in milliseconds: its 99th percentile against the limit, the rest beside it."""
    out = row(measure, [of["p99"]], first=limit, goal=limit, unit="ms", ours=f"p50 {of['p50']:.0f}, p99 {of['p99']:.0f}, max {of['max']:.0f} ms",
              note=note)
    out["trials"] = of["trials"]
    return out


def reach(bench):
    """From the last byte of a laboratory message over MLLP, through adapter, vigild and gateway."""
    for readings, limit in ((1_000, 50), (18_000, 250)):
        got = on_screen(bench, "reach", bench.pick(60, 6), readings)
        lost = f"not seen: {', '.join(got['missing'])}" if got["missing"] else "every one was seen"
        beside = f"{readings:,} readings/s of other beds beside it; {lost}"
        yield spread(f"last byte on the wire to the alert at a subscriber, {readings:,}/s", got["subscriber_ms"], limit, beside)
        yield spread(f"the same drawn on a page with {got['beds']} beds", got["drawn_ms"], 500, beside)


def frames(bench):
    """60 beds, every score another one five times a second."""
    got = on_screen(bench, "frames", bench.pick(120, 20))
    seconds = got["frames_per_s"]
    yield row("pictures a second, 60 beds at 5 Hz", [seconds["p50"]], first=55, goal=55, at_least=True, unit="/s",
              ours=f"median {seconds['p50']:.0f}, worst second {seconds['min']:.0f}",
              note=f"{got['changes_per_s']:.0f} changes of the page a second for {got['seconds']} s; longest picture {got['longest_ms']:.0f} ms")
    before, after = got["heap_mib"]
    yield row("memory of that page at the end; times that at the beginning", [after / before], ours=f"{after:.1f} MiB", theirs=f"{before:.1f} MiB")


def loss(bench):
    """What can break, each at any moment between two beats, until the screen says so."""
    for kind, of in on_screen(bench, "loss", bench.pick(200, 10)).items():
        out = spread(f"{kind}, to \"feed lost\" on the screen", of, 3_000)
        out["met_first"] = out["met_goal"] = of["max"] <= 3_000
        yield out


ROWS = {f.__name__: f for f in (throughput, latency, cpu, beds, every_score, journal, memory, kept, written, restart, hl7, pause, score,
                                   reach, frames, loss)}
