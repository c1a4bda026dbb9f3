#!/usr/bin/env python3
"""classify.py DATA_DIR SCORES.csv [--table FILE]: why Vigil's SOFA differs from the oracle, hour by hour.

DATA_DIR holds readings.csv.gz and sofa.csv.gz (the oracle, mimic-code's published SQL); SCORES.csv is `vigil score` on its grid,
product rolling, basis conventional, policy published. Each (stay, hour, component) that differs gets exactly one code of the
closed list in docs/accuracy.md. A code is assigned from the inputs: each is a condition on the readings of the stay (and on what
the oracle says of its own inputs), tried in a fixed order, without looking at either score. What no condition explains is
`unclassified` and fails the test (exit 1)."""
import bisect, collections, csv, gzip, sys
from datetime import datetime, timezone

HOUR, MINUTE = 3_600_000, 60_000
DAY = 24 * HOUR
COMPONENTS = ("resp", "coag", "liver", "cardio", "cns", "renal")

SIGNALS = {
    ("LN", "2703-7"): "pao2", ("LN", "11556-8"): "po2_untyped", ("LN", "2705-2"): "pvo2",
    ("LN", "19994-3"): "fio2", ("LN", "3150-6"): "fio2", ("LN", "3150-0"): "fio2", ("LN", "71835-3"): "fio2",
    ("LN", "19941-4"): "flow", ("VIGIL", "resp_device"): "device", ("LN", "59408-5"): "spo2", ("LN", "2019-8"): "paco2",
    ("LN", "76214-6"): "map", ("LN", "76215-3"): "sbp", ("LN", "76213-8"): "dbp",
    ("LN", "8478-0"): "nibp", ("LN", "76536-2"): "nibp", ("LN", "8480-6"): "nibp_sbp", ("LN", "8462-4"): "nibp_dbp",
    ("ATC", "C01CA03"): "drug", ("ATC", "C01CA24"): "drug", ("ATC", "C01CA04"): "drug", ("ATC", "C01CA07"): "drug",
    ("LN", "9267-6"): "eye", ("LN", "9270-0"): "verbal", ("LN", "9268-4"): "motor", ("LN", "9269-2"): "gcs",
    ("LN", "9187-6"): "urine", ("LN", "2160-0"): "crea", ("LN", "14682-9"): "crea", ("LN", "777-3"): "plt", ("LN", "26515-7"): "plt",
    ("LN", "1975-2"): "bili", ("LN", "14631-6"): "bili", ("LN", "8867-4"): "hr",
    ("LN", "2708-6"): "sao2", ("LN", "20564-1"): "sao2", ("LN", "3167-4"): "urine_day", ("LN", "3167-0"): "urine_day",
}
# Sedatives, opioids, volatile anaesthetics and muscle relaxants, some by the group.
SEDATING = ("N01AX10", "N01AX03", "N01AX14", "N05CD08", "N05CM18", "N02A", "N01AH", "N01AB", "M03A")
SUPPORT = {"imv", "niv", "cpap", "home_vent"}
LAB = {"coag": "plt", "liver": "bili", "renal": "crea"}
LIMITS = {"plt": (0, 5000), "bili": (0, 100), "crea": (0.05, 35), "map": (10, 250), "nibp": (10, 250), "urine": (-5000, 5000)}


def instant(text):
    text = text.strip().replace("Z", "+00:00")
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp() * 1000)


def number(text):
    try:
        return float(text.lstrip("<>="))
    except ValueError:
        return None


class Stay:
    """Readings of one stay by what they are: sorted (time, value, text, code)."""

    def __init__(self):
        self.of = collections.defaultdict(list)
        self.times = {}

    def finish(self):
        for name, rows in self.of.items():
            rows.sort(key=lambda r: r[0])
            self.times[name] = [r[0] for r in rows]

    def between(self, name, after, to):
        """Rows with time in (after, to]."""
        t = self.times.get(name, [])
        return self.of[name][bisect.bisect_right(t, after):bisect.bisect_right(t, to)] if t else []

    def latest(self, name, at, age=None):
        rows = self.between(name, -1 if age is None else at - age - 1, at)
        return rows[-1] if rows else None


def read_stays(path):
    stays = collections.defaultdict(Stay)
    with (gzip.open(path, "rt") if path.endswith(".gz") else open(path)) as f:
        for r in csv.DictReader(f):
            name = SIGNALS.get((r["system"], r["code"]))
            if r["system"] == "ATC" and r["code"].startswith(SEDATING):
                name = "sedative"
            if name:
                stays[r["encounter"]].of[name].append((instant(r["obs_ts"]), number(r["value"]), r["value"], r["code"]))
    for s in stays.values():
        s.finish()
    return stays


# --- conditions: (stay, t, oracle row, oracle rows of the last 24 hours) -> bool -------------------------------------------

def gas_origin_unsure(s, t, row, rows):
    return any(r.get("resp_unsure") == "1" for r in rows)


def gases(s, t):
    return s.between("pao2", t - DAY, t)


def no_arterial_gas(s, t, row, rows):
    return not gases(s, t)


def fio2_for(s, g):
    """(reading, same device episode) within four hours at or before the gas."""
    f = s.latest("fio2", g, 4 * HOUR)
    if f is None:
        return None, False
    here, there = s.latest("device", g), s.latest("device", f[0])
    words = {r[2] for r in s.between("device", f[0], g)}
    return f, not (here and ((there and there[2] != here[2]) or words - {here[2]}))


def fio2_missing(s, t, row, rows):
    return any(fio2_for(s, g[0])[0] is None for g in gases(s, t))


def fio2_of_other_device(s, t, row, rows):
    return any(fio2_for(s, g[0])[0] is not None and not fio2_for(s, g[0])[1] for g in gases(s, t))


def fio2_is_ambiguous(s, t, row, rows):
    for g in gases(s, t):
        near = {f[1] for f in s.between("fio2", g[0] - 4 * HOUR - 1, g[0])}
        device = s.latest("device", g[0], 12 * HOUR)
        if len(near) > 1 or (device and device[2] == "room_air" and near):
            return True
    return False


def support_inferred(s, t, row, rows):
    """The nurse's device at a gas and the oracle's inference from settings, tubes and 14-hour gaps say different things."""
    for g in gases(s, t):
        device = s.latest("device", g[0], 12 * HOUR)
        at = next((r for r in rows if instant(r["hour_end"]) - HOUR < g[0] <= instant(r["hour_end"])), None)
        inferred = at is not None and at["pf_vent"] != ""
        if at is None or device is None or (device[2] in SUPPORT) != inferred:
            return True
    return False


def pair_implausible(s, t, row, rows):
    for g in gases(s, t):
        f = s.latest("fio2", g[0], 4 * HOUR)
        co2 = next((c for c in s.between("paco2", g[0] - 1, g[0])), None)
        if f and f[1] and g[1] > f[1] / 100 * 713 - (co2[1] / 0.8 if co2 and co2[1] else 0) + 10:
            return True
    return False


def fio2_refused(s, t, row, rows):
    return any(f[1] is None or not 20 <= f[1] <= 100 for f in s.between("fio2", t - DAY - 4 * HOUR, t))


def gas_looks_venous(s, t, row, rows):
    """Less than 40 mm[Hg] with a saturation more than ten below the oximeter's."""
    for g in gases(s, t):
        sa, sp = s.latest("sao2", g[0], 5 * MINUTE), s.latest("spo2", g[0], 15 * MINUTE)
        if g[1] and g[1] < 40 and sa and sp and sa[1] and sp[1] and sp[1] > sa[1] + 10:
            return True
    return False


def gas_row_edge(s, t, row, rows):
    """A gas whose oxygen was charted in the same hour after it, or a gas that the oracle has in no row of this window."""
    for g in gases(s, t):
        if s.between("fio2", g[0], g[0] + HOUR):
            return True
    return not any(r["pf_vent"] or r["pf_novent"] for r in rows)


def drug_ran(s, t, row, rows):
    before = s.latest("drug", t - DAY)
    rates = s.between("drug", t - DAY - HOUR, t) + ([before] if before else [])
    return any(r[1] for r in rates)


def pressure_refused(s, t, row, rows):
    for name in ("map", "nibp"):
        low, high = LIMITS[name]
        if any(r[1] is None or not low <= r[1] <= high for r in s.between(name, t - DAY, t)):
            return True
    return False


def pulse_of(s, mean, systolic, diastolic, t):
    for m in s.between(mean, t - DAY, t):
        sys_, dia = s.latest(systolic, m[0], MINUTE), s.latest(diastolic, m[0], MINUTE)
        if m[1] and sys_ and dia and sys_[1] and dia[1]:
            yield m[1], sys_[1], dia[1]


def pressure_artefact(s, t, row, rows):
    for group in (("map", "sbp", "dbp"), ("nibp", "nibp_sbp", "nibp_dbp")):
        for m, high, low in pulse_of(s, *group, t):
            if high - low < 20 or m > high or m < low:
                return True
    return False


def line_and_cuff(s, t, row, rows):
    lines = [m[0] for m in s.between("map", t - DAY - 5 * MINUTE, t + 5 * MINUTE)]
    return any(any(abs(c[0] - m) <= 5 * MINUTE for m in lines) for c in s.between("nibp", t - DAY, t))


def pressure_stream(s, t, row, rows):
    for name in ("map", "nibp"):
        times = [m[0] for m in s.between(name, t - DAY - 2 * MINUTE, t)]
        if any(b - a <= 2 * MINUTE for a, b in zip(times, times[1:])):
            return True
    return False


def pressure_derived(s, t, row, rows):
    """Systolic and diastolic in a minute without a mean."""
    for mean, high, low in (("map", "sbp", "dbp"), ("nibp", "nibp_sbp", "nibp_dbp")):
        minutes = [{r[0] // MINUTE for r in s.between(n, t - DAY, t)} for n in (mean, high, low)]
        if (minutes[1] & minutes[2]) - minutes[0]:
            return True
    return False


def sedated(s, t, row, rows):
    """A sedative or a block ran in the window, or nobody has said for up to three days that it was stopped."""
    before = s.latest("sedative", t - DAY, 3 * DAY)
    return any(r[1] != 0 for r in s.between("sedative", t - DAY, t) + ([before] if before else []))


def verbal_untestable(s, t, row, rows):
    return any(v[1] is None for v in s.between("verbal", t - DAY - 6 * HOUR, t))


def gcs_incomplete(s, t, row, rows):
    parts = {n: s.between(n, t - DAY - 6 * HOUR, t) for n in ("eye", "verbal", "motor")}
    for name, rows_ in parts.items():
        for r in rows_:
            for other in parts:
                if not any(abs(o[0] - r[0]) <= 5 * MINUTE for o in s.between(other, r[0] - 5 * MINUTE - 1, r[0] + 5 * MINUTE)):
                    return True
    return not any(parts.values())


def urine_collection(s, t, row, rows):
    return bool(s.between("urine_day", t - DAY, t))


def urine_charted(s, t):
    return s.between("urine", t - 2 * DAY - 12 * HOUR, t)


def urine_refused(s, t, row, rows):
    low, high = LIMITS["urine"]
    return any(u[1] is None or not low <= u[1] <= high for u in urine_charted(s, t))


def urine_first_interval(s, t, row, rows):
    u = s.of["urine"]
    return bool(u) and t - 2 * DAY - HOUR < u[0][0] <= t


def urine_silence(s, t, row, rows):
    times = [u[0] for u in urine_charted(s, t)]
    return any(b - a > 12 * HOUR for a, b in zip(times, times[1:]))


def urine_23_hours(s, t, row, rows):
    """Some day of the window has a charting between 23 and 24 hours before the charting that ends it."""
    ends = [u[0] for u in s.between("urine", t - DAY, t)]
    return any(s.between("urine", e - DAY, e - 23 * HOUR - 1) for e in ends)


def urine_same_hour(s, t, row, rows):
    """Several chartings in one hour-row, of which the oracle keeps the mildest, or several volumes at one instant."""
    times = [u[0] for u in s.between("urine", t - DAY, t)]
    return len({(x - 1) // HOUR for x in times}) < len(times)


def lab_refused(name):
    low, high = LIMITS[name]
    return lambda s, t, row, rows: any(r[1] is None or not low <= r[1] <= high or r[2][:1] in "<>" for r in s.between(name, t - DAY, t))


def lab_before_admission(name):
    """A result from before the oracle's first hour-row: its window begins with the stay."""
    return lambda s, t, row, rows: bool(s.between(name, t - DAY, instant(rows[0]["hour_end"]) - HOUR)) if len(rows) < 24 else False


def repeated(*names):
    """Two values of one instant: the oracle averages or takes one, Vigil takes the lower pressure and keeps every result."""
    return lambda s, t, row, rows: any(len({r[0] for r in s.between(n, t - DAY, t)}) < len(s.between(n, t - DAY, t)) for n in names)


def input_not_given(columns, names):
    """The oracle had an input in an hour in which the readings hold nothing of the kind."""
    def condition(s, t, row, rows):
        for r in rows:
            end = instant(r["hour_end"])
            if any(r[c] != "" for c in columns) and not any(s.between(n, end - HOUR, end) for n in names):
                return True
        return False
    return condition


RULES = {
    "resp": [
        ("gas_origin_unsure", gas_origin_unsure), ("no_arterial_gas", no_arterial_gas), ("fio2_missing", fio2_missing),
        ("fio2_of_other_device", fio2_of_other_device), ("support_inferred", support_inferred), ("fio2_is_ambiguous", fio2_is_ambiguous),
        ("pair_implausible", pair_implausible), ("gas_looks_venous", gas_looks_venous), ("fio2_refused", fio2_refused),
        ("gas_row_edge", gas_row_edge),
    ],
    "cardio": [
        ("drug_hour_rule", drug_ran), ("pressure_refused", pressure_refused), ("line_before_cuff", line_and_cuff),
        ("pressure_artefact", pressure_artefact), ("pressure_stream", pressure_stream), ("pressure_derived", pressure_derived),
    ],
    "cns": [("sedated", sedated), ("verbal_untestable", verbal_untestable), ("gcs_incomplete", gcs_incomplete)],
    "renal": [
        ("urine_collection", urine_collection), ("urine_refused", urine_refused), ("urine_first_interval", urine_first_interval), ("urine_silence", urine_silence),
        ("urine_23_hours", urine_23_hours), ("urine_same_hour", urine_same_hour),
    ],
    "coag": [], "liver": [],
}
for part, name in LAB.items():
    RULES[part] += [("lab_refused", lab_refused(name)), ("lab_before_admission", lab_before_admission(name)), ("lab_repeated", repeated(name))]
RULES["cardio"].append(("pressure_repeated", repeated("map", "nibp")))
RULES["cns"].append(("gcs_repeated", repeated("eye", "verbal", "motor", "gcs")))
RULES["renal"].append(("urine_repeated", repeated("urine")))
for part, columns, names in (
    ("resp", ("pf_novent", "pf_vent"), ("pao2",)), ("coag", ("platelet_min",), ("plt",)), ("liver", ("bilirubin_max",), ("bili",)),
    ("cardio", ("meanbp_min",), ("map", "nibp")), ("cns", ("gcs_min",), ("motor", "gcs")), ("renal", ("creatinine_max",), ("crea",)),
):
    RULES[part].append(("input_not_given", input_not_given(columns, names)))


def classify(part, s, t, row, rows):
    for code, condition in RULES[part]:
        if condition(s, t, row, rows):
            return code
    return "unclassified"


def points(text):
    return int(float(text)) if text else 0


def read_oracle(path):
    by_stay = collections.defaultdict(list)
    with (gzip.open(path, "rt") if path.endswith(".gz") else open(path)) as f:
        for r in csv.DictReader(f):
            by_stay[r["stay_id"]].append(r)
    return by_stay


def read_scores(path):
    ours = {}
    with open(path) as f:
        for r in csv.DictReader(f):
            if r["definition"].startswith("sofa@"):
                ours[r["encounter"], instant(r["at"]), r["part"]] = r["value"]
    return ours


def differences(data, scores_path):
    """Yields (stay, hour_end, component, ours, oracle, code) for each difference; the total compared comes last as None rows."""
    stays, oracle, ours = read_stays(data + "/readings.csv.gz"), read_oracle(data + "/sofa.csv.gz"), read_scores(scores_path)
    for stay, all_rows in oracle.items():
        all_rows.sort(key=lambda r: int(r["hour"]))
        for i, row in enumerate(all_rows):
            t = instant(row["hour_end"])
            rows = all_rows[max(0, i - 23):i + 1]
            for part in COMPONENTS:
                mine = ours.get((stay, t, part))
                if mine is None:
                    yield stay, row["hour_end"], part, "absent", row[part], "unclassified"
                elif points(mine) != points(row[part]):
                    yield stay, row["hour_end"], part, mine, row[part], classify(part, stays[stay], t, row, rows)


def main():
    data, scores_path = sys.argv[1], sys.argv[2]
    rows = list(differences(data, scores_path))
    if "--table" in sys.argv:
        with open(sys.argv[sys.argv.index("--table") + 1], "w", newline="") as f:
            out = csv.writer(f, lineterminator="\n")
            out.writerow(("encounter", "at", "part", "vigil", "oracle", "code"))
            out.writerows(rows)
    count = collections.Counter((part, code) for _, _, part, _, _, code in rows)
    print(f"{'component':10} {'code':24} hours")
    for (part, code), n in sorted(count.items()):
        print(f"{part:10} {code:24} {n}")
    left = [r for r in rows if r[-1] == "unclassified"]
    print(f"{len(rows)} differences, {len(left)} unclassified")
    for r in left[:20]:
        print("unclassified:", *r)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
