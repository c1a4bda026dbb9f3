// What a person can do about an alert or a bed as it is now. Pure but for the sending. Each waits for the daemon's answer; what is
// shown changes when the daemon's own word comes back.
import { isHeld, isOpen, isPaused, isShelved, isTechnical } from "./alerts.ts";
import { acknowledge, judge, limitCare, over, pause, setLimit, shelve, standBy, type Answer, type Limit, type Place } from "./send.ts";
import { signalName, text, word } from "./text.ts";
import { patientRules } from "./text.handling.ts";
import { limitables, type Limitable } from "./wire/limits.ts";
import { ConditionState, Judgement, SignalState, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";

const words = text.handling;

/** What must be said before it is sent: how long, why, which. */
export interface Question {
  what?: string; // it is about, beside the action's label
  note: string;
  minutes: readonly number[]; // none: it has no end of its own
  reasons: readonly string[]; // to begin with; any other may be written. None: no reason is asked
  rules?: { choices: string[]; chosen?: string[] | undefined; many: boolean }; // as chosen now; none of them stands for every one
  limits?: Limitable[]; // of which one gets a limit
}

export interface Said {
  minutes: number;
  reason: string;
  rules: string[];
  limit?: Limit | undefined;
}

export interface Action {
  id: string;
  name: string;
  label: string; // with bed and rule, for who does not see what it stands beside
  question?: Question | undefined;
  run: (user: string, said: Said) => Promise<Answer>;
}

const operations: Record<string, string> = {
  ack: "acknowledge", resume: "pause", unshelve: "shelve", useful: "feedback", not_useful: "feedback", artefact: "feedback",
  standby_end: "standby", care_limits_end: "care_limits", limit_end: "limit", claim: "assign",
};
/** The gateway's name for what an action asks: whoever may not is not offered it. */
export const operationOf = (action: string): string => operations[action] ?? action;

const pauseMinutes = [5, 10, 30, 60, 120];
const shelveMinutes = [30, 60, 120, 240, 480, 720];
const standbyMinutes = [30, 60, 120, 240];

export function actionsOf(alert: Alert): Action[] {
  if (!isOpen(alert)) return [];
  const bed = alert.bed === "" ? text.noBed : alert.bed;
  const rule = word(alert.rule);
  const action = (id: string, name: string, run: Action["run"], question?: Question): Action => ({ id, name, label: words.label(name, rule, bed), run, question });
  const calls = alert.signal === SignalState.ON && alert.inhibitedBy === ""; // what is silent anyway need not be silenced
  const out: Action[] = [];
  if (!isHeld(alert)) out.push(action("ack", text.acknowledge, (user) => acknowledge(alert, user)));
  if (isPaused(alert)) out.push(action("resume", words.pauseEnd, (user) => pause(alert, user, over)));
  if (isPaused(alert) || (calls && alert.condition !== ConditionState.ABSENT))
    out.push(
      action("pause", words.pause, (user, said) => pause(alert, user, said), { what: alert.reason, note: words.pauseNote, minutes: pauseMinutes, reasons: words.reasons.pause }),
    );
  if (alert.encounter === "") return out; // a shelf is a patient's
  if (isShelved(alert)) out.push(action("unshelve", words.shelveEnd, (user) => shelve(alert, alert.rule, user, over)));
  else if (calls)
    out.push(action("shelve", words.shelve, (user, said) => shelve(alert, alert.rule, user, said), { note: words.shelveNote, minutes: shelveMinutes, reasons: words.reasons.shelve }));
  return out;
}

/** Feedback, also of what is over: an artefact often ends by itself. What somebody said already is not offered to them again. */
export function judgementsOf(alert: Alert, user: string): Action[] {
  const bed = alert.bed === "" ? text.noBed : alert.bed;
  const mine = alert.feedback.find((one) => one.by === user)?.judgement;
  return ([[Judgement.USEFUL, "useful"], [Judgement.NOT_USEFUL, "not_useful"], [Judgement.ARTEFACT, "artefact"]] as const)
    .filter(([judgement]) => judgement !== mine)
    .map(([judgement, id]) => {
      const name = words.judgements[judgement]!;
      return { id, name, label: words.label(name, word(alert.rule), bed), run: (by: string) => judge(alert, by, judgement) };
    });
}

/** Rules about patients: those of every ward, and whatever was seen on this one. */
export function rulesOf(alerts: Iterable<Alert>): string[] {
  return [...new Set([...patientRules, ...[...alerts].filter((alert) => !isTechnical(alert)).map((alert) => alert.rule)])];
}

/** By the kind of what holds (handling.ts) or is to hold at a bed; `limited` are the rules of care limits that stand. */
export function bedActionsOf(place: Place, rules: string[], holds: { kind: string; rule: string }[], limited?: string[]): { begin: Action[]; end: (kind: string, rule: string) => Action | undefined } {
  const { bed } = place;
  const action = (id: string, name: string, run: Action["run"], question?: Question, rule = ""): Action => ({ id, name, label: words.label(name, rule, bed), run, question });
  const standby = action("standby", words.standby, (user, said) => standBy(place, user, said), { note: words.standbyNote, minutes: standbyMinutes, reasons: words.reasons.standby });
  const limits = action("care_limits", words.careLimits, (user, { rules: of, reason }) => limitCare(place, user, { rules: of, reason }), {
    note: words.careLimitsNote, minutes: [], reasons: words.reasons.careLimits, rules: { choices: [...new Set([...rules, ...(limited ?? [])])], chosen: limited, many: true },
  });
  const shelf = action("shelve", words.shelveRule, (user, said) => shelve(place, said.rules[0] ?? "", user, said), {
    note: words.shelveNote, minutes: shelveMinutes, reasons: words.reasons.shelve, rules: { choices: rules, many: false },
  });
  const limit = action("limit", words.limit, (user, said) => setLimit(place, user, { signal: "", below: "", above: "", ...said.limit, reason: said.reason }), {
    note: words.limitNote, minutes: [], reasons: words.reasons.limit, limits: limitables,
  });
  const end = (kind: string, rule: string): Action | undefined => {
    if (kind === "standby") return action("standby_end", words.standbyEnd, (user) => standBy(place, user, over));
    if (kind === "care_limits") return action("care_limits_end", words.careLimitsEnd, (user) => limitCare(place, user, over));
    if (kind === "shelf") return action("unshelve", words.shelveEnd, (user) => shelve(place, rule, user, over), undefined, word(rule));
    if (kind === "limit") return action("limit_end", words.limitEnd, (user) => setLimit(place, user, { signal: rule, over: true }), undefined, signalName(rule));
    return undefined; // a pause is ended at its alert
  };
  return { begin: holds.some((one) => one.kind === "standby") ? [limits, shelf, limit] : [standby, limits, shelf, limit], end };
}
