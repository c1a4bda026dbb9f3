// Follow a vigil-gateway: the state of the ward, then what changes, and never a silent gap.
export { Client, Closed, type Counters, type Options } from "./client.ts";
export type { Back, Event, Lost, Missed, Reason, Resynchronised, Update } from "./events.ts";
export { State } from "./state.ts";
export type { Frame } from "./stream.ts";
export * from "./read.ts";
export * from "./wire/gateway/page_pb.ts";
export * from "./wire/vigil/v1/alert_pb.ts";
export * from "./wire/vigil/v1/score_pb.ts";
export * from "./wire/vigil/v1/envelope_pb.ts";
