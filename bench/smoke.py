"""A second of load on vigild and on the ceiling: what the generator says was acknowledged is what stands in the database, and
every provoked alert was published. The sender keeps the books; the databases are read with SQLite alone. Nothing is timed."""

import os
import pathlib
import sqlite3
import sys
import tempfile

import machine

BEDS = 3


def count(files, table):
    total = 0
    for file in files:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
            total += db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return total


def check(what, got, wanted):
    if got != wanted:
        sys.exit(f"bench_smoke: {what}: {got}, should be {wanted}")
    print(f"{what}: {got}")


def exercise(daemon):
    out = daemon.load("--beds", BEDS, "--connections", 2, "--frame", 64, "--seconds", 1, "--alerts", 20)
    check(f"{daemon.name}: acknowledged readings", out["acknowledged"], out["readings"])
    check(f"{daemon.name}: alerts seen", out["alerts_seen"], out["alerts_due"])
    if out["readings"] < 64 or out["alerts_due"] < 5:
        sys.exit(f"bench_smoke: {daemon.name}: hardly any load: {out}")
    daemon.end()
    return out


def main():
    root = pathlib.Path(os.environ.get("VIGIL_ROOT", pathlib.Path(__file__).resolve().parent.parent))
    programs = pathlib.Path(os.environ.get("VIGIL_BIN", root / "build/release/bin"))
    with tempfile.TemporaryDirectory(prefix="vigil-bench-") as work:
        place = machine.Place(root, programs, pathlib.Path(work))
        admitted = 3 * BEDS  # frames of the admission: the patient, the ventilator, the laboratory
        with machine.Ceiling(place) as ceiling:
            out = exercise(ceiling)
            laboratory_and_word = BEDS * (8 + 1)
            check("ceiling: rows", count([ceiling.folder / "db"], "reading"), out["readings"] + laboratory_and_word)
        with machine.Vigild(place) as vigild:
            out = exercise(vigild)
            segments = [f for f in sorted(vigild.journal.iterdir()) if f.is_file() and f.read_bytes()[:15] == b"SQLite format 3"]
            check("vigild: frames", count(segments, "frames"), out["frames"] + admitted)


main()
