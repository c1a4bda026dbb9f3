// Which alerts are shown, and in which order. Pure.
import { milliseconds } from "./time.ts";
import { AlertKind, Notify, Priority, SignalState, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";

export const isTechnical = (alert: Alert): boolean => alert.kind === AlertKind.TECHNICAL;
export const isHeld = (alert: Alert): boolean => alert.signal === SignalState.ACKNOWLEDGED;
export const isPaused = (alert: Alert): boolean => alert.signal === SignalState.PAUSED;
export const isShelved = (alert: Alert): boolean => alert.signal === SignalState.SHELVED;
/** Somebody has it, or let it be silent for a while: it calls nobody. */
export const isQuiet = (alert: Alert): boolean => isHeld(alert) || isPaused(alert) || isShelved(alert);

const announced = new Set([Notify.FIRST, Notify.WORSENED, Notify.RECURRED, Notify.RESUMED, Notify.ESCALATED]);
/** This revision calls somebody. */
export const announces = (alert: Alert): boolean => announced.has(alert.notify) && !isQuiet(alert) && alert.inhibitedBy === "";

/** As bedside monitors write it, so that colour is never the only sign: stars for patients, exclamation marks for devices. */
export function markOf(priority: Priority, technical: boolean): string {
  return (technical ? "!" : "*").repeat(Math.max(0, priority - 1)) || "i";
}

export function isOpen(alert: Alert): boolean {
  return alert.signal !== SignalState.CLOSED && alert.movedTo === ""; // the next revision speaks from the new bed
}

/** Most pressing first: announced before explained, higher before lower, unanswered before acknowledged or paused, newest first. */
export function orderAlerts(alerts: Iterable<Alert>, kind: AlertKind): Alert[] {
  const rank = (alert: Alert) => [
    alert.inhibitedBy === "" ? 0 : 1,
    -alert.priority,
    isQuiet(alert) ? 1 : 0,
    -milliseconds(alert.trueSinceMs),
  ];
  return [...alerts]
    .filter((alert) => isOpen(alert) && isTechnical(alert) === (kind === AlertKind.TECHNICAL))
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

export interface AlertFilter {
  kind: "all" | "patients" | "technical";
  least: Priority; // this and above
  bed: string; // its key, empty for every bed
  holder: "all" | "nobody" | "somebody";
}

export const everyAlert: AlertFilter = { kind: "all", least: Priority.UNSPECIFIED, bed: "", holder: "all" };

export function passes(alert: Alert, filter: AlertFilter): boolean {
  return (
    (filter.kind === "all" || isTechnical(alert) === (filter.kind === "technical")) &&
    alert.priority >= filter.least &&
    (filter.bed === "" || `${alert.unit}.${alert.bed}` === filter.bed) &&
    (filter.holder === "all" || (alert.acknowledgedBy !== "" || isQuiet(alert)) === (filter.holder === "somebody"))
  );
}

/** The newest end first. */
export function orderHistory(alerts: Alert[]): Alert[] {
  return [...alerts].sort((a, b) => milliseconds(b.revisedAtMs) - milliseconds(a.revisedAtMs) || (a.id < b.id ? -1 : 1));
}

export interface AlertCounts {
  priority: Priority;
  mark: string;
  nobody: number; // has it
  all: number;
}

/** Of the announced patient alerts, the highest first; priorities without any are left out. */
export function countAlerts(alerts: Iterable<Alert>, technical: boolean): AlertCounts[] {
  const counts = new Map<Priority, AlertCounts>();
  for (const alert of alerts) {
    if (!isOpen(alert) || alert.inhibitedBy !== "" || isTechnical(alert) !== technical) continue;
    const row = counts.get(alert.priority) ?? { priority: alert.priority, mark: markOf(alert.priority, technical), nobody: 0, all: 0 };
    row.all++;
    if (!isQuiet(alert)) row.nobody++;
    counts.set(alert.priority, row);
  }
  return [...counts.values()].sort((a, b) => b.priority - a.priority);
}
