/// <reference types="node" />
// What people decide about alerts: what is offered, what is sent, what is shown of it, and what the answers say.
import { create } from "@bufbuild/protobuf";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { actionsOf, bedActionsOf, judgementsOf, operationOf, rulesOf, type Action } from "../src/actions.ts";
import { announces, countAlerts, everyAlert, isQuiet, orderAlerts, passes } from "../src/alerts.ts";
import { bedDecisions, bedLimits, callText, feedbackText, holderText, inhibitionText, onsetText, standsAt } from "../src/handling.ts";
import { text } from "../src/text.ts";
import { patientRules } from "../src/text.handling.ts";
import { timeOf } from "../src/time.ts";
import { bedView } from "../src/view.ts";
import { BedSchema, Clock_Feed, ClockSchema } from "vigil-client/wire/gateway/page_pb.ts";
import { AlertKind, AlertSchema, ConditionState, DecisionSchema, FeedbackSchema, Judgement, Notify, Priority, SignalState, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import { BedStatusSchema } from "vigil-client/wire/vigil/v1/envelope_pb.ts";

const now = 1_790_000_000_000;
const minute = 60_000;
const clock = create(ClockSchema, { feed: Clock_Feed.LIVE, logTimeMs: BigInt(now) });
const decision = (by: string, reason: string, untilMinutes?: number) =>
  create(DecisionSchema, { by, reason, atMs: BigInt(now), ...(untilMinutes !== undefined && { untilMs: BigInt(now + untilMinutes * minute) }) });
const until = (minutes: number) => timeOf(now + minutes * minute, now);

function alert(id: string, fields: Partial<Alert> = {}): Alert {
  return create(AlertSchema, {
    id, revision: 18_446_744_073_709_551_615n, rule: "organ_coag", kind: AlertKind.PATIENT, priority: Priority.HIGH, signal: SignalState.ON, condition: ConditionState.PRESENT,
    trueSinceMs: BigInt(now), unit: "icu", bed: "bed01", encounter: "enc1", reason: "coagulation SOFA 4 of 4", confirmed: true, ...fields,
  } as never);
}
const paused = alert("paused", { signal: SignalState.PAUSED, paused: decision("anna", "platelets ordered", 10) });
const shelved = alert("shelved", { signal: SignalState.SHELVED, shelved: decision("bo", "marrow failure", 60) });
const held = alert("held", { signal: SignalState.ACKNOWLEDGED, acknowledgedBy: "cy", acknowledgedAtMs: BigInt(now) });

const ids = (actions: Action[]) => actions.map((action) => action.id);
const said = { minutes: 30, reason: "care at the bedside", rules: ["organ_renal"] };

/** What the page sends, with an answer of the gateway's. */
function answering(status: number, body: unknown) {
  const sent: { path: string; body: Record<string, unknown>; headers: Record<string, string> }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    sent.push({ path, body: JSON.parse(init.body as string) as Record<string, unknown>, headers: init.headers as Record<string, string> });
    if (status === 0) throw new TypeError("network");
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  });
  return sent;
}
const done = { verdict: "VERDICT_DONE", journalSeq: "41" };
afterEach(() => vi.unstubAllGlobals());

const run = (action: Action | undefined) => action!.run("anna", said);
const find = (actions: Action[], id: string) => actions.find((action) => action.id === id);

describe("what can be done about an alert", () => {
  it("follows its state", () => {
    expect(ids(actionsOf(alert("on")))).toEqual(["ack", "pause", "shelve"]);
    expect(ids(actionsOf(paused))).toEqual(["ack", "resume", "pause"]);
    expect(ids(actionsOf(shelved))).toEqual(["ack", "unshelve"]);
    expect(ids(actionsOf(held))).toEqual([]);
    expect(ids(actionsOf(alert("latched", { signal: SignalState.LATCHED, condition: ConditionState.ABSENT })))).toEqual(["ack"]);
    expect(ids(actionsOf(alert("excused", { inhibitedBy: "standby" })))).toEqual(["ack"]);
    expect(ids(actionsOf(alert("feed", { encounter: "", bed: "", kind: AlertKind.TECHNICAL })))).toEqual(["ack", "pause"]);
    expect(ids(actionsOf(alert("over", { signal: SignalState.CLOSED })))).toEqual([]);
  });
  it("always asks for an end and a reason before anything is silenced", () => {
    for (const id of ["pause", "shelve"]) {
      const question = find(actionsOf(alert("on")), id)?.question;
      expect(question?.minutes.length).toBeGreaterThan(1);
      expect(Math.min(...question!.minutes)).toBe(question!.minutes[0]);
      expect(question?.reasons.length).toBeGreaterThan(1);
      for (const reason of question!.reasons) expect(new Blob([reason]).size).toBeLessThanOrEqual(160);
    }
    expect(Math.max(...find(actionsOf(alert("on")), "pause")!.question!.minutes)).toBe(120);
  });
  it("is sent with the revision seen, exactly, and with who asks", async () => {
    const sent = answering(200, done);
    expect(await run(find(actionsOf(alert("a 1")), "pause"))).toEqual({ done: true, words: text.answers.done("41"), returns: true });
    expect(sent[0]!.path).toBe("/api/v1/alerts/a%201/pause");
    expect(sent[0]!.body).toEqual({ user: "anna", revision: "18446744073709551615", ends: { forMs: "1800000" }, reason: said.reason });
    expect(sent[0]!.headers["X-Vigil-Request"]).toBe("1");
    await run(find(actionsOf(paused), "resume"));
    expect(sent[1]!.body).toEqual({ user: "anna", revision: "18446744073709551615", over: true });
    await run(find(actionsOf(alert("on")), "shelve"));
    expect([sent[2]!.path, sent[2]!.body]).toEqual(["/api/v1/shelve", { user: "anna", unit: "icu", bed: "bed01", rule: "organ_coag", ends: { forMs: "1800000" }, reason: said.reason }]);
    await run(find(actionsOf(shelved), "unshelve"));
    expect(sent[3]!.body).toEqual({ user: "anna", unit: "icu", bed: "bed01", rule: "organ_coag", over: true });
  });
  it("is judged once by each, and by others too", async () => {
    expect(ids(judgementsOf(held, "anna"))).toEqual(["useful", "not_useful", "artefact"]);
    const judged = alert("judged", { feedback: [create(FeedbackSchema, { by: "anna", judgement: Judgement.NOT_USEFUL })] });
    expect(ids(judgementsOf(judged, "anna"))).toEqual(["useful", "artefact"]);
    expect(ids(judgementsOf(judged, "bo"))).toHaveLength(3);
    const sent = answering(200, done);
    await run(find(judgementsOf(held, "anna"), "artefact"));
    expect([sent[0]!.path, sent[0]!.body]).toEqual(["/api/v1/alerts/held/feedback", { user: "anna", judgement: Judgement.ARTEFACT }]);
  });
});

describe("what can be done about a bed", () => {
  const place = { unit: "icu", bed: "bed01" };
  it("begins what does not hold and ends what does", async () => {
    const none = bedActionsOf(place, patientRules, []);
    expect(ids(none.begin)).toEqual(["standby", "care_limits", "shelve", "limit"]);
    expect(none.begin.find((action) => action.id === "care_limits")!.question!.minutes).toEqual([]); // no end of their own
    const some = bedActionsOf(place, patientRules, [{ kind: "standby", rule: "" }]);
    expect(ids(some.begin)).toEqual(["care_limits", "shelve", "limit"]);
    expect(some.end("paused", "a1")).toBeUndefined();
    const sent = answering(200, done);
    await run(none.begin[0]);
    await run(some.end("standby", ""));
    await run(none.begin[1]);
    await run(some.end("care_limits", ""));
    await run(none.begin[2]);
    await run(some.end("shelf", "organ_coag"));
    const at = { user: "anna", ...place };
    expect(sent.map((one) => one.body)).toEqual([
      { ...at, ends: { forMs: "1800000" }, reason: said.reason }, { ...at, over: true },
      { ...at, rules: ["organ_renal"], reason: said.reason }, { ...at, over: true },
      { ...at, rule: "organ_renal", ends: { forMs: "1800000" }, reason: said.reason }, { ...at, rule: "organ_coag", over: true },
    ]);
    expect([...new Set(sent.map((one) => one.path))]).toEqual(["/api/v1/standby", "/api/v1/care_limits", "/api/v1/shelve"]);
  });
  it("sets and lifts a limit of one patient, with the figures as they were typed", async () => {
    const { begin, end } = bedActionsOf(place, patientRules, [{ kind: "limit", rule: "map" }]);
    const limit = find(begin, "limit")!;
    expect(limit.question!.limits!.map((one) => one.id)).toEqual(["hr", "map", "nibp_map", "spo2", "lact"]);
    for (const one of limit.question!.limits!) {
      expect(text.signals[one.id], `${one.id} has a name`).toBeDefined();
      expect(text.words[`limit_${one.id}`], `and so has its rule`).toBeDefined();
      expect(Number(one.low)).toBeLessThan(Number(one.high));
    }
    const sent = answering(200, done);
    await limit.run("anna", { ...said, limit: { signal: "map", below: "75", above: "" } });
    expect(end("limit", "map")!.label).toBe("Lift limit: ABP mean at bed01");
    await run(end("limit", "map"));
    const at = { user: "anna", ...place, signal: "map" };
    expect(sent).toMatchObject([{ path: "/api/v1/limit", body: { ...at, below: "75", above: "", reason: said.reason } }, { body: { ...at, over: true } }]);
    expect(operationOf("limit_end")).toBe("limit");
  });
  it("offers rules about patients that there are, and what a site has added once it was seen", () => {
    const folder = join(import.meta.dirname, "..", "..", "config", "alerts");
    const all = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    const rules = new Set(all.flatMap((toml) => {
      const rule = /^rule = "(.*)"/m.exec(toml)![1]!;
      const organs = [...toml.matchAll(/^part = "(.*)"/gm)].map((found) => `${rule}_${found[1]}`);
      return organs.length > 0 ? organs : [rule];
    }));
    expect(patientRules.filter((rule) => !rules.has(rule))).toEqual([]);
    for (const rule of patientRules) expect(text.words[rule], `${rule} has a name`).toBeDefined();
    const seen = rulesOf([alert("a", { rule: "house_rule" }), alert("b", { rule: "device_silent", kind: AlertKind.TECHNICAL })]);
    expect(seen).toContain("house_rule");
    expect(seen).not.toContain("device_silent");
  });
});

describe("an answer", () => {
  const ask = (status: number, body: unknown) => {
    const sent = answering(status, body);
    return run(find(actionsOf(alert(`${status}`)), "pause")).then((answer) => ({ answer, sent }));
  };
  it("is the daemon's, in words", async () => {
    expect((await ask(422, { verdict: "VERDICT_REFUSED", reason: "beyond_maximum" })).answer).toEqual({ done: false, words: "Refused: that is longer than this site allows" });
    expect((await ask(409, { verdict: "VERDICT_STALE_REVISION", reason: "stale_revision" })).answer).toEqual({ done: false, words: text.answers.stale });
    expect((await ask(400, { error: "a user is 1 to 32 of letters" })).answer).toEqual({ done: false, words: "Refused: a user is 1 to 32 of letters" });
    expect((await ask(200, { verdict: "VERDICT_DONE", reason: "already" })).answer.returns).toBeUndefined();
    expect((await ask(200, { verdict: "VERDICT_DONE_NOT_RECORDED" })).answer.words).toContain("NOT recorded");
  });
  it("that did not come is not a refusal, and asking again is the same wish", async () => {
    for (const [status, body] of [[504, { error: "the daemon did not answer" }], [502, "<html>"], [0, ""]] as const) {
      const first = await ask(status, body);
      expect(first.answer.done).toBe(false);
      expect(first.answer.words).toMatch(/^No answer: .*not known/);
      const key = first.sent[0]!.headers["Idempotency-Key"];
      expect(key).toMatch(/^[0-9a-f]{32}$/);
      expect((await ask(status, body)).sent[0]!.headers["Idempotency-Key"]).toBe(key);
    }
    const one = await ask(200, done);
    const other = await ask(200, done);
    expect(one.sent[0]!.headers["Idempotency-Key"]).not.toBe(other.sent[0]!.headers["Idempotency-Key"]);
  });
  it("that did not come is no longer the same wish later", async () => {
    vi.useFakeTimers();
    const first = await ask(504, { error: "x" });
    vi.setSystemTime(Date.now() + 2 * minute);
    const later = await ask(504, { error: "x" });
    vi.useRealTimers();
    expect(later.sent[0]!.headers["Idempotency-Key"]).not.toBe(first.sent[0]!.headers["Idempotency-Key"]);
  });
});

describe("what is in force", () => {
  it("is told with its author, its end and its reason", () => {
    expect(holderText(alert("on"), now)).toBe(text.nobody);
    expect(holderText(paused, now)).toBe(`Paused until ${until(10)}, by anna at ${until(0)}: platelets ordered`);
    expect(holderText(shelved, now)).toBe(`Rule shelved until ${until(60)}, by bo at ${until(0)}: marrow failure`);
    expect(holderText(held, now)).toMatch(/^Acknowledged by cy/);
    // A decision that the alert has outlived is not told as if it held.
    expect(holderText(alert("on", { paused: decision("anna", "old", -5) }), now)).toBe(text.nobody);
    expect(inhibitionText(alert("x", { inhibitedBy: "ecls" }), now)).toContain("ecls");
    expect(inhibitionText(alert("x", { inhibitedBy: "standby", excused: decision("anna", "ct", 120) }), now)).toBe(`Standby until ${until(120)}, by anna at ${until(0)}: ct`);
    expect(inhibitionText(alert("x", { inhibitedBy: "care_limits", excused: decision("anna", "family meeting") }), now)).toContain("family meeting");
    expect(onsetText(alert("x", { onsets: 1 }))).toBe("");
    expect(onsetText(alert("x", { onsets: 3 }))).toContain("3");
    expect(feedbackText(alert("x", { feedback: [create(FeedbackSchema, { by: "anna", judgement: Judgement.ARTEFACT })] }))).toBe("Artefact, says anna");
  });
  it("tells whom an alert calls and since when in vain", () => {
    expect(callText(alert("x"), now)).toBe("");
    const calling = callText(alert("x", { audience: "coordinator", escalation: 1, waitingSinceMs: BigInt(now - 12 * minute) }), now);
    expect(calling).toBe(`Calls coordinator · handed on 1 × · no answer since ${until(-12)} (12 min)`);
    expect(callText(alert("x", { audience: "coordinator", escalation: 2 }), now)).toBe("Called coordinator · handed on 2 ×");
    expect(callText(alert("x", { audience: "bedside", inhibitedBy: "standby" }), now)).toBe(""); // it called nobody
  });
  it("says so when no reason was given, and nothing of an end that it has not", () => {
    expect(inhibitionText(alert("x", { inhibitedBy: "care_limits", excused: decision("anna", "") }), now)).toBe(`Care limits, by anna at ${until(0)}: no reason given`);
  });
  const bed = create(BedSchema, { unit: "icu", bed: "bed01", encounter: "enc1", lastDataMs: BigInt(now) });
  it("stands on the tile, and is silent but not gone", () => {
    const status = create(BedStatusSchema, {
      standby: decision("anna", "ct", 120), careLimits: { rules: ["organ_renal"], decision: decision("bo", "family meeting") },
      shelves: [{ rule: "organ_coag", decision: decision("cy", "known", 60) }],
    });
    const decided = bedDecisions({ ...bed, status }, [paused, held], now);
    expect(decided.map((one) => one.kind)).toEqual(["standby", "care_limits", "shelf", "paused"]);
    expect(decided.map((one) => one.short)).toEqual([`Standby until ${until(120)}`, "Care limits", "Shelved: coagulation failure", `Paused until ${until(10)}`]);
    expect(decided[1]!.said).toContain("kidney failure");
    expect(bedDecisions(bed, [], now)).toEqual([]);
    const view = bedView(bed, [paused, held], clock, 900);
    expect([view.alertCount, view.topPriority, view.holders, view.heldMark]).toEqual([2, Priority.HIGH, ["anna", "cy"], text.handling.pausedMark]);
    expect(view.heldSpoken).toBe("acknowledged by cy, paused or shelved by anna");
    expect(bedView(bed, [paused, alert("on")], clock, 900).holders).toEqual([]); // one still calls
    expect(bedView(bed, [held], clock, 900).heldMark).toBe("✓");
  });
  it("tells the limits that somebody set, where they are set", () => {
    const status = create(BedStatusSchema, {
      limits: [{ signal: "map", below: "75", unit: "mm[Hg]", decision: decision("anna", "carotid") }, { signal: "lact", below: "0.5", above: "4", unit: "mmol/L", decision: decision("bo", "liver") }],
    });
    const limited = { ...bed, status };
    expect(bedLimits(limited, now).map((one) => one.said)).toEqual([
      `Limit: ABP mean below 75 mmHg, by anna at ${until(0)}: carotid`, `Limit: Lactate below 0.5 or above 4 mmol/L, by bo at ${until(0)}: liver`,
    ]);
    expect(bedDecisions(limited, [], now)).toEqual([]); // no tile needs them
    const lower = create(BedStatusSchema, { limits: [{ ...status.limits[0]!, below: "70" }, status.limits[1]!] });
    expect(standsAt({ ...bed, status: lower })).not.toBe(standsAt(limited)); // an answer waits until it is there
  });
  it("comes back as another state of the bed", () => {
    const standby = create(BedStatusSchema, { standby: decision("anna", "ct", 120) });
    const longer = create(BedStatusSchema, { standby: decision("anna", "ct", 180) });
    expect(new Set([bed, { ...bed, status: standby }, { ...bed, status: longer }, { ...bed, encounter: "enc2" }].map(standsAt)).size).toBe(4);
    expect(standsAt({ ...bed, lastDataMs: 1n })).toBe(standsAt(bed));
  });
  it("is quiet in order, count, filter and sound until it calls again", () => {
    const on = alert("on", { trueSinceMs: 1n });
    expect(orderAlerts([paused, on], AlertKind.PATIENT).map((one) => one.id)).toEqual(["on", "paused"]);
    expect(countAlerts([paused, shelved, on], false).map((row) => [row.nobody, row.all])).toEqual([[1, 3]]);
    expect([paused, shelved, held, on].filter((one) => passes(one, { ...everyAlert, holder: "nobody" })).map((one) => one.id)).toEqual(["on"]);
    expect([paused, shelved, held, on].map(isQuiet)).toEqual([true, true, true, false]);
    for (const notify of [Notify.FIRST, Notify.WORSENED, Notify.RESUMED, Notify.ESCALATED]) expect(announces(alert("x", { notify }))).toBe(true);
    expect(announces(alert("x", { notify: Notify.RESUMED, inhibitedBy: "standby" }))).toBe(false);
    expect(announces(alert("x", { notify: Notify.PAUSED, signal: SignalState.PAUSED }))).toBe(false);
    expect(announces(alert("x", { notify: Notify.UPDATED }))).toBe(false);
  });
});

describe("what somebody may do", () => {
  const table = readFileSync(join(import.meta.dirname, "..", "..", "tests", "unit", "gateway", "permissions.tsv"), "utf8");
  const known = new Set(table.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split("\t")[0]));

  it("is named as the gateway names it, for every action there is", () => {
    for (const id of ["ack", "pause", "resume", "shelve", "unshelve", "useful", "not_useful", "artefact", "standby", "standby_end", "care_limits", "care_limits_end", "claim"])
      expect([id, known.has(operationOf(id))]).toEqual([id, true]);
  });
});
