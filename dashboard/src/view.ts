// What the page shows of what the gateway says. Pure, and the only place that decides how missing, old and bounded values
// look. The one rule: what was not measured has no number here, so that no part of the page can draw one.
import type { Bed, Clock, Support, TrendPoint } from "vigil-client/wire/gateway/page_pb.ts";
import { Clock_Feed } from "vigil-client/wire/gateway/page_pb.ts";
import { isHeld, isQuiet, isTechnical } from "./alerts.ts";
import { decimalText } from "./decimal.ts";
import { bedDecisions, heldSpoken, type BedDecision } from "./handling.ts";
import { Priority, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import { DaemonState_State } from "vigil-client/wire/vigil/v1/envelope_pb.ts";
import { PartState, type Score, type ScorePart } from "vigil-client/wire/vigil/v1/score_pb.ts";
import { text, word } from "./text.ts";
import { ageOf, clockTime, milliseconds, shortAgeOf, timeOf } from "./time.ts";

export type OrganKind = "valued" | "carried" | "provisional" | "missing" | "not_applicable";

export interface OrganView {
  part: string;
  short: string;
  name: string;
  kind: OrganKind;
  points: number | undefined; // undefined unless known
  upper: number;
  mark: string; // its points, or what stands in their place
  look: string; // of its bar, as Organs.svelte draws it
  spoken: string;
}

export type TotalView =
  | { kind: "none" }
  | { kind: "nothing_measured"; upper: number }
  | { kind: "complete"; points: number }
  | { kind: "bounded"; points: number; lower: number; upper: number; missing: number };

export interface SparkPoint {
  at: number;
  points: number | undefined;
  lower: number;
  upper: number;
}

export interface SupportView {
  mark: string; // one letter, for a small tile
  said: string;
  old: boolean; // last said so long ago that it need not be so any more
}

export interface BedView {
  key: string;
  unit: string;
  bed: string;
  bedShort: string; // its end, where beds differ
  label: string;
  age: string;
  occupied: boolean;
  stale: boolean;
  staleText: string;
  staleShort: string;
  dataText: string;
  dataShort: string;
  staleInputs: string;
  notes: string[];
  total: TotalView;
  totalText: string;
  totalNote: string;
  product: string;
  organs: OrganView[];
  changeText: string;
  changeShort: string;
  changeKnown: boolean;
  ards: string;
  ardsShort: string;
  now: number | undefined;
  support: SupportView[];
  spark: SparkPoint[];
  sparkSpoken: string;
  alertCount: number; // of patient alerts; what is wrong with a device is told apart
  topPriority: Priority;
  holders: string[]; // empty unless somebody has every one of them, or let it be silent for a while
  heldSpoken: string;
  heldMark: string;
  decisions: BedDecision[]; // standby, care limits, shelves and pauses that hold
  technicalCount: number;
  technicalPriority: Priority;
}

const hour = 3_600_000;
const supportOldAfter = 12 * hour; // as long as a charted breathing device may stand (config/vocabulary.tsv)
const bedLetters = 6; // that fit a small tile
const ventilators = new Set(["imv", "niv", "cpap", "home_vent"]);
const organOrder: Record<string, string[]> = {
  sofa: ["resp", "coag", "liver", "cardio", "cns", "renal"],
  sofa2: ["brain", "resp", "cardio", "liver", "kidney", "hemo"],
};

const idOf = (score: Score): string => score.definition.slice(0, Math.max(0, score.definition.indexOf("@")));

/** Made of organs with 0 to 4 points each: only these are drawn as bars. */
export function isOrgans(score: Score): boolean {
  return organOrder[idOf(score)] !== undefined;
}

export function bedKey(unit: string, bed: string): string {
  return `${unit}.${bed}`;
}

export function partOf(score: Score | undefined, part: string): ScorePart | undefined {
  return score?.parts.find((candidate) => candidate.part === part);
}

const missingLook = { kind: "missing", points: undefined, mark: text.organMissingMark, look: "hole" } as const;

export function organView(part: ScorePart): OrganView {
  const names = text.organs[part.part] ?? { short: part.part.slice(0, 1).toUpperCase(), name: part.part };
  const base = { part: part.part, short: names.short, name: names.name, upper: part.upper };
  if (part.state === PartState.NOT_APPLICABLE)
    return { ...base, kind: "not_applicable", points: undefined, mark: text.organNotApplicableMark, look: "hole", spoken: text.organSaid(names.name, text.organNotApplicable) };
  // Whatever the state claims, without points there is nothing to draw but its absence.
  if (part.points === undefined || part.state === PartState.NOT_MEASURED)
    return { ...base, ...missingLook, spoken: text.organSaid(names.name, text.organMissing) };
  const kind: OrganKind =
    part.state === PartState.CARRIED ? "carried" : part.state === PartState.PROVISIONAL ? "provisional" : "valued";
  const remark = kind === "carried" ? text.organCarried : kind === "provisional" ? text.organProvisional : "";
  const look = [];
  if (part.points > 0) look.push("fill", `is${part.points}`);
  if (kind === "carried") look.push(kind);
  if (kind === "provisional" && part.upper > part.points) look.push("possible", `upto${part.upper}`);
  return {
    ...base, kind, points: part.points, mark: `${part.points}${kind === "provisional" ? "+" : ""}`, look: look.join(" "),
    spoken: text.organOf4(names.name, part.points, remark),
  };
}

const organsMade = new WeakMap<Score, OrganView[]>();

/** The same ones for the same score, which never changes: what draws them is let alone as time goes by. */
export function organsOf(score: Score | undefined): OrganView[] {
  if (score === undefined) return [];
  let made = organsMade.get(score);
  if (made === undefined) organsMade.set(score, (made = organViews(score)));
  return made;
}

function organViews(score: Score): OrganView[] {
  const parts = score.parts.filter((part) => part.part !== "total");
  // A score that leaves an organ out has not measured it.
  const order = organOrder[idOf(score)];
  if (order !== undefined)
    return order.map((name) => {
      const part = parts.find((candidate) => candidate.part === name);
      if (part !== undefined) return organView(part);
      const names = text.organs[name]!;
      return { part: name, ...names, ...missingLook, upper: 4, spoken: text.organSaid(names.name, text.organMissing) };
    });
  return parts.map(organView);
}

export function totalView(score: Score | undefined): TotalView {
  const total = partOf(score, "total");
  if (total === undefined) return { kind: "none" };
  if (total.points === undefined || total.state === PartState.NOT_MEASURED) return { kind: "nothing_measured", upper: total.upper };
  if (total.missing > 0 || total.lower !== total.upper)
    return { kind: "bounded", points: total.points, lower: total.lower, upper: total.upper, missing: total.missing };
  return { kind: "complete", points: total.points };
}

export function totalText(total: TotalView): string {
  switch (total.kind) {
    case "none":
    case "nothing_measured":
      return "--";
    case "complete":
      return String(total.points);
    case "bounded":
      return text.bounds(total.lower, total.upper);
  }
}

function totalNote(total: TotalView, stale: boolean): string {
  if (stale && (total.kind === "complete" || total.kind === "bounded")) return text.lastKnown(totalText(total));
  switch (total.kind) {
    case "none":
      return text.noScore;
    case "nothing_measured":
      return text.nothingMeasured;
    case "complete":
      return "";
    case "bounded":
      return total.missing > 0 ? text.missingOrgans(total.missing) : text.organProvisional;
  }
}

const isBerlin = (score: Score): boolean => score.definition.startsWith("ards_berlin");
export function isArds(score: Score): boolean {
  return score.definition.startsWith("ards");
}

/** A part of any score in one line: its points or class or quantity, and what of it is not certain. */
export function partText(part: ScorePart): string {
  const said: string[] = [];
  if (part.points !== undefined) said.push(String(part.points));
  if (part.label !== "") said.push(word(part.label));
  if (part.valueMantissa !== undefined)
    said.push(`${decimalText(part.valueMantissa, part.valueScale)} ${part.valueUnit === "1" ? "" : part.valueUnit}`.trim());
  if (part.state === PartState.NOT_APPLICABLE) return `${word(part.part)}: ${text.organNotApplicable}`;
  if (said.length === 0) said.push(text.organMissing);
  if (part.lower !== part.upper) said.push(text.bounds(part.lower, part.upper));
  if (part.missing > 0) said.push(text.notMeasuredCount(part.missing));
  if (part.state === PartState.CARRIED) said.push(text.organCarried);
  if (part.state === PartState.PROVISIONAL) said.push(text.organProvisional);
  return `${word(part.part)}: ${said.join(" · ")}`;
}

/** Berlin's word where it has one; without a tube, and with too little pressure for it, what another definition says. */
function ardsView(bed: Bed): { said: string; short: string } {
  const scores = bed.scores.filter(isArds).sort((left, right) => Number(isBerlin(right)) - Number(isBerlin(left)));
  let none = false;
  for (const score of scores) {
    const cls = partOf(score, "ards")?.label ?? partOf(score, "class")?.label ?? "";
    const oxygenation = partOf(score, "oxygenation")?.label ?? "";
    // Without a class only what the gas says: the class needs imaging, origin and onset too.
    const known = text.ards.class[cls] ?? text.ards.oxygenation[oxygenation];
    if (known !== undefined) return known;
    none ||= cls === "none" || oxygenation === "none";
  }
  return none ? text.ards.none : text.ards.unknown;
}

export function supportViews(support: Support[], now: number | undefined): SupportView[] {
  const out: SupportView[] = [];
  const running: Support[] = [];
  const isOld = (item: Support) => now === undefined || item.eventTimeMs === undefined || now - milliseconds(item.eventTimeMs) > supportOldAfter;
  const add = (mark: string, said: string, old: boolean) => out.push({ mark, said: old ? text.support.old(said) : said, old });
  for (const item of support) {
    if (item.signal === "resp_device") {
      if (item.value === "room_air" || item.value === "none") continue;
      if (ventilators.has(item.value)) add(text.support.marks.vent, text.support.ventilated(word(item.value)), isOld(item));
      else add(text.support.marks.oxygen, text.support.oxygen(word(item.value)), isOld(item));
    } else if (item.signal === "ecls" || item.signal === "rrt" || item.signal === "mcs") {
      // A circuit holds until it is said to have ended, however long ago it was begun.
      if (item.value !== "none" && item.value !== "ended") add(text.support.marks[item.signal], text.support[item.signal](word(item.value)), false);
    } else if (item.value === "running") {
      running.push(item);
    }
  }
  const names = (list: Support[]) => text.support.vasoactive(list.map((item) => text.vasoactives[item.signal] ?? word(item.signal)).join(" "));
  const fresh = running.filter((item) => !isOld(item));
  const old = running.filter(isOld);
  if (fresh.length > 0) add(text.support.marks.pressor, names(fresh), false);
  if (old.length > 0) add(text.support.marks.pressor, names(old), true);
  return out;
}

const sparksMade = new WeakMap<TrendPoint[], SparkPoint[]>();

/** The same ones for the same points. */
export function sparkOf(points: TrendPoint[]): SparkPoint[] {
  let made = sparksMade.get(points);
  if (made === undefined) {
    made = points.map((point) => ({ at: milliseconds(point.atMs), points: point.points, lower: point.lower, upper: point.upper }));
    sparksMade.set(points, made);
  }
  return made;
}

function sparkSpoken(bed: string, spark: SparkPoint[]): string {
  const known = spark.filter((point) => point.points !== undefined);
  const first = known[0];
  const last = known[known.length - 1];
  if (first === undefined || last === undefined) return text.trendLabel(bed, text.trendNothing);
  const say = (point: SparkPoint) => (point.lower === point.upper ? String(point.points) : text.bounds(point.lower, point.upper));
  return text.trendLabel(bed, text.trendFromTo(say(first), say(last)));
}

export function logTime(clock: Clock | undefined): number | undefined {
  return clock?.logTimeMs === undefined ? undefined : milliseconds(clock.logTimeMs);
}

/** How old the newest data of the bed are, and whether that is too old. An occupied bed without any data is stale. */
export function staleness(bed: Bed, now: number | undefined, staleAfterS: number): { stale: boolean; last: number | undefined } {
  const last = bed.lastDataMs === undefined ? undefined : milliseconds(bed.lastDataMs);
  if (last === undefined || now === undefined) return { stale: true, last };
  return { stale: now - last > staleAfterS * 1000, last };
}

export function bedView(bed: Bed, alerts: Alert[], clock: Clock | undefined, staleAfterS: number): BedView {
  const now = logTime(clock);
  const occupied = bed.encounter !== "";
  const score = bed.scores.find(isOrgans);
  const { stale, last } = staleness(bed, now, staleAfterS);
  const total = totalView(score);
  const notes: string[] = [];
  if (bed.status?.suspended) notes.push(text.suspended);
  if (bed.status?.recomputing || score?.recomputing) notes.push(text.recomputing);
  if (score?.locallyModified) notes.push(text.modified);
  const organs = organsOf(score);
  const spark = sparkOf(bed.trend?.points ?? []);
  const here = alerts.filter((alert) => alert.unit === bed.unit && alert.bed === bed.bed && alert.inhibitedBy === "");
  const own = here.filter((alert) => !isTechnical(alert));
  const technical = here.filter(isTechnical);
  const isStale = occupied && stale;
  const ards = ardsView(bed);
  return {
    key: bedKey(bed.unit, bed.bed),
    unit: bed.unit,
    bed: bed.bed,
    bedShort: bed.bed.length <= bedLetters ? bed.bed : `…${bed.bed.slice(-bedLetters)}`,
    label: bed.label,
    age: bed.ageYears === undefined ? "" : text.years(bed.ageYears),
    occupied,
    stale: isStale,
    ...timesOf(last, now, isStale),
    staleInputs: (bed.status?.signals ?? []).filter((signal) => signal.stale).map((signal) => word(signal.signal)).join(", "),
    notes,
    total,
    totalText: isStale ? "--" : totalText(total), // old beats value
    totalNote: totalNote(total, isStale),
    product: score === undefined ? "" : (text.products[score.product] ?? score.product),
    organs,
    ...changeOf(bed.change, organs.length),
    ards: ards.said,
    ardsShort: ards.short,
    now,
    support: supportViews(bed.support, now),
    spark,
    sparkSpoken: sparkSpoken(bed.bed, spark),
    alertCount: own.length,
    topPriority: topOf(own),
    holders: own.length > 0 && own.every(isQuiet) ? [...new Set(own.map((alert) => (alert.paused ?? alert.shelved)?.by || alert.acknowledgedBy))] : [],
    heldSpoken: heldSpoken(own),
    heldMark: own.every(isHeld) ? text.heldMark : text.handling.pausedMark,
    decisions: bedDecisions(bed, here, now),
    technicalCount: technical.length,
    technicalPriority: topOf(technical),
  };
}

const topOf = (alerts: Alert[]): Priority => alerts.reduce((top, alert) => Math.max(top, alert.priority), Priority.UNSPECIFIED);

function timesOf(last: number | undefined, now: number | undefined, stale: boolean) {
  const none = { staleText: "", staleShort: "", dataText: "", dataShort: "" };
  if (last === undefined) return stale ? { ...none, staleText: text.neverAnyData, staleShort: text.neverAnyDataShort } : none;
  const age = now === undefined ? undefined : now - last;
  if (stale) {
    const said = age === undefined ? "" : ageOf(age);
    return { ...none, staleText: text.staleSince(timeOf(last, now), said), staleShort: age === undefined ? text.neverAnyDataShort : text.staleShort(shortAgeOf(age)) };
  }
  return { ...none, dataText: text.dataAt(timeOf(last, now), ageOf(age!)), dataShort: clockTime(last) };
}

function changeOf(change: Bed["change"], organs: number) {
  if (change === undefined) return { changeText: text.changeUnknown, changeShort: text.changeUnknownShort, changeKnown: false };
  const partly = change.parts.length < organs;
  return {
    changeText: text.change(change.points) + (partly ? ` ${text.changeOf(change.parts.length)}` : ""),
    changeShort: text.changeShort(change.points) + (partly ? text.changePartly : ""),
    changeKnown: true,
  };
}

const drawnTogether = 360_000; // of the small picture of 24 h: what lies on one pixel

/** Of what came within one pixel the first, the worst and the newest: a score that changes all the time fills no memory. */
function thinned(kept: TrendPoint[], at: number): TrendPoint[] {
  const begin = kept.findIndex((point) => milliseconds(point.atMs) >= at - (at % drawnTogether));
  if (begin === -1 || kept.length - begin < 3) return kept;
  const [first, ...rest] = kept.slice(begin);
  const worst = rest.reduce((one, other) => (other.upper >= one.upper ? other : one));
  return [...kept.slice(0, begin), first!, worst];
}

/** Adds the newest total to a trend the snapshot brought; drops what left the 24 h but for the value that was true at their start. */
export function extendTrend(points: TrendPoint[], next: TrendPoint): TrendPoint[] {
  const at = milliseconds(next.atMs);
  const kept = thinned(points.filter((point) => milliseconds(point.atMs) < at), at);
  const from = at - 24 * hour;
  const firstInside = kept.findIndex((point) => milliseconds(point.atMs) > from);
  const begin = firstInside === -1 ? Math.max(0, kept.length - 1) : Math.max(0, firstInside - 1);
  return [...kept.slice(begin), next];
}

export type FeedView = "live" | "connecting" | "resyncing" | "lost";

const silentAtMost = 2500; // two of the gateway's words missed
const cutAtMost = 1200; // one missed, and the browser knows that its connection is cut

/** The page's own ears decide last: a gateway that says nothing cannot say that it is gone. */
export function feedView(clock: Clock | undefined, silentMs: number, cut = false): FeedView {
  if (silentMs > (cut ? cutAtMost : silentAtMost)) return "lost";
  switch (clock?.feed) {
    case Clock_Feed.LIVE:
      return "live";
    case Clock_Feed.RESYNCING:
      return "resyncing";
    case Clock_Feed.LOST:
      return "lost";
    default:
      return "connecting";
  }
}

export function daemonNotice(clock: Clock | undefined): string {
  switch (clock?.daemon?.state) {
    case DaemonState_State.RECOVERING:
      return text.recovering;
    case DaemonState_State.DEGRADED:
      return text.degraded;
    case DaemonState_State.STOPPING:
      return text.stopping;
    default:
      return clock?.unrecorded ? text.unrecorded : "";
  }
}
