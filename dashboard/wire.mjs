// Generates the message types of the page from the same .proto files the daemon is built from.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const proto = join(here, "..", "proto");
const daemon = join(here, "..", "daemon");
const out = join(here, "src", "wire");
const files = readdirSync(join(proto, "vigil", "v1")).filter((name) => name.endsWith(".proto"));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync(
  "protoc",
  [
    `--plugin=protoc-gen-es=${join(here, "node_modules", ".bin", "protoc-gen-es")}`,
    `--es_out=${out}`,
    "--es_opt=target=ts,import_extension=ts",
    `-I${proto}`,
    `-I${daemon}`,
    ...files.map((name) => join(proto, "vigil", "v1", name)),
    join(daemon, "gateway", "page.proto"),
  ],
  { stdio: "inherit" },
);
