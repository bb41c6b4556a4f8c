// What a merged run of thousands of modules costs: 140 requirements each, beside JSON.parse of the same lines in the same run; growth from 100 modules on.
// Usage: node bench/fleet.mjs [largest number of modules]. Needs dist/.

import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { once, row } from "./measure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const conform = [process.execPath, join(root, "dist/conform.cjs")];
const most = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), "conform-fleet-bench-"));
const shards = 8;
const requirements = 140;

/** A record as conform writes it of a module that keeps the largest shipped contract: its requirements in their own words, its scenarios and steps. */
function sample() {
  const heads = JSON.parse(readFileSync(join(root, "dist/contracts/index.json"), "utf8"));
  const contracts = heads.map(({ file }) => JSON.parse(readFileSync(join(root, "dist/contracts", file), "utf8")));
  const [contract] = contracts.sort((a, b) => b.requirements.length - a.requirements.length);
  const results = contract.requirements
    .slice(0, requirements)
    .map(({ id, area, level, text, sources, why, hint, on }, i) => ({
      ...{ id, area, level, text, sources: sources.map(({ document, section }) => `${document}, ${section}`) },
      ...{ outcome: { kind: "pass", events: [i + 1] }, binding: level === "MUST" },
      ...(why === undefined ? {} : { why }),
      ...(hint === undefined ? {} : { hint }),
      ...{ evidence: [], repeat: [], scenarios: [...new Set(on.map((one) => one.split(".")[0]))], duration_ms: i },
    }));
  const scenarios = contract.scenarios.map(({ name, title, steps }) => ({
    ...{ name, ...(title === undefined ? {} : { title }), status: "ran", from: 0, to: 1 },
    steps: steps.map((step) => ({ name: step.name, from: 0, to: 1, status: "done" })),
  }));
  const none = { pass: 0, fail: 0, blocked: 0, skipped: 0, error: 0 };
  const tally = (level) => ({ ...none, pass: results.filter((one) => one.level === level).length });
  const counts = { ...none, pass: results.length };
  const levels = { MUST: tally("MUST"), SHOULD: tally("SHOULD"), MAY: tally("MAY") };
  const { name, version, title, digest } = contract;
  const started = "2026-11-28T00:00:00.000Z";
  const verdict = { kind: "conformant", exit: 0, reasons: [], counts, levels, baselined: 0 };
  const target = { kind: "folder", label: "./m", digest: `dirHash:${"0".repeat(64)}` };
  const module = {
    name: "./m",
    target,
    contract: { name, version, title, digest },
    started,
    duration_ms: 1000,
    strict: false,
    verdict,
    results,
    scenarios,
    notes: [],
  };
  const tool = { name: "conform", version: JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version };
  const header = { type: "header", format: 2, tool, shard: [1, 1], started, list: {}, selection: "", balance: "hash" };
  const head = {
    name: "./m",
    contract: { name, version, digest },
    digest: target.digest,
    kind: verdict.kind,
    duration_ms: 1000,
    open: 0,
  };
  return { header, record: { type: "module", ...head, module } };
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const partOf = (name) => Number.parseInt(sha256(name).slice(0, 12), 16) % shards;

/** Result files of `count` modules; returns their lines' bytes. */
function shardFiles({ header, record }, count, out) {
  mkdirSync(out);
  const names = Array.from({ length: count }, (_, i) => `./modules/m${i}`);
  const list = {
    sha256: sha256(
      [...names]
        .sort()
        .map((name) => `${name}\n`)
        .join(""),
    ),
    modules: count,
  };
  let bytes = 0;
  for (let part = 0; part < shards; part++) {
    const own = names.filter((name) => partOf(name) === part);
    const fd = openSync(join(out, `shard-${part + 1}-of-${shards}.ndjson`), "w");
    const hash = createHash("sha256");
    const put = (value) => {
      const line = `${JSON.stringify(value)}\n`;
      hash.update(line);
      bytes += writeSync(fd, line);
    };
    put({ ...header, list, shard: [part + 1, shards], selection: "" });
    for (const name of own) {
      const target = { ...record.module.target, label: name };
      put({ ...record, name, module: { ...record.module, name, target } });
    }
    writeSync(
      fd,
      `${JSON.stringify({ type: "footer", modules: own.length, duration_ms: 1, sha256: hash.digest("hex") })}\n`,
    );
    closeSync(fd);
  }
  return bytes;
}

/** The same lines through JSON.parse, and nothing else. */
const parser = join(folder, "parse.cjs");
writeFileSync(
  parser,
  `const { openSync, readSync, readdirSync } = require("node:fs");
for (const name of readdirSync(process.argv[2])) {
  const fd = openSync(process.argv[2] + "/" + name, "r");
  let rest = Buffer.alloc(0);
  const block = Buffer.alloc(1 << 20);
  for (let n = readSync(fd, block, 0, block.length, null); n > 0; n = readSync(fd, block, 0, block.length, null)) {
    let data = Buffer.concat([rest, block.subarray(0, n)]);
    for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10)) {
      JSON.parse(data.toString("utf8", 0, at));
      data = data.subarray(at + 1);
    }
    rest = data;
  }
}`,
);

const made = sample();
for (const count of [100, 1000, most].filter((n, i, all) => n <= most && all.indexOf(n) === i)) {
  const out = join(folder, `of-${count}`);
  const bytes = shardFiles(made, count, out);
  console.log(
    `${count} modules, ${requirements} requirements each, ${(bytes / 2 ** 20).toFixed(0)} MiB in ${shards} files`,
  );
  const parsed = await once([process.execPath, parser, out]);
  row("  JSON.parse of the lines", { ...parsed, min: parsed.ms });
  for (const reporters of [["json"], ["text", "junit", "json"]]) {
    const words = reporters.flatMap((name) => ["--reporter", name]);
    const merged = await once([...conform, "merge", out, "--out", join(folder, "merged"), "--quiet", ...words]);
    row(`  conform merge, ${reporters.join(", ")}`, { ...merged, min: merged.ms }, merged.ms / parsed.ms, 3);
  }
  if (count <= 1000) {
    const html = await once([
      ...conform,
      "merge",
      out,
      "--out",
      join(folder, "pages"),
      "--quiet",
      "--reporter",
      "html",
    ]);
    row("  conform merge, html", { ...html, min: html.ms }, html.ms / parsed.ms);
    console.log(`  report.html ${(statSync(join(folder, "pages/report.html")).size / 1024).toFixed(0)} KiB`);
  }
  rmSync(out, { recursive: true });
}
rmSync(folder, { recursive: true, force: true });
