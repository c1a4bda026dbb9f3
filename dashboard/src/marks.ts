// What happened, on the same axis as the readings: alerts from when they were true, and words of devices, drugs and circuits. Pure.
import { isOpen } from "./alerts.ts";
import { kindOf, standsFor, stoodBefore } from "./lanes.ts";
import { shareOf, type Span } from "./span.ts";
import { milliseconds } from "./time.ts";
import type { Lanes } from "vigil-client/wire/gateway/page_pb.ts";
import type { Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import type { LaneColumn } from "vigil-client/wire/vigil/v1/query_pb.ts";

export interface AlertMark {
  alert: Alert;
  row: number;
  from: number; // shares of the span, cut to it
  to: number;
  shown: number; // until here it was true and on no screen yet
  open: boolean;
}

export const endOf = (alert: Alert, now: number): number => (isOpen(alert) ? now : milliseconds(alert.revisedAtMs));

/** Those of one stay, each once: what is open and what has ended, the newest revision of both. */
export function alertsOfStay(open: Iterable<Alert>, closed: Alert[], encounter: string): Alert[] {
  const out = new Map<string, Alert>();
  for (const alert of [...closed, ...open]) {
    const other = out.get(alert.id);
    if (alert.encounter === encounter && encounter !== "" && (other === undefined || other.revision <= alert.revision)) out.set(alert.id, alert);
  }
  return [...out.values()].sort((a, b) => milliseconds(a.trueSinceMs) - milliseconds(b.trueSinceMs) || (a.id < b.id ? -1 : 1));
}

/** Each in the first row that has room; `narrowest` is what a finger needs, as a share of the span. */
export function alertMarks(alerts: Alert[], span: Span, now: number, narrowest: number): AlertMark[] {
  const ends: number[] = [];
  const out: AlertMark[] = [];
  for (const alert of alerts) {
    const since = milliseconds(alert.trueSinceMs);
    const end = Math.max(since, endOf(alert, now));
    if (end < span.from || since > span.to) continue;
    const wanted = Math.min(Math.max(0, shareOf(since, span)), 1 - narrowest);
    const from = Math.max(0, wanted);
    const to = Math.max(from + narrowest, Math.min(1, shareOf(end, span)));
    const shown = Math.min(to, Math.max(from, shareOf(milliseconds(alert.shownAtMs), span)));
    const found = ends.findIndex((taken) => taken <= from);
    const row = found === -1 ? ends.length : found;
    ends[row] = to;
    out.push({ alert, row, from, to, shown, open: isOpen(alert) });
  }
  return out;
}

export interface EventMark {
  at: number;
  word: string;
  from: number; // share of the span
  until: number; // room for its word
  before: boolean; // already so when the span began
}

export interface EventRow {
  signal: string;
  marks: EventMark[];
}

/** A dose says that a drug is running; of anything else a number is no word. */
function wordOf(signal: string, column: LaneColumn | undefined): string {
  if (column === undefined || column.coded !== "") return column?.coded ?? "";
  return column.newest > 0n && kindOf(signal) === "infusion" ? "running" : "";
}

/** Where a word changed; what was said before the span stands at its left end. A circuit that never was has no row. */
export function eventRows(lanes: Lanes, span: Span): EventRow[] {
  const rows = lanes.lanes.map((lane) => {
    const { signal } = lane;
    const latest = stoodBefore(lane, span);
    const earlier = latest !== undefined && span.from - milliseconds(latest.atMs) <= standsFor(signal) ? latest : undefined;
    let word = wordOf(signal, earlier);
    const marks: EventMark[] = word === "" ? [] : [{ at: milliseconds(earlier!.atMs), word, from: 0, until: 1, before: true }];
    for (const column of lane.columns) {
      const at = milliseconds(column.atMs);
      if (at < span.from || at > span.to) continue;
      const next = wordOf(signal, column);
      if (next === word) continue;
      const from = shareOf(at, span);
      const open = marks.at(-1);
      if (open !== undefined && open.until === 1) open.until = from;
      if (next !== "") marks.push({ at, word: next, from, until: 1, before: false });
      word = next;
    }
    return { signal, marks };
  });
  return rows.filter((row) => row.marks.some((mark) => mark.word !== "none"));
}
