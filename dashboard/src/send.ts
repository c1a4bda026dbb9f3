// What the page asks of the daemon. The answer is the daemon's own word; nothing on the page changes before it.
import { readAlerts, readBed, readProblem, readReply, readTrend, readWhy } from "./read.ts";
import type { Bed, Trend, Why } from "./wire/gateway/page_pb.ts";
import { CommandReply_Verdict } from "./wire/vigil/v1/command_pb.ts";
import type { Alert } from "./wire/vigil/v1/alert_pb.ts";
import { people } from "./people.svelte.ts";
import { text, word } from "./text.ts";

export interface Answer {
  done: boolean;
  words: string;
}

async function post(path: string, body: object): Promise<Answer> {
  let said: string;
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { ...people.headers },
      body: JSON.stringify(body),
    });
    said = await response.text();
  } catch {
    return { done: false, words: text.answers.noAnswer(text.answers.network) };
  }
  const problem = readProblem(said).error;
  if (problem !== "") return { done: false, words: text.answers.noAnswer(problem) };
  const reply = readReply(said);
  switch (reply.verdict) {
    case CommandReply_Verdict.DONE:
      return { done: true, words: text.answers.done(reply.journalSeq.toString()) };
    case CommandReply_Verdict.DONE_NOT_RECORDED:
      return { done: true, words: text.answers.notRecorded };
    case CommandReply_Verdict.STALE_REVISION:
      return { done: false, words: text.answers.stale };
    default:
      return { done: false, words: text.answers.refused(word(reply.reason || "refused")) };
  }
}

export function acknowledge(alert: Alert, user: string): Promise<Answer> {
  // A revision is a 64-bit number: as text, never rounded.
  return post(`/api/v1/alerts/${encodeURIComponent(alert.id)}/ack`, { revision: alert.revision.toString(), user });
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

async function get<Message>(read: (json: string) => Message, path: string): Promise<Message> {
  const response = await fetch(path);
  const body = await response.text();
  if (!response.ok) throw new Error(readProblem(body).error);
  return read(body);
}

export const getBed = (unit: string, bed: string): Promise<Bed> => get(readBed, `/api/v1/beds/${unit}/${bed}`);
export const getTrend = (unit: string, bed: string, hours: number): Promise<Trend> =>
  get(readTrend, `/api/v1/beds/${unit}/${bed}/trend?hours=${hours}`);
export const getWhy = (alert: string): Promise<Why> => get(readWhy, `/api/v1/why/${encodeURIComponent(alert)}`);
export const getClosedAlerts = async (): Promise<Alert[]> => (await get(readAlerts, "/api/v1/alerts?state=closed")).alerts;
