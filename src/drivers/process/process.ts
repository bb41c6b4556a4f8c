// A module as a running process: started in its own session, watched, fed, read in bounded memory, and ended without leaving anything behind.

import { Duplex } from "node:stream";
import { settles, within } from "../../base/deadline.ts";
import type { ExitInfo, LimitSeen, StreamName } from "../../base/events.ts";
import type { Limits } from "../../base/limits.ts";
import { climbDown, type Ending, graceMs, type Ladder, ladderDefault } from "./end.ts";
import { type LineSeen, LineSplitter, type StreamTotals } from "./lines.ts";
import { closeAccount, keepAccount, whileStarting } from "./live.ts";
import { hasProc, type ProcessFacts } from "./proc-fs.ts";
import { type Reading, readInto } from "./reading.ts";
import { type Started, type StartOptions, startProgram } from "./spawn.ts";
import { knownSignal, ProcessTree, type Survivor, send } from "./tree.ts";
import { watchBounds } from "./watchdog.ts";

/** What ending a process needed and found. */
export interface EndReport extends Ending {
  exit: ExitInfo | undefined;
}

/** `env` is the complete environment (see `scrubbedEnvironment`); `CONFORM_RUN` is added. `argv` never goes through a shell. */
export interface SpawnOptions extends StartOptions {
  name: string;
  /** Any word without NUL; with a number added it is `CONFORM_RUN`, by which escaped descendants are found. */
  token: string;
  limits: Limits;
  onLine(line: LineSeen): void;
  /** Once, when the output was read to its end, at most 250 ms after the exit (2 s while a flood is being read). */
  onExit(exit: ExitInfo): void;
  onLimit(limit: LimitSeen): void;
}

let spawned = 0;

/** Starts a program. Rejects with SpawnFailure when it cannot be started. */
export function spawnModule(options: SpawnOptions): Promise<ModuleProcess> {
  return whileStarting(start(options));
}

async function start(options: SpawnOptions): Promise<ModuleProcess> {
  const token = `${options.token}-${process.pid}-${++spawned}`;
  const program = await startProgram({ ...options, env: { ...options.env, CONFORM_RUN: token } });
  const tree = new ProcessTree(program.pid, `CONFORM_RUN=${token}`, options.home);
  const started = new ModuleProcess(program, tree, options);
  keepAccount(started);
  return started;
}

/** A process that was started. Made by `spawnModule`. */
export class ModuleProcess {
  readonly pid: number;
  readonly name: string;
  /** Resolves when `onExit` is called. */
  readonly exited: Promise<ExitInfo>;
  /** Samples in a row, about ten a second, at which nothing of it wanted a CPU; undefined without /proc. */
  still = hasProc ? 0 : undefined;
  readonly #program: Started;
  readonly #tree: ProcessTree;
  readonly #options: SpawnOptions;
  readonly #splitters: Record<StreamName, LineSplitter>;
  readonly #readings: Record<StreamName, Reading>;
  readonly #reaped: Promise<void>;
  readonly #unwatch: () => void;
  readonly #signals = new Set<string>();
  #isReaped = false;
  #exit: ExitInfo | undefined;
  #asked: { by: ExitInfo["by"]; reason: string } | undefined;
  #cpuMs: number | undefined;
  #over = false;
  #abandoned = false;
  #ending: Promise<EndReport> | undefined;

  constructor(program: Started, tree: ProcessTree, options: SpawnOptions) {
    this.pid = tree.leader;
    this.name = options.name;
    this.#program = program;
    this.#tree = tree;
    this.#options = options;
    this.#splitters = { stdout: this.#splitter("stdout"), stderr: this.#splitter("stderr") };
    this.#readings = {
      stdout: readInto(this.#splitters.stdout, program.stdout),
      stderr: readInto(this.#splitters.stderr, program.stderr),
    };
    this.#unwatch = watchBounds((table) => this.#sample(table));
    let reaped = () => {};
    this.#reaped = new Promise((resolve) => {
      reaped = resolve;
    });
    this.exited = new Promise((resolve) => {
      program.child.once("exit", (code, signal) => {
        const ms = performance.now() - program.start;
        this.#isReaped = true;
        tree.reaped();
        reaped();
        void this.#drain().then(() => resolve(this.#report({ code, signal, ms })));
      });
    });
  }

  /** Undefined while it runs and, for at most 250 ms, while its last output is read. */
  get exit(): ExitInfo | undefined {
    return this.#exit;
  }

  /** False from the moment the process itself is gone. */
  get alive(): boolean {
    return !this.#isReaped;
  }

  /** Bytes, lines and omitted lines so far (omitted: at the end). */
  get totals(): Record<StreamName, StreamTotals> {
    return { stdout: this.#splitters.stdout.totals, stderr: this.#splitters.stderr.totals };
  }

  /** The runner's end of one of `extraPipes`, by its descriptor in the process. */
  pipe(descriptor: number): Duplex {
    const stream = this.#program.child.stdio[descriptor];
    if (!(stream instanceof Duplex)) throw new Error(`${this.name} has no pipe ${descriptor}`);
    return stream;
  }

  /** Writes to stdin. `problem`: `closed`, `not read` (the deadline passed with the pipe full), or an errno name. */
  async write(bytes: Uint8Array, deadlineMs: number): Promise<{ ok: boolean; problem?: string }> {
    const { stdin } = this.#program;
    if (!stdin.writable || this.#isReaped) return { ok: false, problem: "closed" };
    const written = new Promise<{ ok: boolean; problem?: string }>((resolve) => {
      stdin.write(bytes, (error) =>
        resolve(error ? { ok: false, problem: "code" in error ? String(error.code) : "closed" } : { ok: true }),
      );
    });
    const end = await within(written, deadlineMs);
    if (end === undefined) this.#abandoned = true;
    return end ?? { ok: false, problem: "not read" };
  }

  /** The module then reads end of file. What was not written by its deadline is thrown away. */
  closeStdin(): void {
    this.#asked ??= { by: "module", reason: "stdin closed" };
    if (this.#abandoned) this.#program.stdin.destroy();
    else this.#program.stdin.end();
  }

  /** Sends a signal (`TERM`, `SIGTERM`) to the process itself. False when there is no such signal or process. */
  signal(name: string): boolean {
    const signal = knownSignal(name);
    if (signal === undefined || this.#isReaped) return false;
    this.#signals.add(signal);
    if (["SIGTERM", "SIGINT", "SIGQUIT", "SIGKILL", "SIGABRT", "SIGHUP"].includes(signal)) {
      this.#asked = { by: "conform", reason: signal };
    }
    return send(this.pid, signal);
  }

  /** Stops reading a stream, so that its pipe fills. */
  pauseStream(stream: StreamName): void {
    this.#readings[stream].pause();
  }

  resumeStream(stream: StreamName): void {
    this.#readings[stream].resume();
  }

  /** User and system time of the whole group, also of its ended processes; the last sample after its end. Undefined without /proc. */
  cpuMs(): number | undefined {
    if (!this.#isReaped && hasProc) this.#cpuMs = Math.max(this.#cpuMs ?? 0, this.#tree.usage().cpuMs);
    return this.#cpuMs;
  }

  /** See `ProcessTree.waitedMs`. */
  waitedMs(): Map<string, number> | undefined {
    return this.#tree.waitedMs();
  }

  /** CPU time so far, and whether a process of the group runs or waits for a CPU or the disk now. Undefined without /proc and after its end. */
  activity(): { cpuMs: number; active: boolean } | undefined {
    if (this.#isReaped || !hasProc) return undefined;
    return this.#tree.usage();
  }

  /** Identity proof, see `ProcessTree.owns`. */
  owns(port: number, address?: string): boolean | undefined {
    return this.#tree.owns(port, address);
  }

  /** What its processes listen on, without wildcard resolution; undefined without /proc. */
  listening(): { address: string; port: number }[] | undefined {
    return this.#tree.listening()?.map(({ address, port }) => ({ address, port }));
  }

  /** Process ids alive in the group. */
  group(): number[] {
    return this.#tree.members().map(({ pid }) => pid);
  }

  /** What lives in the group or with the token. */
  survivors(): Survivor[] {
    return this.#tree.survivors();
  }

  /** KILL to everything, at once. */
  kill(): void {
    this.#tree.kill();
  }

  /** Ends it: stdin closed, TERM and CONT to the group, KILL to the group and everything that escaped. The second call gets the first's report. */
  end(ladder: Partial<Ladder> = {}): Promise<EndReport> {
    this.#ending ??= this.#end({ ...ladderDefault, ...ladder });
    return this.#ending;
  }

  async #end(ladder: Ladder): Promise<EndReport> {
    const program = this.#program;
    const ended = await climbDown(
      {
        tree: this.#tree,
        reaped: this.#reaped,
        isReaped: () => this.#isReaped,
        closeStdin: () => (program.stdin.writableLength > 0 ? program.stdin.destroy() : program.stdin.end()),
        asked: (reason) => {
          this.#asked = { by: "conform", reason };
        },
      },
      ladder,
    );
    this.#unwatch();
    // Not when it exits: whoever it leaves behind would take the end of input for the end.
    program.stdin.destroy();
    if (this.#isReaped) await this.exited;
    if (this.#isReaped && ended.left.length === 0) closeAccount(this);
    return { ...ended, exit: this.#exit };
  }

  #sample(table: ProcessFacts[]): void {
    const usage = this.#tree.usage(table);
    this.still = usage.active ? 0 : (this.still ?? 0) + 1;
    this.#cpuMs = Math.max(this.#cpuMs ?? 0, usage.cpuMs);
    if (this.#over) return;
    const { memoryBytesMax, processesMax } = this.#options.limits;
    if (usage.processes > processesMax)
      this.#stop({ limit: "processesMax", bound: processesMax, seen: usage.processes });
    else if (usage.rssBytes > memoryBytesMax) {
      const seen = this.#tree.exactBytes();
      if (seen > memoryBytesMax) this.#stop({ limit: "memoryBytesMax", bound: memoryBytesMax, seen });
    }
  }

  #stop(limit: LimitSeen): void {
    this.#over = true;
    this.#asked = { by: "conform", reason: `limit: ${limit.limit}` };
    this.#tree.kill();
    this.#options.onLimit(limit);
  }

  #splitter(stream: StreamName): LineSplitter {
    const { limits, onLine, onLimit } = this.#options;
    return new LineSplitter({ stream, limits, onLine, onLimit });
  }

  /** A descendant may hold the pipes for ever: after the grace they are closed on it. A flood of its own words gets longer. */
  async #drain(): Promise<void> {
    const outputs = Promise.all([this.#readings.stdout.ended, this.#readings.stderr.ended]);
    this.resumeStream("stdout");
    this.resumeStream("stderr");
    const bytesRead = () => this.totals.stdout.bytes + this.totals.stderr.bytes;
    for (let grace = 0; grace < 8; grace++) {
      const before = bytesRead();
      if (await settles(outputs, graceMs)) return;
      // On a loaded machine the grace can pass without the pipes having been looked at once: two turns of the event loop look.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      const { stdout, stderr } = this.#readings;
      if (!stdout.behind && !stderr.behind && bytesRead() === before) break;
    }
    this.#program.stdout.destroy();
    this.#program.stderr.destroy();
    await outputs;
  }

  #report({ code, signal, ms }: { code: number | null; signal: string | null; ms: number }): ExitInfo {
    const own = signal !== null && this.#signals.has(signal) ? ({ by: "conform", reason: signal } as const) : undefined;
    this.#exit = { code, signal, ms, by: "module", ...(own ?? this.#asked) };
    this.#options.onExit(this.#exit);
    return this.#exit;
  }
}
