"""Sepsis-3 and septic shock of one instant, as docs/accuracy.md has them: every culture is held against every antibiotic, and the course of
SOFA is looked through anew, each time."""
import dataclasses
from naive_stay import DAY, HOUR

UNHEARD = 3 * DAY
PRESSORS = ("norepinephrine", "epinephrine", "dopamine", "vasopressin", "phenylephrine", "angiotensin_ii")
SAYS_NOTHING = {"sepsis": "", "suspicion": "", "rise": "", "rise at most": "24", "baseline": ""}


@dataclasses.dataclass
class Infection:
    cultures: list
    antibiotics: list  # (time, whether as treatment)
    baseline: int = None  # attested from the beginning
    fluid: str = "unknown"
    drug: list = ()  # (time, rate) of angiotensin II, which SOFA does not know
    lactates: list = ()  # (time, mmol/L)


class Rules:
    """Each of these is what somebody could read otherwise."""
    antibiotic_within, culture_within = 72 * HOUR, 24 * HOUR
    before, after, earlier = 48 * HOUR, 24 * HOUR, 24 * HOUR
    points, holds, lactate_within, carried = 2, 7 * DAY, 6 * HOUR, DAY
    unmeasured_may_be_anything = True
    high = staticmethod(lambda lactate: lactate > 2)

    @classmethod
    def belong_together(cls, culture, antibiotic):
        return -cls.culture_within <= antibiotic - culture <= cls.antibiotic_within

    @staticmethod
    def baseline(day):
        """The least, of what was known best: with the bounds closest to each other."""
        return min(((most - total, total) for _, total, most in day), default=(0, 0))[1]


def standing(course, begin, end):
    """What stood as a stretch began, and what became different within it, both ends included."""
    return [e for e in course if e[0] <= begin][-1:] + [e for e in course if begin < e[0] <= end]


def suspected(infection, t, rules):
    """{(its time, when it was known)} of every pair so far."""
    pairs = ((min(c, a), max(c, a)) for c in infection.cultures for a, treatment in infection.antibiotics if treatment and rules.belong_together(c, a))
    return {(at, known) for at, known in pairs if known <= t < at + rules.holds}


def episode(course, infection, at, known, t, rules):
    """(2 no sepsis, 1 possible, 0 sepsis; when it was met, or what is wanting; its time; rise, at most, baseline)"""
    begin, end = at - rules.before, min(at + rules.after, t)
    day, window = standing(course, begin - rules.earlier, begin - 1), standing(course, begin, end)
    base = rules.baseline(day) if infection.baseline is None else infection.baseline
    rise = max(0, max((total for _, total, _ in window), default=0) - base)
    most = max(0, max((most for _, _, most in window), default=24) - base) if rules.unmeasured_may_be_anything else rise
    met = [max(x, begin, known) for x, total, _ in window if total - base >= rules.points]
    order = (0, met[0]) if met else (1 if most >= rules.points else 2, -rise)
    return (*order, at, rise, most, base)


def sepsis3(course, infection, t, rules=Rules):
    """{part: value}; of several suspicions the one that was met first, else one that could be, of the greatest rise."""
    if not (any(at <= t for at in infection.cultures) and any(at <= t for at, _ in infection.antibiotics)):
        return SAYS_NOTHING
    found = [episode(course, infection, at, known, t, rules) for at, known in suspected(infection, t, rules)]
    if not found:
        return {**SAYS_NOTHING, "sepsis": "no_sepsis", "suspicion": "not_suspected"}
    order, _, _, rise, most, base = min(found)
    return {"sepsis": ("sepsis", "possible", "no_sepsis")[order], "suspicion": "suspected", "rise": str(rise), "rise at most": str(most), "baseline": str(base)}


def pressor_runs(s, t, rules):
    """(from, to, whether it certainly ran). A rate holds until the next one, for a day; the last one as long as it is not older than a
    day. Of an older one only the 4 h of charting are certain, and for three days nobody knows the rest."""
    for drug in PRESSORS:
        rates = {}
        for at, rate in s.between(drug, -10**12, t):
            rates[at] = max(rate, rates.get(at, 0))
        times = sorted(rates)
        for at, end in zip(times, times[1:] + [None]):
            if rates[at] == 0:
                continue
            lost = at + (rules.carried if end or t - at <= rules.carried else 4 * HOUR)
            end = end or t + 1
            yield at, min(end, lost + (t == lost)), True
            if end > lost:
                yield lost, min(end, at + UNHEARD + (t == at + UNHEARD)), False


def septic_shock(sepsis, infection, s, t, now=False, rules=Rules):
    """{part: value}, where Sepsis-3 is `sepsis`."""
    within, worst = rules.lactate_within, ("no", "unknown", "yes").index
    runs = [r for r in pressor_runs(s, t, rules) if r[1] > (t if now else s.after(t))]
    lactates = s.between("lact", t - within - 1 if now else s.after(t), t)
    beside = []
    for at, value in lactates[-1:] if now else lactates:
        certain = {ran for begin, end, ran in runs if begin - at <= within and at - min(end, t) <= within}
        if True in certain:
            beside.append("yes" if rules.high(value) else "no")
        elif certain and rules.high(value):
            beside.append("unknown")
    vasopressor = "yes" if any(ran for _, _, ran in runs) else "unknown" if runs else "no"
    lactate = max(beside, key=worst, default="unknown")
    met = min({"sepsis": "yes", "no_sepsis": "no"}.get(sepsis, "unknown"), vasopressor, lactate, key=worst)
    if met == "yes" and infection.fluid == "no":
        met = "unknown"
    shock = {"yes": "septic_shock", "unknown": "possible", "no": "no_septic_shock"}[met] if runs or lactates or sepsis else ""
    return {"shock": shock, "sepsis": sepsis, "vasopressor": vasopressor, "lactate": lactate, "fluid": infection.fluid}


def mistake(**otherwise):
    return type("Mistaken", (Rules,), otherwise)


SEPSIS_MISTAKES = {
    "the two lengths of the pair exchanged": mistake(antibiotic_within=24 * HOUR, culture_within=72 * HOUR),
    "the same minute left out": mistake(belong_together=classmethod(lambda cls, c, a: c != a and Rules.belong_together(c, a))),
    "the two sides of the window exchanged": mistake(before=24 * HOUR, after=48 * HOUR),
    "baseline 0 for everybody": mistake(baseline=staticmethod(lambda day: 0)),
    "baseline the last value before the window": mistake(baseline=staticmethod(lambda day: day[-1][1] if day else 0)),
    "baseline the least, whatever was not measured": mistake(baseline=staticmethod(lambda day: min((total for _, total, _ in day), default=0))),
    "what is not measured is 0": mistake(unmeasured_may_be_anything=False),
    "sepsis for a day": mistake(holds=DAY),
}
SHOCK_MISTAKES = {
    "a lactate of 2 is high": mistake(high=staticmethod(lambda lactate: lactate >= 2)),
    "a lactate of any time of the window": mistake(lactate_within=DAY),
    "a drug runs only while it is heard of": mistake(carried=4 * HOUR),
}
