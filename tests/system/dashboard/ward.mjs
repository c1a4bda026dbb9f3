// The whole chain for the tests of the page: vigil-identity, vigild, an HL7 adapter, vigil-gateway, and what comes over MLLP.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { bedNames, bin, check, root, start, startGateway, until } from "./browser.mjs";

const config = (directory, clock) => `site = "demo"
unit = "icu"
mode = "simulated"
clock = "${clock}"
[endpoints]
ingest = "ipc://${directory}/ingest"
command = "ipc://${directory}/command"
query = "ipc://${directory}/query"
feed = "ipc://${directory}/feed"
[journal]
directory = "${directory}/journal"
[definitions]
vocabulary = "${root}/config/vocabulary.tsv"
conversions = "${root}/config/conversions.tsv"
scores = "${root}/config/scores"
alerts = "${directory}/alerts"
maps = "${root}/config/maps"
${readFileSync(join(root, "config", "vigil.toml"), "utf8").match(/^\[\[score\]\][^]*?\n\n/gm).join("")}
[[source]]
name = "ward"
silent_after = "10min"
`;
const adapter = (directory) => `source = "ward"
kind = "hl7"
listen = "127.0.0.1:0"
ingest = "ipc://${directory}/ingest"
identity = "ipc://${directory}/identity"
site_key_file = "${directory}/site.key"
vocabulary = "${root}/config/vocabulary.tsv"
simulated = true
clock = "message"
zone = "UTC"
[hl7]
bed_labels = "unit"
`;

async function address(program) {
  for (;;) {
    const line = await program.line();
    check(line !== undefined, "the program says where it listens");
    const found = /listening (\S+)/.exec(line);
    if (found) return found[1];
  }
}

const stamp = (ms) => `${new Date(ms).toISOString().replace(/[-:T]/g, "").slice(0, 14)}+0000`;
let serial = 0;
const head = (at, kind, application) => `MSH|^~\\&|${application}|HOSP|VIGIL|ICU|${stamp(at)}||${kind}|T${++serial}|T|2.5`;
const visitOf = (number, bed) => `PV1|1|I|ICU^R1^${bed.toUpperCase()}||||||||||||||||TV-${number}^^^VIGILSIM^VN`;

/** What HL7 says of one patient: where, and a result of the laboratory. */
export function patient(family, given, number = 1) {
  const person = `PID|1||T-${number}^^^VIGILSIM^MR||${family}^${given}^^^^^L||19580101|F`;
  const visit = (bed) => visitOf(number, bed);
  return {
    move: (trigger, at, bed) => [head(at, `ADT^${trigger}`, "ADT"), `EVN|${trigger}|${stamp(at)}||||${stamp(at)}`, person, `${visit(bed)}|||||||||||||||||||||||||${stamp(at)}`],
    result: (at, bed, code, value, unit) => [
      head(at, "ORU^R01", "LAB"), person, visit(bed), `OBR|1||order${serial}|PANEL|||${stamp(at)}`, `OBX|1|NM|${code}^^LN||${value}|${unit}|||||F|||${stamp(at)}`,
    ],
  };
}

export class Ward {
  /** `clock`: "driven" by what is sent, or "real". */
  constructor(directory, clock = "driven") {
    this.directory = directory;
    this.clock = clock;
  }

  async start(beds) {
    const { directory } = this;
    const put = (name, text) => (writeFileSync(join(directory, name), text), join(directory, name));
    // The rules as delivered, without the card of an admission: it speaks for what a test begins with.
    cpSync(join(root, "config", "alerts"), join(directory, "alerts"), { recursive: true });
    const card = readFileSync(join(directory, "alerts", "admission.toml"), "utf8");
    put(join("alerts", "admission.toml"), card.replace('rule = "admission"', 'rule = "admission"\nenabled = false'));
    await (await start(join(bin, "vigil"), ["keygen", "--site-key", join(directory, "site.key")])).ended;
    this.config = put("vigil.toml", config(directory, this.clock));
    await start(join(bin, "vigil-identity"), ["--config", put("identity.toml", `[identity]\nendpoint = "ipc://${directory}/identity"\ndatabase = "${directory}/identity.db"\n`)], { quiet: true });
    await this.startDaemon();
    this.mllp = await address(await start(join(bin, "vigil-adapter"), ["--config", put("adapter.toml", adapter(directory))], { quiet: true }));
    this.beds = bedNames(beds);
    await this.startGateway("127.0.0.1:0");
  }

  async startDaemon() {
    this.daemon = await start(join(bin, "vigild"), ["--config", this.config], { quiet: true });
  }

  async startGateway(listen = this.url.replace("http://", "")) {
    this.gateway = await startGateway(this.directory, this.beds, listen);
    this.url = this.gateway.url;
  }

  async simulate(...words) {
    const simulator = await start(join(bin, "vigil-sim"), ["--to", `mllp://${this.mllp.replace("mllp://", "")}`, ...words], { quiet: true });
    return simulator.ended;
  }

  /** One HL7 message; answered when it is committed. Over before the next: an adapter allows one address so many connections. */
  send(...segments) {
    const [host, port] = this.mllp.replace("mllp://", "").split(":");
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), host, () => socket.write(`\x0b${segments.join("\r")}\r\x1c\r`));
      let answer = "";
      socket.on("data", (data) => {
        answer += data;
        if (answer.endsWith("\x1c\r")) socket.end();
      });
      socket.on("error", reject);
      socket.on("close", () => {
        if (/\rMSA\|[AC]A\|/.test(answer)) resolve(answer);
        else reject(new Error(answer || "the adapter closed the connection without an answer"));
      });
    });
  }

  async said(...words) {
    const command = await start(join(bin, "vigil"), words, { env: { VIGIL_CONFIG: this.config, VIGIL_USER: "test", VIGIL_SITE_KEY: join(this.directory, "site.key") } });
    check((await command.ended) === 0, `vigil ${words.join(" ")}`);
  }

  async json(path) {
    return (await fetch(this.url + path)).json();
  }

  /** The first alert that is like this, as the gateway has it. */
  alert(what, like) {
    return until(what, async () => (await this.json("/api/v1/alerts").catch(() => ({}))).alerts?.find(like));
  }
}
