// The bare Node driver that `many.mjs` measures against: starts every module, waits for its greeting, closes its input, waits for its end.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, width, out] = process.argv.slice(2);
const names = readdirSync(folder);
const queue = [...names];
let passed = 0;

async function one(name) {
  const facts = JSON.parse(readFileSync(join(folder, name, "tiny.json"), "utf8"));
  const child = spawn(join(folder, name, "module"), { stdio: ["pipe", "pipe", "pipe"], detached: true });
  let text = "";
  await new Promise((resolve) => {
    child.stdout.on("data", (data) => {
      text += data;
      if (text.includes("\n")) resolve();
    });
    child.on("close", resolve);
  });
  const greeting = JSON.parse(text.split("\n")[0] || "{}");
  child.stdin.end();
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (facts.name && greeting.hello === "world" && code === 0) passed++;
}

async function worker() {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) await one(name);
}
await Promise.all(Array.from({ length: Number(width) }, worker));
writeFileSync(out, `<testsuites tests="${names.length}" failures="${names.length - passed}"/>\n`);
if (passed !== names.length) throw new Error(`${passed} of ${names.length} passed`);
