// What the page shows of what the gateway says. Pure, and the only place that decides how missing, old and bounded values
// look. The one rule: what was not measured has no number here, so that no part of the page can draw one.
import type { Bed, Clock, Support, TrendPoint } from "./wire/gateway/page_pb.ts";
import { Clock_Feed } from "./wire/gateway/page_pb.ts";
import { AlertKind, Priority, SignalState, type Alert } from "./wire/vigil/v1/alert_pb.ts";
import { DaemonState_State } from "./wire/vigil/v1/envelope_pb.ts";
import { PartState, Verdict, type Evidence, type Score, type ScorePart } from "./wire/vigil/v1/score_pb.ts";
import { text, word } from "./text.ts";
import { ageOf, milliseconds, timeOf } from "./time.ts";

export type OrganKind = "valued" | "carried" | "provisional" | "missing" | "not_applicable";

export interface OrganView {
  part: string;
  short: string;
  name: string;
  kind: OrganKind;
  points: number | undefined; // undefined unless known
  upper: number;
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

export interface BedView {
  key: string;
  unit: string;
  bed: string;
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
  changeKnown: boolean;
  ards: string;
  now: number | undefined;
  support: string[];
  spark: SparkPoint[];
  sparkSpoken: string;
  alertCount: number; // of patient alerts; what is wrong with a device is told apart
  topPriority: Priority;
  technicalCount: number;
}

const hour = 3_600_000;
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

/** mantissa · 10^-scale, digit for digit. */
export function decimalText(mantissa: bigint, scale: number): string {
  if (scale === 0) return mantissa.toString();
  const negative = mantissa < 0n;
  const digits = (negative ? -mantissa : mantissa).toString().padStart(scale + 1, "0");
  return `${negative ? "−" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function partOf(score: Score | undefined, part: string): ScorePart | undefined {
  return score?.parts.find((candidate) => candidate.part === part);
}

export function organView(part: ScorePart): OrganView {
  const names = text.organs[part.part] ?? { short: part.part.slice(0, 1).toUpperCase(), name: part.part };
  const base = { part: part.part, short: names.short, name: names.name, upper: part.upper };
  if (part.state === PartState.NOT_APPLICABLE)
    return { ...base, kind: "not_applicable", points: undefined, spoken: `${names.name}: ${text.organNotApplicable}` };
  // Whatever the state claims, without points there is nothing to draw but its absence.
  if (part.points === undefined || part.state === PartState.NOT_MEASURED)
    return { ...base, kind: "missing", points: undefined, spoken: `${names.name}: ${text.organMissing}` };
  const kind: OrganKind =
    part.state === PartState.CARRIED ? "carried" : part.state === PartState.PROVISIONAL ? "provisional" : "valued";
  const remark = kind === "carried" ? `, ${text.organCarried}` : kind === "provisional" ? `, ${text.organProvisional}` : "";
  return { ...base, kind, points: part.points, spoken: `${names.name}: ${part.points} of 4${remark}` };
}

export function organsOf(score: Score | undefined): OrganView[] {
  if (score === undefined) return [];
  const parts = score.parts.filter((part) => part.part !== "total");
  // A score that leaves an organ out has not measured it.
  const order = organOrder[idOf(score)];
  if (order !== undefined)
    return order.map((name) => {
      const part = parts.find((candidate) => candidate.part === name);
      if (part !== undefined) return organView(part);
      const names = text.organs[name]!;
      return { part: name, ...names, kind: "missing", points: undefined, upper: 4, spoken: `${names.name}: ${text.organMissing}` };
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

function ardsText(bed: Bed): string {
  const score = bed.scores.find(isArds);
  const cls = partOf(score, "ards")?.label ?? partOf(score, "class")?.label ?? "";
  const oxygenation = partOf(score, "oxygenation")?.label ?? "";
  const named = text.ards.class[cls];
  if (named !== undefined) return named;
  const band = text.ards.oxygenation[oxygenation];
  // Only what the gas says: the class needs imaging, origin and onset too.
  if (band !== undefined) return band;
  if (cls === "none" || oxygenation === "none") return text.ards.none;
  return text.ards.unknown;
}

export function supportTexts(support: Support[]): string[] {
  const out: string[] = [];
  const running: string[] = [];
  for (const item of support) {
    if (item.signal === "resp_device") {
      if (item.value === "room_air") continue;
      out.push(ventilators.has(item.value) ? text.support.ventilated(word(item.value)) : text.support.oxygen(word(item.value)));
    } else if (item.signal === "ecls" || item.signal === "rrt") {
      if (item.value !== "none") out.push(item.signal === "ecls" ? text.support.ecls(item.value) : text.support.rrt(item.value));
    } else if (item.value === "running") {
      running.push(text.vasoactives[item.signal] ?? item.signal);
    }
  }
  if (running.length > 0) out.push(text.support.vasoactive(running.join(" ")));
  return out;
}

export function sparkOf(points: TrendPoint[]): SparkPoint[] {
  return points.map((point) => ({ at: milliseconds(point.atMs), points: point.points, lower: point.lower, upper: point.upper }));
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
  const change = bed.change;
  const organs = organsOf(score);
  const comparedAll = change !== undefined && change.parts.length >= organs.length;
  const spark = sparkOf(bed.trend?.points ?? []);
  const here = alerts.filter((alert) => alert.unit === bed.unit && alert.bed === bed.bed && alert.inhibitedBy === "");
  const own = here.filter((alert) => alert.kind !== AlertKind.TECHNICAL);
  const age = last === undefined || now === undefined ? "" : ageOf(now - last);
  const isStale = occupied && stale;
  return {
    key: bedKey(bed.unit, bed.bed),
    unit: bed.unit,
    bed: bed.bed,
    label: bed.label,
    age: bed.ageYears === undefined ? "" : text.years(bed.ageYears),
    occupied,
    stale: isStale,
    staleText: !isStale ? "" : last === undefined ? text.neverAnyData : text.staleSince(timeOf(last, now), age),
    staleShort: !isStale ? "" : last === undefined ? text.neverAnyDataShort : text.staleShort(age),
    dataText: last === undefined || isStale ? "" : text.dataAt(timeOf(last, now), age),
    dataShort: last === undefined || isStale ? "" : text.dataShort(timeOf(last, now)),
    staleInputs: (bed.status?.signals ?? []).filter((signal) => signal.stale).map((signal) => word(signal.signal)).join(", "),
    notes,
    total,
    totalText: isStale ? "--" : totalText(total), // old beats value
    totalNote: totalNote(total, isStale),
    product: score === undefined ? "" : (text.products[score.product] ?? score.product),
    organs,
    changeText: change === undefined ? text.changeUnknown : text.change(change.points) + (comparedAll ? "" : ` ${text.changeOf(change.parts.length)}`),
    changeKnown: change !== undefined,
    ards: ardsText(bed),
    now,
    support: supportTexts(bed.support),
    spark,
    sparkSpoken: sparkSpoken(bed.bed, spark),
    alertCount: own.length,
    topPriority: own.reduce((top, alert) => Math.max(top, alert.priority), Priority.UNSPECIFIED),
    technicalCount: here.length - own.length,
  };
}

/** Adds the newest total to a trend the snapshot brought; drops what left the 24 h but for the value that was true at their start. */
export function extendTrend(points: TrendPoint[], next: TrendPoint): TrendPoint[] {
  const at = milliseconds(next.atMs);
  const kept = points.filter((point) => milliseconds(point.atMs) < at);
  const from = at - 24 * hour;
  const firstInside = kept.findIndex((point) => milliseconds(point.atMs) > from);
  const begin = firstInside === -1 ? Math.max(0, kept.length - 1) : Math.max(0, firstInside - 1);
  return [...kept.slice(begin), next];
}

function isOpen(alert: Alert): boolean {
  return alert.signal !== SignalState.CLOSED && alert.movedTo === ""; // the next revision speaks from the new bed
}

/** Most pressing first: announced before explained, higher before lower, unanswered before acknowledged, newest first. */
export function orderAlerts(alerts: Iterable<Alert>, kind: AlertKind): Alert[] {
  const rank = (alert: Alert) => [
    alert.inhibitedBy === "" ? 0 : 1,
    -alert.priority,
    alert.signal === SignalState.ACKNOWLEDGED ? 1 : 0,
    -milliseconds(alert.trueSinceMs),
  ];
  return [...alerts]
    .filter((alert) => isOpen(alert) && (alert.kind === AlertKind.TECHNICAL) === (kind === AlertKind.TECHNICAL))
    .sort((a, b) => {
      const left = rank(a);
      const right = rank(b);
      for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
      return a.id < b.id ? -1 : 1;
    });
}

/** The newer of two revisions; a closed one removes the alert. */
export function mergeAlert(alerts: Map<string, Alert>, next: Alert): Map<string, Alert> {
  const known = alerts.get(next.id);
  if (known !== undefined && known.revision > next.revision) return alerts;
  const out = new Map(alerts);
  if (isOpen(next)) out.set(next.id, next);
  else out.delete(next.id);
  return out;
}

export interface EvidenceView {
  role: string;
  value: string;
  at: string;
  verdict: string;
  used: boolean;
  source: string;
}

/** Of a gas or an oximeter what met the threshold is a ratio, not the reading in another unit. */
const oxygenation = new Set(["pao2", "po2_untyped", "spo2"]);

export function evidenceView(evidence: Evidence, now: number | undefined): EvidenceView {
  const number = evidence.mantissa === undefined ? "" : `${evidence.comparator}${decimalText(evidence.mantissa, evidence.scale)} ${evidence.unit}`.trim();
  const absent = evidence.verdict === Verdict.MISSING;
  const value = absent ? text.evidence.missing : number !== "" ? number : evidence.coded !== "" ? word(evidence.coded) : text.evidence.noValue;
  const compared = oxygenation.has(evidence.signal) ? `P/F ${evidence.compared}` : evidence.compared;
  const reason = evidence.reason !== "" && evidence.reason !== "stale" ? `: ${word(evidence.reason)}` : "";
  return {
    role: word(evidence.role || evidence.signal),
    value: evidence.compared !== "" && !absent && evidence.compared !== number ? `${value} → ${compared}` : value,
    at: evidence.eventTimeMs === undefined ? text.evidence.noValue : timeOf(milliseconds(evidence.eventTimeMs), now),
    verdict: (text.evidence.verdicts[evidence.verdict] ?? "") + reason,
    used: evidence.verdict === Verdict.USED || evidence.verdict === Verdict.SUBSTITUTED,
    source: evidence.source,
  };
}

export type FeedView = "live" | "connecting" | "resyncing" | "lost";

/** The page's own ears decide last: a gateway that says nothing cannot say that it is gone. */
export function feedView(clock: Clock | undefined, silentMs: number): FeedView {
  if (silentMs > 2500) return "lost";
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

/** Columns and rows that put so many tiles on a wall of these proportions without scrolling. */
export function gridOf(count: number, width: number, height: number): { columns: number; rows: number } {
  if (count === 0) return { columns: 1, rows: 1 };
  const wanted = 1.45; // a tile is best somewhat wider than high
  let best = { columns: 1, rows: count };
  let bestFit = Number.POSITIVE_INFINITY;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const fit = Math.abs(Math.log(width / columns / (height / rows) / wanted)) + (columns * rows - count) * 0.02;
    if (fit < bestFit) {
      bestFit = fit;
      best = { columns, rows };
    }
  }
  return best;
}
