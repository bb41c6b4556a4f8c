// Speed and memory of the exposition engine, beside promtool, npm parsers, a bare newline scan and an earlier build of itself.
// Usage: node bench/exposition.mjs [speed] [processes] [--json]. Needs dist/ and, for the earlier build, the repository. promtool of
// Prometheus 3.16 or later is found by CONFORM_PROMTOOL, in the cache of `npm run promtool`, or in PATH; else its rows are left out.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { tsImport } from "tsx/esm/api";
import { cost, median } from "./measure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { findPromtool } = await tsImport("../test/formats/find-promtool.ts", import.meta.url);

/** The build that speed is compared with: the last one before plain lines were read apart. Another one: CONFORM_BENCH_BASE. */
const BASE = process.env.CONFORM_BENCH_BASE ?? "f7f5e68";

/** Sizes with the number of repetitions in one process. */
const sizes = [
  { name: "15 kB", bytes: 15_000, inner: 400 },
  { name: "1 MB", bytes: 1_000_000, inner: 60 },
  { name: "50 MB", bytes: 50_000_000, inner: 3 },
];

/** A realistic exposition: HELP and TYPE, labels with escapes, histograms, a summary, a timestamp, NaN. Clean under lint. */
export function generate(bytes) {
  const lines = [];
  let size = 0;
  const push = (line) => {
    lines.push(line);
    size += line.length + 1;
  };
  const bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];
  for (let f = 0; size < bytes; f++) {
    const name = `app${f % 7}_worker_${f}`;
    push(`# HELP ${name}_requests_total Requests of worker ${f}, by path\\nand status.`);
    push(`# TYPE ${name}_requests_total counter`);
    for (let i = 0; i < 40; i++)
      push(
        `${name}_requests_total{method="GET",path="/api/v1/items/${i}",status="${200 + (i % 5)}"} ${(i * 977 + f) % 100_000}`,
      );
    push(`# HELP ${name}_queue_bytes Bytes waiting.`);
    push(`# TYPE ${name}_queue_bytes gauge`);
    for (let i = 0; i < 20; i++)
      push(`${name}_queue_bytes{queue="C:\\\\dir\\\\${i}",note="say \\"hi\\""} ${(i * 1.37e6 + f).toExponential(6)}`);
    push(`# HELP ${name}_wait_seconds Waiting time.`);
    push(`# TYPE ${name}_wait_seconds histogram`);
    for (let h = 0; h < 6; h++) {
      let count = 0;
      for (const le of bounds) {
        count += (f * 7 + h) % 13;
        push(`${name}_wait_seconds_bucket{handler="h${h}",le="${le}"} ${count}`);
      }
      push(`${name}_wait_seconds_sum{handler="h${h}"} ${(count * 0.0373).toFixed(6)}`);
      push(`${name}_wait_seconds_count{handler="h${h}"} ${count}`);
    }
    push(`# HELP ${name}_pause_seconds Pauses.`);
    push(`# TYPE ${name}_pause_seconds summary`);
    for (const q of ["0", "0.25", "0.5", "0.75", "1"])
      push(`${name}_pause_seconds{quantile="${q}"} ${q === "1" ? "NaN" : "4.9351e-05"}`);
    push(`${name}_pause_seconds_sum 1.7391350020000003`);
    push(`${name}_pause_seconds_count 24875 1395066363000`);
  }
  return `${lines.join("\n")}\n`;
}

/** One family of a million series: no promtool ends with it in a minute. */
function oneFamily(series) {
  const lines = ["# HELP app_requests_total Requests.", "# TYPE app_requests_total counter"];
  for (let i = 0; i < series; i++)
    lines.push(`app_requests_total{method="GET",path="/api/v1/items/${i}",status="200"} ${(i * 977) % 100_000}`);
  return `${lines.join("\n")}\n`;
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** CPU milliseconds of each run of each work, turn and turn about, after a warm-up of 0.3 s each, in which V8 compiles. */
function times(runs, works) {
  const list = Object.entries(works);
  for (const [, work] of list) {
    const warm = performance.now() + 300;
    do work();
    while (performance.now() < warm);
  }
  const seen = Object.fromEntries(list.map(([name]) => [name, []]));
  for (let k = 0; k < runs; k++)
    for (const [name, work] of list) {
      const start = cpuMs();
      work();
      seen[name].push(cpuMs() - start);
    }
  return seen;
}

function npmParsers() {
  const require = createRequire(join(root, "package.json"));
  const found = {};
  try {
    const loaded = require("parse-prometheus-text-format");
    const parse = loaded.default ?? loaded;
    found["npm parse-prometheus-text-format"] = (bytes) => parse(bytes.toString());
  } catch {
    // Not installed: not measured.
  }
  return found;
}

function newlines(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

const ENTRY = "src/formats/exposition/exposition.ts";

/** The engine of a source tree, bundled as it ships. */
async function engineOf(tree, outfile) {
  await build({
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    entryPoints: [join(tree, ENTRY)],
    outfile,
  });
  return import(outfile);
}

/** The engine of the earlier commit; undefined where the repository or the commit is not there. */
async function baseEngine(folder) {
  const packed = spawnSync("git", ["archive", BASE, "src"], { cwd: root, maxBuffer: 1 << 28 });
  if (packed.status !== 0) return undefined;
  const tree = mkdtempSync(join(folder, "base-"));
  return spawnSync("tar", ["-x", "-C", tree], { input: packed.stdout }).status === 0
    ? engineOf(tree, join(folder, "base.mjs"))
    : undefined;
}

function whole({ parseExposition, validate, lint }) {
  return (body) => {
    const exposition = parseExposition(body, { format: "prometheus" });
    const findings = [...validate(exposition), ...lint(exposition)];
    if (findings.length > 0) throw new Error(JSON.stringify(findings[0]));
  };
}

/** Rows `{size, what, mbPerSecond, best}` of work within one process. */
async function speed(folder) {
  const engine = await engineOf(root, join(folder, "engine.mjs"));
  const base = await baseEngine(folder);
  const rows = [];
  for (const { name, bytes, inner } of sizes) {
    const body = Buffer.from(generate(bytes));
    const works = {
      "newline scan": newlines,
      "conform: parse": (input) => engine.parseExposition(input, { format: "prometheus" }),
      "conform: parse, validity and lint": whole(engine),
      ...(base !== undefined && { [`the same at ${BASE}`]: whole(base) }),
    };
    const run = (list, runs) => times(runs, Object.fromEntries(list.map(([what, work]) => [what, () => work(body)])));
    const seen = {
      ...run(Object.entries(works), inner),
      ...run(Object.entries(npmParsers()), Math.max(1, inner >> 3)),
    };
    const rate = (ms) => body.length / 1000 / ms;
    for (const [what, list] of Object.entries(seen))
      rows.push({ size: name, what, mbPerSecond: rate(median(list)), best: rate(Math.min(...list)) });
    const ours = rows.find((row) => row.size === name && row.what === "conform: parse, validity and lint");
    const theirs = rows.find((row) => row.size === name && row.what.startsWith("the same at"));
    if (theirs !== undefined) ours.ratio = { of: BASE, speed: ours.mbPerSecond / theirs.mbPerSecond };
  }
  return rows;
}

/** Costs of several commands, turn and turn about: medians of CPU and wall, the highest peak. */
async function costs(commands, runs) {
  const seen = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let k = 0; k < runs; k++)
    for (const [name, { argv, input }] of Object.entries(commands)) {
      const one = await cost(argv, input);
      if (one === undefined || one.code !== 0) throw new Error(`${argv.join(" ")} ended with ${one?.code}`);
      seen[name].push(one);
    }
  return Object.fromEntries(
    Object.entries(seen).map(([name, list]) => [
      name,
      {
        seconds: median(list.map(({ ms }) => ms / 1000)),
        cpu: median(list.map(({ cpu }) => cpu)),
        mib: Math.max(...list.map(({ mib }) => mib)),
      },
    ]),
  );
}

/** Rows of whole processes: `conform metrics` on files, beside promtool. */
async function processes(folder) {
  const [large, family] = [join(folder, "50.prom"), join(folder, "family.prom")];
  writeFileSync(large, generate(50_000_000));
  writeFileSync(family, oneFamily(1_000_000));
  const conform = (file, ...more) => ({
    argv: [process.execPath, join(root, "dist/conform.cjs"), "metrics", file, "--format", "prometheus", ...more],
  });
  const promtool = findPromtool();
  const seen = await costs(
    {
      plain: conform(large, "--lint", "all"),
      ...(promtool !== undefined && { promtool: { argv: [promtool, "check", "metrics", "--lint=all"], input: large } }),
      extended: conform(large, "--lint", "all", "--extended"),
      family: conform(family, "--lint", "all"),
    },
    3,
  );
  const rows = [];
  const row = (size, what, key, more) => rows.push({ size, what, ...seen[key], ...more });
  const over = (key, other, field = "cpu") => seen[key][field] / seen[other][field];
  if (promtool !== undefined) row("50 MB", "promtool check metrics --lint=all", "promtool");
  row("50 MB", "conform metrics --lint all", "plain", {
    ...(promtool !== undefined && {
      targets: [
        { what: "of promtool's CPU time", is: over("plain", "promtool"), most: 0.22 },
        { what: "of its memory", is: over("plain", "promtool", "mib"), most: 0.3 },
      ],
    }),
  });
  row("50 MB", "conform metrics --lint all --extended", "extended", {
    targets: [{ what: "of the plain run's CPU time", is: over("extended", "plain"), most: 1.5 }],
  });
  row(
    `${Math.round(readFileSync(family).length / 1e6)} MB`,
    "conform metrics, 1,000,000 series of one family",
    "family",
    {
      targets: [{ what: "of the 50 MB file's CPU time", is: over("family", "plain"), most: 1.4 }],
    },
  );
  return rows;
}

export async function measure(parts = Object.keys(PARTS)) {
  const folder = mkdtempSync(join(tmpdir(), "conform-bench-"));
  try {
    const rows = [];
    for (const part of parts) rows.push(...(await PARTS[part](folder)));
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PARTS = { speed, processes };

function text(row) {
  const parts = [row.size.padStart(6), row.what.padEnd(48)];
  if (row.mbPerSecond !== undefined)
    parts.push(`${row.mbPerSecond.toFixed(0).padStart(6)} MB/s`, `${row.best.toFixed(0).padStart(6)} at best`);
  if (row.ratio !== undefined) parts.push(`${row.ratio.speed.toFixed(2)}x as fast as at ${row.ratio.of}`);
  if (row.seconds !== undefined) parts.push(`${row.seconds.toFixed(2)} s`, `CPU ${row.cpu.toFixed(2)} s`);
  if (row.mib > 0) parts.push(`${row.mib.toFixed(0)} MiB`);
  for (const { what, is, most } of row.targets ?? []) parts.push(`${is.toFixed(2)}x ${what} (at most ${most}x)`);
  return parts.join("  ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const parts = Object.keys(PARTS).filter((part) => process.argv.includes(part));
  const rows = await measure(parts.length > 0 ? parts : undefined);
  console.log(process.argv.includes("--json") ? JSON.stringify(rows, null, 2) : rows.map(text).join("\n"));
}
