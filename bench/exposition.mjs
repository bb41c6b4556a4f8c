// Speed and memory of the exposition engine, beside promtool, npm parsers and a bare newline scan.
// Usage: node bench/exposition.mjs [--json]. Needs nothing installed; promtool and npm parsers are measured when they are there.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Sizes with the number of repetitions in one process and of whole processes. */
const sizes = [
  { name: "15 kB", bytes: 15_000, inner: 400, processes: 3 },
  { name: "1 MB", bytes: 1_000_000, inner: 25, processes: 3 },
  { name: "50 MB", bytes: 50_000_000, inner: 3, processes: 3 },
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

/** Milliseconds of each run, after a warm-up of 0.3 s (at least one run), in which V8 compiles. */
function times(runs, work) {
  const warm = performance.now() + 300;
  do work();
  while (performance.now() < warm);
  return Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

const gnuTime = spawnSync("/usr/bin/time", ["-f", "%U %S %M", "true"]).status === 0;

/** Whole processes: median seconds of wall and CPU, peak MiB (the last two with GNU time only); undefined when there is no such command. */
function processes(count, argv, input) {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const command = gnuTime ? ["/usr/bin/time", "-f", "measured %U %S %M", ...argv] : argv;
  const runs = [];
  for (let k = 0; k < count; k++) {
    const start = performance.now();
    const result = spawnSync(command[0], command.slice(1), { input, env, maxBuffer: 1 << 28 });
    if (result.error !== undefined || result.status === 127) return undefined;
    const seconds = (performance.now() - start) / 1000;
    const [, user, system, kib] = /^measured (\S+) (\S+) (\d+)$/m.exec(String(result.stderr)) ?? [];
    runs.push({ seconds, cpu: Number(user ?? 0) + Number(system ?? 0), mib: Number(kib ?? 0) / 1024 });
  }
  const middle = (key) => median(runs.map((run) => run[key]));
  return { seconds: middle("seconds"), cpu: middle("cpu"), mib: Math.max(...runs.map(({ mib }) => mib)) };
}

function npmParsers() {
  const require = createRequire(join(root, "package.json"));
  const found = [];
  try {
    const loaded = require("parse-prometheus-text-format");
    const parse = loaded.default ?? loaded;
    found.push({ name: "npm parse-prometheus-text-format", run: (bytes) => parse(bytes.toString()) });
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

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "conform-bench-"));
  try {
    const engine = join(folder, "engine.mjs");
    const one = join(folder, "one.mjs");
    const common = { bundle: true, platform: "node", format: "esm", logLevel: "error" };
    await build({ ...common, entryPoints: [join(root, "src/formats/exposition/exposition.ts")], outfile: engine });
    writeFileSync(
      one,
      `import { readFileSync } from "node:fs";import { parseExposition, validate, lint } from ${JSON.stringify(engine)};
const e = parseExposition(readFileSync(process.argv[2]), {});process.exitCode = validate(e).length + lint(e).length === 0 ? 0 : 1;`,
    );
    const { parseExposition, validate, lint } = await import(engine);
    const rows = [];
    for (const { name, bytes, inner, processes: runs } of sizes) {
      const file = join(folder, `${bytes}.prom`);
      writeFileSync(file, generate(bytes));
      const body = readFileSync(file);
      const megabytes = body.length / 1e6;
      const row = (what, list) => rows.push({ size: name, what, mbPerSecond: megabytes / (median(list) / 1000) });
      row(
        "newline scan",
        times(inner, () => newlines(body)),
      );
      row(
        "conform: parse",
        times(inner, () => parseExposition(body, { format: "prometheus" })),
      );
      const whole = times(inner, () => {
        const exposition = parseExposition(body, { format: "prometheus" });
        const findings = [...validate(exposition), ...lint(exposition)];
        if (findings.length > 0) throw new Error(JSON.stringify(findings[0]));
      });
      row("conform: parse, validity and lint", whole);
      for (const parser of npmParsers())
        row(
          parser.name,
          times(Math.max(1, inner >> 3), () => parser.run(body)),
        );
      const own = processes(runs, [process.execPath, one, file]);
      if (own !== undefined) rows.push({ size: name, what: "conform: whole process", ...own });
      const promtool = processes(runs, ["promtool", "check", "metrics"], body);
      if (promtool !== undefined)
        rows.push({
          size: name,
          what: "promtool check metrics: whole process",
          ...promtool,
          timeRatio: own.seconds / promtool.seconds,
          ...(promtool.mib > 0 && { cpuRatio: own.cpu / promtool.cpu, memoryRatio: own.mib / promtool.mib }),
        });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function text(row) {
  const parts = [row.size.padStart(6), row.what.padEnd(40)];
  if (row.mbPerSecond !== undefined) parts.push(`${row.mbPerSecond.toFixed(0).padStart(6)} MB/s`);
  if (row.seconds !== undefined) parts.push(`${row.seconds.toFixed(3)} s`);
  if (row.cpu > 0) parts.push(`CPU ${row.cpu.toFixed(2)} s`);
  if (row.mib > 0) parts.push(`${row.mib.toFixed(0)} MiB`);
  if (row.timeRatio !== undefined) parts.push(`conform takes ${row.timeRatio.toFixed(2)}x of its time`);
  if (row.cpuRatio !== undefined)
    parts.push(`${row.cpuRatio.toFixed(2)}x of its CPU, ${row.memoryRatio.toFixed(2)}x of its memory`);
  return parts.join("  ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = await measure();
  console.log(process.argv.includes("--json") ? JSON.stringify(rows, null, 2) : rows.map(text).join("\n"));
}
