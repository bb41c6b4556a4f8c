// Starts a program of fixtures/hostile through the driver and collects what the driver tells about it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ExitInfo, LimitSeen } from "../../src/base/events.ts";
import { scrubbedEnvironment } from "../../src/drivers/process/environment.ts";
import type { LineSeen } from "../../src/drivers/process/lines.ts";
import type { EndReport, ModuleProcess, SpawnOptions } from "../../src/drivers/process/process.ts";
import { spawnModule } from "../../src/drivers/process/process.ts";
import { limits } from "../drive/a-world.ts";

export interface Watched {
  process: ModuleProcess;
  lines: LineSeen[];
  limits: LimitSeen[];
  exits: ExitInfo[];
  /** Everything in the order it was told: `line`, `limit`, `exit`. */
  order: string[];
  folder: string;
  /** The first line with this text, now or later; rejects when the process ends without it. */
  line(text: string | RegExp): Promise<LineSeen>;
  /** The first limit, now or later; rejects when the process ends without one. */
  limit(): Promise<LimitSeen>;
}

export type StartOptions = Partial<Pick<SpawnOptions, "stdin" | "env" | "cpu" | "cwd" | "token">> & {
  limits?: Partial<SpawnOptions["limits"]>;
};

export const hostile = (name: string): string => resolve("fixtures/hostile", name);

const started = new Set<Watched>();

export async function start(argv: string[], options: StartOptions = {}): Promise<Watched> {
  const folder = mkdtempSync(join(tmpdir(), "conform-test-"));
  const seen: Omit<Watched, "process"> = { ...collector(), folder };
  const waiting = new Set<() => void>();
  const note = (what: string, _count: number): void => {
    seen.order.push(what);
    for (const ask of waiting) ask();
  };
  const process = await spawnModule({
    name: "main",
    argv,
    cwd: options.cwd ?? folder,
    env: options.env ?? scrubbedEnvironment({}, folder),
    token: options.token ?? "test",
    limits: { ...limits, ...options.limits },
    stdin: options.stdin ?? "pipe",
    ...(options.cpu === undefined ? {} : { cpu: options.cpu }),
    onLine: (line) => note("line", seen.lines.push(line)),
    onLimit: (limit) => note("limit", seen.limits.push(limit)),
    onExit: (exit) => note("exit", seen.exits.push(exit)),
  });
  const first = <T>(find: () => T | undefined, what: string): Promise<T> =>
    new Promise((done, fail) => {
      const ask = (): void => {
        const found = find();
        if (found === undefined && process.exit === undefined && seen.exits.length === 0) return;
        waiting.delete(ask);
        if (found === undefined) fail(new Error(`ended without ${what}: ${JSON.stringify(seen.exits)}`));
        else done(found);
      };
      waiting.add(ask);
      ask();
    });
  const watched: Watched = {
    ...seen,
    process,
    line: (text) => first(() => seen.lines.find((line) => matches(line.text, text)), String(text)),
    limit: () => first(() => seen.limits[0], "a limit"),
  };
  started.add(watched);
  return watched;
}

function collector(): Pick<Watched, "lines" | "limits" | "exits" | "order" | "line" | "limit"> {
  const none = (): Promise<never> => Promise.reject(new Error("not started"));
  return { lines: [], limits: [], exits: [], order: [], line: none, limit: none };
}

function matches(text: string | undefined, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text === wanted : wanted.test(text ?? "");
}

/** For afterEach: ends all and returns what ending found. */
export async function endStarted(): Promise<EndReport[]> {
  const all = [...started];
  started.clear();
  const reports = await Promise.all(all.map(({ process }) => process.end({ afterTermMs: 300 })));
  for (const { folder } of all) rmSync(folder, { recursive: true, force: true });
  return reports;
}
