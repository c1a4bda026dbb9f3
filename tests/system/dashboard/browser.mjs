// What the tests of the page share: checks, processes, a ward told by a false vigild, and a real browser.
// Skipped (77), saying so, where Chromium, the page's packages or its build are not there.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const root = process.env.VIGIL_ROOT ?? join(here, "..", "..", "..");
export const bin = process.env.VIGIL_BIN ?? join(root, "build", "release", "bin");
export const dashboard = join(root, "dashboard");
const chromiumPath = "/usr/bin/chromium";
const patience = 60_000;

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
export function check(condition, what) {
  checks++;
  if (!condition) throw new Error(`not so: ${what}`);
}
export function equal(got, wanted, what) {
  check(JSON.stringify(got) === JSON.stringify(wanted), `${what}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
}
export async function until(what, probe, limit = patience) {
  if (process.env.VERBOSE) console.log(`${new Date().toISOString().slice(11, 19)} ${what} …`);
  const end = Date.now() + limit;
  while (Date.now() < end) {
    const result = await probe();
    if (result) return result;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`not within ${limit} ms: ${what}`);
}

// ---- processes

const children = [];
function endAll() {
  for (const child of children) {
    child.kill("SIGCONT");
    child.kill("SIGKILL");
  }
}
for (const name of ["SIGTERM", "SIGINT"]) process.once(name, () => (endAll(), process.exit(1)));

/** A program whose lines are read; `ended` becomes its exit. */
export async function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", options.quiet ? "ignore" : "inherit"], env: { ...process.env, ...options.env } });
  children.push(child);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, ended, line: async () => (await lines.next()).value };
}

export async function startGateway(directory, beds, listen = "127.0.0.1:0", unit = "icu", more = "") {
  const config = join(directory, "gateway.toml");
  writeFileSync(
    config,
    `[gateway]\nsite = "demo"\nlisten = "${listen}"\nbeds = [${beds.map((bed) => `"${unit}.${bed}"`).join(", ")}]\n` +
      `database = "${directory}/read.sqlite"\ndashboard = "${join(dashboard, "dist")}"\n` +
      ["feed", "query", "command", "identity"].map((name) => `${name} = "ipc://${directory}/${name}"\n`).join("") + more,
  );
  const gateway = await start(join(bin, "vigil-gateway"), ["--config", config]);
  return { ...gateway, url: (await gateway.line()).replace("listening ", "") };
}

export const bedNames = (count) => Array.from({ length: count }, (_, index) => `bed${String(index + 1).padStart(2, "0")}`);

/** A gateway fed by a vigild that says what it is told to. From twelve beds on, the twelfth is empty. */
export async function startFake(directory, count = 12) {
  const fake = await start("/usr/bin/python3", [join(here, "fake_vigild.py"), directory, "--beds", String(count < 12 ? count : count - 1)]);
  equal(await fake.line(), "ready", "the false vigild starts");
  const gateway = await startGateway(directory, bedNames(count));
  const say = async (line) => {
    fake.child.stdin.write(`${line}\n`);
    equal(await fake.line(), "ok", `the false vigild obeys ${line}`);
  };
  return { url: gateway.url, say, gateway, fake };
}

/** Runs a test in a directory of its own and ends the process with how it went. In memory where there is such a place: how slow a disk is, is no matter of the page. */
export async function run(main) {
  const directory = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "vigil-dashboard-"));
  let status = 0;
  try {
    await main(directory);
    check(checks > 0, "something was looked at");
    console.log(`${checks} checks passed`);
  } catch (error) {
    console.error(error);
    status = 1;
  } finally {
    endAll();
    rmSync(directory, { recursive: true, force: true });
  }
  process.exit(status);
}

// ---- the browser

export const screens = { wall: { width: 1920, height: 1080 }, tablet: { width: 1180, height: 820 } };

export function launch() {
  return chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"],
  });
}

/** A page that remembers what the browser complained of and whom else it asked. `held` is for who takes requests in hand later (`page.route`):
    the browser hands them over only some time after the first is asked for, and until then lets them go. */
export async function open(browser, url, { viewport = screens.wall, theme = "day", settings = {}, hash = "", held = false } = {}) {
  const context = await browser.newContext({ viewport, ...settings });
  const page = await context.newPage();
  page.complaints = [];
  page.foreign = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) page.foreign.push(request.url());
  });
  // Only where nobody has chosen yet: a choice outlives a reload.
  if (theme) await page.addInitScript((wanted) => localStorage.getItem("vigil-theme") ?? localStorage.setItem("vigil-theme", wanted), theme);
  page.setDefaultTimeout(patience);
  if (held) await page.route("http://nobody.invalid/**", (route) => route.abort());
  // SLOW=8 has the page compute eight times slower, which finds a check that hurries ahead of it.
  if (process.env.SLOW) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: Number(process.env.SLOW) });
  await page.goto(url + hash, { waitUntil: "domcontentloaded" });
  return page;
}

export const tile = (bed) => `article[data-bed="icu.${bed}"]`;
export const organ = (bed, part) => `${tile(bed)} [data-organ="${part}"]`;
export const feedIs = (page, state) => page.locator(`[data-feed="${state}"]`).waitFor({ state: "attached", timeout: patience });

export async function accessible(page, where) {
  await page.evaluate(axe); // outside the page's own policy, which allows no script but its own
  // Of what is well one place each is enough: to name them all takes longer than to look.
  const result = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"], preload: false }),
  );
  equal(result.violations.map((item) => `${item.id}: ${item.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`), [], `accessibility of ${where}`);
  check(result.passes.length > 10, `axe looked at ${where}`);
}
