// The budget of the page: everything it loads, as a browser on a slow ward network gets it, and how much it rests on.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = process.env.VIGIL_ROOT ?? join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const dashboard = join(root, "dashboard");
const budget = 90_000;

if (!existsSync(join(dashboard, "dist", "index.html"))) {
  console.log("skipped: the build of the page is not there");
  process.exit(77);
}

const complaints = [];
let total = 0;
for (const entry of readdirSync(join(dashboard, "dist"), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const bytes = gzipSync(readFileSync(path), { level: 9 }).length;
  total += bytes;
  console.log(`${String(bytes).padStart(7)} ${entry.name}`);
  if (![".html", ".js", ".css", ".svg", ".webmanifest"].includes(extname(entry.name))) complaints.push(`${entry.name}: not a file of a page`);
}
console.log(`${String(total).padStart(7)} bytes gzip in all, budget ${budget}`);
if (total > budget) complaints.push(`${total} bytes, more than ${budget}`);
if (total < 10_000) complaints.push(`${total} bytes: this is not the page`);

const { dependencies, devDependencies } = JSON.parse(readFileSync(join(dashboard, "package.json"), "utf8"));
for (const [name, list, most] of [["runtime", dependencies, 2], ["development", devDependencies, 12]]) {
  const count = Object.keys(list).length;
  console.log(`${count} ${name} dependencies, at most ${most}`);
  if (count === 0 || count > most) complaints.push(`${count} ${name} dependencies`);
  for (const [dependency, version] of Object.entries(list)) if (!/^\d/.test(version)) complaints.push(`${dependency} ${version}: not one version`);
}
for (const complaint of complaints) console.error(complaint);
process.exit(complaints.length === 0 ? 0 : 1);
