#!/usr/bin/env python3
"""hourly.py: each component of SOFA-2, SOFA and KDIGO of each hour of recorded stays, worked out again by naive_scores.py, which shares
nothing with the core. They have to be the same, hour by hour.

Exit 77 (skipped) when the recorded stays are not beside the source tree. VIGIL_BIN and VIGIL_ROOT say where things are; another
folder of the same form may be given as the only argument."""
import collections, csv, os, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from naive_scores import SCORES
from naive_stay import instant, read_stays

ROOT = os.environ.get("VIGIL_ROOT", os.getcwd())
BIN = os.environ.get("VIGIL_BIN", os.path.join(ROOT, "build/release/bin"))


def scored(data, temp, product):
    census, out = os.path.join(temp, "stays.csv"), os.path.join(temp, "scores.csv")
    with open(os.path.join(data, "stays.csv")) as f, open(census, "w") as to:
        print("encounter,age,sex,admitted", file=to)
        for r in csv.DictReader(f):
            print(r["stay_id"], r["age"], r["gender"].lower(), r["intime"].replace(" ", "T") + "Z", sep=",", file=to)
    subprocess.run(
        [os.path.join(BIN, "vigil"), "--config", os.path.join(ROOT, "config/vigil.toml"), "score", os.path.join(data, "readings.csv.gz"),
         "--scores", ",".join(SCORES), "--at", "hourly", "--stays", census, "--product", product, "--basis", "conventional",
         "--policy", "published", "-o", out], check=True, stderr=subprocess.DEVNULL)
    with open(out) as f:
        yield from csv.DictReader(f)


def main():
    data = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "../shared/data/mimic-iv-demo")
    if not os.path.exists(os.path.join(data, "readings.csv.gz")):
        print(f"skipped: no recorded stays at {data}")
        return 77
    stays = read_stays(data)
    hours, measured, differ = collections.Counter(), collections.Counter(), collections.Counter()
    for product in ("rolling", "day"):
        for s in stays.values():
            s.by_day = product == "day"
        with tempfile.TemporaryDirectory() as temp:
            for r in scored(data, temp, product):
                score = r["definition"].split("@")[0]
                naive = SCORES[score].get(r["part"])
                if naive is None:
                    continue
                expected, key = naive(stays[r["encounter"]], instant(r["at"])), (product, score, r["part"])
                hours[key] += 1
                measured[key] += expected is not None
                if r["value"] != ("" if expected is None else str(expected)):
                    differ[key] += 1
                    if differ[key] <= 3:
                        print(f"{product} {r['encounter']} {r['at']} {score} {r['part']}: {r['value'] or '-'} {r['state']}, "
                              f"by hand {'-' if expected is None else expected}")
    for key in hours:
        print(f"{key[0]:8} {key[1]:6} {key[2]:10} {hours[key]:6} hours, {measured[key]:6} measured, {differ[key]} differ")
    # Nothing is proved by parts that were never measured.
    few = [key for key in hours if measured[key] * 10 < hours[key]]
    if few or not hours:
        print("FAILED: hardly ever measured:", few)
    return 1 if differ or few or not hours else 0


if __name__ == "__main__":
    sys.exit(main())
