// What the page asks of the daemon. The answer is the daemon's own word; nothing on the page changes before it.
import { readAlerts, readBed, readLanes, readMoment, readProblem, readReply, readStatus, readTrend, readWhy } from "vigil-client/read.ts";
import type { Bed, Lanes, Moment, Trend, Why } from "vigil-client/wire/gateway/page_pb.ts";
import { CommandReply_Verdict } from "vigil-client/wire/vigil/v1/command_pb.ts";
import { Judgement, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import type { DaemonStatus } from "vigil-client/wire/vigil/v1/query_pb.ts";
import { readRaw, type RawAnswer } from "./operations.ts";
import type { Span } from "./span.ts";
import { people } from "./people.svelte.ts";
import { text, word } from "./text.ts";

export interface Answer {
  done: boolean;
  words: string;
  returns?: boolean; // the stream will bring what it made of it
}

/** Asked again within a minute, what got no answer keeps its key: the daemon does it once. Later it is a new wish. */
let unanswered = { what: "", key: "", at: 0 };
const sameWishMs = 60_000;
const patienceMs = 15_000;

function keyOf(what: string): string {
  if (unanswered.what === what && Date.now() - unanswered.at < sameWishMs) return unanswered.key;
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function post(path: string, asked: object): Promise<Answer> {
  const body = JSON.stringify(asked);
  const what = `${path} ${body}`;
  const key = keyOf(what);
  let answer: Answer | undefined;
  let why: string = text.answers.network;
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { ...people.headers, "Idempotency-Key": key },
      body,
      signal: AbortSignal.timeout(patienceMs),
    });
    const said = await response.text();
    const { error } = readProblem(said);
    if (response.status >= 500) why = error || String(response.status);
    else answer = error !== "" ? { done: false, words: text.answers.refused(error) } : answerOf(said);
  } catch {
    // Cut, silent, or not the gateway's words: no answer, all the same.
  }
  if (answer === undefined) unanswered = { what, key, at: Date.now() };
  return answer ?? { done: false, words: text.answers.noAnswer(why) };
}

function answerOf(said: string): Answer {
  const reply = readReply(said);
  switch (reply.verdict) {
    case CommandReply_Verdict.DONE:
      if (reply.reason === "already") return { done: true, words: text.answers.already };
      return { done: true, words: text.answers.done(reply.journalSeq.toString()), returns: true };
    case CommandReply_Verdict.DONE_NOT_RECORDED:
      return { done: true, words: text.answers.notRecorded, returns: true };
    case CommandReply_Verdict.STALE_REVISION:
      return { done: false, words: text.answers.stale };
    default:
      return { done: false, words: text.answers.refused(word(reply.reason || "refused")) };
  }
}

export function acknowledge(alert: Alert, user: string): Promise<Answer> {
  // A revision is a 64-bit number: as text, never rounded.
  return post(ofAlert(alert, "ack"), { revision: alert.revision.toString(), user });
}

/** A decision with its end, or that what holds is over now. */
export interface Decision {
  minutes: number;
  reason: string;
}
export const over = "over";

const decided = (decision: Decision | typeof over) =>
  decision === over ? { over: true } : { ends: { forMs: String(decision.minutes * 60_000) }, reason: decision.reason };

export interface Place {
  unit: string;
  bed: string;
}

const ofAlert = (alert: Alert, what: string): string => `/api/v1/alerts/${encodeURIComponent(alert.id)}/${what}`;

export function pause(alert: Alert, user: string, decision: Decision | typeof over): Promise<Answer> {
  return post(ofAlert(alert, "pause"), { user, revision: alert.revision.toString(), ...decided(decision) });
}

export function judge(alert: Alert, user: string, judgement: Judgement): Promise<Answer> {
  return post(ofAlert(alert, "feedback"), { user, judgement });
}

export function shelve({ unit, bed }: Place, rule: string, user: string, decision: Decision | typeof over): Promise<Answer> {
  return post("/api/v1/shelve", { user, unit, bed, rule, ...decided(decision) });
}

export function standBy({ unit, bed }: Place, user: string, decision: Decision | typeof over): Promise<Answer> {
  return post("/api/v1/standby", { user, unit, bed, ...decided(decision) });
}

/** No rules: every alert about the patient. It has no end of its own. */
export function limitCare({ unit, bed }: Place, user: string, limits: { rules: string[]; reason: string } | typeof over): Promise<Answer> {
  return post("/api/v1/care_limits", { user, unit, bed, ...(limits === over ? { over: true } : limits) });
}

/** Calls for this patient when the signal is beyond it. Decimals as they were typed, in its canonical unit; one of the two at least. */
export interface Limit {
  signal: string;
  below: string;
  above: string;
}

export function setLimit({ unit, bed }: Place, user: string, limit: (Limit & { reason: string }) | { signal: string; over: true }): Promise<Answer> {
  return post("/api/v1/limit", { user, unit, bed, ...limit });
}

export function assign(source: string, subjectKey: string, encounter: string, user: string): Promise<Answer> {
  return post("/api/v1/assign", { user, source, subjectKey, encounter });
}

export interface Attestation {
  unit: string;
  bed: string;
  what: string;
  value: string;
  unitOfValue: string;
  at: Date | undefined;
}

export function attest(attestation: Attestation, user: string): Promise<Answer> {
  const { at, ...rest } = attestation;
  return post("/api/v1/attest", { ...rest, user, eventTime: at?.toISOString() });
}

const patience = 20_000; // milliseconds; a connection that says nothing any more must not be waited for

async function get<Message>(read: (json: string) => Message, path: string, signal?: AbortSignal): Promise<Message> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(path, { signal: signal ?? AbortSignal.timeout(patience) });
    body = await response.text();
  } catch {
    throw new Error(text.answers.network);
  }
  if (!response.ok) throw new Error(readProblem(body).error);
  return read(body);
}

export const getBed = (unit: string, bed: string): Promise<Bed> => get(readBed, `/api/v1/beds/${unit}/${bed}`);
export const getTrend = (unit: string, bed: string, hours: number): Promise<Trend> =>
  get(readTrend, `/api/v1/beds/${unit}/${bed}/trend?hours=${hours}`);
/** Of the readings between two instants, both of them included, least, greatest and newest in each of so many columns. */
export const getLanes = (unit: string, bed: string, span: Span, columns: number): Promise<Lanes> =>
  get(readLanes, `/api/v1/beds/${unit}/${bed}/lanes?from_ms=${Math.round(span.from)}&to_ms=${Math.round(span.to) + 1}&columns=${columns}`);
export const getMoment = (unit: string, bed: string, at: number): Promise<Moment> =>
  get(readMoment, `/api/v1/beds/${unit}/${bed}/moment?at_ms=${Math.round(at)}`);
export const getWhy = (alert: string): Promise<Why> => get(readWhy, `/api/v1/why/${encodeURIComponent(alert)}`);
export const getClosedAlerts = async (): Promise<Alert[]> => (await get(readAlerts, "/api/v1/alerts?state=closed")).alerts;
export const getStatus = (signal: AbortSignal): Promise<DaemonStatus> => get(readStatus, "/api/v1/status", signal);
/** Without a number: the newest few. */
export const getRaw = (after: string): Promise<RawAnswer> => get(readRaw, after === "" ? "/api/v1/raw" : `/api/v1/raw?after=${after}`);
