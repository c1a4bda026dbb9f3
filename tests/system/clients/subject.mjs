// A user of the TypeScript client, as subject.py is one of the Python client:
//   subject.mjs GATEWAY [--queue N] [--deaf]        SIGUSR1: the user stays away for three seconds; SIGUSR2: compares what it knows with the gateway's own words
import { writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const library = join(process.env.VIGIL_ROOT, "clients", "typescript", "dist");
const load = (name) => import(pathToFileURL(join(library, name)));
const { Client, State, readWall } = await load("index.js");
const { Follow } = await load("follow.js");
const { Told } = await load("told.js");
const { Session } = await load("session.js");

/** Goes on after a gap as if there were none: the harness must find it out. */
class DeafFollow extends Follow {
  frame(isState, version) {
    const heard = super.frame(isState, version);
    if (heard === "hole") this.version = version;
    return heard === "hole" ? "news" : heard;
  }
}
class DeafTold extends Told {
  message(alert) {
    super.message(alert);
    return "news";
  }
  replayed() {
    return [];
  }
}
class DeafClient extends Client {
  newSession(...rest) {
    const session = new Session(...rest);
    session.follow = new DeafFollow();
    session.told = new DeafTold();
    return session;
  }
}

const [gateway, ...options] = process.argv.slice(2);
const at = options.indexOf("--queue");
const queue = at === -1 ? 20_000 : Number(options[at + 1]);
const client = new (options.includes("--deaf") ? DeafClient : Client)(gateway, { queue });
const state = new State();

let lines = "";
function say(line, now) {
  if (line !== "") lines += `${line}\n`;
  if (!now && lines.length < 60_000) return;
  writeSync(1, lines);
  lines = "";
}
const monotonic = () => (Number(process.hrtime.bigint()) / 1e9).toFixed(3);

/** What of a bed changes by updates, as text. */
function shape({ unit, bed, encounter, scores, status, support, lastDataMs }) {
  return JSON.stringify([unit, bed, encounter, scores, status, support, lastDataMs], (_, value) => (typeof value === "bigint" ? String(value) : value));
}

async function compare() {
  const wall = readWall(await (await fetch(`${gateway}/api/v1/beds`)).text());
  const mine = new Map(state.alerts().map((alert) => [alert.id, alert.revision]));
  const wrong = wall.alerts.filter((alert) => mine.get(alert.id) !== alert.revision).map((alert) => `${alert.id} is ${alert.revision} not ${mine.get(alert.id)}`);
  if (mine.size !== wall.alerts.length) wrong.push(`${mine.size} alerts not ${wall.alerts.length}`);
  const beds = new Set(state.beds().map(shape));
  wrong.push(...wall.beds.filter((bed) => !beds.has(shape(bed))).map((bed) => `bed ${bed.bed}`));
  say(`W ${wrong.length === 0 ? "same" : wrong.slice(0, 3).join("; ")}`, true);
}

let away = false;
process.on("SIGUSR1", () => (away = true));
process.on("SIGUSR2", () => void compare().catch((error) => say(`W ${error.message}`, true)));
for (;;) {
  const event = await client.next(0.1);
  if (event !== undefined) state.apply(event);
  if (event === undefined) say("", true);
  switch (event?.kind) {
    case "update":
      if (event.what === "alert") say(`A ${event.alert.id} ${event.alert.revision} ${Number(event.replayed)}`);
      break;
    case "resynchronised":
      say(`S ${event.reason.replaceAll(" ", "_")} ${event.epoch} ${event.seq}`, true);
      break;
    case "missed":
      say(`X ${event.after} ${event.to} ${event.why}`, true);
      break;
    case "lost":
      say(`L ${monotonic()} ${event.why}`, true);
      break;
    case "back":
      say(`B ${monotonic()}`, true);
      break;
  }
  if (away) {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    away = false;
  }
}
