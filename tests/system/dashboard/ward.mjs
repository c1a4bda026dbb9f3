// The whole chain for the tests of the page: vigil-identity, vigild, an HL7 adapter, vigil-gateway, and what comes over MLLP.
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { bedNames, bin, check, root, start, startGateway, until } from "./browser.mjs";

const config = (directory) => `site = "demo"
unit = "icu"
mode = "simulated"
clock = "driven"
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
alerts = "${root}/config/alerts"
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

export class Ward {
  constructor(directory) {
    this.directory = directory;
  }

  async start(beds) {
    const { directory } = this;
    const put = (name, text) => (writeFileSync(join(directory, name), text), join(directory, name));
    await (await start(join(bin, "vigil"), ["keygen", "--site-key", join(directory, "site.key")])).ended;
    this.config = put("vigil.toml", config(directory));
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

  /** One HL7 message; answered when it is committed. */
  send(...segments) {
    const [host, port] = this.mllp.replace("mllp://", "").split(":");
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), host, () => socket.write(`\x0b${segments.join("\r")}\r\x1c\r`));
      let answer = "";
      socket.on("data", (data) => {
        answer += data;
        if (!answer.endsWith("\x1c\r")) return;
        socket.end();
        if (/\rMSA\|[AC]A\|/.test(answer)) resolve(answer);
        else reject(new Error(answer));
      });
      socket.on("error", reject);
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
