// What a person at a screen gets, in a real browser: one JSON object on stdout. page.mjs MEASURE [N]
//
//   reach [BEDS [READINGS_PER_S]]   the whole chain: from the last byte of a laboratory message on the wire to the alert at a subscriber and drawn
//   frames [SECONDS]                60 beds whose scores all change five times a second: pictures a second, memory
//   loss [TRIALS]                   from a dead publisher, a stopped process, a wedged gateway and a cut network to "feed lost" on the screen
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bedNames, bin, check, feedIs, launch, open, run, startFake, until } from "../tests/system/dashboard/browser.mjs";
import { wire } from "../tests/system/dashboard/wire.mjs";
import { patient, Ward } from "../tests/system/dashboard/ward.mjs";

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

function distribution(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { trials: sorted.length, min: at(0), p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) };
}

// ------------------------------------------------------------------------------------------------------------------- reach

// Each is an alert of its own at a bed that had none of it (config/alerts/extreme_lab.toml).
const extremes = [
  ["na", "2951-2", 178, "mmol/L"],
  ["glu", "2345-7", 750, "mg/dL"],
  ["hgb", "718-7", 3, "g/dL"],
  ["crp", "1988-5", 700, "mg/L"],
];

/** Sends one message over a connection of its own; the instant its last byte was handed over. */
function sendAt(mllp, segments) {
  const [host, port] = mllp.replace("mllp://", "").split(":");
  return new Promise((resolve, reject) => {
    let told;
    const socket = connect(Number(port), host, () => socket.write(`\x0b${segments.join("\r")}\r\x1c\r`, () => (told = Date.now())));
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
      if (!answer.endsWith("\x1c\r")) return;
      socket.end();
      if (/\rMSA\|[AC]A\|/.test(answer)) resolve({ told, acknowledged: Date.now() });
      else reject(new Error(answer));
    });
    socket.on("error", reject);
  });
}

/** A process that follows the alerts; when each was first heard, by bed and rule. */
function subscriber(ward) {
  const heard = new Map();
  const child = spawn(join(bin, "vigil"), ["watch", "--json", "vigil.v1.alert.demo.icu."], { env: { ...process.env, VIGIL_CONFIG: ward.config }, stdio: ["ignore", "pipe", "inherit"] });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const found = /vigil\.v1\.alert\.demo\.icu\.(\w+)\.extreme_(\w+)/.exec(line);
    if (found && !heard.has(`${found[1]} ${found[2]}`)) heard.set(`${found[1]} ${found[2]}`, Date.now());
  });
  return { heard, end: () => child.kill("SIGTERM") };
}

/** In the page: when a picture with each alert had been drawn. */
function watchRows() {
  window.drawn = {};
  const look = (node) => {
    for (const row of node.matches?.("[data-alert]") ? [node] : (node.querySelectorAll?.("[data-alert]") ?? []))
      requestAnimationFrame(() => setTimeout(() => (window.drawn[row.dataset.alert] ??= { at: Date.now(), text: row.innerText })));
  };
  new MutationObserver((records) => records.forEach((record) => record.addedNodes.forEach(look))).observe(document.body, { childList: true, subtree: true });
  look(document.body);
}

async function reach(directory, beds = 60, readings = 1_000) {
  const ward = new Ward(directory, "real");
  await ward.start(beds);
  const people = ward.beds.map((bed, number) => ({ bed, ...patient("Test", `Anna${number}`, number + 1) }));
  for (const { bed, move } of people) await sendAt(ward.mllp, move("A01", Date.now(), bed));
  const load = spawn(join(bin, "bench-load"), ["--ingest", `ipc://${directory}/ingest`, "--beds", Math.max(1, Math.round(readings / 30)), "--rate", readings, "--frame", 30, "--seconds", 600].map(String), { stdio: "ignore" });
  const browser = await launch();
  const page = await open(browser, ward.url, { hash: "#alerts" });
  await feedIs(page, "live");
  await page.evaluate(watchRows);
  const feed = subscriber(ward);
  await pause(5_000); // the load's own beginning is no part of it
  const sent = new Map();
  // Open loop: the next is due whether or not this one has been seen.
  for (const [signal, code, value, unit] of extremes)
    for (const { bed, result } of people) {
      const due = pause(500);
      sent.set(`${bed} ${signal}`, sendAt(ward.mllp, result(Date.now(), bed, code, value, unit)));
      await due;
    }
  for (const [key, answer] of sent) sent.set(key, await answer);
  await pause(2_000);
  load.kill("SIGTERM");
  feed.end();
  const alerts = (await ward.json("/api/v1/alerts")).alerts;
  const drawn = await page.evaluate(() => window.drawn);
  const times = { acknowledged: [], subscriber: [], drawn: [] };
  const missing = [];
  for (const [key, { told, acknowledged }] of sent) {
    const [bed, signal] = key.split(" ");
    const alert = alerts.find((one) => one.bed === bed && one.key === `extreme_${signal}`) ?? alerts.find((one) => one.bed === bed && one.reason.includes(`extreme ${signal} `));
    const seen = drawn[alert?.id]?.at;
    times.acknowledged.push(acknowledged - told);
    if (!feed.heard.has(key) || seen === undefined) missing.push(key);
    if (feed.heard.has(key)) times.subscriber.push(feed.heard.get(key) - told);
    if (seen !== undefined) times.drawn.push(seen - told);
  }
  await browser.close();
  return { beds, readings, missing, ...Object.fromEntries(Object.entries(times).map(([name, values]) => [`${name}_ms`, distribution(values)])) };
}

// ------------------------------------------------------------------------------------------------------------------ frames

async function frames(directory, seconds = 120) {
  const { url, say } = await startFake(directory, 60);
  const browser = await launch();
  const page = await open(browser, url);
  await feedIs(page, "live");
  await until("the wall is drawn", async () => (await page.locator("article .number").count()) > 50);
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize / 1_048_576;
  };
  await say("stream 5");
  await pause(10_000);
  const memory = [await heap()];
  const changes = await page.evaluate(
    (ms) =>
      new Promise((done) => {
        const perSecond = [], changed = new Set();
        let count = 0, words = 0, began = performance.now(), until = began + ms, last = began, longest = 0;
        new MutationObserver((records) => {
          words += records.length;
          for (const { target } of records) changed.add((target.nodeType === 3 ? target.parentElement : target)?.closest?.("article")?.dataset.bed);
        }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
        const step = (now) => {
          count++;
          longest = Math.max(longest, now - last);
          last = now;
          if (now - began >= 1_000) {
            perSecond.push((count * 1_000) / (now - began));
            count = 0;
            began = now;
          }
          if (now < until) requestAnimationFrame(step);
          else done({ perSecond, changed: changed.size, perS: words / (ms / 1_000), longest });
        };
        requestAnimationFrame(step);
      }),
    seconds * 1_000,
  );
  memory.push(await heap());
  check(changes.changed >= 55, `every bed changes on the screen: ${changes.changed}`);
  const { perSecond, perS, longest } = changes;
  await browser.close();
  return { seconds, frames_per_s: distribution(perSecond), longest_ms: longest, changes_per_s: perS, heap_mib: memory };
}

// -------------------------------------------------------------------------------------------------------------------- loss

/** In the page: when the screen first said that the feed is lost, and that it lives again. */
function watchFeed() {
  window.said = {};
  const look = () => (window.said[document.querySelector("[data-feed-lost]") ? "lost" : "live"] ??= Date.now());
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
}

/** How each thing that can break is broken and mended. */
async function breaks(directory) {
  const { url, say, gateway, fake } = await startFake(directory, 12);
  const between = await wire(url);
  return {
    url: between.url,
    kinds: {
      "dead publisher": [() => say("silent"), () => say("loud")],
      "stopped process": [async () => fake.child.kill("SIGSTOP"), async () => fake.child.kill("SIGCONT")],
      "wedged gateway": [async () => gateway.child.kill("SIGSTOP"), async () => gateway.child.kill("SIGCONT")],
      "cut network": [async () => between.cut(), async () => between.mend()],
    },
  };
}

async function loss(directory, trials = 200) {
  const browser = await launch();
  const took = {};
  const lane = async (kind) => {
    const place = join(directory, kind.replace(" ", "_"));
    mkdirSync(place);
    const { url, kinds } = await breaks(place);
    const [cause, mend] = kinds[kind];
    const page = await open(browser, url);
    took[kind] = [];
    for (let trial = 0; trial < trials; trial++) {
      await feedIs(page, "live");
      await pause(1_000 + Math.random() * 1_000); // at any moment between two beats
      await page.evaluate(watchFeed);
      const began = Date.now();
      await cause();
      const lost = await until(`${kind} on the screen`, () => page.evaluate(() => window.said.lost));
      took[kind].push(lost - began);
      await mend();
    }
  };
  await Promise.all(["dead publisher", "stopped process", "wedged gateway", "cut network"].map(lane));
  await browser.close();
  return Object.fromEntries(Object.entries(took).map(([kind, values]) => [kind, distribution(values)]));
}

const [measure, ...numbers] = process.argv.slice(2);
const measures = { reach, frames, loss };
if (!(measure in measures)) {
  console.error("page.mjs reach|frames|loss [NUMBER …]");
  process.exit(64);
}
run(async (directory) => {
  const out = await measures[measure](directory, ...numbers.map(Number));
  check(true, measure);
  console.log(JSON.stringify(out));
});
