// `npm run hostile`: every behaviour of the table against conform itself. Verdict, time, memory, what is left, and whether the reports parse.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { junitComplaints, junitSchemas } from "../report/readers.ts";
import { type Behaviour, table } from "./table.ts";

const root = new URL("../..", import.meta.url).pathname;
const memoryMax = 150;
/** Deadlines of the contract add up to less than 10 s; the rest is start and a crowded machine. */
const secondsMax = 30;
const together = 2;

interface Seen {
  fails: string[];
  exit: number | null;
  seconds: number;
  /** MiB, the kernel's high-water mark of conform's own process. */
  memory: number;
  faults: string[];
}

const folder = mkdtempSync(join(tmpdir(), "conform-hostile-"));
const wanted = process.argv.slice(2);
const list = table.filter(({ act }) => wanted.length === 0 || wanted.includes(act));
const queue = [...list];
const results = new Map<string, Seen>();
await Promise.all(
  Array.from({ length: together }, async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) results.set(one.act, await look(one));
  }),
);
const complaints = await schemaComplaints();
rmSync(folder, { recursive: true, force: true });
let bad = complaints.length;
for (const one of list) {
  const seen = results.get(one.act);
  const faults = seen === undefined ? ["not run"] : faultsOf(one, seen);
  if (faults.length > 0) bad++;
  const figures = seen === undefined ? "" : `${seen.seconds.toFixed(1)} s  ${seen.memory} MiB`;
  console.log(
    `${faults.length === 0 ? "ok  " : "FAIL"}  ${one.act.padEnd(18)}  ${(one.fails.join(", ") || "conformant").padEnd(20)}  ${figures}`,
  );
  for (const fault of faults) console.log(`      ${fault}`);
}
for (const line of complaints) console.log(line);
console.log(`${list.length - bad} of ${list.length} behaviours judged as they must be`);
if (process.env.CONFORM_TEST_RESULTS !== undefined)
  writeFileSync(
    process.env.CONFORM_TEST_RESULTS,
    JSON.stringify({
      numTotalTests: list.length,
      numPassedTests: list.length - bad,
      numFailedTests: bad,
      numPendingTests: 0,
      success: bad === 0,
    }),
  );
process.exitCode = bad === 0 ? 0 : 1;

function faultsOf({ fails }: Behaviour, seen: Seen): string[] {
  return [
    ...(JSON.stringify(seen.fails) === JSON.stringify(fails) ? [] : [`failed: ${seen.fails.join(", ") || "nothing"}`]),
    ...(seen.exit === (fails.length === 0 ? 0 : 1) ? [] : [`exit ${seen.exit}`]),
    ...(seen.seconds <= secondsMax ? [] : [`took ${seen.seconds.toFixed(1)} s`]),
    ...(seen.memory <= memoryMax ? [] : [`took ${seen.memory} MiB`]),
    ...seen.faults,
  ];
}

async function look({ act }: Behaviour): Promise<Seen> {
  const mark = `HOSTILE_CASE=${randomUUID()}`;
  const out = join(folder, act);
  const args = [join(root, "dist/conform.cjs"), "--contract", join(root, "fixtures/contracts/hostile"), "--out", out];
  args.push("--no-second-look", "--reporter", "json", "--reporter", "junit", "--reporter", "text", "--env", mark);
  const from = performance.now();
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(
    process.execPath,
    [...args, "--", process.execPath, join(root, "fixtures/hostile/act.mjs"), act],
    {
      cwd: folder,
      env: { PATH, HOME },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  child.stderr.on("data", (data) => {
    text += data;
  });
  let memory = 0;
  const timer = setInterval(() => {
    memory = Math.max(memory, highWater(child.pid ?? 0));
  }, 20);
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(timer);
  const seconds = (performance.now() - from) / 1000;
  return { exit, seconds, memory, ...told(out), faults: [...leftBehind(mark), ...unsafe(text)] };
}

function told(out: string): { fails: string[] } {
  try {
    const { modules } = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
    const results: { id: string; outcome: { kind: string } }[] = modules[0].results;
    return { fails: results.filter(({ outcome }) => outcome.kind === "fail").map(({ id }) => id) };
  } catch (error) {
    return { fails: [`no report: ${String(error)}`] };
  }
}

function highWater(pid: number): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/** Processes that carry the case's mark when conform has ended. */
function leftBehind(mark: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark) ? [`process ${pid} is left`] : [];
      } catch {
        return [];
      }
    });
}

/** No control character reaches a terminal, and no line is a command of a CI system. */
function unsafe(text: string): string[] {
  const lines = text.split("\n");
  return [
    ...(/[^\n\t\P{Cc}]/u.test(text) ? ["a control character was printed"] : []),
    ...(lines.some((line) => /^\s*::\w|##\w*\[/.test(line)) ? ["a CI command was printed"] : []),
  ];
}

async function schemaComplaints(): Promise<string[]> {
  const files = list.map(({ act }) => join(folder, act, "junit.xml"));
  const xml = files.flatMap((file) => {
    try {
      return [readFileSync(file, "utf8")];
    } catch {
      return [];
    }
  });
  const missing = xml.length === files.length ? [] : [`FAIL  ${files.length - xml.length} JUnit reports are missing`];
  if (xml.length === 0) return missing;
  const found = await Promise.all(junitSchemas.map((schema) => junitComplaints(xml, schema)));
  return [...missing, ...found.flat().map((line) => `FAIL  junit: ${line}`)];
}
