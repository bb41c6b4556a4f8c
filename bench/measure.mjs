// Runs commands in turn (A B C A B C ...), so that drift hits all alike, and gives medians of wall time and peak memory.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** Whole process, spawn to reaped: milliseconds and peak resident MiB of the process itself. NODE_EXTRA_CA_CERTS is taken away: it costs every Node 20 process 30 ms. */
export function once(argv, options = {}) {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(argv[0], argv.slice(1), { stdio: "ignore", env: { ...env, ...options.env }, cwd: options.cwd });
    let peak = 0;
    const timer = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid));
    }, 10);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearInterval(timer);
      const ms = performance.now() - start;
      if (code !== (options.code ?? 0)) reject(new Error(`${argv.join(" ")} ended with ${code}`));
      else resolve({ ms, mib: peak / 1024 });
    });
  });
}

function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/**
 * One whole process with a file as its standard input: milliseconds, CPU seconds of user and kernel (by bash's `time`), peak
 * resident MiB (by the kernel, Linux only); undefined when there is no such command.
 */
export async function cost(argv, input) {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const file = input === undefined ? "ignore" : openSync(input, "r");
  const start = performance.now();
  const child = spawn("bash", ["-c", 'TIMEFORMAT="measured %U %S"; time "$@" >/dev/null', "bash", ...argv], {
    stdio: [file, "ignore", "pipe"],
    env: { ...env, LC_ALL: "C" },
  });
  let peak = 0;
  let said = "";
  child.stderr.on("data", (chunk) => {
    said = (said + chunk).slice(-10_000);
  });
  const timer = setInterval(() => {
    for (const pid of childrenOf(child.pid)) peak = Math.max(peak, peakOf(pid));
  }, 10);
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  clearInterval(timer);
  if (file !== "ignore") closeSync(file);
  if (code === 127) return undefined;
  const [, user, system] = /measured (\S+) (\S+)/.exec(said) ?? [];
  return { ms: performance.now() - start, cpu: Number(user) + Number(system), mib: peak / 1024, code };
}

function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  } catch {
    return [];
  }
}

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** `{name: argv}` -> `{name: {ms, min, mib}}`, `rounds` of each in turn. */
export async function inTurn(commands, rounds, options = {}) {
  const seen = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, argv] of Object.entries(commands)) {
      const result = await once(argv, options);
      if (round > 0) seen[name].push(result);
    }
  }
  return Object.fromEntries(
    Object.entries(seen).map(([name, list]) => [
      name,
      {
        ms: median(list.map(({ ms }) => ms)),
        min: Math.min(...list.map(({ ms }) => ms)),
        mib: Math.max(...list.map(({ mib }) => mib)),
      },
    ]),
  );
}

export function row(name, { ms, min, mib }, ratio, target) {
  const cells = [
    name.padEnd(44),
    `${ms.toFixed(1).padStart(9)} ms`,
    `${min.toFixed(1).padStart(9)} min`,
    mib > 0 ? `${mib.toFixed(0).padStart(5)} MiB` : "".padStart(9),
  ];
  const verdict =
    ratio === undefined ? "" : `  ${ratio.toFixed(2)}x${target === undefined ? "" : ` (target ${target}x)`}`;
  console.log(cells.join("  ") + verdict);
}
