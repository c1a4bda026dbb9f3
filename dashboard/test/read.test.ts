// The page's own reader against the library that defines proto3 JSON.
import { create, fromJsonString, toJsonString, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { readAlert, readAlerts, readBed, readClock, readLanes, readMoment, readProblem, readReply, readStatus, readTrend, readWall, readWhy } from "vigil-client/read.ts";
import {
  AlertsSchema, BedSchema, Clock_Feed, ClockSchema, LanesSchema, MomentSchema, ProblemSchema, TrendSchema, WallSchema, WhySchema,
} from "vigil-client/wire/gateway/page_pb.ts";
import { AlertKind, AlertSchema, Priority, SignalState } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import { CommandReply_Verdict, CommandReplySchema } from "vigil-client/wire/vigil/v1/command_pb.ts";
import { DaemonStatusSchema } from "vigil-client/wire/vigil/v1/query_pb.ts";
import { PartState, Verdict } from "vigil-client/wire/vigil/v1/score_pb.ts";

/** The library drops what is unset; the reader may write it out as absent. Both are compared field by field. */
function same<Desc extends DescMessage>(schema: Desc, read: (json: string) => MessageShape<Desc>, message: MessageShape<Desc>): void {
  const json = toJsonString(schema, message);
  expect(toJsonString(schema, create(schema, read(json) as never))).toBe(json);
  expect(read(json)).toEqual(fromJsonString(schema, json));
}

const evidence = { role: "pao2", signal: "pao2", verdict: Verdict.USED, mantissa: 684n, scale: 1, unit: "mm[Hg]", eventTimeMs: 9_007_199_254_740_993n };
const alert = create(AlertSchema, {
  id: "a", revision: 18_446_744_073_709_551_615n, kind: AlertKind.PATIENT, priority: Priority.HIGH, signal: SignalState.LATCHED,
  acknowledgedAtMs: -1n, evidence: [evidence], levels: [{ at: 3, priority: Priority.MEDIUM, word: "severe" }],
  rise: { fromMs: 1n, toMs: 2n, organs: [{ part: "resp", counted: true, before: 0, after: 2 }, { part: "liver" }] },
});
const bed = create(BedSchema, {
  unit: "icu", bed: "bed01", encounter: "e", label: '<b>"ß"</b>', lastDataMs: 0n, ageYears: 0,
  scores: [{ definition: "sofa@1", parts: [{ part: "total", points: 0, upper: 24, missing: 6, state: PartState.NOT_MEASURED, evidence: [evidence] }, { part: "liver" }] }],
  support: [{ signal: "ecls", value: "vv" }], change: { points: -3, parts: ["resp"], fromMs: 5n }, trend: { points: [{ atMs: 1n }, { atMs: 2n, points: 0 }] },
});

describe("the reader", () => {
  it("reads every message of the page as the library does", () => {
    same(AlertSchema, readAlert, alert);
    same(AlertsSchema, readAlerts, create(AlertsSchema, { alerts: [alert, create(AlertSchema)] }));
    same(BedSchema, readBed, bed);
    same(ClockSchema, readClock, create(ClockSchema, { feed: Clock_Feed.LOST, logTimeMs: 0n, daemon: { clockSpeed: 59.5, driven: true }, epoch: 1n << 63n }));
    same(TrendSchema, readTrend, bed.trend!);
    same(WhySchema, readWhy, create(WhySchema, { alert, revisions: [alert], explained: "line\nline" }));
    same(LanesSchema, readLanes, create(LanesSchema, { encounter: "e", lanes: [{ signal: "hr", scale: 3, columns: [{ atMs: 1n, least: -5n, newest: 0n, readings: 1 }, { coded: "imv" }] }] }));
    same(MomentSchema, readMoment, create(MomentSchema, { atMs: 7n, shown: bed.scores, known: [{}], alerts: [alert], shownExplained: ["a\nb"] }));
    same(ProblemSchema, readProblem, create(ProblemSchema, { error: "no such bed" }));
    const counts = { out_of_range: 1n << 62n, unmapped: 0n };
    same(DaemonStatusSchema, readStatus, create(DaemonStatusSchema, {
      journalSeq: 7n, refused: counts, commitP99Ms: 1.5, sources: [{ source: "lab", clockOffsetMs: -3n, refusedByReason: counts }, {}],
      unmapped: [{ code: "KREA", count: 3n }], unassigned: [{ subjectKey: "visit=tok", firstMs: 0n }],
    }));
    same(CommandReplySchema, readReply, create(CommandReplySchema, { verdict: CommandReply_Verdict.STALE_REVISION, journalSeq: 1n << 60n, allowed: ["yes", "no"] }));
    same(WallSchema, readWall, create(WallSchema, { beds: [bed, create(BedSchema)], alerts: [alert], staleAfterS: 900, sources: [{ source: "ward", messages: 12n }] }));
  });
  it("keeps what was left out absent, and never makes it a 0", () => {
    const part = readBed('{"scores":[{"parts":[{"part":"liver"},{"part":"resp","points":0}]}]}').scores[0]!.parts;
    expect(part[0]!.points).toBeUndefined();
    expect(part[1]!.points).toBe(0);
    expect(readBed('{"lastDataMs":null}').lastDataMs).toBeUndefined();
  });
  it("passes over what a newer gateway says", () => {
    expect(readAlert('{"id":"a","newer":{"x":[1]},"priority":"PRIORITY_NEWER"}')).toMatchObject({ id: "a", priority: Priority.UNSPECIFIED });
  });
  it("takes no wrong type for a value", () => {
    for (const bad of ['{"id":7}', '{"revision":1.5}', '{"evidence":{}}', '{"confirmed":"yes"}', "[]", "null", '{"level":"3"}', '{"revision":"x"}'])
      expect(() => readAlert(bad), bad).toThrow();
    for (const bad of ['{"refused":[]}', '{"refused":{"x":"many"}}', '{"refused":3}']) expect(() => readStatus(bad), bad).toThrow();
  });
});
