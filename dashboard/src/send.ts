// What the page asks of the daemon. The answer is the daemon's own word; nothing on the page changes before it.
import { create, fromJson, fromJsonString, toJsonString, type DescMessage, type JsonValue, type MessageShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  AcknowledgeRequestSchema,
  AttestRequestSchema,
  BedSchema,
  ProblemSchema,
  TrendSchema,
  WhySchema,
  type Bed,
  type Trend,
  type Why,
} from "./wire/gateway/page_pb.ts";
import { CommandReply_Verdict, CommandReplySchema } from "./wire/vigil/v1/command_pb.ts";
import type { Alert } from "./wire/vigil/v1/alert_pb.ts";
import { text, word } from "./text.ts";

export interface Answer {
  done: boolean;
  words: string;
}

async function post(path: string, body: string): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Vigil-Request": "1" },
      body,
    });
  } catch {
    return { done: false, words: text.answers.noAnswer(text.answers.network) };
  }
  const json = (await response.json()) as JsonValue;
  if (json !== null && typeof json === "object" && "error" in json)
    return { done: false, words: text.answers.noAnswer(fromJson(ProblemSchema, json).error) };
  const reply = fromJson(CommandReplySchema, json, { ignoreUnknownFields: true });
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
  const body = create(AcknowledgeRequestSchema, { revision: alert.revision, user });
  return post(`/api/v1/alerts/${encodeURIComponent(alert.id)}/ack`, toJsonString(AcknowledgeRequestSchema, body));
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
  const { unit, bed, what, value, unitOfValue, at } = attestation;
  const eventTime = at === undefined ? undefined : timestampFromMs(at.getTime());
  const body = create(AttestRequestSchema, { unit, bed, what, value, unitOfValue, user, eventTime });
  return post("/api/v1/attest", toJsonString(AttestRequestSchema, body));
}

async function get<Desc extends DescMessage>(schema: Desc, path: string): Promise<MessageShape<Desc>> {
  const response = await fetch(path);
  const body = await response.text();
  if (!response.ok) throw new Error(fromJsonString(ProblemSchema, body).error);
  return fromJsonString(schema, body, { ignoreUnknownFields: true });
}

export const getBed = (unit: string, bed: string): Promise<Bed> => get(BedSchema, `/api/v1/beds/${unit}/${bed}`);
export const getTrend = (unit: string, bed: string, hours: number): Promise<Trend> =>
  get(TrendSchema, `/api/v1/beds/${unit}/${bed}/trend?hours=${hours}`);
export const getWhy = (alert: string): Promise<Why> => get(WhySchema, `/api/v1/why/${encodeURIComponent(alert)}`);
