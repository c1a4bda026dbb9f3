"""The course of SOFA, product `rolling`, as Sepsis-3 looks back at it: what each component was, and what it could have been at most, at
every instant at which it can have become different. One component changes only with its own readings, as they come and as they leave the
window a day later, when an hour of a drug is full, and when a quarter hour of the oximeter is over."""
from naive_scores import POSITIVE, SCORES, above, below, dose, imputed, laboratory, with_support
from naive_stay import DAY, HOUR, MINUTE

QUARTER = 15 * MINUTE
DRUGS = (("norepinephrine", 3, (0, "0.1")), ("epinephrine", 3, (0, "0.1")), ("dopamine", 2, (0, 5, 15)))
RESTS_ON = {
    "resp": ("pao2", "paco2", "spo2"), "coag": ("plt",), "liver": ("bili",), "cns": ("eye", "verbal", "motor"), "renal": ("crea", "uo"),
    "cardio": ("map", "sbp", "dbp", "nibp_map", "nibp_sbp", "nibp_dbp", "norepinephrine", "epinephrine", "dopamine"),
}


def resp_most(s, t, points):
    """Under unknown support the band of the ratio; above 96 % the band that the ratio cannot be below."""
    def rated(ratio, device):
        band = below(ratio, 400, 300, 200, 100)
        return band if device is None else with_support(band, device, POSITIVE)
    found = [rated(ratio, device) for _, ratio, device in s.gases(s.after(t), t)]
    if not found:
        quarters = s.quarter_hours(s.after(t), t)
        found = [rated(imputed(min(v, 97)) * 100 / oxygen, device) for _, v, oxygen, device in quarters]
    return max(found, default=4)


def cardio_most(s, t, points):
    """In the first hour of a drug the band of the rate that runs."""
    if points is None:
        return 4
    most = points
    for drug, least, limits in DRUGS:
        begin = running = None
        for at, rate in s.between(drug, -10**12, t):
            if rate and not running and (begin is None or at - stopped > 5 * MINUTE):
                begin = at
            if running and not rate:
                stopped = at
            running = rate
        if running and t - begin < HOUR:
            most = max(most, least - 1 + max(1, above(dose(running), *limits)))
    return most


def renal_most(s, t, points):
    return 4 if laboratory(s, "crea", t, max) is None else points


MOST = {"resp": resp_most, "cardio": cardio_most, "renal": renal_most}


def instants(s, component):
    told = {t for name in RESTS_ON[component] for t, _ in s.of[name]}
    if component == "resp":
        told |= {(t // QUARTER + 1) * QUARTER for t, _ in s.of["spo2"]}
    if component == "cardio":
        drugs = {t for drug, _, _ in DRUGS for t, _ in s.of[drug]}
        told |= {t + HOUR for t in drugs} | {t + DAY for t in drugs} | {t + 2 * DAY for t in drugs}
    return told | {t + DAY for t in told}


def course(s):
    """[(instant, sum, most)] whenever one of them became different, from the first organ of which anything is known."""
    changes = {}
    for component, points in SCORES["sofa"].items():
        before = (0, 4)
        for t in sorted(instants(s, component)):
            value = points(s, t)
            found = (value or 0, MOST[component](s, t, value) if component in MOST else 4 if value is None else value)
            if found != before:
                changes.setdefault(t, {})[component] = before = found
    now, out = {component: (0, 4) for component in SCORES["sofa"]}, []
    for t in sorted(changes):
        now.update(changes[t])
        entry = tuple(sum(column) for column in zip(*now.values()))
        if not out or out[-1][1:] != entry:
            out.append((t, *entry))
    return out
