// One instant as it was shown then and as it is known now: what differs, and which readings made the difference. Pure.
import { evidenceView } from "./evidence.ts";
import { text } from "./text.ts";
import { milliseconds, timeOf } from "./time.ts";
import { isOrgans, organsOf, partOf, partText, totalText, totalView } from "./view.ts";
import type { Moment } from "vigil-client/wire/gateway/page_pb.ts";
import type { Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import { Verdict, type Evidence, type Score, type ScorePart } from "vigil-client/wire/vigil/v1/score_pb.ts";

export type Side = "shown" | "known";

export interface PartRow {
  part: string;
  shown: string; // in words; empty: this side does not have it
  known: string;
  differs: boolean;
  because: string[]; // the readings that came late, were corrected or are gone
}

export interface ScoreRow {
  key: string;
  definition: string;
  product: string;
  organs: boolean;
  shown: Score | undefined;
  known: Score | undefined;
  total: Record<Side, string>; // of organs
  paper: Record<Side, string>;
  parts: PartRow[];
  differs: boolean;
}

export interface AlertThen {
  alert: Alert;
  remark: string; // what has become known of it since; empty: nothing
}

export interface MomentView {
  at: number;
  nothingShown: boolean;
  scores: ScoreRow[];
  stood: AlertThen[];
  late: AlertThen[]; // true then, and not on the screens yet
  differs: boolean;
}

const scoreKey = (score: Score) => `${score.definition} ${score.product} ${score.basis}`;
const readingKey = (evidence: Evidence) => `${evidence.journalSeq}:${evidence.index}`;
const timeKey = (evidence: Evidence) => `${evidence.signal} ${evidence.eventTimeMs}`;
const isReading = (evidence: Evidence) => evidence.journalSeq !== 0n && evidence.verdict !== Verdict.MISSING && evidence.eventTimeMs !== undefined;
const isUsed = (evidence: Evidence) => evidence.verdict === Verdict.USED || evidence.verdict === Verdict.SUBSTITUTED;

function said(evidence: Evidence, now: number | undefined): string {
  const view = evidenceView(evidence, now);
  return text.moment.reading(text.signals[evidence.role || evidence.signal] ?? view.role, view.value, view.at, evidence.journalSeq.toString());
}

/** Of two sets of readings behind the same part: what is in one and not in the other. A reading is one place in the journal. */
export function becauseOf(shown: Evidence[], known: Evidence[], now: number | undefined): string[] {
  const before = new Map(shown.filter(isReading).map((evidence) => [readingKey(evidence), evidence]));
  const after = new Map(known.filter(isReading).map((evidence) => [readingKey(evidence), evidence]));
  const gone = [...before.values()].filter((evidence) => !after.has(readingKey(evidence)));
  const out: string[] = [];
  for (const [key, evidence] of after) {
    const same = before.get(key);
    if (same !== undefined) {
      if (isUsed(same) && !isUsed(evidence)) out.push(text.moment.noLongerUsed(said(evidence, now), evidenceView(evidence, now).verdict));
      else if (!isUsed(same) && isUsed(evidence)) out.push(text.moment.nowUsed(said(evidence, now), evidenceView(same, now).verdict));
      continue;
    }
    const replaced = gone.findIndex((other) => timeKey(other) === timeKey(evidence));
    if (replaced === -1) out.push(text.moment.cameLate(said(evidence, now)));
    else out.push(text.moment.corrected(said(gone.splice(replaced, 1)[0]!, now), said(evidence, now)));
  }
  return out.concat(gone.map((evidence) => text.moment.gone(said(evidence, now))));
}

/** A part in words, all of it that can differ. */
function partWords(part: ScorePart | undefined, score: Score | undefined): string {
  if (part === undefined || score === undefined) return "";
  if (!isOrgans(score)) return partText(part);
  return organsOf(score).find((organ) => organ.part === part.part)?.spoken ?? partText(part);
}

/** What a difference rests on; words alone might hide one. */
const weight = (part: ScorePart | undefined): string =>
  part === undefined ? "" : JSON.stringify([part.points, part.label, part.state, part.lower, part.upper, part.missing, part.valueMantissa?.toString(), part.valueScale, [...part.flags].sort()]);

function partRow(name: string, shown: Score | undefined, known: Score | undefined, now: number | undefined): PartRow {
  const before = partOf(shown, name);
  const after = partOf(known, name);
  const differs = weight(before) !== weight(after);
  const untold = differs && name !== "total" && before !== undefined && before.evidence.length === 0 && (after?.evidence.length ?? 0) > 0;
  const because = before === undefined || after === undefined ? [] : untold ? [text.moment.untold] : becauseOf(before.evidence, after.evidence, now);
  return { part: name, shown: partWords(before, shown), known: partWords(after, known), differs, because: differs || untold ? because : [] };
}

function scoreRow(key: string, shown: Score | undefined, known: Score | undefined, paper: Record<Side, string>, now: number | undefined): ScoreRow {
  const one = (shown ?? known)!;
  const names = [...new Set([...(shown?.parts ?? []), ...(known?.parts ?? [])].map((part) => part.part))];
  const parts = names.map((name) => partRow(name, shown, known, now));
  const total = (score: Score | undefined) => (score === undefined ? "" : totalText(totalView(score)));
  return {
    key, definition: one.definition, product: one.product, organs: isOrgans(one), shown, known, paper, parts,
    total: { shown: total(shown), known: total(known) },
    differs: shown === undefined || known === undefined || parts.some((part) => part.differs),
  };
}

/** `all`: every alert of the stay as it is known now; empty where they could not be asked. */
export function momentView(moment: Moment, all: Alert[], now: number | undefined): MomentView {
  const at = milliseconds(moment.atMs);
  const keys = [...new Set([...moment.shown, ...moment.known].map(scoreKey))];
  const scores = keys.map((key) => {
    const shown = moment.shown.findIndex((score) => scoreKey(score) === key);
    const known = moment.known.findIndex((score) => scoreKey(score) === key);
    return scoreRow(key, moment.shown[shown], moment.known[known], { shown: moment.shownExplained[shown] ?? "", known: moment.knownExplained[known] ?? "" }, now);
  });
  const today = new Map(all.map((alert) => [alert.id, alert]));
  const stood = moment.alerts.map((alert) => {
    const remark = today.get(alert.id)?.closedBecause === "corrected" ? text.moment.withdrawn : "";
    return { alert, remark };
  });
  const onScreen = new Set(moment.alerts.map((alert) => alert.id));
  const late = all
    .filter((alert) => !onScreen.has(alert.id) && milliseconds(alert.trueSinceMs) <= at && milliseconds(alert.shownAtMs) > at)
    .map((alert) => ({ alert, remark: text.moment.shownLater(timeOf(milliseconds(alert.shownAtMs), now)) }));
  return {
    at, scores, stood, late,
    nothingShown: moment.shown.length === 0 && moment.alerts.length === 0,
    differs: scores.some((row) => row.differs) || late.length > 0 || stood.some((row) => row.remark !== ""),
  };
}
