// Signing in by the page: a real browser, a real gateway with TLS and accounts, and a vigild that says what it is told to.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { accessible, bedNames, bin, check, equal, launch, open, run, start, startGateway, tile, until } from "./browser.mjs";

const secret = "a long enough secret";
const name = "Name bed02, Anna"; // of the false vigil-identity

function account(directory, ...words) {
  execFileSync(join(bin, "vigil-gateway"), ["--config", join(directory, "gateway.toml"), "accounts", ...words], { input: `${secret}\n`, stdio: ["pipe", "ignore", "inherit"] });
}

async function startWithAccounts(directory) {
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
    "-keyout", join(directory, "key.pem"), "-out", join(directory, "cert.pem")], { stdio: "ignore" });
  const keys = { accounts: "accounts.tsv", audit: "audit.tsv", tls_certificate: "cert.pem", tls_key: "key.pem" };
  const more = Object.entries(keys).map(([key, file]) => `${key} = "${join(directory, file)}"\n`).join("");
  // The configuration is written with the gateway's first start, which ends: it has nobody to let in.
  const early = await startGateway(directory, bedNames(12), "127.0.0.1:0", "icu", more).catch(() => undefined);
  if (early !== undefined) await early.ended;
  for (const [user, role] of [["wall", "observer"], ["nora", "clinician"], ["root", "admin"]]) account(directory, "add", user, "--role", role);
  const gateway = await start(join(bin, "vigil-gateway"), ["--config", join(directory, "gateway.toml")]);
  return (await gateway.line()).replace("listening ", "");
}

async function signIn(page, user, password = secret) {
  await page.fill('input[name="login"]', user);
  await page.fill('input[name="password"]', password);
  await page.keyboard.press("Enter");
}

const asked = (page) => page.locator('input[name="login"]').waitFor();
const label = (page) => page.locator(`${tile("bed02")} .who`).innerText();

async function nobodyIn(page) {
  await asked(page);
  equal(await page.locator("article").count(), 0, "nothing of the ward before signing in");
  check(await page.getByText("bedside monitor remains the alarm source").isVisible(), "decision support is said here too");
  for (const theme of ["night", "day"]) {
    await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
    await accessible(page, `the sign-in by ${theme}`);
  }
  await signIn(page, "nora", "not the secret");
  await until("a wrong password is told", async () => (await page.locator("[data-answer]").innerText()).startsWith("Refused"));
  equal(await page.locator('input[name="password"]').inputValue(), "", "and forgotten");
}

async function observer(page) {
  await signIn(page, "wall");
  await page.locator(tile("bed02")).waitFor();
  equal(await page.locator("article").count(), 12, "the wall");
  equal(await page.locator("[data-user]").innerText(), "wall · observer", "under the role's name");
  equal(await page.locator('input[name="user"]').count(), 0, "no user name is typed");
  check(!(await page.content()).includes("Name bed"), "without names");
  const row = page.locator('li[data-alert="bed04-sofa_rise"]');
  await row.waitFor();
  equal(await row.locator(".ack").count(), 0, "an observer is not offered what he may not do");
  const said = await page.evaluate(async () => {
    const { csrf } = await (await fetch("/api/v1/session")).json();
    const headers = { "Content-Type": "application/json", "X-Vigil-Request": "1", "X-Vigil-Csrf": csrf };
    const response = await fetch("/api/v1/alerts/bed04-sofa_rise/ack", { method: "POST", headers, body: '{"revision":"1"}' });
    return [response.status, await response.text()];
  });
  check(said[0] === 403 && said[1].includes("does not include acknowledge"), `and is refused it: ${said}`);
  await page.locator('button[name="glass"]').click();
  await page.fill('input[name="reason"]', "resuscitation at bed 2");
  await page.keyboard.press("Enter");
  await page.locator("[data-glass]").waitFor();
  check((await page.locator("[data-glass]").innerText()).includes("resuscitation at bed 2"), "the emergency is on the screen");
  await until("with the names", async () => (await label(page)).includes(name));
  await accessible(page, "the wall with the glass broken");
  await page.getByRole("button", { name: "End it" }).click();
  await until("which go again", async () => !(await page.content()).includes("Name bed"));
  await page.locator('button[name="sign-out"]').click();
  await asked(page);
}

async function clinician(page, directory) {
  await signIn(page, "nora");
  await until("names for a clinician", async () => (await page.locator(tile("bed02")).count()) === 1 && (await label(page)).includes(name));
  const row = page.locator('li[data-alert="bed04-sofa_rise"]');
  await row.locator(".ack").click();
  await until("acknowledged under her name", async () => (await row.locator("[data-holder]").innerText()).startsWith("Acknowledged by nora"));
  await page.reload({ waitUntil: "domcontentloaded" });
  await until("a reload keeps her in", async () => (await page.locator(tile("bed02")).count()) === 1);
  account(directory, "password", "nora");
  await asked(page); // by itself, when the session has ended
  check(!(await page.content()).includes("Name bed"), "and nothing of the ward is left");
}

run(async (directory) => {
  const fake = await start("/usr/bin/python3", [join(import.meta.dirname, "fake_vigild.py"), directory, "--beds", "11"]);
  equal(await fake.line(), "ready", "the false vigild starts");
  const url = await startWithAccounts(directory);
  check(url.startsWith("https://"), `by TLS: ${url}`);
  const browser = await launch();
  const page = await open(browser, url, { settings: { ignoreHTTPSErrors: true } });
  await nobodyIn(page);
  await observer(page);
  await clinician(page, directory);
  await signIn(page, "root");
  await until("who administers sees no ward", async () => (await page.getByText("does not include the ward").count()) === 1);
  equal(page.complaints.filter((said) => !/status of 40[13]/.test(said)), [], "the browser complains of refusals only");
  equal(page.foreign, [], "and asks nobody else");
  await browser.close();
});
