// What the gateway says, from proto3 JSON into the generated types: 64-bit numbers exact, words of a closed list as their
// numbers, what was left out as its default or as absent. What this client does not know is passed over: a newer gateway may
// say more. A wrong type is an error and never a value.
import type { AlertRevisions, Alerts, Bed, Clock, Lanes, Moment, Problem, Session, Trend, Wall, Why } from "./wire/gateway/page_pb.ts";
import { enums, shapes } from "./wire/shapes.ts";
import type { Alert } from "./wire/vigil/v1/alert_pb.ts";
import type { SourceStatus } from "./wire/vigil/v1/envelope_pb.ts";
import type { CommandReply } from "./wire/vigil/v1/command_pb.ts";
import type { DaemonStatus } from "./wire/vigil/v1/query_pb.ts";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

function wrong(kind: string, value: Json): never {
  throw new Error(`${kind}: ${JSON.stringify(value)}`);
}

function one(kind: string, value: Json): unknown {
  switch (kind) {
    case "text":
      return typeof value === "string" ? value : wrong(kind, value);
    case "bool":
      return typeof value === "boolean" ? value : wrong(kind, value);
    case "number":
      return typeof value === "number" ? value : wrong(kind, value);
    case "wide":
      return typeof value === "string" || Number.isSafeInteger(value) ? BigInt(value as string | number) : wrong(kind, value);
  }
  const names = enums[kind];
  if (names === undefined) return message(kind, value);
  if (typeof value === "number") return value;
  return typeof value === "string" ? (names[value] ?? 0) : wrong(kind, value);
}

function initial(kind: string): unknown {
  switch (kind) {
    case "text":
      return "";
    case "bool":
      return false;
    case "wide":
      return 0n;
    default:
      return 0;
  }
}

type Fields = [field: string, how: string, kind: string][];
const fieldsKnown = new Map<string, Fields>();

/** Taken apart once: a ward says the same messages hundreds of times a second. */
function fieldsOf(name: string): Fields {
  let fields = fieldsKnown.get(name);
  if (fields === undefined) {
    fields = Object.entries(shapes[name]!).map(([field, shape]) => [field, shape[0]!, shape.slice(1)]);
    fieldsKnown.set(name, fields);
  }
  return fields;
}

function message(name: string, value: Json): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) wrong(name, value);
  const out: Record<string, unknown> = { $typeName: name };
  for (const [field, how, kind] of fieldsOf(name)) {
    const given = value[field] ?? undefined; // null stands for what was left out
    switch (how) {
      case "*":
        out[field] = given === undefined ? [] : Array.isArray(given) ? given.map((item) => one(kind, item)) : wrong(field, given);
        break;
      case "@":
        if (given !== undefined && (typeof given !== "object" || Array.isArray(given))) wrong(field, given);
        out[field] = Object.fromEntries(Object.entries(given ?? {}).map(([key, item]) => [key, one(kind, item as Json)]));
        break;
      case "?":
        if (given !== undefined) out[field] = one(kind, given);
        break;
      default:
        out[field] = given === undefined ? initial(kind) : one(kind, given);
    }
  }
  return out;
}

const reader =
  <Message extends { $typeName: string }>(name: Message["$typeName"]) =>
  (json: string): Message =>
    message(name, JSON.parse(json) as Json) as Message;

export const readWall = reader<Wall>("vigil.page.v1.Wall");
export const readBed = reader<Bed>("vigil.page.v1.Bed");
export const readClock = reader<Clock>("vigil.page.v1.Clock");
export const readTrend = reader<Trend>("vigil.page.v1.Trend");
export const readAlerts = reader<Alerts>("vigil.page.v1.Alerts");
export const readRevisions = reader<AlertRevisions>("vigil.page.v1.AlertRevisions");
export const readWhy = reader<Why>("vigil.page.v1.Why");
export const readLanes = reader<Lanes>("vigil.page.v1.Lanes");
export const readMoment = reader<Moment>("vigil.page.v1.Moment");
export const readProblem = reader<Problem>("vigil.page.v1.Problem");
export const readSession = reader<Session>("vigil.page.v1.Session");
export const readAlert = reader<Alert>("vigil.v1.Alert");
export const readSource = reader<SourceStatus>("vigil.v1.SourceStatus");
export const readReply = reader<CommandReply>("vigil.v1.CommandReply");
export const readStatus = reader<DaemonStatus>("vigil.v1.DaemonStatus");
