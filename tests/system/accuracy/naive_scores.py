"""SOFA-2, SOFA and KDIGO of one instant, products `rolling` and `day`, conventional basis, policy `published`, as docs/accuracy.md has them:
looked up afresh from the raw readings each time. None: not measured."""
from fractions import Fraction as F
from naive_stay import DAY, HOUR

CARRIED = 72 * HOUR


def above(value, *limits):
    return None if value is None else sum(value > F(x) for x in limits)


def from_(value, *limits):
    return None if value is None else sum(value >= F(x) for x in limits)


def up_to(value, *limits):
    return None if value is None else sum(value <= F(x) for x in limits)


def below(value, *limits):
    return None if value is None else sum(value < F(x) for x in limits)


def laboratory(s, name, t, worst, carried=0):
    found = [v for _, v in s.between(name, s.after(t), t)] or s.newest_within(name, t, carried)
    return worst(found) if found else None


def worst(points):
    known = [p for p in points if p is not None]
    return max(known) if known else None


def with_support(points, device, counts):
    return points if points <= 2 or device in counts else 2


# --- respiration

ADVANCED = {"hfno", "cpap", "niv", "imv", "home_vent"}
POSITIVE = {"cpap", "niv", "imv", "home_vent"}


def lasting(rows):
    """Points of (time, points, device) that are not better again within an hour on the same device (footnote g)."""
    return [p for i, (t, p, device) in enumerate(rows)
            if not any(u - t < HOUR and q < p and other == device for u, q, other in rows[i + 1:])]


def sofa2_resp(s, t):
    rated = lambda after: [(at, with_support(up_to(pf, 300, 225, 150, 75), d, ADVANCED), d) for at, pf, d in s.gases(after, t)]
    rows = rated(s.after(t)) or [(at, with_support(up_to(v * 100 / o, 300, 250, 200, 120), d, ADVANCED), d)
                              for at, v, o, d in s.quarter_hours(s.after(t), t) if v < 98]
    if rows:
        return max(lasting(rows))
    before = rated(t - CARRIED - 1)
    return before[-1][1] if before else None


def imputed(saturation):
    """PaO2 by Severinghaus, inverted by Ellis (Brown SM. Chest 2016;150:307), to 0.0001."""
    part = float(saturation) / 100
    q = 11700 / (1 / part - 1)
    r = (125000 + q * q) ** 0.5
    return F(round((q + r) ** (1 / 3) - (r - q) ** (1 / 3), 4)).limit_denominator(10000)


def sofa_resp(s, t):
    points = [with_support(below(pf, 400, 300, 200, 100), d, POSITIVE) for _, pf, d in s.gases(s.after(t), t)]
    if points:
        return max(points)
    for _, v, oxygen, device in s.quarter_hours(s.after(t), t):
        p = below(imputed(min(v, 97)) * 100 / oxygen, 400, 300, 200, 100)
        if v <= 96 or p == 0:  # above, only the bound is known
            points.append(with_support(p, device, POSITIVE))
    return worst(points)


# --- circulation

def dose(rate):
    """To 0.001, half up."""
    return F(int(rate * 1000 + F(1, 2)), 1000)


def sofa_cardio(s, t):
    points = [1 if m < 70 else 0 for m in s.means(s.after(t), t)]
    for drug, limits in (("norepinephrine", (0, "0.1")), ("epinephrine", (0, "0.1")), ("dopamine", (0, 5, 15))):
        least = 2 if drug == "dopamine" else 3
        points += [least - 1 + max(1, above(dose(r), *limits)) for _, to, r in s.rates(drug, t) if to > s.after(t) + 1]
    return worst(points)


def sofa2_cardio(s, t):
    points = [1 if m < 70 else 0 for m in s.means(s.after(t), t)]
    drugs = ("norepinephrine", "epinephrine", "dopamine", "phenylephrine", "vasopressin")
    ran = {d: [r for r in s.rates(d, t) if r[1] > s.after(t) + 1] for d in drugs}
    changes = {max(r[0], s.after(t) + 1) for rows in ran.values() for r in rows} | {r[1] for rows in ran.values() for r in rows if s.after(t) < r[1] <= t}
    for at in changes:
        ne, epi, dopamine, *others = (max((r[2] for r in ran[d] if r[0] <= at < r[1]), default=0) for d in drugs)
        another = any(others) or dopamine > 0
        if ne + epi > 0:
            points.append(min(4, 1 + max(1, above(dose(ne + epi), 0, "0.2", "0.4")) + another))
        elif another:
            points.append(2 + above(dopamine, 20, 40))
    return worst(points)


# --- brain

def coma(s, after, to):
    """(eye, verbal, motor) charted at one instant."""
    for t in sorted({at for at, _ in s.between("motor", after, to)}):
        yield t, s.at("eye", t), s.at("verbal", t), s.at("motor", t)


def sofa2_brain(s, t):
    def of(after):
        out = []
        for at, eye, verbal, motor in coma(s, after, t):
            motor = [m for m in motor if m != "NT"]
            tube = s.device(at) in ("imv", "trach_collar")
            if not motor:
                continue
            if "NT" in eye + verbal or (tube and verbal in ([], [1])):
                out.append(up_to(min(motor), 5, 4, 3, 2))
            elif eye and verbal:
                out.append(below(min(eye) + min(verbal) + min(motor), 15, 13, 9, 6))
        return out
    found = of(s.after(t))
    if found:
        return max(found)
    before = of(t - CARRIED - 1)
    return before[-1] if before else None


def sofa_cns(s, t):
    points = []
    for _, eye, verbal, motor in coma(s, s.after(t), t):
        if not (eye and verbal and motor) or "NT" in eye + motor:
            continue
        e, m = min(eye), min(motor)
        v = min(verbal) if "NT" not in verbal else max(1, min(5, int(F("-0.3756") + F("0.5713") * m + F("0.4233") * e + F(1, 2))))
        points.append(below(e + v + m, 15, 13, 10, 6))
    return worst(points)


# --- kidney

def urine_points(s, t):
    kg, points = s.kg(t), []
    for hours, limit, p in ((24, "0.3", 3), (12, "0.5", 2), (6, "0.5", 1)):
        for volume, zeros in s.urine_over(s.after(t), t, hours * HOUR):
            if hours == 12 and zeros:
                points.append(3)
            if volume <= 0 or kg:
                points.append(p if volume <= 0 or volume < F(limit) * kg * hours else 0)
    return worst(points)


def replaced(s, t):
    """Whether continuous replacement ran in the window; None where nobody has charted it for more than a day."""
    found = [at for at, word in s.between("rrt", -10**12, t) if word == "crrt"]
    if not found or found[-1] + CARRIED <= s.after(t):
        return False
    return True if found[-1] + DAY > s.after(t) else None


def would_qualify(s, t, crea):
    potassium = any(v >= 6 for _, v in s.between("k", s.after(t), t))
    acidosis = any(ph <= F("7.2") and any(b <= 12 for _, b in s.between("hco3", at - 2 * HOUR - 1, min(t, at + 2 * HOUR)))
                   for at, ph in s.between("ph", s.after(t), t))
    if not potassium and not acidosis:
        return False
    kg, more_than_six = s.kg(t), 6 * HOUR + 1
    oliguria = any(v <= 0 or (kg and v < F("0.3") * kg * F(more_than_six, HOUR)) for v, _ in s.urine_over(s.after(t), t, more_than_six))
    return (crea is not None and crea > F("1.2")) or oliguria


def sofa2_kidney(s, t):
    crea = laboratory(s, "crea", t, max, CARRIED)
    on = replaced(s, t)
    if on or would_qualify(s, t, crea):
        return 4
    points, urine = above(crea, "1.2", 2, "3.5"), urine_points(s, t)
    return None if on is None or (points is None and not urine) else worst((points, urine))


def sofa_renal(s, t):
    points, charts = [], s.charts()
    for i, (end, _) in enumerate(charts):
        if not s.after(t) < end <= t:
            continue
        volume = covered = F(0)
        for (since, _), (until, v) in zip(charts[:i], charts[1:i + 1]):
            if until > end - DAY and until - since <= 12 * HOUR:
                volume, covered = volume + v, covered + until - since
        if 22 * HOUR <= covered <= 30 * HOUR:
            points.append((0, 3, 4)[below(volume * DAY / covered, 500, 200)])
    crea, urine = from_(laboratory(s, "crea", t, max), "1.2", 2, "3.5", 5), worst(points)
    return None if crea is None and not urine else worst((crea, urine))


def presumed(s):
    """MDRD at 75 mL/min, mg/dL to 0.0001."""
    scale = 186 * s.age ** -0.203 * (0.742 if s.female else 1)
    return F(round((75 / scale) ** (-1 / 1.154), 4)).limit_denominator(10000)


def kdigo_creatinine(s, t):
    points = []
    for at, v in s.between("crea", s.after(t), t):
        two_days, week = ([w for _, w in s.between("crea", at - days * DAY - 1, at - 1)] for days in (2, 7))
        p = from_(v / (min(week) if week else presumed(s)), "1.5", 2, 3)
        if two_days and v - min(two_days) >= F("0.3"):
            p = max(p, 1)
        points.append(3 if p and v >= 4 else p)
    return worst(points)


def kdigo(s, t):
    crea, on = kdigo_creatinine(s, t), replaced(s, t)
    points = worst((crea, urine_points(s, t), 3 if on else None))
    return None if (crea is None and not points) or (on is None and points != 3) else points


SCORES = {
    "sofa2": {
        "brain": sofa2_brain, "resp": sofa2_resp, "cardio": sofa2_cardio, "kidney": sofa2_kidney,
        "liver": lambda s, t: above(laboratory(s, "bili", t, max, CARRIED), "1.2", 3, 6, 12),
        "hemo": lambda s, t: up_to(laboratory(s, "plt", t, min, CARRIED), 150, 100, 80, 50),
    },
    "sofa": {
        "cns": sofa_cns, "resp": sofa_resp, "cardio": sofa_cardio, "renal": sofa_renal,
        "liver": lambda s, t: from_(laboratory(s, "bili", t, max), "1.2", 2, 6, 12),
        "coag": lambda s, t: below(laboratory(s, "plt", t, min), 150, 100, 50, 20),
    },
    "kdigo": {"aki_crea": kdigo_creatinine, "aki_urine": urine_points, "total": kdigo},
}
