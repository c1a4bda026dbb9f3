// How feeds, journal and stream are told to who runs them. Pure.
import { text, word } from "./text.ts";
import { ageOf, milliseconds, timeOf } from "./time.ts";
import { DaemonState_State, type SourceStatus } from "vigil-client/wire/vigil/v1/envelope_pb.ts";
import type { DaemonStatus, UnassignedKey, UnmappedCode } from "vigil-client/wire/vigil/v1/query_pb.ts";

const words = text.operations;

export const refreshEveryMs = 5_000;
export const answerWithinMs = 4_000;
const oldAfterMs = 2 * refreshEveryMs; // one answer missed

/** Figures the daemon gave so long ago that they need not be so any more, or that a request for newer ones has not replaced. */
export function isOld(ageMs: number, problem: string): boolean {
  return problem !== "" || ageMs > oldAfterMs;
}

/** Seconds for what should be quick. */
export function shortAge(ms: number): string {
  return ms < 120_000 ? words.seconds(Math.max(0, Math.round(ms / 1000))) : ageOf(ms);
}

export function lastText(at: bigint | undefined, now: number | undefined): string {
  return at === undefined ? words.neverSaid : now === undefined ? text.evidence.noValue : words.ago(shortAge(now - milliseconds(at)));
}

/** The offset is the adapter's clock minus the device's: above zero the device is behind. */
export function offsetText(offset: bigint | undefined): string {
  if (offset === undefined) return words.offsetUnknown;
  const ms = milliseconds(offset);
  if (Math.abs(ms) < 100) return words.offsetNone;
  const size = Math.abs(ms) < 60_000 ? words.seconds(Math.round(Math.abs(ms) / 100) / 10) : ageOf(Math.abs(ms));
  return ms > 0 ? words.behind(size) : words.ahead(size);
}

const notedPrefix = "noted_";

export interface Counted {
  reason: string;
  said: string;
  count: bigint;
}

/** The most frequent first; what never happened is left out. */
export function countsOf(counts: Record<string, bigint>): Counted[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0n)
    .map(([reason, count]) => ({ reason, count, said: reason.startsWith(notedPrefix) ? words.noted(word(reason.slice(notedPrefix.length))) : word(reason) }))
    .sort((a, b) => (a.count === b.count ? (a.reason < b.reason ? -1 : 1) : a.count < b.count ? 1 : -1));
}

export function bytesText(bytes: bigint): string {
  let amount = Number(bytes);
  let unit = 0;
  for (; amount >= 1000 && unit < words.byteUnits.length - 1; unit++) amount /= 1000;
  return words.bytes(unit === 0 ? String(amount) : amount.toFixed(1), words.byteUnits[unit]!);
}

/** As the map file wants it (config/maps/example.tsv), in its columns' order. */
export function mapLine(code: UnmappedCode): string {
  return [code.source, code.system, code.code, code.unit, words.signalHere, code.reason === "unknown_unit" || code.unit === "" ? words.unitHere : ""].join("\t");
}

export type Cell = string | { wrong: string } | { code: string };

export interface Row {
  id: string;
  cells: Cell[];
  more?: string; // below it
}

export interface Table {
  id: string;
  title: string;
  note: string;
  columns: readonly string[]; // none: its first column names the row
  figures: readonly number[]; // columns of figures, which stand under each other
  rows: Row[];
  empty: string;
}

function feedRows(sources: SourceStatus[], now: number | undefined): Row[] {
  return sources.map((source) => {
    const { messages, refused, malformed, unmapped, unassigned } = source;
    const counts = countsOf(source.refusedByReason).map((one) => words.count(one.said, one.count.toString()));
    return {
      id: source.source,
      cells: [
        source.source, source.kind, source.connected ? words.connected : { wrong: words.lost }, lastText(source.lastMessageMs, now), offsetText(source.clockOffsetMs),
        ...[messages, refused, malformed, unmapped, unassigned].map(String),
      ],
      ...(counts.length > 0 && { more: words.adapterRefused(counts.join(" · ")) }),
    };
  });
}

function daemonRows(status: DaemonStatus): Row[] {
  const state = status.daemon?.state ?? DaemonState_State.UNSPECIFIED;
  const reason = status.daemon?.reason ?? "";
  const stateText = (words.states[state] ?? "") + (reason === "" ? "" : ` (${word(reason)})`);
  const row = (id: keyof typeof words.rows, said: Cell): Row => ({ id, cells: [words.rows[id], said] });
  return [
    row("state", state === DaemonState_State.RUNNING ? stateText : { wrong: stateText }),
    row("behind", status.behindMs === 0 ? words.prompt : { wrong: words.late(shortAge(status.behindMs)) }),
    row("sequence", status.journalSeq.toString()),
    row("segment", `${status.segment || text.evidence.noValue}, ${bytesText(status.segmentBytes)}`),
    row("commit", words.commit(status.commitP99Ms.toFixed(1), status.commits.toString())),
    row("readings", status.readings.toString()),
    row("alerts", String(status.activeAlerts)),
    row("version", status.version),
    row("rulebook", status.rulebookDigest.slice(0, 12)),
  ];
}

/** Whatever there is to be told; without a status only what the stream says of feeds. */
export function tablesOf(status: DaemonStatus | undefined, heard: SourceStatus[], now: number | undefined): Table[] {
  const table = (id: string, title: string, empty: string, rows: Row[], columns: readonly string[] = [], figures: readonly number[] = [], note = ""): Table => ({ id, title, empty, rows, columns, figures, note });
  const when = (ms: bigint) => timeOf(milliseconds(ms), now);
  const feeds = table("feeds", words.feeds, words.noFeeds, feedRows(status?.sources ?? heard, now), words.feedColumns, [5, 6, 7, 8, 9]);
  if (status === undefined) return [feeds];
  const unassigned = status.unassigned.map((row): Row => ({
    id: claimId(row), cells: [row.source, row.subjectKey, word(row.reason), `${when(row.firstMs)} – ${when(row.lastMs)}`, row.count.toString()],
  }));
  const unmapped = status.unmapped.map((code): Row => ({
    id: `${code.source} ${code.system} ${code.code} ${code.unit}`,
    cells: [code.source, code.system, code.code, code.unit || words.noUnit, code.count.toString(), when(code.lastMs), word(code.reason), { code: mapLine(code) }],
  }));
  const refused = countsOf(status.refused).map((one): Row => ({ id: one.reason, cells: [one.said, one.count.toString()] }));
  return [
    feeds,
    table("daemon", words.daemon, "", daemonRows(status)),
    table("refused", words.refused, words.noneRefused, refused, [], [1]),
    table("unassigned", words.unassigned, words.unassignedNone, unassigned, words.unassignedColumns, [4], words.unassignedHow),
    table("unmapped", words.unmapped, words.unmappedNone, unmapped, words.unmappedColumns, [4], words.unmappedHow),
  ];
}

export const claimId = (row: UnassignedKey): string => `${row.source} ${row.subjectKey}`;

export interface Delivered {
  id: string; // the gateway's number
  kind: string; // class of the topic
  place: string; // unit, bed and key of the topic
  seq: string; // epoch.sequence
  at: number | undefined; // log time
  json: string;
}

/** A message as `GET /api/v1/raw` has it; 64-bit numbers are text. */
export interface RawMessage {
  number: string;
  publication: { topic: string; envelope?: { epoch?: string; seq?: string; logTimeMs?: string } };
}
export interface RawAnswer {
  messages: RawMessage[];
  to: string; // the next question begins here
  more: boolean;
  gone: number;
  anew: boolean; // the gateway was restarted: what it had not shown yet is not known
}

export function readRaw(json: string): RawAnswer {
  const said = JSON.parse(json) as { messages?: RawMessage[]; to?: string; more?: boolean; gone?: string; anew?: boolean };
  return { messages: said.messages ?? [], to: said.to ?? "", more: said.more ?? false, gone: Number(said.gone ?? 0), anew: said.anew ?? false };
}

export function delivered({ number, publication }: RawMessage): Delivered {
  const [, , kind = "", , ...place] = publication.topic.split(".");
  const { epoch = "", seq = "0", logTimeMs } = publication.envelope ?? {};
  return {
    id: number,
    kind,
    place: place.filter((token) => token !== "_").join("."),
    seq: `${epoch}.${seq}`,
    at: logTimeMs === undefined ? undefined : Number(logTimeMs),
    json: JSON.stringify(publication),
  };
}
