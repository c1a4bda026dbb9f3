// What people decide about alerts, at the end of the whole chain: asked in a real browser, answered by vigild, shown once it
// has come back on the stream. The clock is driven by what is sent, so that an end comes when the test says so.
import { accessible, check, equal, feedIs, launch, open, run, tile, until } from "./browser.mjs";
import { patient, Ward } from "./ward.mjs";

const minute = 60_000;
const bed = "bed01";
const { move, result } = patient("Test", "Anna");

/** The time of the ward; it goes on with what is sent. */
class Time {
  constructor(ward) {
    this.ward = ward;
    this.at = Date.UTC(2026, 0, 5, 3, 0, 0);
  }
  async admit() {
    await this.ward.send(...move("A01", this.at, bed));
  }
  async platelets(value) {
    this.at += minute;
    await this.ward.send(...result(this.at, bed, "777-3", value, "10*3/uL"));
  }
  /** A sodium in the middle: nothing about it is an alert. */
  async pass(ms) {
    this.at += ms;
    await this.ward.send(...result(this.at, bed, "2951-2", 140, "mmol/L"));
  }
}

const rowOf = (page, alert) => page.locator(`.alerts li[data-alert="${alert.id}"]`);
const holder = async (row) => (await row.locator("[data-holder]").innerText()).trim();
const answer = async (place) => ((await place.locator("[data-answer]").count()) === 0 ? "" : (await place.locator("[data-answer]").first().innerText()).trim());

/** Opens the question of a button and fills it in; sending is up to the caller. */
async function ask(page, button, minutes, reason) {
  await button.click();
  const question = page.locator("[data-decide]");
  await question.waitFor();
  await question.locator(`input[name="minutes"][value="${minutes}"]`).check();
  await question.locator('input[name="reason"]').fill(reason);
  return question;
}

async function tooLong(page, row) {
  const question = await ask(page, row.locator(".pause"), 30, "being treated");
  await accessible(page, "a question");
  const refused = page.waitForResponse("**/pause");
  await question.locator('button[type="submit"]').click();
  equal((await refused).status(), 422, "a high alert may not be paused for half an hour");
  await until("the daemon's reason is told", async () => (await answer(question)) === "Refused: that is longer than this site allows");
  equal(await holder(row), "Nobody has it", "and nothing changed");
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  check((await answer(row)).startsWith("Refused"), "the refusal stands beside the alert");
  await page.locator('nav a[href="#alerts"]').click();
  const listed = page.locator(".rows li", { hasText: "longer than this site allows" });
  await until("on another view, too", async () => (await answer(listed)).startsWith("Refused"));
  await page.locator('nav a[href="#ward"]').click();
  await until("and back again", async () => (await answer(row)).startsWith("Refused"));
  await row.locator(".told button").click();
  equal(await row.locator("[data-answer]").count(), 0, "until it is dismissed");
}

async function paused(page, row, time) {
  const question = await ask(page, row.locator(".pause"), 5, "platelets ordered");
  // Until the daemon's own word comes, nothing is shown as done: it is held back on the way.
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route("**/pause", async (route) => {
    await held;
    await route.continue();
  });
  // While the feed is lost nothing can be sent, and a slow machine loses it now and then.
  await until("it can be sent", () => question.locator('button[type="submit"]').isEnabled());
  await page.keyboard.press("Enter");
  await until("it says that it is being sent", async () => (await answer(question)).startsWith("Sending"));
  equal(await holder(row), "Nobody has it", "not shown before it is so");
  go();
  await question.waitFor({ state: "detached" });
  await page.unroute("**/pause");
  await until("the pause comes back", async () => (await holder(row)).startsWith("Paused until"));
  check(/by nurse\.one at .*: platelets ordered$/.test(await holder(row)), `with who and why: ${await holder(row)}`);
  check((await answer(row)).startsWith("Recorded"), "in the daemon's words");
  check(!(await answer(row)).includes("Waiting"), "and it waits no longer");
  const chip = page.locator(`${tile(bed)} [data-decision="paused"]`);
  check((await chip.innerText()).startsWith("Paused until"), "on the tile, too");
  check((await page.locator(`${tile(bed)} .alarm .spoken`).textContent()).includes("paused or shelved by nurse.one"), "and said to who hears it");
  await time.pass(6 * minute);
  await until("a pause always ends", async () => (await holder(row)) === "Nobody has it");
  equal(await chip.count(), 0, "on the tile, too");
  check(await row.locator(".ack").isVisible(), "and it calls again");
}

async function judged(ward, page, row, alert) {
  const feedback = async () => (await ward.json("/api/v1/alerts")).alerts.find((one) => one.id === alert.id)?.feedback ?? [];
  const said = async () => ((await row.locator("[data-feedback]").count()) === 0 ? "" : (await row.locator("[data-feedback]").innerText()).trim());
  await row.getByText("Why", { exact: true }).click();
  await row.locator(".judge .artefact").click();
  await until("it is shown", async () => (await said()) === "Artefact, says nurse.one");
  await row.locator(".judge .not_useful").click();
  await until("the later word of one person counts", async () => (await said()) === "Not useful, says nurse.one");
  equal((await feedback()).length, 1, "once");
  await page.fill('input[name="user"]', "nurse.two");
  await row.locator(".judge .useful").click();
  await until("everybody is counted", async () => (await feedback()).length === 2);
  equal((await feedback()).map((one) => one.judgement).sort(), ["JUDGEMENT_NOT_USEFUL", "JUDGEMENT_USEFUL"], "as they said it");
  await row.getByText("Why", { exact: true }).click();
  await page.fill('input[name="user"]', "nurse.one");
}

async function onStandby(page, time) {
  const chip = page.locator(`${tile(bed)} [data-decision="standby"]`);
  equal(await chip.count(), 0, "nobody is on standby yet");
  await page.locator(`${tile(bed)} button`).click();
  const handling = page.locator("[data-handling]");
  const question = await ask(page, handling.locator(".standby"), 60, "CT or MRI");
  await question.locator('button[type="submit"]').click();
  await question.waitFor({ state: "detached" });
  await time.pass(2_000); // a result of the laboratory does not end it
  await until("the bed says so", async () => (await handling.locator('[data-decision="standby"]').count()) === 1);
  check(/^Standby until .*, by nurse\.one at .*: CT or MRI/.test(await handling.locator('[data-decision="standby"]').innerText()), "with its end, who and why");
  await accessible(page, "a bed on standby");
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  check((await chip.innerText()).startsWith("Standby until"), "and the tile says so");
  await page.locator(`${tile(bed)} button`).click();
  await handling.locator(".standby_end").click();
  await until("the daemon's answer is shown", async () => (await answer(handling)).startsWith("Recorded"));
  await time.pass(2_000);
  await until("the patient is back", async () => (await handling.locator('[data-decision="standby"]').count()) === 0);
  await page.keyboard.press("Escape");
  await until("on the tile, too", async () => (await chip.count()) === 0);
}

/** Call for this patient: only once the daemon has it, in its words; a figure that cannot be is refused. */
async function withALimit(page, time) {
  await page.locator(`${tile(bed)} button`).click();
  const handling = page.locator("[data-handling]");
  const set = handling.locator('[data-decision="limit"]');
  await handling.locator(".limit").click();
  const question = page.locator("[data-decide]");
  await question.locator('select[name="signal"]').selectOption("hr");
  await question.locator('input[name="above"]').fill("130");
  await question.locator('select[name="signal"]').selectOption("map");
  equal(await question.locator('input[name="above"]').inputValue(), "", "a figure is not taken along to another unit");
  check((await question.locator("label", { has: page.locator('input[name="below"]') }).innerText()).includes("mmHg"), "the unit stands beside the figure");
  await accessible(page, "the question of a limit");
  await question.locator('input[name="reason"]').fill("carotid");
  await question.locator('button[type="submit"]').click();
  check(await question.locator('input[name="below"]').evaluate((field) => field.validity.valueMissing), "one figure there must be");
  await question.locator('input[name="below"]').fill("7,5");
  await question.locator('button[type="submit"]').click();
  await until("a digit too few is refused", async () => (await answer(question)).includes("check the figure and its unit"));
  equal(await set.count(), 0, "and nothing is set");
  await question.locator('input[name="below"]').fill("75");
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route("**/limit", async (route) => {
    await held;
    await route.continue();
  });
  await question.locator('button[type="submit"]').click();
  await until("it says that it is being sent", async () => (await answer(question)).startsWith("Sending"));
  equal(await set.count(), 0, "not shown before it is so");
  go();
  await question.waitFor({ state: "detached" });
  await page.unroute("**/limit");
  await time.pass(2_000);
  await until("it comes back", async () => (await set.count()) === 1);
  check((await set.innerText()).startsWith("Limit: ABP mean below 75 mmHg, by nurse.one at "), `as it was set: ${await set.innerText()}`);
  check((await set.innerText()).includes(": carotid"), "with who and why");
  await handling.locator(".limit_end").click();
  await until("the daemon's answer is shown", async () => (await answer(handling)).startsWith("Recorded"));
  await time.pass(2_000);
  await until("it is lifted", async () => (await set.count()) === 0);
  await page.keyboard.press("Escape");
}

run(async (directory) => {
  const ward = new Ward(directory);
  await ward.start(6);
  const time = new Time(ward);
  await time.admit();
  await time.platelets(15);
  const alert = await ward.alert("the platelets raise an alert", (one) => one.bed === bed && one.rule === "organ_coag");
  const browser = await launch();
  const page = await open(browser, ward.url, { held: true });
  await feedIs(page, "live");
  await page.fill('input[name="user"]', "nurse.one");
  const row = rowOf(page, alert);
  await row.waitFor();

  await tooLong(page, row);
  await paused(page, row, time);
  await judged(ward, page, row, alert);
  await onStandby(page, time);
  await withALimit(page, time);
  // A refusal is an answer: the browser's own remark on its status is no complaint.
  equal(page.complaints.filter((words) => !/\b422\b/.test(words)), [], "the browser complained of nothing");
  equal(page.foreign, [], "nothing was asked of anybody else");
  await browser.close();
});
