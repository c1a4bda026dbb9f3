// node-hl7-client as a sender: one message at a time from a JSON list of strings; prints the MSA code of each reply.
// send_node.mjs PORT FILE.json
import { readFileSync } from "node:fs";
import { Client, Message } from "node-hl7-client";

const [port, file] = [Number(process.argv[2]), process.argv[3]];
const messages = JSON.parse(readFileSync(file, "utf8"));
const client = new Client({ host: "127.0.0.1" });
let answered;
const outbound = client.createConnection({ port }, async (response) => {
  answered(response.getMessage().get("MSA.1").toString());
});
for (const text of messages) {
  const reply = new Promise((resolve) => { answered = resolve; });
  await outbound.sendMessage(new Message({ text }));
  console.log(await reply);
}
await outbound.close();
process.exit(0);
