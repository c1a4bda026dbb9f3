// @medplum/hl7 as a sender: one message at a time from a JSON list of strings; prints the MSA code of each reply.
// send_medplum.mjs PORT FILE.json
import { readFileSync } from "node:fs";
import { Hl7Message } from "@medplum/core";
import { Hl7Client } from "@medplum/hl7";

const [port, file] = [Number(process.argv[2]), process.argv[3]];
const client = new Hl7Client({ host: "127.0.0.1", port });
for (const text of JSON.parse(readFileSync(file, "utf8"))) {
  const reply = await client.sendAndWait(Hl7Message.parse(text));
  console.log(reply.getSegment("MSA").getField(1).toString());
}
await client.close();
process.exit(0);
