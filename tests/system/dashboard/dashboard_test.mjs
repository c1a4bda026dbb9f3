// The page in a real browser, from a real gateway, fed by a vigild that says what it is told to.
// Skipped (77), saying so, where Chromium, the page's packages or its build are not there.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = process.env.VIGIL_ROOT ?? join(here, "..", "..", "..");
const bin = process.env.VIGIL_BIN ?? join(root, "build", "release", "bin");
const chromiumPath = "/usr/bin/chromium";
const dashboard = join(root, "dashboard");
const patience = 20_000;

for (const [path, what] of [
  [chromiumPath, "Chromium"],
  [join(dashboard, "node_modules", "playwright-core"), "the packages of the page"],
  [join(dashboard, "dist", "index.html"), "the build of the page"],
])
  if (!existsSync(path)) {
    console.log(`skipped: ${what} is not there`);
    process.exit(77);
  }

const require = createRequire(join(dashboard, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let checks = 0;
function check(condition, what) {
  checks++;
  if (!condition) throw new Error(`not so: ${what}`);
}
function equal(got, wanted, what) {
  check(JSON.stringify(got) === JSON.stringify(wanted), `${what}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
}
async function until(what, probe) {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    const result = await probe();
    if (result) return result;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`not within ${patience} ms: ${what}`);
}

const directory = mkdtempSync(join(tmpdir(), "vigil-dashboard-"));
const children = [];
async function start(program, args) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value };
}

async function startAll() {
  const fake = await start("/usr/bin/python3", [join(here, "fake_vigild.py"), directory]);
  equal(await fake.line(), "ready", "the false vigild starts");
  const beds = Array.from({ length: 12 }, (_, index) => `"icu.bed${String(index + 1).padStart(2, "0")}"`).join(", ");
  const config = join(directory, "gateway.toml");
  writeFileSync(
    config,
    `[gateway]\nsite = "demo"\nlisten = "127.0.0.1:0"\nbeds = [${beds}]\ndatabase = "${directory}/read.sqlite"\n` +
      `dashboard = "${join(dashboard, "dist")}"\n` +
      ["feed", "query", "command", "identity"].map((name) => `${name} = "ipc://${directory}/${name}"\n`).join(""),
  );
  const gateway = await start(join(bin, "vigil-gateway"), ["--config", config]);
  const url = (await gateway.line()).replace("listening ", "");
  const say = async (line) => {
    fake.child.stdin.write(`${line}\n`);
    equal(await fake.line(), "ok", `the false vigild obeys ${line}`);
  };
  return { url, say, gateway };
}

const tile = (bed) => `article[data-bed="icu.${bed}"]`;
const organ = (bed, part) => `${tile(bed)} g[data-organ="${part}"]`;

async function missingIsDrawnMissing(page) {
  for (const part of ["liver", "cns"]) {
    const group = page.locator(organ("bed02", part));
    equal(await group.getAttribute("data-kind"), "missing", `bed02 ${part}`);
    equal(await group.getAttribute("data-points"), null, `bed02 ${part} has no number`);
    equal(await group.locator(".fill").count(), 0, `bed02 ${part} has no bar`);
    equal(await group.locator(".hole").count(), 1, `bed02 ${part} is a hole`);
    equal(await group.locator(".digit").textContent(), "?", `bed02 ${part} says so`);
    check((await group.locator(".hole").getAttribute("fill")).startsWith("url("), "the hole is hatched");
    check((await group.locator(".hole").evaluate((node) => getComputedStyle(node).strokeDasharray)) !== "none", "and dashed");
  }
  const zero = page.locator(organ("bed06", "liver"));
  equal(await zero.getAttribute("data-points"), "0", "a measured 0 is a 0");
  equal(await zero.locator(".hole").count(), 0, "and no hole");
  equal(await page.locator(`${tile("bed02")} .number`).textContent(), "2–10", "an incomplete total is its bounds");
  equal(await page.locator(`${tile("bed05")} .number`).textContent(), "--", "nothing measured is no number");
  equal(await page.locator(`${tile("bed06")} .number`).textContent(), "0", "all measured and normal is 0");
  equal(await page.locator(`${tile("bed05")} g[data-kind="missing"]`).count(), 6, "bed05 misses all");
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
  equal(await page.locator(`${tile("bed04")} .alarm`).innerText(), "High", "the worst alert is on the tile");
  equal(await page.locator(`${tile("bed03")} .technical`).innerText(), "Tech 1", "a technical alert is marked apart");
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
  check(/68\.4 mm\[Hg\]/.test(evidence) && /too old/.test(evidence) && /missing/.test(evidence), `why has its readings: ${evidence}`);
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
  await until("the trend is drawn", async () => (await page.locator("dialog canvas").count()) === 1);
  await page.locator("dialog").getByText("On paper, as vigil explain prints it").first().click();
  await until("the score stands on paper, too", async () => /^sofa@\S+, rolling, \w+ basis/.test(await page.locator("dialog pre").first().innerText()));
  await page.getByText("Respiration: 1 of 4").click();
  await until("a part shows its evidence", async () => (await page.locator("dialog details[open] table").first().innerText()).includes("68.4"));
}

async function accessible(page, where) {
  await page.evaluate(axe); // outside the page's own policy, which allows no script but its own
  const result = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  equal(result.violations.map((item) => `${item.id}: ${item.nodes[0].html.slice(0, 120)}`), [], `accessibility of ${where}`);
  check(result.passes.length > 10, `axe looked at ${where}`);
}

async function following(page, say) {
  await say("late bed08");
  await until("a new score is shown", async () => (await page.locator(`${tile("bed08")} .number`).textContent()) === "1");
  await say("gap bed07");
  await until("a lost one is fetched", async () => (await page.locator(`${tile("bed07")} .number`).textContent()) === "24");
  await say("alert bed11 sofa_rise");
  await until("a new alert is shown", async () => (await page.locator('li[data-alert="bed11-sofa_rise"]').count()) === 1);
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
  await say("loud");
  await lost.waitFor({ state: "detached", timeout: patience });
  gateway.child.kill("SIGKILL");
  began = Date.now();
  await lost.waitFor({ state: "visible", timeout: 15_000 });
  console.log(`feed lost shown after ${Date.now() - began} ms of the gateway's death (goal 3000)`);
}

async function main() {
  const { url, say, gateway } = await startAll();
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  const complaints = [];
  const foreign = [];
  page.on("console", (message) => {
    const expected = message.text().includes("409") || message.text().includes("422");
    if (message.type() === "error" && !expected) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) foreign.push(request.url());
  });
  await page.addInitScript(() => localStorage.setItem("vigil-theme", "day"));
  await page.goto(url);
  await until("the wall is there", async () => (await page.locator(`${tile("bed02")} g[data-organ]`).count()) === 6);
  await until("history is there", async () => (await page.locator(`${tile("bed01")} .spark .line`).getAttribute("d")).length > 100);

  await missingIsDrawnMissing(page);
  await wallIsHonest(page);
  await textStaysText(page);
  await accessible(page, "the wall by day");
  const picture = join(tmpdir(), "vigil-dashboard.png");
  await page.screenshot({ path: picture });
  console.log(`screenshot: ${picture}`);
  await acknowledging(page, say);
  await attesting(page);
  await accessible(page, "a bed by day");
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.selectOption('select[name="theme"]', "night");
  await accessible(page, "the wall by night");
  await page.locator(`${tile("bed04")} button`).click();
  await until("the bed is loaded", async () => (await page.locator("dialog details").count()) > 0);
  await accessible(page, "a bed by night");
  await page.keyboard.press("Escape");
  await following(page, say);
  equal(complaints, [], "the browser complained of nothing"); // what follows cuts its connections
  await losing(page, say, gateway);
  await accessible(page, "a lost feed");
  equal(foreign, [], "nothing was asked of anybody else");
  equal(await page.evaluate(() => window.hacked), undefined, "no foreign script ran to the end");
  await browser.close();
}

let status = 0;
try {
  await main();
  console.log(`${checks} checks passed`);
} catch (error) {
  console.error(error);
  status = 1;
} finally {
  for (const child of children) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
}
process.exit(status);
