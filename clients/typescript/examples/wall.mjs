#!/usr/bin/env node
// Every alert that stands, the most urgent first, redrawn when something changes. wall.mjs [GATEWAY]
import { Client, Priority, SignalState, State } from "../dist/index.js";

const state = new State();
let lost = "";
for await (const event of new Client(process.argv[2] ?? "http://127.0.0.1:8080")) {
  state.apply(event);
  if (event.kind === "lost") lost = event.why;
  else if (event.kind === "back") lost = "";
  else if (event.kind === "missed") console.log(`some revisions of alerts are not told (${event.why}); this is the present state`);
  else if (event.kind === "update" && event.what !== "alert") continue;
  console.log(lost === "" ? "---" : `--- FEED LOST, do not trust what stands here: ${lost}`);
  for (const { priority, unit, bed, signal, reason } of state.alerts())
    console.log(`${Priority[priority].padEnd(12)} ${unit}/${bed.padEnd(8)} ${SignalState[signal].padEnd(12)} ${reason}`);
}
