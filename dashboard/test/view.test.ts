import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { text } from "../src/text.ts";
import { ageOf, shortAgeOf } from "../src/time.ts";
import { actionsOf } from "../src/actions.ts";
import { countAlerts, everyAlert, markOf, mergeAlert, orderAlerts, orderHistory, passes } from "../src/alerts.ts";
import { decimalText } from "../src/decimal.ts";
import { evidenceView } from "../src/evidence.ts";
import { layoutOf } from "../src/layout.ts";
import { bedView, extendTrend, feedView, isOrgans, organsOf, organView, partText, supportViews, totalText, totalView } from "../src/view.ts";
import { orderBeds, summaryOf } from "../src/ward.ts";
import { BedSchema, Clock_Feed, ClockSchema, TrendPointSchema, type Bed, type TrendPoint } from "vigil-client/wire/gateway/page_pb.ts";
import { AlertKind, AlertSchema, Priority, SignalState, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import { PartState, ScorePartSchema, ScoreSchema, Verdict, type Score, EvidenceSchema } from "vigil-client/wire/vigil/v1/score_pb.ts";

const now = 1_790_000_000_000n;
const hour = 3_600_000n;
const clock = create(ClockSchema, { feed: Clock_Feed.LIVE, logTimeMs: now });
const organs = ["resp", "coag", "liver", "cardio", "cns", "renal"];

function sofa(points: (number | undefined)[]): Score {
  const known = points.filter((value) => value !== undefined);
  const sum = known.reduce((left, right) => left + right, 0);
  const missing = points.length - known.length;
  return create(ScoreSchema, {
    definition: "sofa@1996.1+conventional",
    product: "rolling",
    asOfMs: now,
    parts: [
      {
        part: "total",
        points: known.length === 0 ? undefined : sum,
        state: known.length === 0 ? PartState.NOT_MEASURED : PartState.VALUED,
        lower: sum,
        upper: sum + 4 * missing,
        missing,
      },
      ...points.map((value, index) => ({
        part: organs[index]!,
        points: value,
        state: value === undefined ? PartState.NOT_MEASURED : PartState.VALUED,
        lower: value ?? 0,
        upper: value ?? 4,
      })),
    ],
  });
}

function bed(points: (number | undefined)[], minutesOld: number | undefined): Bed {
  return create(BedSchema, {
    unit: "icu",
    bed: "bed01",
    encounter: "enc",
    scores: [sofa(points)],
    lastDataMs: minutesOld === undefined ? undefined : now - BigInt(minutesOld) * 60_000n,
  });
}

function alert(id: string, fields: Partial<Alert>): Alert {
  return create(AlertSchema, {
    id, revision: 1n, kind: AlertKind.PATIENT, priority: Priority.LOW, signal: SignalState.ON, trueSinceMs: now, unit: "icu",
    bed: "bed01", ...(fields as object),
  });
}

describe("what is missing has no number", () => {
  it("draws every combination of missing organs as missing and never as 0", () => {
    for (let mask = 0; mask < 64; mask++) {
      const points = organs.map((_, index) => ((mask >> index) & 1 ? undefined : 0));
      const views = organsOf(sofa(points));
      expect(views).toHaveLength(6);
      views.forEach((view, index) => {
        const missing = points[index] === undefined;
        expect(view.kind).toBe(missing ? "missing" : "valued");
        expect(view.points).toBe(missing ? undefined : 0);
        expect(view.spoken.includes("not measured")).toBe(missing);
      });
      const total = totalView(sofa(points));
      const missing = views.filter((view) => view.kind === "missing").length;
      expect(totalText(total)).toBe(missing === 6 ? "--" : missing === 0 ? "0" : `0–${4 * missing}`);
    }
  });
  it("has no points when the state says not measured, whatever number came with it", () => {
    const part = create(ScorePartSchema, { part: "liver", points: 0, state: PartState.NOT_MEASURED, upper: 4 });
    expect(organView(part)).toMatchObject({ kind: "missing", points: undefined });
  });
  it("has no points when none came, whatever the state says", () => {
    const part = create(ScorePartSchema, { part: "liver", state: PartState.VALUED });
    expect(organView(part)).toMatchObject({ kind: "missing", points: undefined });
  });
  it("treats an organ that the score leaves out as missing", () => {
    const score = sofa([1, 1, 1, 1, 1, 1]);
    score.parts = score.parts.filter((part) => part.part !== "renal");
    expect(organsOf(score).find((view) => view.part === "renal")).toMatchObject({ kind: "missing", points: undefined });
  });
  it("says so when there is no score at all", () => {
    const view = bedView(create(BedSchema, { unit: "icu", bed: "b", encounter: "e", lastDataMs: now }), [], clock, 900);
    expect(view.totalText).toBe("--");
    expect(view.totalNote).toBe(text.noScore);
    expect(view.changeText).toBe(text.changeUnknown);
    expect(view.ards).toBe(text.ards.unknown.said);
  });
  it("tells carried and provisional from valued", () => {
    expect(organView(create(ScorePartSchema, { part: "coag", points: 2, state: PartState.CARRIED })).kind).toBe("carried");
    expect(organView(create(ScorePartSchema, { part: "cardio", points: 1, upper: 3, state: PartState.PROVISIONAL }))).toMatchObject({
      kind: "provisional", upper: 3,
    });
  });
  it("says missing in evidence, even when a number came along", () => {
    const view = evidenceView(create(EvidenceSchema, { role: "bili", verdict: Verdict.MISSING, mantissa: 0n, compared: "0" }), Number(now));
    expect(view.value).toBe(text.evidence.missing);
    expect(view.used).toBe(false);
  });
});

describe("what met the threshold", () => {
  const value = (compared: string, comparison: string) =>
    evidenceView(create(EvidenceSchema, { role: "pao2", signal: "pao2", verdict: Verdict.USED, mantissa: 70n, unit: "mm[Hg]", compared, comparison }), Number(now)).value;
  it("stands beside the reading in the daemon's words, where it is another figure", () => {
    expect(value("140.0 mm[Hg]", "giving P/F 140.0 mm[Hg]")).toBe("70 mm[Hg], giving P/F 140.0 mm[Hg]");
    expect(value("70 mm[Hg]", "compared as 70 mm[Hg]")).toBe("70 mm[Hg]");
  });
});

describe("old beats value", () => {
  it("shows no number once the data are too old, and says what it last was", () => {
    const fresh = bedView(bed([1, 2, 3, 4, 0, 0], 15), [], clock, 900);
    expect(fresh.stale).toBe(false);
    expect(fresh.totalText).toBe("10");
    const old = bedView(bed([1, 2, 3, 4, 0, 0], 16), [], clock, 900);
    expect(old.stale).toBe(true);
    expect(old.totalText).toBe("--");
    expect(old.totalNote).toBe("last known 10");
    expect(old.staleText).toContain("16 min");
    expect(old.dataText).toBe("");
  });
  it("is stale when no data time is known, or no clock", () => {
    expect(bedView(bed([0, 0, 0, 0, 0, 0], undefined), [], clock, 900).totalText).toBe("--");
    expect(bedView(bed([0, 0, 0, 0, 0, 0], 1), [], undefined, 900).stale).toBe(true);
  });
  it("never calls an empty bed stale", () => {
    const view = bedView(create(BedSchema, { unit: "icu", bed: "b" }), [], clock, 900);
    expect(view).toMatchObject({ occupied: false, stale: false, totalText: "--" });
  });
});

describe("ARDS", () => {
  const withArds = (cls: string, oxygenation: string) =>
    bedView(
      create(BedSchema, {
        unit: "icu", bed: "b", encounter: "e",
        scores: [{ definition: "ards_berlin@2012.1+live", parts: [{ part: "ards", label: cls }, { part: "oxygenation", label: oxygenation }] }],
      }), [], clock, 900).ards;
  it("says on high flow what the Global Definition says, and else Berlin's word, in whichever order they come", () => {
    const score = (definition: string, label: string) => ({ definition, parts: [{ part: "ards", label: "unknown" }, { part: "oxygenation", label }] });
    const said = (...scores: ReturnType<typeof score>[]) => bedView(create(BedSchema, { unit: "icu", bed: "b", encounter: "e", scores }), [], clock, 900).ards;
    const low = score("ards_global@2023+live", "meets_non_intubated");
    expect(said(low, score("ards_berlin@2012+live", "none"))).toBe("Low oxygen, no tube · unattested");
    expect(said(score("ards_global@2023+live", "meets_severe"), score("ards_berlin@2012+live", "meets_moderate"))).toBe("P/F moderate · unattested");
    expect(said(score("ards_global@2023+live", "unknown"), score("ards_berlin@2012+live", "none"))).toBe("No ARDS");
  });
  it("names a class only when the class is known", () => {
    expect(withArds("moderate", "meets_moderate")).toBe("ARDS moderate");
    expect(withArds("unknown", "meets_severe")).toBe("P/F severe · unattested");
    expect(withArds("none", "none")).toBe("No ARDS");
    expect(withArds("unknown", "unknown")).toBe("ARDS not known");
  });
});

describe("alerts", () => {
  it("puts high before low, unanswered before acknowledged, newest first, explained last; and the technical apart", () => {
    const all = [
      alert("low", { priority: Priority.LOW }),
      alert("held", { priority: Priority.HIGH, signal: SignalState.ACKNOWLEDGED }),
      alert("high-old", { priority: Priority.HIGH, trueSinceMs: now - hour }),
      alert("high-new", { priority: Priority.HIGH }),
      alert("explained", { priority: Priority.HIGH, inhibitedBy: "on_ecls" }),
      alert("technical", { priority: Priority.HIGH, kind: AlertKind.TECHNICAL }),
      alert("closed", { priority: Priority.HIGH, signal: SignalState.CLOSED }),
    ];
    const order = (list: Alert[]) => orderAlerts(list, AlertKind.PATIENT).map((item) => item.id);
    expect(order(all)).toEqual(["high-new", "high-old", "held", "low", "explained"]);
    expect(order([...all].reverse())).toEqual(order(all));
    expect(orderAlerts(all, AlertKind.TECHNICAL).map((item) => item.id)).toEqual(["technical"]);
  });
  it("keeps the newest revision and drops closed ones; revisions are never rounded", () => {
    const big = 9_007_199_254_740_993n;
    let map = mergeAlert(new Map(), alert("a", { revision: big }));
    map = mergeAlert(map, alert("a", { revision: big - 1n, priority: Priority.HIGH }));
    expect(map.get("a")).toMatchObject({ revision: big, priority: Priority.LOW });
    map = mergeAlert(map, alert("a", { revision: big + 1n, signal: SignalState.CLOSED }));
    expect(map.size).toBe(0);
  });
  it("counts on a tile what is announced there", () => {
    const list = [alert("a", {}), alert("b", { priority: Priority.MEDIUM }), alert("c", { bed: "bed02" }), alert("d", { priority: Priority.HIGH, inhibitedBy: "x" }), alert("e", { priority: Priority.HIGH, kind: AlertKind.TECHNICAL })];
    expect(bedView(bed([0, 0, 0, 0, 0, 0], 1), list, clock, 900)).toMatchObject({
      alertCount: 2, topPriority: Priority.MEDIUM, technicalCount: 1,
    });
  });
});

describe("alerts that are looked for", () => {
  const list = [
    alert("high", { priority: Priority.HIGH }),
    alert("held", { priority: Priority.HIGH, signal: SignalState.ACKNOWLEDGED, acknowledgedBy: "nurse" }),
    alert("low", { bed: "bed02" }),
    alert("device", { kind: AlertKind.TECHNICAL, priority: Priority.MEDIUM, bed: "bed02" }),
    alert("explained", { inhibitedBy: "on_ecls" }),
  ];
  const ids = (filter: object) => list.filter((item) => passes(item, { ...everyAlert, ...filter })).map((item) => item.id);
  it("are found by kind, priority, bed and holder", () => {
    expect(ids({})).toHaveLength(5);
    expect(ids({ kind: "technical" })).toEqual(["device"]);
    expect(ids({ kind: "patients", least: Priority.MEDIUM })).toEqual(["high", "held"]);
    expect(ids({ bed: "icu.bed02" })).toEqual(["low", "device"]);
    expect(ids({ holder: "somebody" })).toEqual(["held"]);
    expect(ids({ holder: "nobody", least: Priority.HIGH })).toEqual(["high"]);
  });
  it("are counted by priority, with how many nobody has", () => {
    expect(countAlerts(list, false).map((row) => [row.mark, row.nobody, row.all])).toEqual([["***", 1, 2], ["*", 1, 1]]);
    expect(countAlerts(list, true).map((row) => [row.mark, row.nobody, row.all])).toEqual([["!!", 1, 1]]);
  });
  it("carry a mark that needs no colour", () => {
    const marks = [Priority.INFORMATION, Priority.LOW, Priority.MEDIUM, Priority.HIGH].flatMap((priority) => [markOf(priority, false), markOf(priority, true)]);
    expect(marks).toEqual(["i", "i", "*", "!", "**", "!!", "***", "!!!"]);
  });
  it("offer only what can be done", () => {
    expect(list.map((item) => actionsOf(item).map((action) => action.id))).toEqual([["ack", "pause"], [], ["ack", "pause"], ["ack", "pause"], ["ack"]]);
    expect(actionsOf(alert("over", { signal: SignalState.CLOSED }))).toEqual([]);
  });
  it("are history with the last that ended first", () => {
    const ended = [alert("first", { revisedAtMs: 1n }), alert("last", { revisedAtMs: 3n }), alert("second", { revisedAtMs: 2n })];
    expect(orderHistory(ended).map((item) => item.id)).toEqual(["last", "second", "first"]);
  });
});

describe("the order of beds", () => {
  const one = (name: string, points: (number | undefined)[], minutes = 1, alerts: Alert[] = []) =>
    bedView({ ...bed(points, minutes), bed: name }, alerts.map((item) => ({ ...item, bed: name })), clock, 900);
  const well = [0, 0, 0, 0, 0, 0];
  const views = [
    one("well", well),
    bedView(create(BedSchema, { unit: "icu", bed: "empty" }), [], clock, 900),
    one("ill", [3, 3, 3, 3, 3, 3]),
    one("unmeasured", Array<undefined>(6).fill(undefined)),
    one("silent", well, 60),
    one("held", well, 1, [alert("a", { priority: Priority.HIGH, signal: SignalState.ACKNOWLEDGED, acknowledgedBy: "nurse" })]),
    one("technical", well, 1, [alert("b", { kind: AlertKind.TECHNICAL, priority: Priority.HIGH })]),
    one("medium", well, 1, [alert("c", { priority: Priority.MEDIUM })]),
    one("high", well, 1, [alert("d", { priority: Priority.HIGH })]),
  ];
  it("puts what nobody has first, what is not known before what is well, and empty beds last", () => {
    expect(orderBeds(views, "urgent").map((view) => view.bed)).toEqual([
      "high", "medium", "held", "technical", "silent", "ill", "unmeasured", "well", "empty",
    ]);
    expect(orderBeds(views, "bed")).toBe(views);
  });
  it("tells who has the alerts of a bed only when nothing is left to take", () => {
    const held = alert("a", { priority: Priority.HIGH, signal: SignalState.ACKNOWLEDGED, acknowledgedBy: "nurse" });
    expect(one("x", well, 1, [held]).holders).toEqual(["nurse"]);
    expect(one("x", well, 1, [held, alert("b", {})]).holders).toEqual([]);
  });
  it("sums up how much of the unit is current", () => {
    expect(summaryOf(views, [])).toMatchObject({ beds: 9, occupied: 8, stale: 1, sources: 0 });
  });
});

describe("the layout of the wall", () => {
  const screens = [[1904, 985], [1164, 690]] as const;
  it("puts 1 to 60 beds on one screen, the list beside them wherever it does not cost legibility", () => {
    for (const [width, height] of screens)
      for (let beds = 1; beds <= 60; beds++) {
        const layout = layoutOf(beds, width, height, 450);
        expect(layout.columns * layout.rows, `${beds} beds`).toBeGreaterThanOrEqual(beds);
        expect(layout.scrolls, `${beds} beds on ${width}`).toBe(false);
      }
    expect(layoutOf(12, 1904, 985, 450)).toMatchObject({ density: "full", side: true });
    expect(layoutOf(60, 1904, 985, 450)).toMatchObject({ density: "small", side: true });
    expect(layoutOf(60, 1164, 690, 310)).toMatchObject({ density: "tiny", side: false });
  });
  it("scrolls rather than cuts on a telephone", () => {
    expect(layoutOf(60, 380, 700, 310)).toMatchObject({ scrolls: true, side: false });
  });
});

describe("change over 24 h", () => {
  it("is unknown unless the gateway could compare, and says of how many organs", () => {
    const some = bed([1, undefined, 1, 1, 1, 1], 1);
    expect(bedView(some, [], clock, 900).changeText).toBe(text.changeUnknown);
    some.change = { $typeName: "vigil.page.v1.Change", points: 3, parts: ["resp", "liver"], fromMs: 0n };
    expect(bedView(some, [], clock, 900).changeText).toBe("▲ +3 in 24 h of 2 organs");
  });
});

describe("small things", () => {
  it("writes decimals digit for digit", () => {
    expect(decimalText(684n, 1)).toBe("68.4");
    expect(decimalText(5n, 3)).toBe("0.005");
    expect(decimalText(-70n, 1)).toBe("−7.0");
    expect(decimalText(120n, 0)).toBe("120");
  });
  it("hears the gateway's silence before the gateway's word", () => {
    expect(feedView(clock, 0)).toBe("live");
    expect(feedView(clock, 2501)).toBe("lost");
    expect([feedView(clock, 1300), feedView(clock, 1300, true)]).toEqual(["live", "lost"]);
    expect(feedView(create(ClockSchema, { feed: Clock_Feed.LOST }), 0)).toBe("lost");
    expect(feedView(undefined, 0)).toBe("connecting");
  });
  it("lists support, leaves out what has ended, and says when it was last told long ago", () => {
    const item = (signal: string, value: string, hoursOld = 1n) =>
      ({ $typeName: "vigil.page.v1.Support" as const, signal, value, eventTimeMs: now - hoursOld * hour });
    const running = [item("norepinephrine", "running"), item("vasopressin", "running", 13n), item("epinephrine", "stopped")];
    const views = supportViews([item("resp_device", "imv"), item("ecls", "none"), item("rrt", "crrt", 99n), item("mcs", "ended"), ...running], Number(now));
    expect(views.map((view) => [view.mark, view.said, view.old])).toEqual([
      ["V", "Vent IMV", false],
      ["R", "RRT CRRT", false],
      ["P", "Pressor NE", false],
      ["P", text.support.old("Pressor AVP"), true],
    ]);
    expect(supportViews([item("resp_device", "hfno", 13n)], Number(now))[0]).toMatchObject({ mark: "O", old: true });
    expect(supportViews([item("resp_device", "room_air")], Number(now))).toEqual([]);
  });
  it("keeps of a trend the 24 h and what was true at their start", () => {
    const point = (hours: bigint) => create(TrendPointSchema, { atMs: now - hours * hour, points: 1 });
    const next = create(TrendPointSchema, { atMs: now });
    const out = extendTrend([point(30n), point(26n), point(20n), point(1n)], next);
    expect(out.map((item) => (now - item.atMs) / hour)).toEqual([26n, 20n, 1n, 0n]);
    expect(out.at(-1)!.points).toBeUndefined();
    expect(extendTrend(out, next)).toHaveLength(4);
  });
  it("keeps of a score that changes all the time what can be drawn, its worst among it", () => {
    const began = now - (now % 360_000n);
    let trend: TrendPoint[] = [];
    for (let n = 0n; n < 1800n; n++) {
      const points = n === 700n ? 21 : Number(n % 5n);
      trend = extendTrend(trend, create(TrendPointSchema, { atMs: began + n * 200n, points, lower: points, upper: points }));
    }
    expect(trend).toHaveLength(3);
    expect(trend.map((point) => point.points)).toEqual([0, 21, 4]);
  });
  it("says ages in words a human would use", () => {
    expect(ageOf(30_000)).toBe("under 1 min");
    expect(ageOf(95 * 60_000)).toBe("1 h 35 min");
    expect(ageOf(120 * 60_000)).toBe("2 h");
    expect(ageOf(-5)).toBe("under 1 min");
    expect([30_000, 95 * 60_000, 50 * 3_600_000].map(shortAgeOf)).toEqual(["0 min", "1 h", "2 d"]);
  });
});

describe("a part of any score", () => {
  const part = (init: Parameters<typeof create<typeof ScorePartSchema>>[1]): string => partText(create(ScorePartSchema, init));

  it("says a class, a quantity or points, and what is not certain", () => {
    expect(part({ part: "sepsis", label: "possible", state: PartState.VALUED })).toBe("sepsis: possible");
    expect(part({ part: "pf", valueMantissa: 1504n, valueScale: 1, valueUnit: "mm[Hg]", state: PartState.VALUED })).toBe("P/F: 150.4 mm[Hg]");
    expect(part({ part: "rox", valueMantissa: 57n, valueScale: 1, valueUnit: "1", state: PartState.CARRIED })).toContain(text.organCarried);
    expect(part({ part: "total", points: 3, lower: 3, upper: 7, missing: 2, label: "not_overt", state: PartState.VALUED })).toBe(
      `total: 3 · not overt · 3–7 · ${text.notMeasuredCount(2)}`,
    );
  });

  it("is never a number when nothing was measured, and never of four", () => {
    expect(part({ part: "aki_crea", upper: 3, state: PartState.NOT_MEASURED })).toBe(`creatinine: ${text.organMissing} · 0–3`);
    expect(part({ part: "mentation", points: 1, lower: 1, upper: 1, state: PartState.VALUED })).toBe("mentation: 1");
    expect(part({ part: "total", state: PartState.NOT_APPLICABLE })).toBe(`total: ${text.organNotApplicable}`);
  });

  it("draws organs of SOFA and SOFA-2 only", () => {
    expect(isOrgans(sofa([1, 0, 0, 0, 0, 0]))).toBe(true);
    expect(isOrgans(create(ScoreSchema, { definition: "news2@2017+live", parts: [{ part: "total", points: 7 }] }))).toBe(false);
    const other = create(BedSchema, { encounter: "enc", scores: [create(ScoreSchema, { definition: "news2@2017+live", parts: [{ part: "total", points: 7 }] })] });
    expect(bedView(other, [], clock, 300).total.kind).toBe("none");
  });
});
