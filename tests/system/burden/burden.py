#!/usr/bin/env python3
"""burden.py: what the delivered alert rules ask of people on real intensive-care stays, by `vigil alerts try`; and that the
report notices rules that ask too much, and a rule file that is wrong.

The real stays are skipped when they are not beside the source tree; what needs none runs always. VIGIL_BIN and VIGIL_ROOT say where
things are."""
import csv, os, re, shutil, subprocess, sys, tempfile

ROOT = os.environ.get("VIGIL_ROOT", os.getcwd())
BIN = os.environ.get("VIGIL_BIN", os.path.join(ROOT, "build/release/bin"))
DATA = os.path.join(ROOT, "../shared/data/mimic-iv-demo")


def tried(rules, *arguments):
    return subprocess.run([os.path.join(BIN, "vigil"), "--config", os.path.join(ROOT, "config/vigil.toml"), "alerts", "try", rules,
                           *arguments], capture_output=True, text=True)


def rate(text, what):
    found = re.search(rf"^{what}\s+\d+\s+([\d.]+) a patient-day", text, re.M)
    assert found, f"no rate of {what} in\n{text}"
    return float(found.group(1))


def real_stays(temp):
    stays = os.path.join(temp, "stays.csv")
    with open(os.path.join(DATA, "stays.csv")) as given, open(stays, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["encounter", "age", "sex", "admitted"])
        for row in csv.DictReader(given):
            rows.writerow([row["stay_id"], row["age"], row["gender"].lower(), row["intime"].replace(" ", "T") + "Z"])
    run = tried(os.path.join(ROOT, "config/alerts"), os.path.join(DATA, "readings.csv.gz"), "--stays", stays)
    print(run.stdout[run.stdout.find("rule  "):])
    assert run.returncode == 0, f"exit {run.returncode}: a rise without a reason, or\n{run.stderr}"
    assert rate(run.stdout, "high and medium") <= 2
    assert rate(run.stdout, "technical") <= 3
    admissions = re.search(r"^admission\s+(\d+)", run.stdout, re.M)
    assert admissions and int(admissions.group(1)) == 33, "one card for each stay"


def a_day(path):
    """A patient whose platelets cross the limit every hour."""
    with open(path, "w") as out:
        out.write("obs_ts,encounter,system,code,value,unit\n")
        for hour in range(24):
            out.write(f"2026-03-01T{hour:02}:00:00Z,a,VIGIL,plt,{200 if hour % 2 else 40},10*9/L\n")


def rules_that_ask_too_much(temp):
    readings, rules = os.path.join(temp, "day.csv"), os.path.join(temp, "alerts")
    a_day(readings)
    shutil.copytree(os.path.join(ROOT, "config/alerts"), rules)
    run = tried(rules, readings, "--acknowledged-after", "1min", "-q")
    assert rate(run.stdout, "high and medium") > 2, f"a limit that is crossed every hour goes unnoticed\n{run.stdout}"
    with open(os.path.join(rules, "lactate_not_clearing.toml"), "a") as file:
        file.write("limit = 3\n")
    run = tried(rules, readings)
    assert run.returncode == 78 and "limit" in run.stderr, f"exit {run.returncode}\n{run.stderr}"


def main():
    with tempfile.TemporaryDirectory() as temp:
        rules_that_ask_too_much(temp)
        if not os.path.exists(os.path.join(DATA, "readings.csv.gz")):
            print(f"skipped: no recorded stays at {DATA}")
            return 77
        real_stays(temp)
    print("passed")
    return 0


sys.exit(main())
