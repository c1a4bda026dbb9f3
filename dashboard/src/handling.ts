// What people decided about alerts and what Vigil made of it, in words, wherever it is in force. Pure.
import { isHeld, isShelved, isPaused } from "./alerts.ts";
import { signalName, text, unitName, word } from "./text.ts";
import { ageOf, milliseconds, timeOf } from "./time.ts";
import type { Alert, Decision } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import type { Bed } from "vigil-client/wire/gateway/page_pb.ts";

const words = text.handling;

const at = (ms: bigint | undefined, now: number | undefined): string => (ms === undefined ? "" : timeOf(milliseconds(ms), now));

function decided(what: string, decision: Decision | undefined, now: number | undefined): string {
  if (decision === undefined) return what;
  return words.decided(words.until(what, at(decision.untilMs, now)), decision.by, at(decision.atMs, now), decision.reason);
}

/** Who has it: who acknowledged it, or who let it be silent until when. */
export function holderText(alert: Alert, now: number | undefined): string {
  if (isPaused(alert)) return decided(words.briefly.paused, alert.paused, now);
  if (isShelved(alert)) return decided(words.shelved, alert.shelved, now);
  return alert.acknowledgedBy === "" ? text.nobody : text.acknowledgedBy(alert.acknowledgedBy, at(alert.acknowledgedAtMs, now));
}

/** Whom it calls, and for how long in vain. */
export function callText(alert: Alert, now: number | undefined): string {
  const waiting = alert.waitingSinceMs === undefined ? undefined : milliseconds(alert.waitingSinceMs);
  if (alert.audience === "" || (waiting === undefined && alert.escalation === 0)) return ""; // it need not have called anybody
  const said = [waiting === undefined ? words.called(alert.audience) : words.calls(alert.audience)];
  if (alert.escalation > 0) said.push(words.handedOn(alert.escalation));
  if (waiting !== undefined) said.push(words.waitingSince(timeOf(waiting, now), now === undefined ? "" : ageOf(now - waiting)));
  return said.join(" · ");
}

/** Why it calls nobody though it is true. */
export function inhibitionText(alert: Alert, now: number | undefined): string {
  if (alert.inhibitedBy === "") return "";
  if (alert.excused === undefined) return text.inhibitedBy(word(alert.inhibitedBy));
  return decided(alert.inhibitedBy === "standby" ? words.briefly.standby : words.briefly.care_limits, alert.excused, now);
}

export function feedbackText(alert: Alert): string {
  return alert.feedback.map((one) => words.judged(words.judgements[one.judgement] ?? "", one.by)).join(" · ");
}

export const onsetText = (alert: Alert): string => (alert.onsets >= 2 ? words.onset(alert.onsets) : "");

/** Of what calls nobody any more because somebody has seen to it: who, and how. */
export function heldSpoken(alerts: Alert[]): string {
  const names = (list: string[]) => [...new Set(list)].join(", ");
  const held = names(alerts.filter(isHeld).map((alert) => alert.acknowledgedBy));
  const quiet = names(alerts.filter((alert) => isPaused(alert) || isShelved(alert)).map((alert) => (alert.paused ?? alert.shelved)?.by ?? ""));
  return [held && text.heldSpoken(held), quiet && words.pausedSpoken(quiet)].filter((said) => said !== "").join(", ");
}

export interface BedDecision {
  id: string;
  kind: "standby" | "care_limits" | "shelf" | "paused";
  mark: string; // one letter, for a small tile
  brief: string; // one word, for a medium one
  short: string;
  said: string;
  rule: string;
}

/** Everything that people decided about the patient in a bed and that holds now; of its alerts only pauses, the rest is the bed's own. */
export function bedDecisions(bed: Bed, alerts: Alert[], now: number | undefined): BedDecision[] {
  const out: BedDecision[] = [];
  const { standby, careLimits, shelves = [] } = bed.status ?? {};
  const add = (kind: BedDecision["kind"], rule: string, short: string, said: string) => out.push({ id: `${kind}:${rule}`, kind, mark: words.marks[kind], brief: words.briefly[kind], short, said, rule });
  if (standby !== undefined) add("standby", "", words.until(words.briefly.standby, at(standby.untilMs, now)), decided(words.briefly.standby, standby, now));
  if (careLimits !== undefined)
    add("care_limits", "", words.briefly.care_limits, decided(words.limitedTo(careLimits.rules.map(word).join(", ")), careLimits.decision, now));
  for (const { rule, decision } of shelves) add("shelf", rule, words.shelf(word(rule)), decided(words.shelf(word(rule)), decision, now));
  for (const alert of alerts)
    if (isPaused(alert)) add("paused", alert.id, words.until(words.briefly.paused, at(alert.paused?.untilMs, now)), `${word(alert.rule)}: ${holderText(alert, now)}`);
  return out;
}

/** Limits that somebody set for the patient in a bed. They silence nothing, and no tile needs them. */
export function bedLimits(bed: Bed, now: number | undefined): { id: string; kind: "limit"; rule: string; said: string }[] {
  return (bed.status?.limits ?? []).map(({ signal, below, above, unit, decision }) => ({
    id: `limit:${signal}`, kind: "limit", rule: signal, said: decided(words.callsBeyond(signalName(signal), below, above, unitName(unit)), decision, now),
  }));
}

/** As it stands at a bed: what a decision about it will change. */
export function standsAt(bed: Bed): string {
  const said = (decision: Decision | undefined) => (decision === undefined ? "" : `${decision.by} ${decision.atMs} ${decision.untilMs}`);
  const { standby, careLimits, shelves = [], limits = [] } = bed.status ?? {};
  const set = limits.map((limit) => `${limit.signal} ${limit.below} ${limit.above} ${said(limit.decision)}`);
  return [bed.encounter, said(standby), said(careLimits?.decision), ...shelves.map((shelf) => `${shelf.rule} ${said(shelf.decision)}`), ...set].join("|");
}
