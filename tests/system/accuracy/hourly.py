#!/usr/bin/env python3
"""hourly.py: each component of SOFA-2, SOFA and KDIGO, and each part of Sepsis-3 and septic shock, of each hour of recorded stays, worked
out again by naive_scores.py and naive_sepsis.py, which share nothing with the core. They have to be the same, hour by hour.

Exit 77 (skipped) when the recorded stays are not beside the source tree. VIGIL_BIN and VIGIL_ROOT say where things are; another
folder of the same form may be given as the only argument."""
import collections, csv, os, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import infected
from naive_course import course
from naive_scores import SCORES
from naive_sepsis import SEPSIS_MISTAKES, SHOCK_MISTAKES, sepsis3, septic_shock
from naive_stay import HOUR, instant, read_stays

ROOT = os.environ.get("VIGIL_ROOT", os.getcwd())
BIN = os.environ.get("VIGIL_BIN", os.path.join(ROOT, "build/release/bin"))


def scored(readings, stays, scores, product, temp):
    """What `vigil score` says of each hour."""
    census, out = os.path.join(temp, "census.csv"), os.path.join(temp, "scores.csv")
    with open(stays) as f, open(census, "w") as to:
        print("encounter,age,sex,admitted", file=to)
        for r in csv.DictReader(f):
            print(r["stay_id"], r["age"], r["gender"].lower(), r["intime"].replace(" ", "T") + "Z", sep=",", file=to)
    subprocess.run(
        [os.path.join(BIN, "vigil"), "--config", os.path.join(ROOT, "config/vigil.toml"), "score", readings, "--scores", scores,
         "--at", "hourly", "--stays", census, "--product", product, "--basis", "conventional", "--policy", "published", "-o", out],
        check=True, stderr=subprocess.DEVNULL)
    with open(out) as f:
        yield from csv.DictReader(f)


def stays_of_day(product, stays):
    for s in stays.values():
        s.by_day = product == "day"


class Tally:
    """Hours by (product, score, part): all, those with an answer, those that are different."""

    def __init__(self):
        self.hours, self.measured, self.differ = collections.Counter(), collections.Counter(), collections.Counter()

    def add(self, key, r, said, expected):
        self.hours[key] += 1
        self.measured[key] += expected != ""
        if said != expected:
            self.differ[key] += 1
            if self.differ[key] <= 3:
                print(key[0], r["encounter"], r["at"], *key[1:], f"{said or '-'} {r['state']}, by hand {expected or '-'}")

    def organs(self, data, stays):
        for product in ("rolling", "day"):
            stays_of_day(product, stays)
            with tempfile.TemporaryDirectory() as temp:
                for r in scored(data + "/readings.csv.gz", data + "/stays.csv", ",".join(SCORES), product, temp):
                    score = r["definition"].split("@")[0]
                    naive = SCORES[score].get(r["part"])
                    if naive is not None:
                        expected = naive(stays[r["encounter"]], instant(r["at"]))
                        self.add((product, score, r["part"]), r, r["value"], "" if expected is None else str(expected))

    def sepsis(self, data, stays):
        """And of stays in which infections are suspected. Returns in how many hours who is mistaken in what would find something else."""
        stays_of_day("rolling", stays)
        courses, seen, mistaken = {name: course(s) for name, s in stays.items()}, {}, collections.Counter()
        with tempfile.TemporaryDirectory() as temp:
            infections = infected.write(data, courses, temp)
            treated = {name: infected.treated(stays[stay], infection) for name, (stay, infection) in infections.items()}
            for product in ("rolling", "day", "now"):
                stays_of_day(product, treated)
                for r in scored(temp + "/readings.csv", temp + "/stays.csv", "sofa,sepsis3,septic_shock", product, temp):
                    score, (stay, infection), t = r["definition"].split("@")[0], infections[r["encounter"]], instant(r["at"])
                    looked_at = product == "rolling" and t % (6 * HOUR) == 0
                    if r["part"] == "sepsis" and score == "sepsis3":
                        found = seen[r["encounter"], t] = sepsis3(courses[stay], infection, t)
                        for name, rules in SEPSIS_MISTAKES.items() if looked_at else ():
                            mistaken[name] += sepsis3(courses[stay], infection, t, rules) != found
                    elif r["part"] == "shock":
                        asked = seen[r["encounter"], t]["sepsis"], infection, treated[r["encounter"]], t, product == "now"
                        found = septic_shock(*asked)
                        for name, rules in SHOCK_MISTAKES.items() if looked_at else ():
                            mistaken[name] += septic_shock(*asked, rules) != found
                    if score != "sofa":
                        self.add((product, score, r["part"]), r, r["value"], found[r["part"]])
                    if r["part"] == "rise":
                        self.add((product, score, "rise at most"), r, r["upper"], found["rise at most"])
        return mistaken


def main():
    data = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "../shared/data/mimic-iv-demo")
    if not os.path.exists(os.path.join(data, "readings.csv.gz")):
        print(f"skipped: no recorded stays at {data}")
        return 77
    stays, tally = read_stays(data), Tally()
    tally.organs(data, stays)
    mistaken = tally.sepsis(data, stays)
    for key, hours in tally.hours.items():
        print(f"{key[0]:8} {key[1]:12} {key[2]:12} {hours:6} hours, {tally.measured[key]:6} measured, {tally.differ[key]} differ")
    mistakes = [*SEPSIS_MISTAKES, *SHOCK_MISTAKES]
    for name in mistakes:
        print(f"{name}: would differ in {mistaken[name]} hours of every sixth")
    # Nothing is proved by parts that were never measured, nor by stays in which a wrong reader finds the same.
    few = [key for key, hours in tally.hours.items() if tally.measured[key] * 10 < hours]
    unnoticed = [name for name in mistakes if mistaken[name] < 10]
    if few or not tally.hours:
        print("FAILED: hardly ever measured:", few)
    if unnoticed:
        print("FAILED: would not be noticed:", unnoticed)
    return 1 if tally.differ or few or unnoticed or not tally.hours else 0


if __name__ == "__main__":
    sys.exit(main())
