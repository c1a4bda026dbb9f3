"""Runs the measures of docs/benchmarks.md and prints the table. Started by scripts/bench, which builds first."""

import argparse
import json
import pathlib
import shutil
import sys

import machine
import rows


def arguments():
    p = argparse.ArgumentParser(prog="scripts/bench", description="Speed, as ratios to a hand-written minimum in the same run.")
    p.add_argument("rows", nargs="*", metavar="row", help=f"measures to take: {' '.join(rows.ROWS)}")
    p.add_argument("--json", metavar="FILE", help="write the table as JSON, too")
    p.add_argument("--quick", action="store_true", help="two short trials each: for finding what is slow, not for the record")
    p.add_argument("--trials", type=int, help="trials each (5, with --quick 2)")
    p.add_argument("--journal-gb", type=float, help="size of the journal behind (1, with --quick 0.25)")
    p.add_argument("--pause-minutes", type=float, help="minutes at 100,000 readings/s (1, with --quick 0.25)")
    p.add_argument("--memory-beds", type=int, default=20, help="beds that get 24 h (20)")
    p.add_argument("--score-rows", type=int, help="rows of the larger CSV (2,800,000; 14,000,000 for the full check)")
    p.add_argument("--dir", type=pathlib.Path, help="folder on the disk to measure (build/bench)")
    p.add_argument("--bin", type=pathlib.Path, help=argparse.SUPPRESS)
    o = p.parse_args()
    unknown = [r for r in o.rows if r not in rows.ROWS]
    if unknown:
        p.error(f"no such row: {' '.join(unknown)}")
    o.trials = o.trials or (2 if o.quick else 5)
    o.journal_gb = o.journal_gb or (0.25 if o.quick else 1)
    o.pause_minutes = o.pause_minutes or (0.25 if o.quick else 1)
    o.score_rows = o.score_rows or 2_800_000
    o.log = sys.stderr
    return o


def figure(value, unit):
    if unit == "ratio":
        return f"{value:.3f}" if value < 1 else f"{value:.2f}"
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def limit(r, name):
    if r[name] is None:
        return "–"
    return f"{'≥' if r['at_least'] else '≤'} {r[name]:g}"


def met(r):
    if r["met_first"] is None:
        return "reported"
    if r["met_goal"]:
        return "goal"
    return "first" if r["met_first"] else "no"


def print_table(table, about):
    head = ("measure", "Vigil", "reference", "median", "spread", "first", "goal", "met")
    lines = [head]
    for r in table:
        if "failed" in r:
            lines.append((r["measure"], "not measured", "", "", "", "", "", "no"))
            continue
        unit = "" if r["unit"] == "ratio" else f" {r['unit']}"
        lines.append((r["measure"], r["ours"] or "", r["reference"] or "–", figure(r["median"], r["unit"]) + unit,
                      f"{figure(r['min'], r['unit'])}–{figure(r['max'], r['unit'])} ({r['trials']})", limit(r, "first"), limit(r, "goal"),
                      met(r)))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for n, line in enumerate(lines):
        print("  ".join(cell.ljust(w) for cell, w in zip(line, widths)).rstrip())
        if n == 0:
            print("  ".join("-" * w for w in widths))
    notes = [f"  {r['measure']}: {r.get('failed') or r['note']}" for r in table if r.get("failed") or r.get("note")]
    print("\nnotes", *notes, sep="\n")
    d = about["fdatasync"]
    print(f"\nmeasured on: {about['cpu']}, {about['cores']} cores, kernel {about['kernel']}, {about['filesystem']}, fdatasync of 4 KiB "
          f"p50 {d['p50_ms']} ms p99 {d['p99_ms']} ms, load average at the start {about['load_average'][0]}, revision "
          f"{about['revision']}, {about['date']}")


def main():
    o = arguments()
    root = pathlib.Path(__file__).resolve().parent.parent
    work = (o.dir or root / "build/bench").resolve()
    if len(str(work)) > 80:
        sys.exit("bench: --dir is too long for a socket's path")
    work.mkdir(parents=True, exist_ok=True)
    place = machine.Place(root, (o.bin or root / "build/release/bin").resolve(), work)
    place.freeze()
    machine.allow_many_files()
    about = machine.description(place)
    bench = rows.Bench(place, o)
    table = []
    for name in o.rows or rows.ROWS:
        print(f"  {name}", file=sys.stderr, flush=True)
        try:
            table.extend(rows.ROWS[name](bench))
        except (machine.Failed, ValueError, OSError) as e:
            table.append({"measure": name, "failed": str(e), "met_first": False})
            print(f"    not measured: {e}", file=sys.stderr, flush=True)
    print_table(table, about)
    if o.json:
        pathlib.Path(o.json).write_text(json.dumps({"machine": about, "quick": o.quick, "rows": table}, indent=1) + "\n")
    for left in [*work.glob("t*"), work / "measured"]:
        shutil.rmtree(left, ignore_errors=True)
    # How fast is reported; that something could not be measured is an error.
    return 1 if any("failed" in r for r in table) else 0


if __name__ == "__main__":
    sys.exit(main())
