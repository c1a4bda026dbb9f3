#!/usr/bin/env python3
"""One truth: recorded patients played through the running system, as HL7 and as a file that is followed, end in the scores that
`vigil score` gives for them.

After the last reading, value, state, bounds and deciding reading of every part at every whole hour must be equal in each product; then
`vigil verify` re-steps the journal that resulted. With ../shared there, real stays (all, or VIGIL_STAYS of them); without, the stay written here."""

import csv
import gzip
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "daemon"))
sys.path.insert(0, str(HERE.parent / "peers"))
from test_csv import Follower  # noqa: E402
from test_peers import Adapter  # noqa: E402
from ward import BIN, ROOT, Client, Daemon, wait_for  # noqa: E402

OWN = """obs_ts,encounter,source,system,code,value,unit
2023-03-01T06:10:00Z,own1,nurse,LN,29463-7,80,kg
2023-03-01T06:12:00Z,own1,vital,LN,8478-0,82,mm[Hg]
2023-03-01T06:20:00Z,own1,lab,LN,777-3,160,10*3/uL
2023-03-01T06:20:00Z,own1,lab,LN,1975-2,1.1,mg/dL
2023-03-01T06:20:00Z,own1,lab,LN,2160-0,107,umol/L
2023-03-01T07:00:00Z,own1,nurse,VIGIL,resp_device,imv,
2023-03-01T07:01:00Z,own1,vent,LN,19994-3,60,%
2023-03-01T07:02:00Z,own1,vent,LN,20077-4,8,cm[H2O]
2023-03-01T07:30:00Z,own1,lab,LN,2703-7,72,mm[Hg]
2023-03-01T08:00:00Z,own1,vital,LN,8478-0,64,mm[Hg]
2023-03-01T08:05:00Z,own1,pump,ATC,C01CA03,0.08,ug/kg/min
2023-03-01T09:40:00Z,own1,pump,ATC,C01CA03,0.14,ug/kg/min
2023-03-01T12:20:00Z,own1,lab,LN,777-3,48,10*3/uL
2023-03-01T13:00:00Z,own1,pump,ATC,C01CA03,0,ug/kg/min
2023-03-01T14:00:00Z,own1,nurse,LN,9267-6,3,{score}
2023-03-01T14:00:00Z,own1,nurse,LN,9270-0,NT,
2023-03-01T14:00:00Z,own1,nurse,LN,9268-4,5,{score}
2023-03-02T09:00:00Z,own1,lab,LN,2160-0,3.6,mg/dL
"""


def readings(scratch):
    recorded = ROOT.parent / "shared/data/mimic-iv-demo/readings.csv.gz"
    path = scratch / "readings.csv"
    if not recorded.exists():
        print("recorded stays are not here: one stay of our own instead")
        path.write_text(OWN)
        return path
    wanted = int(os.environ.get("VIGIL_STAYS", "0"))
    with gzip.open(recorded, "rt", newline="") as f:
        rows = list(csv.DictReader(f))
    # The shortest stays first: the same code paths in less time.
    size = {}
    for r in rows:
        size[r["encounter"]] = size.get(r["encounter"], 0) + 1
    chosen = sorted(size, key=lambda e: (size[e], e))[:wanted or None]
    with open(path, "w", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
        out.writeheader()
        out.writerows(r for r in rows if r["encounter"] in chosen)
    return path


def vigil(*arguments, check=True):
    run = subprocess.run([BIN / "vigil", *map(str, arguments)], capture_output=True, text=True)
    if check and run.returncode:
        sys.exit(f"vigil {' '.join(map(str, arguments))}: exit {run.returncode}\n{run.stderr[-3000:]}")
    return run


def table(path):
    """What is said of each part, by encounter, time, definition and part: everything else that stands in its row."""
    with open(path, newline="") as f:
        return {tuple(row[:4]): tuple(row[4:]) for row in list(csv.reader(f))[1:]}


def compare(daemon, path, product, *found_by):
    """Scores the file without a daemon, asks the daemon for the same stays, and lays them side by side."""
    offline, live, grid = (daemon.dir / f"{product}-{n}.csv" for n in ("offline", "live", "grid"))
    scores = ["--scores", "sofa,sofa2,ards_berlin", "--product", product, "--policy", "published", "--deciding"]
    vigil("score", path, *scores, "--at", "hourly", "-o", offline, "--config", ROOT / "config/vigil.toml")
    asked = table(offline)
    with open(grid, "w") as f:
        f.write("encounter,at\n")
        f.writelines(f"{e},{a}\n" for e, a in sorted({(k[0], k[1]) for k in asked}))
    vigil("scores", "--at", grid, *found_by, *scores, "-o", live, "--config", daemon.config)
    told = table(live)
    differing = [(k, asked[k], told.get(k)) for k in asked if asked[k] != told.get(k)]
    named = sum(1 for row in asked.values() if row[5])
    print(f"{product}: {len(asked)} values at {len({(k[0], k[1]) for k in asked})} hours, {named} name a deciding reading, "
          f"{len(differing)} differ")
    for row in differing[:20]:
        print(*row)
    assert named and len(told) == len(asked), (named, len(told), len(asked))
    return len(differing)


def compare_all(daemon, path, *found_by):
    differing = [compare(daemon, path, product, *found_by) for product in ("rolling", "day", "now")]
    assert not any(differing), differing
    status = Client(daemon).status()
    assert not status.unassigned, status.unassigned
    assert daemon.stop() == 0
    verified = vigil("verify", daemon.dir / "journal")
    print(verified.stdout.strip().splitlines()[-1])


def side_by_side(path, out):
    """The rows in the order of time, each stay moved by whole hours so that all begin in the same one."""
    with open(path, newline="") as f:
        rows = list(csv.DictReader(f))
    for r in rows:
        r["obs_ts"] = datetime.fromisoformat(r["obs_ts"].replace("Z", "+00:00"))
    first = {}
    for r in rows:
        first[r["encounter"]] = min(first.get(r["encounter"], r["obs_ts"]), r["obs_ts"])
    for r in rows:
        hour = first[r["encounter"]].replace(minute=0, second=0, microsecond=0)
        r["obs_ts"] = datetime(2026, 1, 1, tzinfo=timezone.utc) + (r["obs_ts"] - hour)
    rows.sort(key=lambda r: r["obs_ts"])
    # Patients lie beside themselves here when two of their stays are played: the visit alone says whose a row is.
    columns = [c for c in rows[0] if c != "patient"]
    with open(out, "w", newline="") as f:
        table = csv.DictWriter(f, columns, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows({**r, "obs_ts": r["obs_ts"].isoformat()} for r in rows)


def as_file():
    with Daemon(more='[[source]]\nname = "export"\nimplied_admission = true\n') as daemon:
        follower = Follower(daemon, "export")
        side_by_side(readings(daemon.dir), follower.file)
        follower.start()
        whole, position = f"done {follower.file.stat().st_size} ", daemon.dir / "export.position"
        wait_for(lambda: position.exists() and whole in position.read_text(), 120, "the whole file in the journal")
        follower.stop()
        compare_all(daemon, follower.file, "--site-key", daemon.dir / "site.key")


def as_hl7():
    with Daemon(more='[[source]]\nname = "ward"\n') as daemon, Adapter(daemon) as adapter:
        path = readings(daemon.dir)
        shifts = daemon.dir / "map.csv"
        sent = vigil("send", path, "--to", f"mllp://127.0.0.1:{adapter.port}", "--speed", "max", "--map", shifts)
        print(sent.stderr.strip().splitlines()[-1] if sent.stderr.strip() else sent.stdout.strip())
        compare_all(daemon, path, "--map", shifts)


if __name__ == "__main__":
    as_hl7()
    as_file()
    print("ok")
