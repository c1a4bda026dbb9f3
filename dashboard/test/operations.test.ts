// What the operations page makes of what the daemon says of itself.
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { bytesText, claimId, countsOf, delivered, isOld, lastText, mapLine, offsetText, readRaw, shortAge, tablesOf } from "../src/operations.ts";
import { DaemonState_State, SourceStatusSchema } from "vigil-client/wire/vigil/v1/envelope_pb.ts";
import { DaemonStatusSchema, UnmappedCodeSchema } from "vigil-client/wire/vigil/v1/query_pb.ts";

describe("feeds", () => {
  it("tell how long ago they spoke, or that they never did", () => {
    expect(lastText(undefined, 10_000)).toBe("never");
    expect(lastText(4_000n, 10_000)).toBe("6 s ago");
    expect(lastText(0n, 3_600_000)).toBe("1 h ago");
    expect(lastText(4_000n, undefined)).toBe("–");
  });
  it("tell on which side a device's clock is wrong", () => {
    expect(offsetText(undefined)).toBe("not measured"); // and not that it agrees
    expect(offsetText(40n)).toBe("agrees");
    expect(offsetText(3_200n)).toBe("3.2 s behind"); // the adapter's clock is ahead of it
    expect(offsetText(-3_200n)).toBe("3.2 s ahead");
    expect(offsetText(7_200_000n)).toBe("2 h behind");
  });
  it("count by reason, the most first, in words, and say what was taken all the same", () => {
    expect(countsOf({ out_of_range: 3n, unmapped: 18_446_744_073_709_551_615n, noted_several: 3n, future: 0n }).map((one) => [one.said, one.count])).toEqual([
      ["unknown code", 18_446_744_073_709_551_615n], ["several (taken all the same)", 3n], ["outside what is possible", 3n],
    ]);
  });
});

describe("an unknown code", () => {
  it("comes with the line for the map file, its columns in their order", () => {
    expect(mapLine(create(UnmappedCodeSchema, { source: "lab", system: "LOCAL", code: "KREA", unit: "umol/L", reason: "unmapped" }))).toBe("lab\tLOCAL\tKREA\tumol/L\tSIGNAL\t");
    expect(mapLine(create(UnmappedCodeSchema, { source: "lab", system: "LOCAL", code: "PLTC", unit: "", reason: "unmapped" }))).toBe("lab\tLOCAL\tPLTC\t\tSIGNAL\tUNIT_AS");
    expect(mapLine(create(UnmappedCodeSchema, { source: "lab", system: "LN", code: "1-2", unit: "Stk", reason: "unknown_unit" })).split("\t")).toHaveLength(6);
  });
});

describe("the daemon", () => {
  const now = 1_790_000_000_000;
  const rowsOf = (fields: object, table: string) => tablesOf(create(DaemonStatusSchema, fields), [], now).find((one) => one.id === table)!.rows;
  const row = (fields: object, id: string) => rowsOf(fields, "daemon").find((one) => one.id === id)!.cells[1];
  it("says when it does not record, and when it is late", () => {
    expect(row({ daemon: { state: DaemonState_State.DEGRADED, reason: "disk_full" } }, "state")).toEqual({ wrong: expect.stringMatching(/nothing is recorded \(disk full\)/) as string });
    expect(row({ daemon: { state: DaemonState_State.RUNNING } }, "state")).toMatch(/everything is recorded/);
    expect(row({}, "state")).toEqual({ wrong: "Not stated" }); // which is not running
    expect(row({ behindMs: 0 }, "behind")).toBe("at once");
    expect(row({ behindMs: 7_400 }, "behind")).toEqual({ wrong: expect.stringContaining("7 s old") as string });
  });
  it("keeps 64-bit figures exact", () => {
    expect(row({ journalSeq: 9_007_199_254_740_993n }, "sequence")).toBe("9007199254740993");
    expect(row({ segment: "000007.sqlite", segmentBytes: 12_345_678n }, "segment")).toBe("000007.sqlite, 12.3 MB");
    expect([bytesText(0n), bytesText(999n), bytesText(1_000n)]).toEqual(["0 B", "999 B", "1.0 kB"]);
  });
  it("tells of feeds what it says itself, or at least what the stream said", () => {
    const lost = create(SourceStatusSchema, { source: "pumps", kind: "serial", messages: 7n, refusedByReason: { no_time: 4n } });
    const heard = tablesOf(undefined, [lost], now);
    expect(heard.map((table) => table.id)).toEqual(["feeds"]);
    expect(heard[0]!.rows[0]).toEqual({ id: "pumps", cells: ["pumps", "serial", { wrong: "NOT CONNECTED" }, "never", "not measured", "7", "0", "0", "0", "0"], more: "Adapter: without a time 4" });
    expect(heard[0]!.rows[0]!.cells).toHaveLength(heard[0]!.columns.length);
    expect(tablesOf(create(DaemonStatusSchema), [lost], now)[0]!.rows).toEqual([]); // the daemon's word is newer
  });
  it("gives every table as many cells as columns, and every unassigned key its row", () => {
    const key = { source: "lab", subjectKey: "visit=tok", count: 3n, firstMs: 1n, lastMs: 2n, reason: "unassigned" };
    const tables = tablesOf(create(DaemonStatusSchema, { unassigned: [key], unmapped: [{ code: "KREA" }], refused: { no_time: 2n } }), [], now);
    const of = (id: string) => tables.find((table) => table.id === id)!;
    expect(of("unmapped").rows[0]!.cells).toHaveLength(of("unmapped").columns.length);
    expect(of("unassigned").rows[0]!.cells).toHaveLength(of("unassigned").columns.length - 1); // the last is who claims it
    expect(of("unassigned").rows[0]!.id).toBe(claimId(key as never));
    expect(of("refused").rows[0]!.cells).toEqual(["without a time", "2"]);
    for (const table of tables) expect(table.rows.length > 0 || table.empty !== "", `${table.id} says that it is empty`).toBe(true);
  });
  it("is not believed for long", () => {
    expect(isOld(4_000, "")).toBe(false);
    expect(isOld(4_000, "no answer")).toBe(true);
    expect(isOld(12_000, "")).toBe(true);
    expect(shortAge(400)).toBe("0 s");
    expect(shortAge(119_000)).toBe("1 min");
  });
});

describe("the raw stream", () => {
  it("shows a message of the feed by its topic and its envelope", () => {
    const answer = readRaw(
      '{"messages":[{"number":"7","publication":{"topic":"vigil.v1.alert.demo.icu.bed04.sofa_rise","envelope":{"epoch":"9","seq":"9007199254740993","logTimeMs":"1790000000000"}}},{"number":"8","publication":{"topic":"vigil.v1.sys.demo._._.state"}}],"to":"8","more":true,"gone":"3"}',
    );
    expect(answer).toMatchObject({ to: "8", more: true, gone: 3 });
    const [alert, state] = answer.messages.map(delivered);
    expect(alert).toMatchObject({ id: "7", kind: "alert", place: "icu.bed04.sofa_rise", seq: "9.9007199254740993", at: 1_790_000_000_000 });
    expect(alert?.json).toContain('"topic":"vigil.v1.alert.demo.icu.bed04.sofa_rise"');
    expect(state).toMatchObject({ kind: "sys", place: "state", at: undefined });
    expect(readRaw("{}")).toEqual({ messages: [], to: "", more: false, gone: 0, anew: false });
    expect(readRaw('{"to":"8","anew":true}').anew).toBe(true);
  });
});
