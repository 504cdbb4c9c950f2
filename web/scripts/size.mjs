// Fails when what the first view loads is larger than the budget: script and style named by index.html, with what they import at once.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const budget = 150 * 1000;
const html = readFileSync("dist/index.html", "utf8");
const names = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((m) => m[1]));
let total = 0;
for (const name of names) {
  const body = readFileSync(`dist/${name}`);
  const size = gzipSync(body, { level: 9 }).length;
  total += size;
  process.stdout.write(`${(size / 1000).toFixed(1).padStart(7)} kB gz  ${name}\n`);
  if (!name.endsWith(".js")) continue;
  for (const m of body.toString().matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) names.add(`assets/${m[1]}`);
}
process.stdout.write(`${(total / 1000).toFixed(1).padStart(7)} kB gz  of ${budget / 1000}\n`);
if (total > budget) process.exit(1);
