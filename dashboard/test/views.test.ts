import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { bedView } from "../src/view.ts";
import { BedViews } from "../src/views.ts";
import { BedSchema, ClockSchema, type Bed } from "vigil-client/wire/gateway/page_pb.ts";
import { AlertSchema, Priority, SignalState, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";

const now = 1_790_000_000_000n;
const staleAfterS = 900;
const clockAt = (at: bigint) => create(ClockSchema, { logTimeMs: at });
const bed = (name: string, minutesOld = 1): Bed => create(BedSchema, { unit: "icu", bed: name, encounter: `enc_${name}`, lastDataMs: now - BigInt(minutesOld) * 60_000n });
const alert = (id: string, at: string, revision = 1n): Alert =>
  create(AlertSchema, { id, revision, bed: at, unit: "icu", priority: Priority.HIGH, signal: SignalState.ON, rule: "sofa_rise" });
const alertsOf = (...list: Alert[]) => new Map(list.map((one) => [one.id, one]));

describe("the views of a ward", () => {
  const beds = ["bed01", "bed02", "bed03"].map((name) => bed(name));
  const alerts = alertsOf(alert("a", "bed01"), alert("b", "bed02"));
  const clock = clockAt(now);

  it("are those of its beds, each with its own alerts, in their order", () => {
    expect(new BedViews().of(beds, alerts, clock, staleAfterS)).toEqual(beds.map((one) => bedView(one, [...alerts.values()], clock, staleAfterS)));
  });

  it("stand for beds of which nothing is new", () => {
    const views = new BedViews();
    const before = views.of(beds, alerts, clock, staleAfterS);
    const after = views.of([...beds], new Map(alerts), clockAt(now), staleAfterS);
    after.forEach((view, index) => expect(view).toBe(before[index]));
  });

  it("are made anew for the bed that was heard of, or whose alerts are others, and for no other", () => {
    const views = new BedViews();
    const first = views.of(beds, alerts, clock, staleAfterS);
    const heard = views.of([beds[0]!, bed("bed02", 3), beds[2]!], alerts, clock, staleAfterS);
    expect(heard.map((view, index) => view === first[index])).toEqual([true, false, true]);
    const revised = views.of([beds[0]!, beds[1]!, beds[2]!], alertsOf(alert("a", "bed01"), alert("b", "bed02", 2n)), clock, staleAfterS);
    expect(revised[2]).toBe(first[2]);
    const over = views.of(beds, alertsOf(alerts.get("b")!), clock, staleAfterS);
    expect(over[0]!.alertCount).toBe(0);
    const fresh = views.of(beds, alertsOf(alerts.get("b")!, alert("c", "bed03")), clock, staleAfterS);
    expect([fresh[0], fresh[1]]).toEqual([over[0], over[1]]);
    expect(fresh[2]!.alertCount).toBe(1);
  });

  it("follow the clock: what nobody speaks of any more becomes stale", () => {
    const views = new BedViews();
    expect(views.of(beds, alerts, clock, staleAfterS).map((view) => view.stale)).toEqual([false, false, false]);
    expect(views.of(beds, alerts, clockAt(now + 3_600_000n), staleAfterS).map((view) => view.stale)).toEqual([true, true, true]);
    expect(views.of(beds, alerts, undefined, staleAfterS).map((view) => view.stale)).toEqual([true, true, true]);
    expect(views.of(beds, alerts, clock, 10).map((view) => view.stale)).toEqual([true, true, true]);
  });

  it("follow the clock a few at a time, those first that have waited longest, and say while some are behind", () => {
    const views = new BedViews();
    const before = views.of(beds, alerts, clock, staleAfterS);
    const later = clockAt(now + 3_600_000n);
    const stale = () => views.of(beds, alerts, later, staleAfterS, 1).map((view) => view.stale);
    expect([stale(), views.behind]).toEqual([[true, false, false], true]);
    expect([stale(), views.behind]).toEqual([[true, true, false], true]);
    // Of whom there is something new at once, whoever waits.
    const heard = views.of([bed("bed01", 3), beds[1]!, beds[2]!], alerts, clockAt(now + 3_600_001n), staleAfterS, 1);
    expect(heard.map((view) => view.stale)).toEqual([true, true, true]);
    expect(views.behind).toBe(true); // the second one by a millisecond
    expect(views.of(beds, alerts, undefined, staleAfterS, 1).map((view) => view.stale)).toEqual([true, true, true]);
    expect(views.behind).toBe(false);
    expect(before.map((view) => view.stale)).toEqual([false, false, false]);
  });

  it("forget a bed that is no longer told, and begin anew when it is", () => {
    const views = new BedViews();
    const [, , before] = views.of(beds, alerts, clock, staleAfterS);
    expect(views.of(beds.slice(0, 2), alerts, clock, staleAfterS)).toHaveLength(2);
    const [, , again] = views.of(beds, alerts, clock, staleAfterS);
    expect(again).not.toBe(before);
    expect(again).toEqual(before);
  });
});
