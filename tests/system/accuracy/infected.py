"""Recorded stays as if an infection had been suspected in them: the stays of the demo come without cultures and antibiotics. Each is
written several times, with cultures and doses placed, without chance, where a definition can be read wrongly: exactly as far from each
other as still counts, a minute more, the same minute; so that a change of SOFA lies on an edge of the window, or a minute beside it; before
the stay; as prophylaxis; with what somebody attested. A vasopressor that SOFA passes over is charted often or hardly ever, and lactates
are taken as far from it as still counts, so that SOFA stays what it was."""
import copy, csv, gzip, random
from datetime import datetime, timezone
from naive_sepsis import Infection
from naive_stay import HOUR, MINUTE

COPIES = 6
APART = (0, HOUR, -HOUR, 30 * HOUR, 72 * HOUR, 72 * HOUR + MINUTE, -24 * HOUR, -24 * HOUR - MINUTE)
CHARTED = (HOUR, 3 * HOUR, 7 * HOUR, 12 * HOUR, 26 * HOUR, 50 * HOUR, 80 * HOUR)
BESIDE = [side * 6 * HOUR + late for side in (-1, 1) for late in (-MINUTE, 0, MINUTE)]
EDGES = [side * 24 * HOUR * days + late for side, days in ((1, 2), (-1, 1), (1, 3)) for late in (-MINUTE, 0, MINUTE)]


def printed(t):
    return datetime.fromtimestamp(t, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def infection_of(name, course, begin, end):
    pick = random.Random(name)  # the same for a name on every machine

    def somewhere():
        if pick.random() < 0.4 and course:
            return pick.choice(course)[0] + pick.choice(EDGES)
        return begin + int(pick.random() * (end - begin)) // MINUTE * MINUTE - pick.choice((0, 0, 0, 30 * HOUR))
    cultures, antibiotics = [], []
    for _ in range(pick.choice((1, 1, 2, 3))):
        cultures.append(somewhere())
        antibiotics.append((cultures[-1] + pick.choice(APART), pick.random() < 0.85))
    if pick.random() < 0.3:
        antibiotics.append((somewhere(), True))
    drug, at = [], somewhere()
    for _ in range(pick.choice((0, 2, 3, 5))):
        drug.append((at, pick.choice((0.02, 0.02, 0.01, 0))))
        at += pick.choice(CHARTED)
    lactates = {(pick.choice(drug)[0] if drug else somewhere()) + pick.choice(BESIDE + [12 * HOUR]): pick.choice((1.5, 2, 2.1, 4)) for _ in range(4)}
    within = lambda rows: [r for r in rows if begin - 40 * HOUR <= r[0] <= end]
    return Infection([t for t, in within((t,) for t in cultures)], within(antibiotics), pick.choice((None, None, None, 0, 3, 4)),
                     pick.choice(("unknown", "unknown", "yes", "no")), within(drug), within(sorted(lactates.items())))


def treated(stay, infection):
    """The stay with the drug and the lactates."""
    out = copy.copy(stay)
    out.of = {**stay.of, "angiotensin_ii": list(infection.drug), "lact": stay.of["lact"] + list(infection.lactates)}
    out.finish()
    return out


def rows_of(infection, begin):
    """(time, system, code, value, unit); what is attested stands from the beginning."""
    for t, rate in infection.drug:
        yield t, "ATC", "C01CX09", str(rate), "ug/kg/min"
    for t, value in infection.lactates:
        yield t, "LN", "2518-9", str(value), "mmol/L"
    first = min([begin, *infection.cultures, *(t for rows in (infection.antibiotics, infection.drug, infection.lactates) for t, _ in rows)])
    for t in infection.cultures:
        yield t, "LN", "600-7", "taken", ""
    for i, (t, treatment) in enumerate(infection.antibiotics):
        dose = ("treatment", "") if i % 2 else ("4.5", "g")
        yield (t, "ATC", "J01CR05", *(dose if treatment else ("prophylaxis", "")))
    if infection.baseline is not None:
        yield first, "VIGIL", "sofa_baseline", str(infection.baseline), "1"
    if infection.fluid != "unknown":
        yield first, "VIGIL", "fluid_resuscitated", infection.fluid, ""


def write(data, courses, path):
    """Writes readings.csv and stays.csv of the copies to `path`; {name: (stay, infection)}."""
    with gzip.open(data + "/readings.csv.gz", "rt") as f:
        rows = list(csv.DictReader(f))
    of = {}
    for r in rows:
        of.setdefault(r["encounter"], []).append(r)
    infections, out = {}, []
    for stay, told in of.items():
        begin, end = (int(datetime.fromisoformat(told[i]["obs_ts"].replace("Z", "+00:00")).timestamp()) for i in (0, -1))
        for i in range(COPIES):
            name = f"{stay}{i:02}"
            infections[name] = stay, infection_of(name, courses[stay], begin, end)
            out += [{**r, "encounter": name} for r in told]
            for t, *what in rows_of(infections[name][1], begin):
                out.append({**told[0], "encounter": name, "obs_ts": printed(t), **dict(zip(("system", "code", "value", "unit"), what))})
    out.sort(key=lambda r: r["obs_ts"])
    with open(path + "/readings.csv", "w", newline="") as f:
        table = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
        table.writeheader()
        table.writerows(out)
    with open(data + "/stays.csv") as f, open(path + "/stays.csv", "w", newline="") as to:
        stays = csv.DictReader(f)
        table = csv.DictWriter(to, stays.fieldnames)
        table.writeheader()
        table.writerows({**r, "stay_id": f"{r['stay_id']}{i:02}"} for r in stays for i in range(COPIES))
    return infections
