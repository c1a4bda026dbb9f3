// The page at the end of the whole chain: a simulated ward over HL7, vigild, its gateway, two browsers. Names that are scripts, two
// people at one alert, a transfer in the middle of one, and everything that can be lost: daemon, gateway, network.
import { check, equal, feedIs, launch, open, run, tile, until } from "./browser.mjs";
import { patient, Ward } from "./ward.mjs";
import { wire } from "./wire.mjs";

const goal = 3_000; // shown at the latest, on a machine that does nothing else
const margin = 5; // a busy one is no failure
const hostile = ["<img src=x onerror=window.hacked=1>", "<script>window.hacked=1</script>"];

const now = async (ward) => Number((await ward.json("/api/v1/beds")).clock.logTimeMs);
const { move, result } = patient(...hostile);

async function everyBedIsShown(page) {
  await feedIs(page, "live");
  await until("the ward is on the wall", async () => (await page.locator("article .number").count()) === 12, 180_000);
  check((await page.locator("[data-simulated]").innerText()).includes("SIMULATED"), "and says that it is simulated");
  await until("scores are shown", async () => (await page.locator("article [data-organ][data-points]").count()) > 20);
}

async function aScriptForAName(ward, page) {
  const at = await now(ward);
  await ward.send(...move("A01", at, "bed20"));
  await ward.send(...result(at, "bed20", "777-3", 15, "10*3/uL"));
  await page.locator(tile("bed20")).waitFor();
  await until("the name arrives", async () => (await page.locator(`${tile("bed20")} .who`).textContent()).includes(hostile[0]), 120_000);
  equal(await page.locator("#app img, #app script").count(), 0, "a name is text");
  await page.locator(`${tile("bed20")} button`).click();
  await until("in the detail, too", async () => (await page.locator("[data-patient] h2").textContent()).includes(hostile[1]));
  await page.keyboard.press("Escape");
  equal(await page.evaluate(() => window.hacked), undefined, "and never runs");
  const bad = await fetch(`${ward.url}/api/v1/beds/icu/${encodeURIComponent("<script>")}`);
  equal(bad.status, 404, "a bed has no such name");
}

const rowOf = (page, alert) => page.locator(`.alerts li[data-alert="${alert.id}"]`);
const holder = async (page, alert) => (await rowOf(page, alert).locator("[data-holder]").innerText()).trim();

async function twoAtOneAlert(ward, first, second) {
  const alert = await ward.alert("the platelets raise an alert", (one) => one.bed === "bed20" && one.kind === "ALERT_KIND_PATIENT");
  for (const [page, user] of [[first, "nurse.one"], [second, "nurse.two"]]) {
    await page.fill('input[name="user"]', user);
    await rowOf(page, alert).locator(".ack").waitFor();
  }
  // The second hand is as quick as the first, its word slower on the way: neither is sent on before both have clicked.
  let arrived;
  const firstHasIt = new Promise((resolve) => (arrived = resolve));
  const bothClicked = second.waitForRequest("**/ack");
  await first.route("**/ack", async (route) => {
    await bothClicked;
    await route.continue();
  });
  await second.route("**/ack", async (route) => {
    await firstHasIt;
    await route.continue();
  });
  await Promise.all([rowOf(first, alert).locator(".ack").click(), rowOf(second, alert).locator(".ack").click()]);
  await until("the first has it", async () => (await holder(first, alert)).startsWith("Acknowledged by nurse.one"));
  arrived();
  await until("the second is told", async () => (await rowOf(second, alert).locator("[data-answer]").innerText()).startsWith("Refused"));
  for (const page of [first, second]) await page.unroute("**/ack");
  check((await rowOf(first, alert).locator("[data-answer]").innerText()).startsWith("Recorded"), "the first in the daemon's words");
  for (const page of [first, second]) {
    await until("both see who has it", async () => (await holder(page, alert)).startsWith("Acknowledged by nurse.one"));
    check((await page.locator(`${tile("bed20")} .alarm .spoken`).textContent()).includes("acknowledged by nurse.one"), "on the tile, too");
    equal(await rowOf(page, alert).locator(".ack").count(), 0, "and what is held is not offered");
  }
  return alert;
}

async function aTransfer(ward, page, alert) {
  await ward.send(...move("A02", await now(ward), "bed21"));
  await until("the patient is at the new bed", async () => (await page.locator(`${tile("bed21")} .alarm`).count()) === 1);
  await until("and no longer at the old one", async () => (await page.locator(`${tile("bed20")} .nobody`).count()) === 1);
  equal(await page.locator(`${tile("bed20")} .alarm`).count(), 0, "nor is the alert");
  const rows = page.locator(".alerts li", { hasText: "bed21" }).filter({ hasNotText: "Technical" });
  await until("the alert is there once", async () => (await rows.count()) >= 1);
  check((await rows.first().locator("[data-holder]").innerText()).includes("nurse.one"), "and who has it has it still");
  equal(await page.locator(".alerts li", { hasText: "bed20" }).count(), 0, "none is left behind");
  check(alert.id !== "", "it is the same");
}

async function lostAndFound(page, what, lose, find) {
  const lost = page.locator("[data-feed-lost]");
  await feedIs(page, "live");
  equal(await lost.count(), 0, `${what}: nothing is lost before`);
  const began = performance.now();
  await lose();
  const shown = await lost.waitFor({ state: "visible", timeout: goal * margin }).then(() => true, () => false);
  check(shown, `${what}: feed lost is shown within ${goal * margin} ms; the page says "${await page.locator("header .feed").innerText()}" and complained of ${JSON.stringify(page.complaints)}`);
  const took = Math.round(performance.now() - began);
  console.log(`feed lost shown ${took} ms after ${what} (goal ${goal})`);
  equal(await page.locator(".ack:enabled").count(), 0, `${what}: nothing can be acknowledged into the void`);
  check(await page.locator(".wall").evaluate((node) => node.inert), `${what}: nor is a tile to be trusted`);
  await find();
  await lost.waitFor({ state: "detached", timeout: 90_000 });
  await until(`${what}: the ward is back`, async () => (await page.locator("article .number").count()) >= 12);
}

run(async (directory) => {
  const ward = new Ward(directory);
  await ward.start(12);
  void ward.simulate("--seed", "7", "--beds", "12", "--connections", "4", "--history", "1h", "--hours", "8760", "--speed", "30");
  const network = await wire(ward.url);
  const browser = await launch();
  const first = await open(browser, ward.url, { held: true });
  const second = await open(browser, network.url, { theme: "night", held: true });

  for (const page of [first, second]) await everyBedIsShown(page);
  await aScriptForAName(ward, first);
  const alert = await twoAtOneAlert(ward, first, second);
  await aTransfer(ward, first, alert);
  equal(second.complaints.filter((words) => !/\b409\b/.test(words)).concat(first.complaints), [], "the browsers complained of nothing"); // what follows cuts their connections

  const held = () => until("who has it outlives it", async () => (await first.locator(".alerts [data-holder]").allInnerTexts()).some((words) => words.includes("nurse.one")));
  await lostAndFound(first, "the daemon stood still", () => ward.daemon.child.kill("SIGSTOP"), () => ward.daemon.child.kill("SIGCONT"));
  await lostAndFound(first, "the daemon was killed", () => ward.daemon.child.kill("SIGKILL"), () => ward.startDaemon());
  await held();
  await lostAndFound(first, "the gateway stood still", () => ward.gateway.child.kill("SIGSTOP"), () => ward.gateway.child.kill("SIGCONT"));
  await lostAndFound(first, "the gateway was killed", () => ward.gateway.child.kill("SIGKILL"), () => ward.startGateway());
  await held();
  await lostAndFound(second, "the network was cut", () => network.cut(), () => network.mend());
  for (const page of [first, second]) equal(await page.evaluate(() => window.hacked), undefined, "no foreign script ran to the end");
  equal(first.foreign, [], "nothing was asked of anybody else");
  await browser.close();
});
