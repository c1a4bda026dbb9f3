#!/usr/bin/env python3
"""accuracy.py: `vigil score` against an independent SOFA on real intensive-care stays.

Exit 77 (skipped) when the recorded stays are not beside the source tree. VIGIL_BIN and VIGIL_ROOT say where things are; another
folder of the same form may be given as the only argument."""
import collections, csv, datetime, gzip, os, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import classify

ROOT = os.environ.get("VIGIL_ROOT", os.getcwd())
BIN = os.environ.get("VIGIL_BIN", os.path.join(ROOT, "build/release/bin"))
NEED = {"coag": 99.5, "liver": 99.5, "renal": 99.0}


def closed_list():
    """The codes of docs/accuracy.md: table rows that begin with a code in backquotes."""
    with open(os.path.join(ROOT, "docs/accuracy.md")) as f:
        return {line.split("`")[1] for line in f if line.startswith("| `")}


def scored(data, temp):
    """What `vigil score` says of the stays on the oracle's grid, and every difference with its code."""
    out = os.path.join(temp, "scores.csv")
    subprocess.run(
        [os.path.join(BIN, "vigil"), "--config", os.path.join(ROOT, "config/vigil.toml"), "score", os.path.join(data, "readings.csv.gz"),
         "--scores", "sofa", "--at", os.path.join(data, "grid.csv"), "--product", "rolling", "--basis", "conventional",
         "--policy", "published", "-o", out], check=True, stderr=subprocess.DEVNULL)
    return classify.read_scores(out), list(classify.differences(data, out))


def treated_otherwise(data, temp):
    """A copy of the stays with what the demo happens not to hold: sedatives and blocks, 24-hour collections, venous blood sent as arterial."""
    copy = os.path.join(temp, "copy")
    os.mkdir(copy)
    for name in ("grid.csv", "sofa.csv.gz"):
        shutil.copy(os.path.join(data, name), copy)
    with gzip.open(os.path.join(data, "readings.csv.gz"), "rt") as f:
        rows = list(csv.DictReader(f))
    begin = {}
    for r in rows:
        begin.setdefault(r["encounter"], r)
    added = []
    for i, first in enumerate(begin.values()):
        def add(hours, system, code, value, unit):
            at = datetime.datetime.fromisoformat(first["obs_ts"].replace("Z", "+00:00")) + datetime.timedelta(hours=hours)
            added.append({**first, "obs_ts": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "source": "pump", "system": system, "code": code, "value": value, "unit": unit})
        drug = ("N01AX10", "N05CD08", "N02AB03", "M03AC09")[i % 4]
        for hours in range(6, 24, 2):
            add(hours, "ATC", drug, "1" if hours < 22 else "0", "ug/kg/min")
        add(30, "LN", "3167-4", "180", "mL")
        for code, value, unit in (("2703-7", "35", "mm[Hg]"), ("20564-1", "60", "%"), ("59408-5", "98", "%"), ("3150-6", "50", "%")):
            add(12, "LN", code, value, unit)
    with gzip.open(os.path.join(copy, "readings.csv.gz"), "wt", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
        out.writeheader()
        out.writerows(sorted(rows + added, key=lambda r: r["obs_ts"]))
    return copy


def main():
    data = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "../shared/data/mimic-iv-demo")
    if not os.path.exists(os.path.join(data, "sofa.csv.gz")):
        print(f"skipped: no recorded stays at {data}")
        return 77
    with tempfile.TemporaryDirectory() as temp:
        ours, rows = scored(data, temp)
        oracle = classify.read_oracle(os.path.join(data, "sofa.csv.gz"))
        others = scored(treated_otherwise(data, temp), temp)[1]
    failures = []
    for part in classify.COMPONENTS:
        hours = same = 0
        for stay, all_rows in oracle.items():
            for r in all_rows:
                if part == "resp" and r.get("resp_unsure") == "1":
                    continue
                if part == "renal" and r["uo_24hr"] != "" and float(r["uo_24hr"]) < 500:
                    continue
                mine = ours.get((stay, classify.instant(r["hour_end"]), part))
                hours += 1
                same += mine is not None and classify.points(mine) == classify.points(r[part])
        share = 100 * same / hours
        need = NEED.get(part)
        print(f"{part:7} {share:7.2f} % of {hours} hours" + (f", needed {need}" if need else ""))
        if need and share < need:
            failures.append(f"{part} agrees on {share:.2f} %, {need} is needed")
    known = closed_list()
    count = collections.Counter((part, code) for _, _, part, _, _, code in rows)
    print(f"\n{'component':10} {'why':24} hours")
    for (part, code), n in sorted(count.items()):
        print(f"{part:10} {code:24} {n}")
        if code not in known:
            failures.append(f"{n} hours of {part} are {code}, which is not in docs/accuracy.md")
    seen = collections.Counter(code for _, _, _, _, _, code in others)
    for code in sorted(seen.keys() - known):
        failures.append(f"{seen[code]} hours of the stays treated otherwise are {code}, which is not in docs/accuracy.md")
    for code in ("sedated", "urine_collection"):
        if not seen[code]:
            failures.append(f"no hour of the stays treated otherwise is {code}")
    print(f"\ntreated otherwise: {sum(seen.values())} differences, {seen['sedated']} sedated, {seen['urine_collection']} urine_collection")
    for f in failures:
        print("FAILED:", f)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
