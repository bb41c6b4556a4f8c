// Many modules in one process beside a bare Node driver, memory over their number, and what merging shards costs.
// Usage: node bench/many.mjs [number of modules]. Needs dist/.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { once, row } from "./measure.mjs";

const line = (name, { ms, mib }, ...more) => row(name, { ms, min: ms, mib }, ...more);

const root = fileURLToPath(new URL("..", import.meta.url));
const conform = [process.execPath, join(root, "dist/conform.cjs")];
const contract = ["--contract", join(root, "fixtures/contracts/tiny")];
const count = Number(process.argv[2] ?? 1000);
const width = String(availableParallelism() * 4);
const folder = mkdtempSync(join(tmpdir(), "conform-many-"));

/** Programs that keep the tiny contract. */
const programs = {
  shell: `#!/bin/sh\necho '{"hello":"world","mood":"bright"}'\ncat > /dev/null\n`,
  node: `#!/usr/bin/env node\nconsole.log('{"hello":"world","mood":"bright"}');\nprocess.stdin.on("end", () => {}).resume();\n`,
};

function modules(kind, number) {
  const parent = join(folder, `${kind}-${number}`);
  for (let i = 0; i < number; i++) {
    const module = join(parent, `m${i}`);
    mkdirSync(module, { recursive: true });
    writeFileSync(join(module, "tiny.json"), '{"name":"m","version":"1.0.0","licence":"MIT"}');
    writeFileSync(join(module, "module"), programs[kind], { mode: 0o755 });
  }
  return parent;
}

const all = (parent) => readdirSync(parent).map((name) => join(parent, name));
const judge = (parent, ...more) => [...conform, ...all(parent), ...contract, "--jobs", width, "--quiet", ...more];

for (const [kind, number] of [
  ["node", Math.max(1, Math.round(count / 4))],
  ["shell", count],
]) {
  const parent = modules(kind, number);
  const driver = [process.execPath, join(root, "bench/many-driver.mjs"), parent, width, join(folder, "bare.xml")];
  const reports = ["--reporter", "junit", "--out", join(folder, "out")];
  // Turn and turn about, the best of three: a machine that others use too slows both.
  const seen = { bare: [], conform: [] };
  for (let i = 0; i < 3; i++) {
    seen.bare.push(await once(driver));
    seen.conform.push(await once(judge(parent, ...reports)));
  }
  const best = (list) => list.reduce((a, b) => (a.ms < b.ms ? a : b));
  const [bare, ours] = [best(seen.bare), best(seen.conform)];
  line(`bare driver, ${number} ${kind} modules`, bare);
  // A shell module lives 2 ms; what it measures is conform's own work per module.
  line(`conform, ${number} ${kind} modules`, ours, ours.ms / bare.ms, kind === "node" ? 2 : undefined);
  console.log(`${"".padEnd(44)}${((number * 60_000) / ours.ms).toFixed(0).padStart(10)} modules per minute`);
}

const shell = join(folder, `shell-${count}`);
const few = await once(
  judge(modules("shell", Math.max(1, Math.round(count / 10))), "--reporter", "json", "--out", join(folder, "few")),
);
const many = await once(judge(shell, "--reporter", "json", "--out", join(folder, "all")));
line(`memory, ${Math.round(count / 10)} modules`, few);
line(`memory, ${count} modules`, many);

await once(judge(shell, "--shard", "1/1", "--reporter", "junit", "--out", join(folder, "shards/1")));
const [file] = readdirSync(join(folder, "shards/1")).filter((name) => name.endsWith(".ndjson"));
const bytes = statSync(join(folder, "shards/1", file)).size;
const merge = (from) => [...conform, "merge", from, "--reporter", "junit", "--out", join(folder, "merged"), "--quiet"];
line(
  `merge, ${count} modules in 1 file, ${(bytes / 2 ** 20).toFixed(1)} MiB`,
  await once(merge(join(folder, "shards"))),
);
cpSync(join(folder, "shards"), join(folder, "parts"), { recursive: true });
rmSync(join(folder, "parts/1"), { recursive: true });
for (let part = 1; part <= 4; part++)
  await once(judge(shell, "--shard", `${part}/4`, "--reporter", "junit", "--out", join(folder, "parts", String(part))));
line(`merge, ${count} modules in 4 files`, await once(merge(join(folder, "parts"))));
rmSync(folder, { recursive: true, force: true });
