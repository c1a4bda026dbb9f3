// For every eye and every hour: both themes on every view, four kinds of colour vision, motion that is not wanted, and figures
// that stand under each other. What colour says is always said by a mark, a word or a shape, too.
import { accessible, check, equal, feedIs, launch, open, organ, run, screens, startFake, tile, until } from "./browser.mjs";

const deficiencies = ["none", "deuteranopia", "protanopia", "tritanopia", "achromatopsia"];

/** Parts of the page as somebody sees it: of each, its darkest against its lightest, by relative luminance. */
async function contrastsOf(eye, page, parts) {
  const boxes = [];
  for (const part of parts) {
    const box = await part.boundingBox();
    check(box !== null && box.width >= 1 && box.height >= 1 && box.x >= 0 && box.y >= 0 && box.x + box.width <= screens.wall.width && box.y + box.height <= screens.wall.height, `${part} is on the screen`);
    boxes.push(box);
  }
  const picture = (await page.screenshot({ animations: "disabled" })).toString("base64");
  return eye.evaluate(async ({ picture, boxes }) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
    canvas.drawImage(image, 0, 0);
    const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return boxes.map(({ x, y, width, height }) => {
      const { data: pixels } = canvas.getImageData(Math.floor(x), Math.floor(y), Math.ceil(width), Math.ceil(height));
      let dark = 1;
      let light = 0;
      for (let at = 0; at < pixels.length; at += 4) {
        const luminance = 0.2126 * linear(pixels[at]) + 0.7152 * linear(pixels[at + 1]) + 0.0722 * linear(pixels[at + 2]);
        dark = Math.min(dark, luminance);
        light = Math.max(light, luminance);
      }
      return (light + 0.05) / (dark + 0.05);
    });
  }, { picture, boxes });
}

async function everyView(page, theme) {
  await page.selectOption('select[name="theme"]', theme);
  equal(await page.evaluate(() => document.documentElement.dataset.theme), theme, "the theme is the chosen one");
  await accessible(page, `the ward by ${theme}`);
  await page.locator(`${tile("bed04")} button`).click();
  await until("the bed is loaded", async () => (await page.locator("[data-patient] details").count()) > 5);
  await page.locator("[data-patient] details summary").first().click();
  await accessible(page, `a bed by ${theme}`);
  await page.keyboard.press("Escape");
  await page.locator("[data-patient]").waitFor({ state: "detached" });
  await page.locator('nav a[href="#alerts"]').click();
  await page.locator(".rows li").first().waitFor();
  await accessible(page, `the alerts by ${theme}`);
  await page.getByRole("button", { name: "History" }).click();
  await page.getByText("No alert has ended yet").waitFor();
  await accessible(page, `the history by ${theme}`);
  await page.locator('nav a[href="#ward"]').click();
  await page.locator(tile("bed04")).waitFor();
}

/** What must be told apart, and by what besides colour. */
async function saidWithoutColour(page) {
  const badges = { bed04: "*** High", bed01: "** Medium" };
  for (const [bed, words] of Object.entries(badges)) equal(await page.locator(`${tile(bed)} .alarm [aria-hidden]`).innerText(), words, `${bed}: priority in marks and words`);
  const width = (bed) => page.locator(tile(bed)).evaluate((node) => parseFloat(getComputedStyle(node).borderTopWidth));
  check((await width("bed04")) > (await width("bed06")), "an alarm has a wider border");
  const style = (bed) => page.locator(tile(bed)).evaluate((node) => getComputedStyle(node).borderTopStyle);
  equal([await style("bed03"), await style("bed06"), await style("bed12")], ["dashed", "solid", "dotted"], "stale, current and empty differ in their border");
  check((await page.locator(`${tile("bed03")} [data-stale]`).innerText()).startsWith("STALE"), "and in words");
  equal(await page.locator(`${organ("bed02", "liver")} .digit`).innerText(), "?", "not measured is a question mark");
  check(/^[▲▼±]/.test(await page.locator(`${tile("bed01")} .change`).innerText()), "up and down have a sign");
  equal(await page.locator("header .feed").innerText(), "Feed live", "the feed has its word");
}

async function forEveryEye(page, eye, theme) {
  await saidWithoutColour(page);
  const parts = [
    [page.locator(`${tile("bed04")} .alarm`), 4.5], [page.locator(`${tile("bed01")} .alarm`), 4.5], [page.locator(`${tile("bed03")} .technical`), 4.5],
    [page.locator('.alerts .alarm[data-priority="2"]').first(), 4.5], [page.locator(`${organ("bed04", "resp")} .bar`), 3], [page.locator(`${organ("bed02", "liver")} .bar`), 3],
    [page.locator(`${tile("bed04")} .number`), 4.5], [page.locator(`${tile("bed03")} [data-stale]`), 4.5], [page.locator(`${tile("bed04")} .spark`), 3],
  ];
  const tools = await page.context().newCDPSession(page);
  for (const type of deficiencies) {
    await tools.send("Emulation.setEmulatedVisionDeficiency", { type });
    const contrasts = await contrastsOf(eye, page, parts.map(([part]) => part));
    for (const [index, [part, least]] of parts.entries()) check(contrasts[index] >= least, `${theme}, ${type}: ${part} has a contrast of ${contrasts[index].toFixed(2)}, not ${least}`);
  }
  await tools.send("Emulation.setEmulatedVisionDeficiency", { type: "none" });
}

async function byTheClock(browser, url) {
  const page = await open(browser, url, { theme: "" });
  for (const [hour, theme] of [[6, "night"], [7, "day"], [19, "day"], [20, "night"]]) {
    await page.clock.setFixedTime(new Date(2026, 0, 5, hour, 0, 0));
    await page.reload();
    await until(`at ${hour} h it is ${theme}`, async () => (await page.evaluate(() => document.documentElement.dataset.theme)) === theme);
  }
  await page.context().close();
}

/** When the border of a tile took another colour, in milliseconds, over three seconds. In the page. */
function changesOf(bed) {
  return new Promise((resolve) => {
    const node = document.querySelector(`article[data-bed="icu.${bed}"]`);
    const changes = [];
    let last = getComputedStyle(node).borderTopColor;
    const began = performance.now();
    const look = () => {
      const now = getComputedStyle(node).borderTopColor;
      if (now !== last) changes.push(performance.now() - began);
      last = now;
      if (performance.now() - began > 3000) resolve(changes);
      else requestAnimationFrame(look);
    };
    look();
  });
}

async function still(browser, url) {
  const page = await open(browser, url);
  await page.locator(`${tile("bed04")} .alarm`).waitFor();
  const changes = await page.evaluate(changesOf, "bed04");
  check(changes.length >= 2, "what nobody has at the highest priority flashes");
  check(changes.length <= 18, `at most three times a second, not ${changes.length} changes in three`);
  equal(await page.evaluate(changesOf, "bed01"), [], "and nothing else does");
  equal(await page.evaluate(() => document.getAnimations().length), 0, "without an animation that never ends");
  await page.context().close();
  const calm = await open(browser, url, { settings: { reducedMotion: "reduce" } });
  await calm.locator(`${tile("bed04")} .alarm`).waitFor();
  equal(await calm.evaluate(changesOf, "bed04"), [], "nothing moves for who does not want it");
  await calm.context().close();
}

async function figuresStandUnderEachOther(page) {
  const widths = await page.evaluate(() => {
    const ruler = document.createElement("span");
    document.querySelector(".number").append(ruler);
    const all = [..."0123456789"].map((digit) => {
      ruler.textContent = digit.repeat(10);
      return ruler.getBoundingClientRect().width;
    });
    ruler.remove();
    return new Set(all.map((width) => width.toFixed(1))).size;
  });
  equal(widths, 1, "all figures are equally wide");
  check((await page.locator(".number").first().evaluate((node) => getComputedStyle(node).fontVariantNumeric)).includes("tabular-nums"), "by the page's own wish");
}

async function heard(page, say) {
  await say("alert bed06 sofa_rise");
  await until("a high alert is told at once to who hears the page", async () => (await page.locator('[data-told="high"]').textContent()).includes("High alert at bed06"));
  await say("technical bed07 probe");
  await until("another in its turn", async () => (await page.locator('[data-told="other"]').textContent()).includes("Medium alert at bed07"));
  const sound = page.locator('button[name="sound"]');
  equal([await sound.innerText(), await sound.getAttribute("aria-pressed")], ["Sound off", "false"], "no sound unless asked for");
  await sound.click();
  await until("asked for, it says whether it can", async () => /^Sound (on|blocked)/.test(await sound.innerText()));
  await sound.click();
  await until("and off again", async () => (await sound.innerText()) === "Sound off");
}

run(async (directory) => {
  const { url, say } = await startFake(directory);
  const browser = await launch();
  const eye = await (await browser.newContext()).newPage();
  const page = await open(browser, url);
  await feedIs(page, "live");
  await until("history is there", async () => (await page.locator(`${tile("bed04")} .spark .line`).getAttribute("d")).length > 100);
  for (const theme of ["day", "night"]) {
    await everyView(page, theme);
    await forEveryEye(page, eye, theme);
  }
  await page.reload();
  await until("a choice outlives a reload", async () => (await page.evaluate(() => document.documentElement.dataset.theme)) === "night");
  await feedIs(page, "live");
  await figuresStandUnderEachOther(page);
  await byTheClock(browser, url);
  await still(browser, url);
  await heard(page, say);
  equal(page.complaints, [], "the browser complained of nothing");
  await browser.close();
});
