"""A recorded stay as somebody would read it who recalculates a score by hand: windows, the device, the oxygen of a gas, what a
volume of urine covers, what a pump gave. Exact fractions; nothing here is taken from the core, only from docs/accuracy.md. It knows
what the demo holds: no sedatives, no circuits, no attestations, no comparators."""
import bisect, collections, csv, functools, gzip
from datetime import datetime, timezone
from fractions import Fraction as F

MINUTE, HOUR = 60, 3600
DAY = 24 * HOUR

CODES = {
    "2703-7": "pao2", "2019-8": "paco2", "19994-3": "fio2_set", "3150-6": "fio2", "19941-4": "flow", "59408-5": "spo2",
    "8478-0": "nibp_map", "8480-6": "nibp_sbp", "8462-4": "nibp_dbp", "76214-6": "map", "76215-3": "sbp", "76213-8": "dbp",
    "9267-6": "eye", "9270-0": "verbal", "9268-4": "motor", "777-3": "plt", "1975-2": "bili", "2160-0": "crea", "2823-3": "k",
    "2744-1": "ph", "32693-4": "lact", "1963-8": "hco3", "9187-6": "uo", "29463-7": "weight", "20112-9": "vt_set", "resp_device": "device",
    "vent_mode": "mode", "rrt": "rrt", "C01CA06": "phenylephrine", "C01CA03": "norepinephrine", "C01CA24": "epinephrine",
    "C01CA04": "dopamine", "H01BA01": "vasopressin",
}
PLAUSIBLE = {
    "pao2": (10, 760), "fio2": (20, 100), "fio2_set": (20, 100), "flow": (0, 100), "spo2": (1, 100), "map": (10, 250),
    "nibp_map": (10, 250), "sbp": (20, 320), "nibp_sbp": (20, 320), "dbp": (5, 220), "nibp_dbp": (5, 220), "plt": (0, 5000),
    "bili": (0, 100), "crea": (F("0.05"), 35), "k": (1, 12), "lact": (0, 60), "ph": (F("6.5"), 8), "hco3": (1, 80), "uo": (-5000, 5000),
    "weight": (20, 400), "norepinephrine": (0, 10), "epinephrine": (0, 10), "dopamine": (0, 100), "phenylephrine": (0, 30),
    "vasopressin": (0, 30), "eye": (1, 4), "verbal": (1, 5), "motor": (1, 6),
}
VENTILATED = {"imv", "niv", "cpap", "home_vent"}
# Per cent from litres a minute; a cannula above 6 is 50.
OF_FLOW = {
    "nasal_cannula": lambda l: None if l < 1 else 24 + 4 * (l - 1) if l <= 6 else 50,
    "simple_mask": lambda l: None if l < 5 else 40 if l < 6 else 50 if l < 7 else 60,
    "nrb": lambda l: None if l < 6 else 60 + 10 * (l - 6) if l < 10 else 95,
}


def instant(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=timezone.utc).timestamp())


def usable(name, text):
    """The number or word; None for what no such quantity can be."""
    try:
        value = F(text)
    except ValueError:
        return text if name in ("device", "mode", "rrt") or text == "NT" else None
    low, high = PLAUSIBLE.get(name, (value, value))
    return value if low <= value <= high else None


class Stay:
    def __init__(self):
        self.of = collections.defaultdict(list)
        self.age, self.female, self.admitted = 0, False, 0
        self.by_day = False

    def finish(self):
        for rows in self.of.values():
            rows.sort(key=lambda r: r[0])
        self.times = {name: [r[0] for r in rows] for name, rows in self.of.items()}

    def after(self, t):
        """What is in question at t is what was true later: in the last 24 h, or in the day that began with the hour of admission."""
        return self.admitted + (t - self.admitted) // DAY * DAY - 1 if self.by_day else t - DAY

    def between(self, name, after, to):
        """Readings with time in (after, to]."""
        times = self.times.get(name, [])
        return self.of[name][bisect.bisect_right(times, after):bisect.bisect_right(times, to)] if times else []

    def at(self, name, t):
        return [v for _, v in self.between(name, t - 1, t)]

    def last(self, name, t, age=None):
        rows = self.between(name, -10**12 if age is None else t - age - 1, t)
        return rows[-1] if rows else None

    def newest_within(self, name, t, age):
        """All values of the last instant."""
        found = self.last(name, t, age)
        return self.at(name, found[0]) if found else []

    # --- breathing

    @functools.lru_cache(maxsize=None)
    def device(self, t):
        """The charted device for 12 h; a ventilator's as long as it tells a setting, or a mode other than standby."""
        found = self.last("device", t)
        if found is None:
            return None
        mode = self.last("mode", t, 4 * HOUR)
        tells = self.last("vt_set", t, 4 * HOUR) or (mode and mode[1] != "Standby")
        return found[1] if t - found[0] <= 12 * HOUR or (found[1] in VENTILATED and tells) else None

    def same_device(self, a, b):
        before = self.last("device", a)
        return len({v for _, v in self.between("device", a, b)} | ({before[1]} if before else set())) <= 1

    @functools.lru_cache(maxsize=None)
    def oxygen(self, t):
        """Per cent: the latest within 4 h on the same device, 21 on room air, else by the flow."""
        told = max((r for r in (self.last("fio2", t, 4 * HOUR), self.last("fio2_set", t, 4 * HOUR)) if r), key=lambda r: r[0], default=None)
        device = self.device(t)
        if device == "room_air" and (told is None or told[0] < self.last("device", t)[0]):
            return F(21)
        if told and self.same_device(told[0], t):
            return told[1]
        flow = self.last("flow", t, 4 * HOUR)
        percent = OF_FLOW[device](flow[1]) if flow and device in OF_FLOW and self.same_device(flow[0], t) else None
        return None if percent is None else F(percent)

    def gases(self, after, to):
        """(time, P/F, device) of arterial gases with oxygen that a lung can have had."""
        for t, pao2 in self.between("pao2", after, to):
            oxygen, co2 = self.oxygen(t), self.at("paco2", t)
            if oxygen is not None and pao2 <= oxygen * 713 / 100 + 10 - (co2[0] / F("0.8") if co2 else 0):
                yield t, pao2 * 100 / oxygen, self.device(t)

    @functools.lru_cache(maxsize=None)
    def steady(self, first, last):
        """The oxygen of a stretch in which it was not changed."""
        oxygen = self.oxygen(last)
        return oxygen if first == last or (self.same_device(first, last) and self.oxygen(first) in (None, oxygen)) else None

    def quarter_hours(self, after, to):
        """(time, saturation, oxygen, device): the lower median of each quarter hour of the clock in which oxygen was not changed."""
        quarters = collections.OrderedDict()
        for t, v in self.between("spo2", after, to):
            quarters.setdefault(t // 900, []).append((v, t))
        for number, rows in quarters.items():
            first, last = rows[0][1], rows[-1][1]
            stream = max(len(rows), len(quarters.get(number - 1, ()))) >= 5
            if stream and (number + 1) * 900 > to:
                continue  # a stream's is judged when it is over
            oxygen = self.steady(first, last)
            if oxygen is not None:
                value, t = sorted(rows)[(len(rows) - 1) // 2]
                yield t, value, oxygen, self.device(last)

    # --- circulation

    def means(self, after, to):
        """Mean pressures that may be scored: the line before the cuff within 5 min, else derived; no artefacts."""
        out, line = [], []
        for mean, systolic, diastolic in (("map", "sbp", "dbp"), ("nibp_map", "nibp_sbp", "nibp_dbp")):
            reach = 5 * MINUTE if mean == "map" else 0
            found = []
            told = {t for t, _ in self.between(mean, after - reach, to)}
            for t, value in self.between(mean, after - reach, to):
                s, d = self.at(systolic, t), self.at(diastolic, t)
                no_pulse = s and d and (s[0] - d[0] < 5 or not d[0] <= value <= s[0])
                if value <= 180 and not no_pulse:
                    found.append((t, value))
            for t, s in self.between(systolic, after - reach, to):
                d = self.at(diastolic, t)
                if d and s > d[0] and s >= 50 and not any(abs(t - x) <= 2 * MINUTE for x in told):
                    found.append((t, (s + 2 * d[0]) / 3))
            if mean == "map":
                line = [t for t, _ in found]
            found = [(t, self.agreed(found, t, v)) for t, v in found]
            out += [v for t, v in found if t > after and (mean == "map" or not any(abs(t - x) <= 5 * MINUTE for x in line))]
        return out

    @staticmethod
    def agreed(found, t, value):
        """At most 2 min apart they are a stream: of two in a row the higher one is certain."""
        beside = [v for at, v in found if 0 < abs(at - t) <= 2 * MINUTE]
        return max(value, min(beside)) if beside else value

    def rates(self, drug, t):
        """(from, to, rate) of what ran for an hour, pauses up to 5 min merged; a rate holds for a day at most."""
        entries = []
        for at, rate in self.between(drug, -10**12, t):
            if entries and entries[-1][0] == at:
                entries[-1] = (at, max(entries[-1][1], rate))
            else:
                entries.append((at, rate))
        ends = [at for at, _ in entries[1:]] + [t + 1]
        runs = []
        for (at, rate), end in zip(entries, ends):
            if rate == 0:
                continue
            if not runs or at - runs[-1][-1][1] > 5 * MINUTE:
                runs.append([])
            runs[-1].append((at, min(end, at + DAY), rate))
        return [s for run in runs if min(run[-1][1], t) - run[0][0] >= HOUR for s in run]

    # --- kidney

    def kg(self, t):
        """The weight of admission, once it is known."""
        found = self.between("weight", -10**12, t)
        return found[0][1] if found else None

    @functools.lru_cache(maxsize=None)
    def charts(self):
        volumes = collections.OrderedDict()
        for t, v in self.of["uo"]:
            volumes[t] = volumes.get(t, 0) + v
        return list(volumes.items())

    @functools.lru_cache(maxsize=None)
    def urine_before(self, i, seconds, silence=6 * HOUR):
        """(volume, every entry a zero) of the time that ends with a charting, if every minute of it is covered."""
        charts = self.charts()
        begin, volume, zeros, j = charts[i][0] - seconds, F(0), True, i
        while j > 0 and charts[j][0] - charts[j - 1][0] <= silence and charts[j][0] > begin:
            since, until, v = charts[j - 1][0], charts[j][0], charts[j][1]
            volume += v * F(until - max(since, begin), until - since)
            zeros = zeros and v == 0
            j -= 1
        return (volume, zeros) if charts[j][0] <= begin else None

    def urine_over(self, after, to, seconds):
        for i, (end, _) in enumerate(self.charts()):
            found = self.urine_before(i, seconds) if after < end <= to else None
            if found:
                yield found


def read_stays(data):
    stays = collections.defaultdict(Stay)
    with gzip.open(data + "/readings.csv.gz", "rt") as f:
        for r in csv.DictReader(f):
            name = CODES.get(r["code"])
            value = usable(name, r["value"]) if name else None
            if value is not None:
                stays[r["encounter"]].of[name].append((instant(r["obs_ts"]), value))
    with open(data + "/stays.csv") as f:
        for r in csv.DictReader(f):
            s = stays[r["stay_id"]]
            s.age, s.female, s.admitted = int(r["age"]), r["gender"] == "F", instant(r["intime"])
    for s in stays.values():
        s.finish()
    return stays
