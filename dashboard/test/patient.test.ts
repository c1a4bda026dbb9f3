// The patient's view: lanes with gaps, organs piled up with missing ones, zoom, marks, and what differs between then and now.
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { columnAt, columnsFrom, firstReading, lanesOf, readoutAt, seriesOf, standsFor, wayOf, type Grid } from "../src/lanes.ts";
import { alertMarks, alertsOfStay, eventRows } from "../src/marks.ts";
import { becauseOf, momentView } from "../src/moment.ts";
import { organsAt, pileOf, stepsOf } from "../src/organs.ts";
import { keepIn, lengths, move, select, spanOf, startLook, ticksOf, zoomBy, zoomTo } from "../src/span.ts";
import { bandOf, levelsOf, lineOf } from "../src/strip.ts";
import { signalName, text } from "../src/text.ts";
import { fieldTime } from "../src/time.ts";
import { signals } from "../src/wire/signals.ts";
import { LanesSchema, MomentSchema, TrendSchema } from "vigil-client/wire/gateway/page_pb.ts";
import { AlertSchema, SignalState, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import { LaneSchema, type Lane } from "vigil-client/wire/vigil/v1/query_pb.ts";
import { EvidenceSchema, PartState, ScoreSchema, Verdict, type Evidence, type Score } from "vigil-client/wire/vigil/v1/score_pb.ts";

const t0 = 1_790_000_000_000;
const minute = 60_000;
const hour = 60 * minute;

/** Readings as [minutes after t0, value, least, greatest] or [minutes, word], in tenths. */
type Said = [number, number, number?, number?] | [number, string];
function lane(signal: string, said: Said[], unit = "/min"): Lane {
  return create(LaneSchema, {
    signal, unit, scale: 1,
    columns: said.map(([at, value, least, greatest]) => {
      const atMs = BigInt(t0 + at * minute);
      if (typeof value === "string") return { atMs, coded: value, readings: 1 };
      return { atMs, newest: BigInt(value * 10), least: BigInt((least ?? value) * 10), greatest: BigInt((greatest ?? value) * 10), readings: 1 };
    }),
  });
}
const grid = (minutes: number, columns: number, from = 0): Grid => ({ from: t0 + from * minute, to: t0 + (from + minutes) * minute, columns });

describe("a lane", () => {
  it("joins readings as long as one stands as the current one, and never across more", () => {
    expect(standsFor("hr")).toBe(5 * minute);
    const series = seriesOf(lane("hr", [[0, 80], [4, 82], [12, 90], [13, 91]]), grid(16, 16));
    expect(series.newest).toEqual([80, undefined, undefined, undefined, 82, null, null, null, null, null, null, null, 90, 91, null, null]);
    expect(series.alone).toEqual([]);
    expect(seriesOf(lane("hr", [[0, 80], [5, 82]]), grid(10, 10)).newest.slice(0, 6)).toEqual([80, undefined, undefined, undefined, undefined, 82]);
    expect(seriesOf(lane("hr", [[0, 80], [6, 82]]), grid(10, 10)).newest.slice(0, 7)).toEqual([80, null, null, null, null, null, 82]);
  });
  it("joins neighbouring columns however wide they are, and leaves a gap for one without readings", () => {
    const series = seriesOf(lane("hr", [[5, 80], [35, 82], [95, 90]]), grid(120, 4));
    expect(series.newest).toEqual([80, 82, null, 90]);
    expect(series.alone).toEqual([3]);
  });
  it("shows a reading that no line reaches as a point", () => {
    expect(seriesOf(lane("hr", [[0, 80], [20, 82], [40, 84]]), grid(60, 60)).alone).toEqual([0, 20, 40]);
  });
  it("has the least and the greatest of a column beside the newest", () => {
    const series = seriesOf(lane("hr", [[0, 80, 74, 91], [1, 81]]), grid(2, 2));
    expect([series.least, series.newest, series.greatest]).toEqual([[74, 81], [80, 81], [91, 81]]);
  });
  it("never joins laboratory values", () => {
    const series = seriesOf(lane("lact", [[0, 2], [1, 3]], "mmol/L"), grid(4, 4));
    expect(wayOf("lact")).toBe("points");
    expect([series.newest, series.alone]).toEqual([[2, 3, null, null], [0, 1]]);
  });
  it("holds a dose until it is changed, and ends it where somebody stopped it", () => {
    expect(standsFor("norepinephrine")).toBe(Infinity);
    const series = seriesOf(lane("norepinephrine", [[1, 0.1], [3, 0.2], [5, "stopped"]]), grid(8, 8));
    expect(series.newest).toEqual([null, 0.1, 0.1, 0.2, 0.2, null, null, null]);
  });
  it("draws a dose that stood before the window, and nothing that was stopped before it", () => {
    expect(seriesOf(lane("norepinephrine", [[-300, 0.1]]), grid(3, 3)).newest).toEqual([0.1, 0.1, 0.1]);
    expect(seriesOf(lane("norepinephrine", [[-300, 0.1], [2, 0.3]]), grid(3, 3)).newest).toEqual([0.1, 0.1, 0.3]);
    expect(seriesOf(lane("norepinephrine", [[-300, "stopped"]]), grid(3, 3)).newest).toEqual([null, null, null]);
  });
  it("holds a setting no longer than it stands", () => {
    expect(standsFor("fio2_set")).toBe(4 * hour);
    expect(seriesOf(lane("fio2_set", [[0, 40]], "%"), grid(480, 8)).newest).toEqual([40, 40, 40, 40, 40, null, null, null]);
    expect(seriesOf(lane("fio2_set", [[-300, 40]], "%"), grid(60, 2)).newest).toEqual([null, null]);
  });
  it("leaves out what lies outside and keeps a measured 0", () => {
    expect(seriesOf(lane("hr", [[-1, 70], [0, 0], [9, 80]]), grid(3, 3)).newest).toEqual([0, null, null]);
  });
});

describe("the lanes", () => {
  it("are those with numbers in them, each signal once, and none is left out", () => {
    const lanes = create(LanesSchema, {
      lanes: [lane("hr", [[0, 80]]), lane("map", [[0, 70]]), lane("sbp", [[0, 110]]), lane("lact", [[0, 2]]), lane("norepinephrine", [[0, 0.1]]), lane("resp_device", [[0, "imv"]]),
        lane("fio2_set", [[0, 50]]), lane("gcs_total", [[0, 11]]), lane("never_heard_of", [[0, 1]]), lane("sofa_sum", [[0, 9]]), lane("spo2", [[-60, 91]])],
    });
    const groups = lanesOf(lanes, grid(10, 10));
    expect(groups.map((group) => [group.id, group.strips.map((strip) => strip.series.map((one) => one.signal))])).toEqual([
      ["vitals", [["hr"], ["map", "sbp"]]],
      ["ventilator", [["fio2_set"]]],
      ["infusions", [["norepinephrine"]]],
      ["labs", [["lact"]]],
      ["charted", [["gcs_total"], ["never_heard_of"]]],
    ]);
  });
  it("place every signal of the vocabulary somewhere", () => {
    const ids = Object.values(signals).flatMap((names) => names.split(" "));
    const lanes = create(LanesSchema, { lanes: ids.map((id) => lane(id, [[0, 1]])) });
    const drawn = lanesOf(lanes, grid(10, 10)).flatMap((group) => group.strips.flatMap((strip) => strip.series.map((one) => one.signal)));
    expect([...drawn].sort()).toEqual(ids.filter((id) => !id.startsWith("sofa_sum") && !id.startsWith("sofa_most")).sort());
    expect(ids.length).toBeGreaterThan(100);
  });
  it("keep every reading on the scale", () => {
    const [vitals] = lanesOf(create(LanesSchema, { lanes: [lane("hr", [[0, 80, 20, 210]]), lane("temp", [[0, 37]])] }), grid(2, 2));
    expect(vitals!.strips.map((strip) => strip.range)).toEqual([[20, 210], [35, 40]]);
  });
});

describe("what is read at the cursor", () => {
  const series = seriesOf(lane("hr", [[0, 80.5, 78, 82], [2, 85], [20, 90]]), grid(30, 30));
  const at = (minutes: number) => readoutAt(series, t0 + minutes * minute, grid(30, 30));
  it("is the newest before it as long as that stands, with its own time", () => {
    expect(at(0.5)).toEqual({ value: "80.5", bounds: "78–82", at: t0 });
    expect(at(6)).toMatchObject({ value: "85", at: t0 + 2 * minute });
  });
  it("is nothing once it stands no more, and says when it was last", () => {
    expect(at(9)).toEqual({ value: "", bounds: "", at: t0 + 2 * minute });
    expect(readoutAt(seriesOf(lane("hr", []), grid(2, 2)), t0, grid(2, 2))).toEqual({ value: "", bounds: "", at: undefined });
  });
  it("is never from after the cursor where something stood before it", () => {
    expect(at(1.99)).toMatchObject({ value: "80.5" });
  });
  it("is a word where a word was said", () => {
    const stopped = seriesOf(lane("norepinephrine", [[0, 0.1], [3, "stopped"]]), grid(10, 10));
    expect(readoutAt(stopped, t0 + 8 * minute, grid(10, 10)).value).toBe("stopped");
    expect(readoutAt(stopped, t0 + 2 * minute, grid(10, 10)).value).toBe("0.1");
  });
  it("has the digits of the reading", () => {
    const exact = create(LaneSchema, { signal: "crea", scale: 3, columns: [{ atMs: BigInt(t0), newest: 1_200n, least: 1_200n, greatest: 100_000n, readings: 2 }] });
    expect(readoutAt(seriesOf(exact, grid(1, 1)), t0, grid(1, 1))).toMatchObject({ value: "1.2", bounds: "1.2–100" });
  });
});

it("finds the first reading of a stay, not later than it was", () => {
  const whole = grid(1000, 10);
  const first = firstReading(create(LanesSchema, { lanes: [lane("hr", [[770, 80]]), lane("lact", [[431, 2], [440, 2]])] }), whole)!;
  expect(first).toBe(t0 + 400 * minute);
  expect(firstReading(create(LanesSchema), whole)).toBeUndefined();
  expect(columnAt(t0 + 999 * minute, whole)).toBe(9);
});
it("finds it where it is the newest word of the feed, too", () => {
  const now = t0 + 1000 * minute;
  const told = create(LanesSchema, { lanes: [lane("plt", [[1000, 15]])] });
  const coarse = firstReading(told, grid(1000, 10))!;
  expect(coarse).toBe(now);
  expect(firstReading(told, columnsFrom(coarse, now, 8 * hour, 10))).toBe(now);
});

const stay = { from: t0, to: t0 + 100 * hour };
describe("zoom", () => {
  it("follows the clock until somebody looks elsewhere", () => {
    expect(spanOf(startLook, stay)).toEqual({ from: stay.to - 24 * hour, to: stay.to });
    expect(spanOf(startLook, { ...stay, to: stay.to + minute }).to).toBe(stay.to + minute);
  });
  it("offers from ten minutes to the whole stay", () => {
    expect(lengths.map((length) => text.patient.lengths[length])).toEqual(["10 min", "1 h", "6 h", "24 h", "72 h", "Stay"]);
    expect(spanOf(zoomTo(startLook, Infinity, undefined, stay), stay)).toEqual(stay);
    expect(spanOf(zoomTo(startLook, 10 * minute, undefined, stay), stay)).toEqual({ from: stay.to - 10 * minute, to: stay.to });
  });
  it("keeps what is under the cursor under it", () => {
    const anchor = stay.to - 18 * hour; // a quarter from the left
    const span = spanOf(zoomBy(startLook, 0.5, anchor, stay), stay);
    expect([span.to - span.from, (anchor - span.from) / (span.to - span.from)]).toEqual([12 * hour, 0.25]);
  });
  it("never leaves the stay, neither in zooming nor in moving", () => {
    for (const anchor of [stay.from, stay.from + hour, stay.to - hour, stay.to])
      for (const factor of [0.01, 0.5, 2, 100])
        for (const share of [-100, -0.25, 0.25, 100]) {
          const { from, to } = spanOf(move(zoomBy(startLook, factor, anchor, stay), share, stay), stay);
          expect(from).toBeGreaterThanOrEqual(stay.from);
          expect(to).toBeLessThanOrEqual(stay.to);
          expect(to - from).toBeGreaterThanOrEqual(minute);
        }
  });
  it("follows the clock again once moved to its end", () => {
    const back = move(startLook, -1, stay);
    expect(back.end).toBe(stay.to - 24 * hour);
    expect(move(back, 5, stay).end).toBeUndefined();
  });
  it("takes a span drawn in either direction, and not less than a minute", () => {
    const [a, b] = [t0 + 10 * hour, t0 + 12 * hour];
    expect(spanOf(select(b, a, stay), stay)).toEqual({ from: a, to: b });
    const { from, to } = spanOf(select(a, a + 1, stay), stay);
    expect([to - from, from <= a && to > a]).toEqual([minute, true]);
  });
  it("moves only as far as needed to have a moment in sight", () => {
    const look = { length: 6 * hour, end: t0 + 50 * hour };
    expect(keepIn(look, t0 + 45 * hour, stay)).toBe(look);
    for (const at of [t0, t0 + hour, t0 + 60 * hour, stay.to - minute]) {
      const { from, to } = spanOf(keepIn(look, at, stay), stay);
      expect(at >= from && at <= to, String(at - t0)).toBe(true);
    }
  });
  it("shows a stay of half an hour as half an hour", () => {
    const short = { from: t0, to: t0 + 30 * minute };
    expect(spanOf(startLook, short)).toEqual(short);
  });
  it("writes round times of the screen's zone under the axis", () => {
    const ticks = ticksOf({ from: Date.UTC(2026, 0, 5, 3, 7), to: Date.UTC(2026, 0, 6, 3, 7) }, 9, -60);
    expect(ticks.map((at) => new Date(at).getUTCHours())).toEqual([5, 8, 11, 14, 17, 20, 23, 2]);
    expect(ticksOf(stay, 10, 0).length).toBeLessThanOrEqual(11);
  });
  it("gives a field the time that it takes back", () => {
    expect(new Date(fieldTime(t0)).getTime()).toBe(t0);
  });
});

const organs = ["resp", "coag", "liver", "cardio", "cns", "renal"];
function trend(...said: (number | undefined)[][]) {
  return create(TrendSchema, {
    fromMs: BigInt(t0), toMs: BigInt(t0 + said.length * hour),
    points: said.map((points, index) => {
      const known = points.filter((value) => value !== undefined);
      const sum = known.reduce((left, right) => left + right, 0);
      const missing = points.length - known.length;
      return { atMs: BigInt(t0 + index * hour), points: known.length === 0 ? undefined : sum, lower: sum, upper: sum + 4 * missing, missing, parts: points.map((value, place) => ({ part: organs[place]!, points: value })) };
    }),
  });
}
const all = { from: t0, to: t0 + 100 * hour };
const u = undefined;
describe("organs over time", () => {
  it("pile up what was measured, and on top what the missing could add", () => {
    const pile = pileOf(trend([2, 0, u, 3, 1, u]), all);
    expect(pile.layers.map(({ part, bottom, top }) => [part, bottom, top])).toEqual([["resp", 0, 2], ["cardio", 2, 5], ["cns", 5, 6]]);
    expect(pile.open.map(({ bottom, top }) => [bottom, top])).toEqual([[6, 14]]);
  });
  it("draw nothing for a time in which nothing was measured, and say so", () => {
    const pile = pileOf(trend([u, u, u, u, u, u], [0, 0, 0, 0, 0, 0]), all);
    expect([pile.layers, pile.open, pile.unknown]).toEqual([[], [], [{ from: t0, to: t0 + hour }]]);
  });
  it("have for every organ a step that is missing and never 0", () => {
    const said = trend([u, 0, 0, 0, 0, 0], [u, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0]);
    expect(stepsOf(said, "resp", all)).toEqual([{ from: t0, to: t0 + 2 * hour, points: undefined }, { from: t0 + 2 * hour, to: t0 + 3 * hour, points: 2 }]);
    expect(stepsOf(said, "coag", all)).toEqual([{ from: t0, to: t0 + 3 * hour, points: 0 }]);
  });
  it("join steps of the same height and cut them to what is seen", () => {
    const said = trend([1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [1, 2, 0, 0, 0, 0]);
    const span = { from: t0 + hour / 2, to: t0 + 2.5 * hour };
    expect(pileOf(said, span).layers).toEqual([{ part: "resp", ...span, bottom: 0, top: 1 }, { part: "coag", from: t0 + 2 * hour, to: span.to, bottom: 1, top: 3 }]);
  });
  it("are read at an instant, and not where the history does not reach", () => {
    const said = trend([1, u, 0, 0, 0, 0]);
    expect(organsAt(said, t0 + minute)?.parts.slice(0, 2)).toEqual([{ part: "resp", points: 1 }, { part: "coag", points: undefined }]);
    expect(organsAt(said, t0 - 1)).toBeUndefined();
    expect(organsAt(said, t0 + 2 * hour)).toBeUndefined();
  });
});

function alert(id: string, since: number, end: number | undefined, fields: object = {}): Alert {
  return create(AlertSchema, {
    id, revision: 2n, encounter: "e", trueSinceMs: BigInt(t0 + since * minute), shownAtMs: BigInt(t0 + since * minute), revisedAtMs: BigInt(t0 + (end ?? since) * minute),
    signal: end === undefined ? SignalState.ON : SignalState.CLOSED, ...fields,
  });
}
describe("marks", () => {
  const span = { from: t0, to: t0 + 100 * minute };
  it("last from when it was true to its end, the open ones until now", () => {
    const marks = alertMarks([alert("a", 10, 30), alert("b", 50, undefined), alert("c", -20, -1), alert("d", 101, undefined)], span, t0 + 80 * minute, 0.01);
    expect(marks.map((mark) => [mark.alert.id, mark.from, mark.to, mark.open])).toEqual([["a", 0.1, 0.3, false], ["b", 0.5, 0.8, true]]);
  });
  it("lie in rows that do not overlap, wide enough for a finger and inside the lane", () => {
    const marks = alertMarks([alert("a", 10, 40), alert("b", 20, 21), alert("c", 41, 50), alert("d", 99, undefined)], span, t0 + 100 * minute, 0.05);
    expect(marks.map((mark) => [mark.alert.id, mark.row])).toEqual([["a", 0], ["b", 1], ["c", 0], ["d", 0]]);
    for (const mark of marks) expect(mark.to - mark.from).toBeGreaterThanOrEqual(0.05 - 1e-9);
    expect(marks.at(-1)!.to).toBeLessThanOrEqual(1);
  });
  it("tell how long something was true and on no screen", () => {
    const [mark] = alertMarks([alert("a", 10, 50, { shownAtMs: BigInt(t0 + 30 * minute) })], span, span.to, 0.01);
    expect([mark!.from, mark!.shown, mark!.to]).toEqual([0.1, 0.3, 0.5]);
  });
  it("are of this stay alone, each alert once in its newest revision", () => {
    const open = [alert("a", 10, undefined), alert("x", 1, undefined, { encounter: "other" })];
    const closed = [alert("a", 10, 20, { revision: 3n }), alert("b", 5, 6)];
    expect(alertsOfStay(open, closed, "e").map((one) => [one.id, one.signal])).toEqual([["b", SignalState.CLOSED], ["a", SignalState.CLOSED]]);
    expect(alertsOfStay(open, closed, "")).toEqual([]);
  });
  it("are words where they changed, with what stood when the window began", () => {
    const rows = eventRows(create(LanesSchema, { lanes: [lane("resp_device", [[-60, "hfno"], [10, "hfno"], [50, "imv"]]), lane("norepinephrine", [[20, 0.1], [60, "stopped"]]), lane("hr", [[1, 80]])] }), span);
    expect(rows.map((row) => [row.signal, row.marks.map((mark) => [mark.word, mark.from, mark.until, mark.before])])).toEqual([
      ["resp_device", [["hfno", 0, 0.5, true], ["imv", 0.5, 1, false]]],
      ["norepinephrine", [["running", 0.2, 0.6, false], ["stopped", 0.6, 1, false]]],
    ]);
  });
  it("have no row for a circuit that never was, and one for a circuit that ended", () => {
    const rows = eventRows(create(LanesSchema, { lanes: [lane("ecls", [[5, "none"]]), lane("rrt", [[-60, "crrt"], [50, "none"]])] }), span);
    expect(rows.map((row) => [row.signal, row.marks.map((mark) => mark.word)])).toEqual([["rrt", ["crrt", "none"]]]);
  });
  it("do not tell a device of yesterday as the one of now", () => {
    expect(eventRows(create(LanesSchema, { lanes: [lane("resp_device", [[-13 * 60, "imv"]])] }), span)).toEqual([]);
  });
});

const reading = (fields: object): Evidence =>
  create(EvidenceSchema, { role: "pao2", signal: "pao2", verdict: Verdict.USED, mantissa: 684n, scale: 1, unit: "mm[Hg]", eventTimeMs: BigInt(t0), journalSeq: 10n, ...fields });
function sofa(resp: number | undefined, evidence: Evidence[]): Score {
  const state = resp === undefined ? PartState.NOT_MEASURED : PartState.VALUED;
  return create(ScoreSchema, {
    definition: "sofa@1996.1+conventional", product: "rolling", basis: "conventional", asOfMs: BigInt(t0),
    parts: [{ part: "total", points: resp, state, lower: resp ?? 0, upper: resp ?? 4, missing: 0 }, { part: "resp", points: resp, state, lower: resp ?? 0, upper: resp ?? 4, evidence }],
  });
}
const view = (shown: Score[], known: Score[], alerts: Alert[] = [], now: Alert[] = []) =>
  momentView(create(MomentSchema, { atMs: BigInt(t0), shown, known, alerts, shownExplained: shown.map(() => "then"), knownExplained: known.map(() => "now") }), now, t0 + hour);

describe("a moment as shown and as known", () => {
  it("is the same where nothing has come since", () => {
    const same = view([sofa(2, [reading({})])], [sofa(2, [reading({})])]);
    expect([same.differs, same.nothingShown, same.scores[0]!.parts.every((part) => !part.differs)]).toEqual([false, false, true]);
    expect(same.scores[0]!.paper).toEqual({ shown: "then", known: "now" });
  });
  it("names the reading that came late", () => {
    const row = view([sofa(undefined, [])], [sofa(3, [reading({ journalSeq: 77n })])]).scores[0]!;
    expect(row.differs).toBe(true);
    expect(row.parts.find((part) => part.part === "resp")).toMatchObject({ differs: true });
    expect(row.total).toEqual({ shown: "--", known: "3" });
    expect(becauseOf([reading({ journalSeq: 5n, signal: "fio2" })], [reading({ journalSeq: 5n, signal: "fio2" }), reading({ journalSeq: 77n })], t0)).toEqual([expect.stringMatching(/^Came later: PaO₂ 68\.4 mm\[Hg\] of .*journal 77/)]);
  });
  it("names what a correction was before and became", () => {
    const because = becauseOf([reading({ mantissa: 864n, journalSeq: 10n })], [reading({ journalSeq: 90n })], t0);
    expect(because).toEqual([expect.stringMatching(/^Corrected: PaO₂ 86\.4 .*journal 10\) became PaO₂ 68\.4 .*journal 90/)]);
  });
  it("names what is no longer behind it, no longer used, and used only now", () => {
    expect(becauseOf([reading({})], [], t0)).toEqual([expect.stringMatching(/^No longer behind it/)]);
    expect(becauseOf([reading({})], [reading({ verdict: Verdict.STALE })], t0)).toEqual([expect.stringMatching(/^No longer used.*too old/)]);
    expect(becauseOf([reading({ verdict: Verdict.REFUSED })], [reading({})], t0)).toEqual([expect.stringMatching(/^Used now.*refused/)]);
    expect(becauseOf([reading({})], [reading({})], t0)).toEqual([]);
  });
  it("sees a difference that the words alone would hide", () => {
    const known = sofa(2, [reading({})]);
    known.parts[1]!.upper = 3;
    expect(view([sofa(2, [reading({})])], [known]).differs).toBe(true);
  });
  it("says that it cannot tell why rather than that every reading came late", () => {
    expect(view([sofa(2, [])], [sofa(3, [reading({})])]).scores[0]!.parts[1]!.because).toEqual([text.moment.untold]);
  });
  it("has a score that only one side has", () => {
    const row = view([sofa(2, [])], []).scores[0]!;
    expect([row.known, row.differs, row.total]).toEqual([undefined, true, { shown: "2", known: "" }]);
  });
  it("says where nothing was shown yet", () => {
    expect(view([], []).nothingShown).toBe(true);
    expect(view([], [], [alert("a", 0, undefined)]).nothingShown).toBe(false);
  });
  it("tells alerts that were true then and shown only later, and those withdrawn since", () => {
    const then = alert("a", -10, undefined);
    const late = alert("b", -5, undefined, { shownAtMs: BigInt(t0 + 20 * minute) });
    const moment = view([sofa(2, [])], [sofa(2, [])], [then], [alert("a", -10, 30, { closedBecause: "corrected" }), late, alert("c", 5, undefined)]);
    expect(moment.stood.map((row) => [row.alert.id, row.remark])).toEqual([["a", text.moment.withdrawn]]);
    expect(moment.late.map((row) => row.alert.id)).toEqual(["b"]);
    expect(moment.differs).toBe(true);
  });
});

it("every number of the vocabulary that has a lane of its own name is named", () => {
  const numbers = Object.entries(signals).filter(([said]) => /^(monitor|infusion|laboratory|interval) /.test(said)).flatMap(([, names]) => names.split(" "));
  expect(numbers.filter((id) => text.signals[id] === undefined)).toEqual([]);
  expect(signalName("never_heard_of")).toBe("never heard of");
});

describe("a strip's lines", () => {
  const scale = { x: (column: number) => column * 10, y: (value: number) => 100 - value };
  it("stop at a gap, go over what is joined, and never draw a missing reading", () => {
    const series = seriesOf(lane("hr", [[0, 80], [2, 82], [12, 90], [13, 91]]), grid(16, 16));
    expect(lineOf(series, scale)).toBe("M5.0 20.0L25.0 18.0M125.0 10.0L135.0 9.0");
    expect(lineOf(seriesOf(lane("hr", []), grid(4, 4)), scale)).toBe("");
  });
  it("are steps for what holds until it is changed, and nothing for points", () => {
    const dose = seriesOf(lane("norepinephrine", [[1, 1], [3, 2], [4, "stopped"]]), grid(6, 6));
    expect(lineOf(dose, scale)).toBe("M10.0 99.0H20.0V99.0H30.0V98.0H40.0");
    expect(lineOf(seriesOf(lane("lact", [[0, 2], [1, 3]]), grid(2, 2)), scale)).toBe("");
  });
  it("have a band where one point stands for several readings, and none elsewhere", () => {
    expect(bandOf(seriesOf(lane("hr", [[0, 80, 70, 90], [1, 81]]), grid(2, 2)), scale)).toBe("M5.0 10.0L15.0 19.0L15.0 19.0L5.0 30.0Z");
    expect(bandOf(seriesOf(lane("hr", [[0, 80], [1, 81]]), grid(2, 2)), scale)).toBe("");
  });
  it("stand on round numbers", () => {
    expect(levelsOf([40, 140], 3)).toEqual(["50", "100"]);
    expect(levelsOf([35, 40], 2)).toEqual(["35.0", "37.5", "40.0"]);
    expect(levelsOf([0, 0.138], 3)).toEqual(["0.00", "0.05", "0.10"]);
    expect(levelsOf([-5, 4], 4)).toEqual(["-5.0", "-2.5", "0.0", "2.5"]);
  });
});
