// What the page shows of what it is told, and what it takes back: a real browser, a real gateway, and a vigild that says what
// it is told to.
import { accessible, check, equal, launch, open, organ, run, startFake, tile, until } from "./browser.mjs";

async function missingIsDrawnMissing(page) {
  for (const part of ["liver", "cns"]) {
    const group = page.locator(organ("bed02", part));
    equal(await group.getAttribute("data-kind"), "missing", `bed02 ${part}`);
    equal(await group.getAttribute("data-points"), null, `bed02 ${part} has no number`);
    equal(await group.locator(".fill").count(), 0, `bed02 ${part} has no bar`);
    equal(await group.locator(".hole").count(), 1, `bed02 ${part} is a hole`);
    equal(await group.locator(".digit").textContent(), "?", `bed02 ${part} says so`);
    const drawn = await group.locator(".hole").evaluate((node) => [getComputedStyle(node).backgroundImage, getComputedStyle(node).borderTopStyle]);
    check(drawn[0].startsWith("repeating-linear-gradient(45deg"), "the hole is hatched");
    equal(drawn[1], "dashed", "and dashed");
  }
  const zero = page.locator(organ("bed06", "liver"));
  equal(await zero.getAttribute("data-points"), "0", "a measured 0 is a 0");
  equal(await zero.locator(".hole").count(), 0, "and no hole");
  equal(await page.locator(`${tile("bed02")} .number`).textContent(), "2–10", "an incomplete total is its bounds");
  equal(await page.locator(`${tile("bed05")} .number`).textContent(), "--", "nothing measured is no number");
  equal(await page.locator(`${tile("bed06")} .number`).textContent(), "0", "all measured and normal is 0");
  equal(await page.locator(`${tile("bed05")} [data-kind="missing"]`).count(), 6, "bed05 misses all");
  equal(await page.locator(`${tile("bed12")} .nobody`).textContent(), "Empty", "an empty bed is shown empty");
}

async function wallIsHonest(page) {
  equal(await page.locator("article").count(), 12, "every bed is on the wall");
  const outside = await page.evaluate(() => {
    const off = [...document.querySelectorAll("article")].filter((node) => {
      const box = node.getBoundingClientRect();
      return box.bottom > innerHeight || box.right > innerWidth || box.height < 90;
    });
    return off.length + (document.documentElement.scrollHeight > innerHeight ? 100 : 0);
  });
  equal(outside, 0, "12 beds fit 1920 × 1080 without scrolling");
  equal(await page.locator(`${tile("bed03")} .number`).textContent(), "--", "old beats value");
  check((await page.locator(`${tile("bed03")} [data-stale]`).textContent()).startsWith("STALE since"), "and says since when");
  check((await page.locator(`${tile("bed01")} .time`).innerText()).startsWith("Data "), "a fresh bed says the time of its data");
  check((await page.locator("[data-simulated]").innerText()).includes("60 × real time"), "SIMULATED with its speed");
  check(await page.getByText("The bedside monitor remains the alarm source").isVisible(), "decision support is always said");
  check((await page.locator(`${tile("bed04")} .support`).innerText()).includes("ECLS VV"), "support is shown");
  check((await page.locator(`${tile("bed07")} .ards`).innerText()).includes("unattested"), "an oxygenation band is not called ARDS");
  check((await page.locator(`${tile("bed01")} .spark .line`).getAttribute("d")).length > 100, "24 h of history are drawn");
  check(/24 h/.test(await page.locator(`${tile("bed01")} .change`).innerText()), "the change over 24 h is said");
  equal(await page.locator(`${tile("bed04")} .alarm [aria-hidden]`).innerText(), "*** High", "the worst alert is on the tile");
  equal(await page.locator(`${tile("bed03")} .technical [aria-hidden]`).innerText(), "Tech 1", "a technical alert is marked apart");
  equal(await page.locator(tile("bed03")).getAttribute("data-priority"), null, "and does not colour the patient's tile");
  const headings = await page.locator(".alerts h2").allInnerTexts();
  check(headings[0].startsWith("Patients") && headings[1].startsWith("Technical"), "patient and technical alerts are apart");
  const order = await page.locator("li[data-alert]").evaluateAll((rows) => rows.map((row) => row.dataset.alert));
  equal([order[0], order[3]], ["bed04-sofa_rise", "bed03-bed_silent"], "the most pressing first");
  for (const row of await page.locator(".ack").all()) check(await row.isVisible(), "every open alert can be acknowledged");
}

async function textStaysText(page) {
  check((await page.locator('li[data-alert="bed01-organ_severe"] .reason').innerText()).includes("<script>"), "a script in a reason is text");
  await until("the label arrives", async () => (await page.locator(`${tile("bed01")} .who`).innerText()).includes("<img"));
  equal(await page.evaluate(() => window.hacked), undefined, "and does not run");
  equal(await page.locator("#app img, #app script").count(), 0, "nor become an element");
}

async function acknowledging(page, say) {
  const row = page.locator('li[data-alert="bed04-sofa_rise"]');
  await row.getByText("Why", { exact: true }).click();
  const evidence = await row.locator("table").innerText();
  check(/68\.4 mm\[Hg\], giving P\/F 136\.8 mm\[Hg\]/.test(evidence) && /too old/.test(evidence) && /missing/.test(evidence), `why has its readings: ${evidence}`);
  await row.locator(".ack").click();
  check((await row.locator("[data-answer]").innerText()).includes("user name"), "nobody acknowledges without a name");
  await page.fill('input[name="user"]', "nurse1");
  // What the browser saw is older than what the daemon has: as if the alert changed while the hand was moving.
  await page.route("**/ack", (route) => route.continue({ postData: JSON.stringify({ revision: "7", user: "nurse1" }) }));
  const refused = page.waitForResponse("**/ack");
  await row.locator(".ack").click();
  equal((await refused).status(), 409, "a stale revision is a conflict");
  await until("the refusal is shown", async () => (await row.locator("[data-answer]").innerText()).includes("changed since you saw it"));
  equal(await row.locator("[data-holder]").innerText(), "Nobody has it", "and nothing else changed");
  await page.unroute("**/ack");
  await say("revise bed04-sofa_rise");
  await until("the new revision is shown", async () => (await row.locator(".small").innerText()).includes("Revision 2"));
  await until("it can be acknowledged", () => row.locator(".ack").isEnabled());
  await row.locator(".ack").focus();
  await page.keyboard.press("Enter");
  await until("the daemon's answer is shown", async () => (await row.locator("[data-answer]").innerText()).startsWith("Recorded"));
  await until("the revision comes back", async () => (await row.locator("[data-holder]").innerText()).startsWith("Acknowledged by nurse1"));
  equal(await row.locator(".ack").count(), 0, "what is held is not offered again");
}

async function attesting(page) {
  await page.locator(`${tile("bed02")} button`).focus();
  await page.keyboard.press("Enter");
  const form = page.locator("[data-attest]");
  await form.locator('button[type="submit"]').click();
  await until("attested", async () => (await form.locator("[data-answer]").innerText()).startsWith("Recorded"));
  await form.locator('select[name="what"]').selectOption("ecls");
  await form.locator('select[name="value"]').selectOption("unknown");
  await form.locator('button[type="submit"]').click();
  await until("refused in the daemon's words", async () => (await form.locator("[data-answer]").innerText()).startsWith("Refused"));
  // What is a number has its unit and limits beside it; what may be a number or a word has both.
  await form.locator('select[name="what"]').selectOption("sofa_baseline");
  await form.locator('input[name="number"]').fill("2");
  await form.locator('button[type="submit"]').click();
  await until("a number is attested", async () => (await form.locator("[data-answer]").innerText()).startsWith("Recorded"));
  await form.locator('select[name="value"]').selectOption("unknown");
  equal(await form.locator('input[name="number"]').count(), 0, "what is not known needs no number");
  await form.locator('select[name="what"]').selectOption("weight");
  equal(await form.locator('input[name="number"]').getAttribute("placeholder"), "20 to 400", "the limits are those of the vocabulary");
  await until("the lanes are drawn", async () => (await page.locator("[data-strip] svg").count()) > 0);
  await page.locator("[data-patient]").getByText("On paper, as vigil explain prints it").first().click();
  await until("the score stands on paper, too", async () => /^sofa@\S+, rolling, \w+ basis/.test(await page.locator("[data-patient] pre").first().innerText()));
  await page.getByText("Respiration: 1 of 4").click();
  await until("a part shows its evidence", async () => (await page.locator("[data-patient] details[open] table").first().innerText()).includes("68.4"));
}

/** One patient over the stay: lanes with their gaps, one cursor for all of them, and everything by the keyboard. */
async function lookingAtOne(page) {
  await page.locator(`${tile("bed04")} button`).focus();
  await page.keyboard.press("Enter");
  const lanes = page.locator("[data-lanes]");
  await lanes.locator('[data-strip="hr"] svg[role="img"]').waitFor();
  equal(await lanes.locator("[data-strip]").evaluateAll((strips) => strips.map((strip) => strip.dataset.strip)), ["hr", "map", "fio2_set", "norepinephrine", "lact"], "a lane for what was read, and none for what was not");
  equal(await lanes.locator("[data-organ-row]").count(), 6, "six organs over time");
  equal(await lanes.locator("[data-mark]").evaluateAll((marks) => marks.map((mark) => mark.dataset.mark)), ["bed04-sofa_rise"], "the alert is a mark");
  const readout = (signal) => lanes.locator(`[data-readout="${signal}"] .value`).innerText();
  check(/^9\d$/.test(await readout("hr")), "the newest is read beside the lane");
  equal(await readout("norepinephrine"), "0.12", "a dose digit for digit");
  await until("the keys steer the lanes at once", () => lanes.evaluate((node) => node === document.activeElement));
  const span = () => page.locator("[data-span]").innerText();
  const whole = await span();
  await page.keyboard.press("ArrowLeft");
  check((await page.locator("[data-cursor]").innerText()).length > 5, "the cursor has its time in words");
  await page.keyboard.press("+");
  await until("plus zooms in", async () => (await span()) !== whole);
  await page.locator('[data-length="Infinity"]').click();
  await until("the whole stay is seen", async () => (await span()) !== whole);
  // An hour without the monitor, 16 h ago: there is nothing to read, and what was last read is said to be the last.
  await lanes.focus();
  const atGap = async () => {
    await page.keyboard.press("ArrowLeft");
    return (await readout("hr")) === "–";
  };
  for (let step = 0; step < 120 && !(await atGap()); step++);
  equal(await readout("hr"), "–", "where nothing was read nothing is told");
  check((await lanes.locator('[data-strip="hr"] .name').innerText()).includes("last at"), "but when it was last");
  check((await readout("map")) !== "–", "of the others it is");
}

/** A moment as it was shown then and as it is known now, with the reading that makes the difference. */
async function lookingIntoThePast(page) {
  await page.keyboard.press("Enter");
  await page.locator("[data-past]").waitFor();
  check((await page.locator("[data-past]").innerText()).includes("NOT NOW"), "nobody takes the past for the present");
  await page.locator("[data-moment]").waitFor();
  const sofa = page.locator('[data-score^="sofa@"]');
  equal(await sofa.getAttribute("data-differs"), "true", "it differs");
  const total = async (side) => Number(await sofa.locator(`[data-side="${side}"]`).innerText());
  equal(await total("known"), (await total("shown")) - 1, "as shown then and as known now, side by side");
  const reason = await sofa.locator(".because").innerText();
  check(/Corrected: PaO₂ 68\.4 .*journal 100.* became PaO₂ 88\.4 .*journal 200/.test(reason), `the corrected reading is named: ${reason}`);
  check((await sofa.locator('[data-part="resp"]').innerText()).includes("≠ differs"), "by a sign and a word");
  check(!(await sofa.locator('[data-part="coag"]').innerText()).includes("≠"), "what does not differ is not marked");
  check((await page.locator("[data-moment]").innerText()).includes("No alert stood then"), "the alert of now is not one of then");
  await accessible(page, "the past by day");
  await page.locator('input[name="slider"]').focus();
  await page.keyboard.press("Home");
  await until("before the first score nothing was shown", async () => (await page.locator(".right").innerText()).includes("Nothing was shown yet"));
  await page.keyboard.press("End");
  await page.locator("[data-past]").waitFor({ state: "detached" });
  await page.locator('input[name="slider"]').evaluate((node) => node.blur());
  await page.keyboard.press("Escape");
  await page.locator("[data-patient]").waitFor({ state: "detached" });
  equal(await page.evaluate(() => document.activeElement.closest("article")?.dataset.bed), "icu.bed04", "the keyboard is back at its bed");
}

async function following(page, say) {
  await say("late bed08");
  await until("a new score is shown", async () => (await page.locator(`${tile("bed08")} .number`).textContent()) === "1");
  await say("gap bed07");
  await until("a lost one is fetched", async () => (await page.locator(`${tile("bed07")} .number`).textContent()) === "24");
  await say("alert bed11 sofa_rise");
  await until("a new alert is shown", async () => (await page.locator('li[data-alert="bed11-sofa_rise"]').count()) === 1);
}

/** Active alerts and history, and finding one among them. */
async function lookingBack(page, say) {
  await page.locator('nav a[href="#alerts"]').click();
  const count = page.locator("[data-count]");
  const shown = () => page.locator(".rows li[data-alert]").evaluateAll((rows) => rows.map((row) => row.dataset.alert));
  await until("every alert is listed", async () => (await shown()).length === 5);
  equal((await shown()).at(-1), "bed03-bed_silent", "the technical after those of patients");
  await page.locator('[data-kind="technical"]').click();
  equal(await shown(), ["bed03-bed_silent"], "the technical alone");
  await page.locator('[data-kind="patients"]').click();
  await page.selectOption('select[name="least"]', { label: "High or higher" });
  equal(await shown(), ["bed11-sofa_rise", "bed04-sofa_rise"], "the high ones, what nobody has first");
  await page.selectOption('select[name="holder"]', "somebody");
  equal(await shown(), ["bed04-sofa_rise"], "that somebody has");
  await page.selectOption('select[name="bed"]', "icu.bed11");
  check((await page.locator(".rows").innerText()).includes("No alert is like this"), "a filter that leaves none says so, and not that there is none");
  check((await count.innerText()).startsWith("0 of 5"), "and of how many");
  await page.getByText("Show all").click();
  equal((await shown()).length, 5, "all again");
  await page.getByRole("button", { name: "History" }).click();
  await until("nothing has ended yet", async () => (await page.locator(".rows").innerText()).includes("No alert has ended"));
  await say("close bed10-ards_worsened");
  await until("what ended is history", async () => (await shown()).includes("bed10-ards_worsened"));
  const row = page.locator('li[data-alert="bed10-ards_worsened"]');
  check(/Over since .*recovered/.test(await row.innerText()), "with when and why it ended");
  equal(await row.locator(".actions").count(), 0, "and nothing to do about it but to judge it");
  await say("close bed11-sofa_rise lost");
  await until("one whose end was lost on the way, too", async () => (await shown()).includes("bed11-sofa_rise"));
  await page.getByRole("button", { name: "Active" }).click();
  equal((await shown()).length, 3, "and no longer active");
  await accessible(page, "the alerts by day");
  equal(await page.locator('button[name="sound"]').innerText(), "Sound off", "nothing sounds by default");
  await page.reload();
  await until("the view outlives a reload", async () => (await shown()).length === 3);
  await page.locator('nav a[href="#ward"]').click();
  await page.locator(tile("bed01")).waitFor();
}

const statusOf = (more) => ({
  version: "0.1.0", logTimeMs: "1790000000000", daemon: { state: "STATE_RUNNING" }, journalSeq: "9007199254740993", segment: "000042", segmentBytes: "48211033", commits: "80", commitP99Ms: 4.2,
  sources: [
    { source: "laboratory", kind: "hl7", connected: true, lastMessageMs: "1789999997000", clockOffsetMs: "244000", messages: "1234", refused: "31", refusedByReason: { no_time: "4" } },
    { source: "pumps", kind: "serial", connected: false },
  ],
  unmapped: [{ source: "laboratory", system: "LOCAL", code: "KREA", unit: "umol/L", count: "412", lastMs: "1789999990000", reason: "unmapped" }],
  unassigned: [{ source: "laboratory", subjectKey: "visit=tok_1", count: "120", firstMs: "1789990000000", lastMs: "1789999990000", reason: "unassigned" }],
  refused: { out_of_range: "31" }, ...more,
});

/** How the machinery is, for who runs it; a status by the test's own word. */
async function operating(page) {
  let status = statusOf({});
  const claims = [];
  await page.route("**/api/v1/status", (route) => (status === undefined ? route.fulfill({ status: 504, json: { error: "vigild does not answer" } }) : route.fulfill({ json: status })));
  await page.route("**/api/v1/assign", (route) => {
    claims.push(route.request().postDataJSON());
    return route.fulfill({ status: 422, json: { verdict: "VERDICT_REFUSED", reason: "unknown_encounter" } });
  });
  let told = 0;
  await page.route("**/api/v1/raw*", (route) => {
    const number = String(++told);
    const envelope = { epoch: "9", seq: `${told}`, logTimeMs: "1790000000000", obs: { encounter: "enc_bed06" } };
    return route.fulfill({ json: { messages: [{ number, publication: { topic: "vigil.v1.obs.demo.icu.bed06.all", envelope } }], to: number } });
  });
  await page.locator('nav a[href="#operations"]').click();
  const row = (table, index) => page.locator(`[data-table="${table}"] tbody tr`).nth(index).locator("td").allInnerTexts();
  await until("the daemon's word is there", async () => (await page.locator('[data-status="current"]').count()) === 1);
  equal((await row("feeds", 0)).slice(2, 7), ["connected", "3 s ago", "4 min behind", "1234", "31"], "a feed, its clock and its counts");
  check((await page.locator('[data-table="feeds"]').innerText()).includes("without a time 4"), "what its adapter refused, and why");
  equal((await row("feeds", 2)).slice(2, 5), ["NOT CONNECTED", "never", "not measured"], "one that is gone, and what is not known of it");
  equal(await row("refused", 0), ["outside what is possible", "31"], "refused readings by reason");
  equal(await page.locator('[data-table="unmapped"] code').textContent(), "laboratory\tLOCAL\tKREA\tumol/L\tSIGNAL\t", "the line that is missing in the map");
  check((await page.locator('[data-row="sequence"]').innerText()).includes("9007199254740993"), "a sequence to the last digit");
  equal(await page.locator(".claim button").count(), 0, "nothing is claimed for nobody");
  await page.selectOption('select[name="claim"]', "enc_bed06");
  await page.locator(".claim button").click();
  check((await page.locator("[data-decide]").innerText()).includes("120 readings of laboratory for bed06"), "what is claimed for whom is said once more");
  await page.locator('[data-decide] button[type="submit"]').click();
  await until("the refusal is told", async () => (await page.locator("[data-decide] [data-answer]").innerText()).startsWith("Refused"));
  equal(claims, [{ user: "nurse1", source: "laboratory", subjectKey: "visit=tok_1", encounter: "enc_bed06" }], "what was asked");
  await page.keyboard.press("Escape");
  await page.locator("[data-decide]").waitFor({ state: "detached" });
  check((await page.locator('[data-table="unassigned"] [data-answer]').innerText()).startsWith("Refused"), "and stands beside it");
  await page.locator(".operations > details summary").click();
  await page.locator('[data-raw="obs"]').first().click();
  check((await page.locator("pre").innerText()).includes('"enc_bed06"'), "a message of the feed as it came");
  await page.locator('button[name="raw"]').click();
  const shown = await page.locator("[data-raw]").count();
  const came = page.locator(".operations > details p");
  const before = await came.innerText();
  await until("more came", async () => (await came.innerText()) !== before);
  equal(await page.locator("[data-raw]").count(), shown, "and a paused list stands still");
  for (const theme of ["night", "day"]) {
    await page.selectOption('select[name="theme"]', theme);
    await accessible(page, `the operations by ${theme}`);
  }
  status = statusOf({ daemon: { state: "STATE_DEGRADED", reason: "disk_full" }, behindMs: 7400 });
  await until("degraded is said", async () => (await page.locator('[data-row="state"] strong').count()) === 1);
  check((await page.locator('[data-row="behind"]').innerText()).includes("LATE"), "and late");
  status = undefined;
  const old = page.locator('[data-status="old"]');
  await old.waitFor();
  check(/NOT CURRENT: this is \d+ s old.*vigild does not answer/.test(await old.innerText()), "old figures are called old, with their age and why");
  check(await page.locator('select[name="claim"]').isDisabled(), "and nothing is claimed by them");
  await accessible(page, "old operations");
  for (const path of ["status", "assign"]) await page.unroute(`**/api/v1/${path}`);
  await page.locator('nav a[href="#ward"]').click();
  await page.locator(tile("bed01")).waitFor();
}

async function losing(page, say, gateway) {
  const lost = page.locator("[data-feed-lost]");
  await until("the feed is live first", async () => (await page.locator('[data-feed="live"]').count()) === 1);
  equal(await lost.count(), 0, "nothing is lost yet");
  await say("silent");
  let began = Date.now();
  await lost.waitFor({ state: "visible", timeout: 15_000 });
  console.log(`feed lost shown after ${Date.now() - began} ms of the daemon's silence (goal 3000)`);
  check((await lost.innerText()).includes("FEED LOST"), "the whole wall says so");
  check(await page.locator(".ack").first().isDisabled(), "and takes no acknowledgement");
  check((await page.locator(".alerts").innerText()).includes("Not current"), "nor does the list of alerts pretend");
  check((await page.locator('nav a[href="#alerts"]').innerText()).includes("Not known"), "nor the count of them");
  equal((await page.locator("[data-summary]").innerText()).trim(), "Feed lost", "nor the sum of the unit");
  await page.locator('nav a[href="#alerts"]').click();
  await page.locator("[data-count]").waitFor();
  check(await lost.isVisible(), "whatever is looked at");
  await page.locator('nav a[href="#ward"]').click();
  await say("loud");
  await lost.waitFor({ state: "detached", timeout: 60_000 });
  gateway.child.kill("SIGKILL");
  began = Date.now();
  await lost.waitFor({ state: "visible", timeout: 15_000 });
  console.log(`feed lost shown after ${Date.now() - began} ms of the gateway's death (goal 3000)`);
}

run(async (directory) => {
  const { url, say, gateway } = await startFake(directory);
  const browser = await launch();
  const page = await open(browser, url, { held: true });
  await until("the wall is there", async () => (await page.locator(`${tile("bed02")} [data-organ]`).count()) === 6);
  await until("history is there", async () => (await page.locator(`${tile("bed01")} .spark .line`).getAttribute("d")).length > 100);

  await missingIsDrawnMissing(page);
  await wallIsHonest(page);
  await textStaysText(page);
  await acknowledging(page, say);
  await attesting(page);
  await accessible(page, "a bed by day");
  await page.keyboard.press("Escape");
  await page.locator("[data-patient]").waitFor({ state: "detached" });
  await lookingAtOne(page);
  await lookingIntoThePast(page);
  await following(page, say);
  await lookingBack(page, say);
  await operating(page);
  // A refusal is an answer: the browser's own remark on its status is no complaint.
  equal(page.complaints.filter((words) => !/\b(409|422|504)\b/.test(words)), [], "the browser complained of nothing"); // what follows cuts its connections
  await losing(page, say, gateway);
  await accessible(page, "a lost feed");
  equal(page.foreign, [], "nothing was asked of anybody else");
  equal(await page.evaluate(() => window.hacked), undefined, "no foreign script ran to the end");
  await browser.close();
});
