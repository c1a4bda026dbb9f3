// Every bed of a unit on one screen, from 6 to 60, on a wall and on a tablet: nothing scrolls, nothing is cut, no two words
// overlap, and what must never be missing is on every tile. Then the order of the beds, and the keyboard.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { accessible, bedNames, check, equal, feedIs, launch, open, run, screens, startFake, tile, until } from "./browser.mjs";

const sizes = (process.env.BEDS ?? "6,12,30,60").split(",").map(Number);

/** What a reader with a ruler would find. In the page. */
function measure() {
  const problems = [];
  const shown = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden" && !node.closest(".spoken");
  if (document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth) problems.push("the page scrolls");
  const tiles = [...document.querySelectorAll("article")];
  const boxes = tiles.map((node) => node.getBoundingClientRect());
  const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  boxes.forEach((a, index) => {
    if (a.left < 0 || a.top < 0 || a.right > innerWidth || a.bottom > innerHeight) problems.push(`${tiles[index].dataset.bed} leaves the screen`);
    boxes.slice(index + 1).forEach((b, other) => overlap(a, b) && problems.push(`${tiles[index].dataset.bed} overlaps ${tiles[index + 1 + other].dataset.bed}`));
  });
  for (const node of tiles) {
    const name = node.dataset.bed;
    const box = node.getBoundingClientRect();
    if (node.scrollHeight > node.clientHeight || node.scrollWidth > node.clientWidth)
      problems.push(`${name} is cut: ${node.scrollWidth}×${node.scrollHeight} in ${node.clientWidth}×${node.clientHeight}`);
    const words = [];
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      if (text.data.trim() === "" || !shown(text.parentElement)) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const cut = text.parentElement.closest(".who, .chip, .inputs"); // may end in dots; the whole is in the detail
      for (let rect of range.getClientRects()) {
        if (cut) {
          const frame = cut.getBoundingClientRect();
          rect = new DOMRect(frame.left, rect.top, Math.min(rect.width, frame.width), rect.height);
        }
        // Of the line only what letters fill.
        words.push({ node: text, text: text.data.trim(), box: new DOMRect(rect.left, rect.top + rect.height * 0.18, rect.width, rect.height * 0.64) });
      }
      if (parseFloat(getComputedStyle(text.parentElement).fontSize) < 9.5) problems.push(`${name}: "${text.data}" is too small to read`);
    }
    words.forEach((word, index) => {
      const w = word.box;
      if (w.left < box.left || w.right > box.right || w.top < box.top || w.bottom > box.bottom) problems.push(`${name}: "${word.text}" leaves the tile`);
      words.slice(index + 1).forEach((other) => other.node !== word.node && overlap(w, other.box) && problems.push(`${name}: "${word.text}" overlaps "${other.text}"`));
    });
    const bars = [...node.querySelectorAll("[data-organ] .bar")].map((bar) => bar.getBoundingClientRect());
    if (bars.length > 0 && (bars.length !== 6 || bars.some((bar) => bar.height < 18 || bar.width < 5))) problems.push(`${name}: its organs cannot be told apart: ${bars.map((bar) => `${Math.round(bar.width)}×${Math.round(bar.height)}`).join(" ")}`);
    const button = node.querySelector("button").getBoundingClientRect();
    if (button.width < 24 || button.height < 24) problems.push(`${name}: nobody hits ${button.width}×${button.height} pixels`);
  }
  return problems;
}

async function fits(page, count, screen) {
  await page.setViewportSize(screens[screen]);
  const what = `${count} beds on the ${screen}`;
  await until(`${what}: laid out`, async () => (await page.locator("article").count()) === count);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  equal((await page.evaluate(measure)).slice(0, 8), [], what);
  for (const bed of ["bed01", "bed02", "bed04"]) {
    const there = (part) => page.locator(`${tile(bed)} ${part}`).first().isVisible();
    for (const part of [".number", "[data-organ]", ".ards", ".change", ".time", ".alarm"])
      if (part !== ".alarm" || bed !== "bed02") check(await there(part), `${what}: ${bed} has ${part}`);
  }
  const support = await page.locator(`${tile("bed04")} .chip, ${tile("bed04")} .mark`).allInnerTexts();
  equal(support.length, 4, `${what}: ventilator, pressor, RRT and ECLS are on the tile`);
  check(await page.locator(`${tile("bed03")} [data-stale]`).isVisible(), `${what}: a stale bed says so`);
  check(await page.locator("header nav .count").first().isVisible(), `${what}: how many alerts there are`);
  const density = await page.locator("article").first().evaluate((node) => ["full", "medium", "small", "tiny"].find((name) => node.classList.contains(name)));
  console.log(`${what}: ${density}${(await page.locator(".side").count()) ? ", alerts beside" : ""}`);
}

/** As bad as a night can be: every bed with alerts of both kinds, and some that somebody has. */
async function crowd(say, count) {
  for (const bed of bedNames(count)) {
    if (bed === "bed12") continue;
    await say(`alert ${bed} sofa_rise_more`);
    await say(`alert ${bed} organ_severe_more`);
    await say(`technical ${bed} probe`);
  }
}

const order = (page) => page.locator("article").evaluateAll((nodes) => nodes.map((node) => node.dataset.bed.replace("icu.", "")));

async function ordered(page, count) {
  equal(await order(page), bedNames(count), "the beds stand in their order");
  await page.selectOption('select[name="order"]', "urgent");
  const urgent = await until("the most urgent first", async () => {
    const now = await order(page);
    return now[0] === "bed04" ? now : undefined;
  });
  equal([...urgent].sort(), bedNames(count), "no bed is lost by ordering");
  equal(urgent.slice(0, 3), ["bed04", "bed01", "bed10"], "by what nobody has");
  equal(urgent[3], "bed03", "then what is wrong with a device");
  equal(urgent.at(-1), "bed12", "the empty bed last");
  await page.reload();
  await feedIs(page, "live");
  await until("the order outlives a reload", async () => (await order(page))[0] === "bed04");
  await page.selectOption('select[name="order"]', "bed");
}

async function keyboard(page) {
  await page.locator(`${tile("bed01")} button`).focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft"]) await page.keyboard.press(key);
  const focused = () => page.evaluate(() => document.activeElement?.closest("article")?.dataset.bed);
  equal(await focused(), "icu.bed02", "arrows go from bed to bed");
  await page.keyboard.press("ArrowDown");
  check((await focused()) !== "icu.bed02", "and from row to row");
  await page.keyboard.press("Enter");
  await page.locator("[data-patient]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("[data-patient]").waitFor({ state: "detached" });
  // Everything that can be operated is reached by Tab, and seen where it is.
  const wanted = await page.evaluate(() => [...document.querySelectorAll("a[href], button, input, select, summary")].filter((node) => node.getClientRects().length > 0 && !node.closest("details:not([open]) > :not(summary)")).length);
  await page.evaluate(() => document.activeElement.blur());
  const reached = new Set();
  for (let step = 0; step < wanted + 10; step++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const node = document.activeElement;
      node.dataset.reached ??= String(document.querySelectorAll("[data-reached]").length);
      const style = getComputedStyle(node);
      return node === document.body ? undefined : { id: node.dataset.reached, seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, operated: node.matches("a[href], button, input, select, summary") };
    });
    if (at === undefined) continue;
    check(at.seen, "the focus is seen");
    if (at.operated) reached.add(at.id);
  }
  equal(reached.size, wanted, "what Tab reaches");
}

const paintGoal = 1_000; // on two cores that do nothing else
const margin = 5; // a busy machine is no failure

/** From asking for the page to every bed of it drawn with its score, nothing cached. */
async function firstPaint(browser, url, count) {
  const page = await open(browser, "about:blank");
  await page.addInitScript((wanted) => {
    const look = () => {
      if (document.querySelectorAll("article .number, article .nobody").length < wanted) return void requestAnimationFrame(look);
      requestAnimationFrame(() => (window.drawn = performance.now()));
    };
    requestAnimationFrame(look);
  }, count);
  await page.goto(url);
  const drawn = await until("every bed is drawn", () => page.evaluate(() => window.drawn));
  const painted = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  console.log(`${count} beds: first words after ${Math.round(painted)} ms, every bed with its score after ${Math.round(drawn)} ms (goal ${paintGoal})`);
  check(drawn <= paintGoal * margin, `every bed within ${paintGoal * margin} ms`);
  await page.context().close();
}

run(async (directory) => {
  const browser = await launch();
  for (const count of sizes) {
    const place = join(directory, String(count));
    mkdirSync(place);
    const { url, say, gateway, fake } = await startFake(place, count);
    const page = await open(browser, url);
    await feedIs(page, "live");
    if (count === 60) await firstPaint(browser, url, count);
    if (count === 12) {
      await ordered(page, count);
      await keyboard(page);
    }
    for (const screen of Object.keys(screens)) await fits(page, count, screen);
    await crowd(say, count);
    await until("all alerts are told", async () => (await page.locator(`${tile("bed06")} .technical`).count()) === 1);
    for (const screen of Object.keys(screens)) await fits(page, count, screen);
    await accessible(page, `${count} crowded beds on the tablet`);
    equal(page.complaints, [], "the browser complained of nothing");
    await page.context().close();
    for (const { child } of [gateway, fake]) child.kill("SIGKILL");
  }
  await browser.close();
});
