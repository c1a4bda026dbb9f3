// The client library's judgement, without a connection: what is missing is known, and nothing that was dropped counts as told.
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import type { Event } from "vigil-client/events.ts";
import { Follow, placeOf } from "vigil-client/follow.ts";
import { Lag } from "vigil-client/lag.ts";
import { Outbox } from "vigil-client/outbox.ts";
import { Session } from "vigil-client/session.ts";
import { State } from "vigil-client/state.ts";
import { FrameReader } from "vigil-client/stream.ts";
import { Told } from "vigil-client/told.ts";
import { AlertRevisionsSchema } from "vigil-client/wire/gateway/page_pb.ts";
import { AlertSchema, SignalState, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";

const alert = (id: string, revision: number, signal = SignalState.ON): Alert => create(AlertSchema, { id, revision: BigInt(revision), signal });
const revisions = (to: number, rows: [seq: number, alert: Alert][], more = false) =>
  create(AlertRevisionsSchema, { to: BigInt(to), more, revisions: rows.map(([seq, one]) => ({ seq: BigInt(seq), alert: one })) });

describe("frames", () => {
  test("are put together from pieces; a comment and what has no end are none", () => {
    const reader = new FrameReader();
    expect(reader.take("retry: 1000\n\nid: 1.2.3\nevent: be")).toEqual([]);
    expect(reader.take('d\ndata: {"a":1}\n\n: here\n\nid: 1')).toEqual([{ event: "bed", id: "1.2.3", data: '{"a":1}' }]);
  });

  test("have a place in the stream, or none that can be read", () => {
    expect(placeOf("7.8.9")).toEqual({ epoch: 7n, seq: 8n, version: 9n });
    expect(placeOf("7.8")).toEqual({ epoch: 7n, seq: 8n, version: undefined });
    expect(placeOf("")).toBeUndefined();
    expect(placeOf("7.x.9")).toBeUndefined();
  });

  test("that are missing are a hole, and a state ends it", () => {
    const follow = new Follow();
    expect(follow.frame(false, 5n)).toBe("hole"); // before the first state
    expect(follow.frame(true, 5n)).toBe("state");
    expect(follow.frame(false, 6n)).toBe("news");
    expect(follow.frame(false, undefined)).toBe("beside");
    expect(follow.frame(false, 8n)).toBe("hole");
    expect(follow.frame(false, 6n)).toBe("known");
    expect(follow.frame(true, 9n)).toBe("state");
    expect(follow.frame(false, 10n)).toBe("news");
  });
});

describe("revisions of alerts", () => {
  test("that are skipped are a jump; what is asked for fills it, each once", () => {
    const told = new Told();
    told.begin([alert("a", 2)], 10n);
    expect(told.message(alert("a", 3))).toBe("news");
    expect(told.message(alert("a", 3))).toBe("known");
    expect(told.message(alert("a", 6))).toBe("jump");
    const answer = revisions(40, [[11, alert("a", 3)], [20, alert("a", 4)], [30, alert("a", 5)], [40, alert("a", 6)]]);
    expect(told.replayed(answer).map((one) => one.revision)).toEqual([4n, 5n]);
    expect(told.safeSeq).toBe(40n);
    expect(told.message(alert("a", 7))).toBe("news");
  });

  test("of a later state are still to be told, and what it shows is not news", () => {
    const told = new Told();
    told.begin([], 10n);
    told.stands([alert("a", 3)]);
    expect(told.message(alert("a", 3))).toBe("known");
    expect(told.replayed(revisions(30, [[11, alert("a", 1)], [12, alert("a", 2)], [13, alert("a", 3)]]))).toHaveLength(3);
  });

  test("beyond what the answer calls whole do not move the place to ask from", () => {
    const told = new Told();
    told.begin([], 10n);
    expect(told.replayed(revisions(11, [[11, alert("a", 1)], [15, alert("a", 3)]]))).toHaveLength(2);
    expect(told.safeSeq).toBe(11n);
    expect(told.replayed(revisions(15, [[13, alert("a", 2)], [15, alert("a", 3)]])).map((one) => one.revision)).toEqual([2n]);
  });

  test("that an answer brought first come by themselves all the same, for an answer does not say what stands", () => {
    const told = new Told();
    told.begin([], 10n);
    told.replayed(revisions(11, [[11, alert("a", 1, SignalState.CLOSED)]]));
    expect(told.message(alert("a", 1, SignalState.CLOSED))).toBe("news");
  });
});

test("what is replayed changes nothing that stands", () => {
  const state = new State();
  const say = (one: Alert, replayed: boolean) => state.apply({ kind: "update", what: "alert", alert: one, replayed });
  say(alert("a", 3), false);
  say(alert("a", 2, SignalState.CLOSED), true);
  expect(state.alerts().map((one) => one.revision)).toEqual([3n]);
  say(alert("a", 4, SignalState.CLOSED), false);
  say(alert("a", 3), false);
  say(alert("b", 1), true);
  expect(state.alerts()).toEqual([]);
});

describe("a user who does not come", () => {
  const update = (n: number): Event => ({ kind: "update", what: "alert", alert: alert("a", n), replayed: false });

  test("loses what waited by number or by age, and is noticed when back", async () => {
    let came = 0;
    const outbox = new Outbox(2, 5000, () => came++);
    expect(outbox.put(update(1), 1n, 0)).toBe(true);
    expect((await outbox.take())?.kind).toBe("update");
    expect(outbox.takenSeq).toBe(1n);
    outbox.put(update(2), 2n, 0);
    outbox.put(update(3), 3n, 0);
    expect(outbox.put(update(4), 4n, 0)).toBe(false);
    expect(outbox.put(update(5), 5n, 0)).toBe(false);
    expect(await outbox.take(0)).toBeUndefined();
    expect(came).toBeGreaterThan(0);
    expect(outbox.takenSeq).toBe(1n); // what was dropped was not taken
    outbox.restart();
    outbox.put(update(6), 6n, 10_000);
    expect(outbox.expired(14_000)).toBe(false);
    expect(outbox.expired(15_001)).toBe(true);
  });

  test("is told that the feed is lost even then", async () => {
    const outbox = new Outbox(1, 5000, () => {});
    outbox.put(update(1), 0n, 0);
    outbox.put(update(2), 0n, 0);
    outbox.put({ kind: "lost", why: "x", forS: 2 }, 0n, 0);
    expect((await outbox.take())?.kind).toBe("lost");
  });
});

test("a feed that arrives ever later is behind, whatever the clocks say", () => {
  const lag = new Lag();
  lag.heard(1_000_000, 0);
  lag.heard(1_001_000, 1100);
  expect(lag.nowMs).toBe(100);
  lag.heard(1_002_000, 8000);
  expect(lag.nowMs).toBe(6000);
});

describe("a session", () => {
  const limits = { lostAfterMs: 1900, cutAfterMs: 1200, maxLagMs: 5000, queue: 100, everyRevision: true };
  const wall = (heardMs: number, feed = "FEED_LIVE") => JSON.stringify({ site: "demo", clock: { feed, heardMs: String(heardMs) }, alerts: [] });
  const begin = () => {
    const outbox = new Outbox(100, 5000, () => {});
    const session = new Session(outbox, limits, 0);
    const hear = (event: string, id: string, data: string, now: number) => {
      session.came(now);
      session.heard({ event, id, data }, now);
    };
    const told = async (): Promise<Event[]> => {
      const out: Event[] = [];
      for (let event = await outbox.take(0); event !== undefined; event = await outbox.take(0)) out.push(event);
      return out;
    };
    session.opened();
    return { session, hear, told };
  };
  const clock = (heardMs: number, feed = "FEED_LIVE") => JSON.stringify({ feed, heardMs: String(heardMs) });

  test("says it is lost 1.9 s after the last digest, though the gateway goes on speaking", async () => {
    const { session, hear, told } = begin();
    hear("snapshot", "5.10.1", wall(1000), 0);
    hear("clock", "5.10", clock(1000), 1000);
    hear("clock", "5.10", clock(1000), 1890);
    session.tick(1890);
    expect((await told()).map((event) => event.kind)).toEqual(["resynchronised", "update", "update"]);
    session.tick(1901);
    expect(await told()).toMatchObject([{ kind: "lost", why: "no heartbeat of vigild" }]);
    hear("clock", "5.10.2", clock(3000), 3000);
    expect((await told()).map((event) => event.kind)).toEqual(["update", "back"]);
  });

  test("takes no proof from a gateway that has lost its own feed", async () => {
    const { session, hear, told } = begin();
    hear("snapshot", "5.10.1", wall(1000), 0);
    hear("clock", "5.10.2", clock(2000, "FEED_RESYNCING"), 1000);
    session.tick(1901);
    expect((await told()).at(-1)?.kind).toBe("lost");
  });

  test("opens the stream anew for a frame that is missing or cannot be read, and tells nothing in between", async () => {
    for (const bad of [{ id: "5.12.4", data: clock(2000) }, { id: "5.11.2", data: "{" }, { id: "", data: clock(2000) }]) {
      const { session, hear, told } = begin();
      hear("snapshot", "5.10.1", wall(1000), 0);
      await told();
      hear("clock", bad.id, bad.data, 500);
      expect(session.reopen).toBe(true);
      hear("clock", "5.12.5", clock(3000), 600);
      expect(await told()).toEqual([]);
      session.cut("reopened");
      session.opened();
      hear("snapshot", "5.13.9", wall(3000), 700);
      expect(await told()).toMatchObject([{ kind: "resynchronised", reason: "gap" }]);
    }
  });

  test("does not take the emptiness of a gateway that has heard nothing yet for a ward without patients", async () => {
    const { hear, told } = begin();
    hear("snapshot", "0.0.0", wall(0, "FEED_CONNECTING"), 0);
    hear("clock", "0.0", clock(1, "FEED_CONNECTING"), 50);
    expect(await told()).toMatchObject([{ what: "clock" }, { what: "clock" }]);
    hear("snapshot", "5.10.1", wall(1000), 100);
    expect(await told()).toMatchObject([{ kind: "resynchronised", reason: "started" }]);
  });

  test("stays lost behind a gateway that began anew without vigild, though it speaks each second", async () => {
    const { session, hear, told } = begin();
    hear("snapshot", "5.10.1", wall(1000), 0);
    await told();
    session.cut("killed");
    session.opened();
    for (let now = 500; now <= 5000; now += 500) {
      hear(now === 500 ? "snapshot" : "clock", now === 500 ? "0.0.0" : "0.0", now === 500 ? wall(0, "FEED_CONNECTING") : clock(0, "FEED_LOST"), now);
      session.tick(now);
    }
    expect((await told()).filter((event) => event.kind !== "update")).toMatchObject([{ kind: "lost", why: "the state cannot be had yet" }]);
  });

  test("says what it gives up: another journal, forgotten revisions, more than are fetched", async () => {
    const { session, hear, told } = begin();
    hear("snapshot", "5.10.1", wall(1000), 0);
    await told();
    hear("snapshot", "6.4.2", wall(2000), 100);
    expect(await told()).toMatchObject([{ kind: "resynchronised", reason: "restarted" }, { kind: "missed", to: 4n }]);
    hear("snapshot", "6.50.3", wall(3000), 200);
    expect(session.question(200)).toBe(4n);
    session.answered(create(AlertRevisionsSchema, { to: 30n, forgottenTo: 20n }), 200);
    expect((await told()).filter((event) => event.kind === "missed")).toMatchObject([{ after: 4n, to: 20n }]);
    expect(session.question(800)).toBe(30n);
    session.answered(undefined, 800);
    expect(session.question(1000)).toBeUndefined(); // not at once again
    expect(session.question(2000)).toBe(30n);
  });
});
