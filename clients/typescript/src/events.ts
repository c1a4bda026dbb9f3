// What a user of the client is told.
import type { Bed, Clock, Wall } from "./wire/gateway/page_pb.ts";
import type { Alert } from "./wire/vigil/v1/alert_pb.ts";
import type { SourceStatus } from "./wire/vigil/v1/envelope_pb.ts";

export type Reason =
  | "started" // the first state
  | "gap" // the connection was lost, or something that was sent on it was
  | "restarted" // vigild has begun anew
  | "too slow" // you, or the network before you, did not take what had been told; what waited was dropped
  | "lag" // what arrived was too late to be the present
  | "refreshed"; // the gateway repaired a gap of its own, or learned names or history

/** The whole ward at one instant. It replaces everything known before; updates go on from here. */
export interface Resynchronised {
  kind: "resynchronised";
  reason: Reason;
  wall: Wall;
  epoch: bigint;
  seq: bigint; // journal sequence of that instant
}

/**
 * What changed, whole as it now stands. Beds, sources and the clock have no history: what was overtaken before it was sent is left out.
 * Of alerts every revision is told (unless only the latest are wanted). `replayed`: it was missed, and asked for again. The newest word
 * never waits for an older one: a replayed revision may have been overtaken, and says nothing of what stands. One that is asked for just
 * as it comes is told both ways.
 */
export type Update = { kind: "update"; replayed: boolean } & (
  | { what: "bed"; bed: Bed }
  | { what: "alert"; alert: Alert }
  | { what: "source"; source: SourceStatus }
  | { what: "clock"; clock: Clock }
);

/** Not every alert revision journaled after `after` and up to `to` was told, and none of them will be. What stands is right. */
export interface Missed {
  kind: "missed";
  after: bigint;
  to: bigint;
  why: string;
}

/** Nothing proves any more that what was told is the present: say so on the screen. `Back` ends it. */
export interface Lost {
  kind: "lost";
  why: string;
  forS: number; // how long before this it was last known to be the present
}

/** What was told is the present again. */
export interface Back {
  kind: "back";
}

export type Event = Resynchronised | Update | Missed | Lost | Back;
