// Verbs that start, feed and end processes of the module.
import { within } from "../../base/deadline.ts";
import { ContractError } from "../../base/errors.ts";
import type { ExitInfo } from "../../base/events.ts";
import { isObject } from "../../base/json.ts";
import type { Json, Observation } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import {
  closeStdinWords,
  endWords,
  exitWords,
  pauseOutputWords,
  sendWords,
  signalWords,
  spawnWords,
} from "../../contract/words/process.ts";
import { scrubbedEnvironment } from "../../drivers/process/environment.ts";
import type { EndReport, ModuleProcess } from "../../drivers/process/process.ts";
import { spawnModule } from "../../drivers/process/process.ts";
import { SpawnFailure } from "../../drivers/process/spawn-failure.ts";
import { startInTurn } from "../../drivers/process/start-gate.ts";
import { answer } from "./answers.ts";
import { shown, startOf } from "./copy.ts";
import { tokenOf } from "./state.ts";
import type { Verb, World } from "./verb.ts";

/** The process a step names. Throws ContractError when the scenario has not started it. */
export function processOf(world: World, name: string | undefined): ModuleProcess {
  const running = world.processes.get(name ?? "main");
  if (running === undefined)
    throw new ContractError(`scenario "${world.scenario.name}" has no process "${name ?? "main"}" at this step`);
  return running;
}

export const spawn: Verb<ArgOf<typeof spawnWords>> = {
  ...spawnWords,
  async run(arg, world) {
    const name = arg.as ?? "main";
    const start = startOf(world);
    const argv = [...(start.argv ?? []), ...(arg.args ?? []).map(String)];
    if (start.argv === undefined) throw new ContractError("the target has no command that starts it");
    const folder = await world.folder();
    const extra = Object.fromEntries(
      Object.entries(isObject(arg.env) ? arg.env : {}).map(([key, value]) => [key, String(value)]),
    );
    const full = scrubbedEnvironment({ ...world.env, ...extra }, folder);
    const environment: Record<string, string> = arg.bare ? { PATH: full.PATH ?? "" } : full;
    try {
      let speak = (): void => {};
      const spoke = new Promise<void>((resolve) => {
        speak = resolve;
      });
      const begin = () =>
        spawnModule({
          name,
          argv,
          cwd: start.cwd ?? folder,
          env: environment,
          token: tokenOf(world),
          limits: world.limits,
          stdin: arg.stdin ?? "pipe",
          ...(arg.cpu === undefined ? {} : { cpu: arg.cpu }),
          onLine: ({ json: _, ...line }) => {
            world.record("line", line, name);
            if (line.stream !== "stdout") return;
            speak();
            answer(world, name, line.text);
          },
          onExit: (exit) => void world.record("exit", exit, name),
          onLimit: (limit) => void world.record("limit", limit, name),
        });
      const running = await startInTurn(begin, spoke);
      world.processes.set(name, running);
      world.onEnd(() => endProcess(world, running));
      world.record("spawn", { pid: 0, argv: argv.map(shown(world)) }, name);
      return { ok: true };
    } catch (error) {
      if (!(error instanceof SpawnFailure)) throw error;
      return { ok: false, problem: error.code, detail: error.message };
    }
  },
};

/** Scenario's end: anything still running is ended, and what that took is recorded. */
async function endProcess(world: World, running: ModuleProcess): Promise<void> {
  const alive = running.alive;
  const report: EndReport = await running.end();
  if (alive || report.survivors.length > 0)
    world.record("note", { text: "ended by conform", ...plainReport(report) }, running.name);
}

function plainReport(report: EndReport): { [key: string]: Json } {
  return JSON.parse(JSON.stringify(report)) as { [key: string]: Json };
}

export const sendVerb: Verb<ArgOf<typeof sendWords>> = {
  ...sendWords,
  async run(arg, world) {
    const running = processOf(world, arg.to);
    const bytes = bytesOf(arg);
    const pieces = Math.max(1, arg.chunks ?? 1);
    const deadline = world.deadline(arg.within, "10s");
    const size = Math.ceil(bytes.length / pieces);
    for (let start = 0; start < bytes.length || start === 0; start += size) {
      if (start > 0) await new Promise((resolve) => setTimeout(resolve, world.pause(arg.gap, "100ms")));
      const sent = await running.write(bytes.subarray(start, start + size), deadline);
      if (!sent.ok) return { ok: false, problem: sent.problem ?? "not written", bytes: bytes.length };
    }
    return {
      ok: true,
      bytes: bytes.length,
      ...(bytes.length <= 4096 && arg.base64 === undefined ? { text: bytes.toString() } : {}),
    };
  },
};

function bytesOf(arg: ArgOf<typeof sendWords>): Buffer {
  if (arg.base64 !== undefined) return Buffer.concat([Buffer.from(arg.base64, "base64"), Buffer.from(arg.eol ?? "")]);
  if (arg.text !== undefined) return Buffer.from(arg.text + (arg.eol ?? ""));
  const lines = arg.lines ?? [arg.json ?? null];
  return Buffer.from(lines.map((line) => JSON.stringify(line) + (arg.eol ?? "\n")).join(""));
}

export const closeStdin: Verb<ArgOf<typeof closeStdinWords>> = {
  ...closeStdinWords,
  run(arg, world) {
    processOf(world, arg.of === "" ? undefined : arg.of).closeStdin();
    return Promise.resolve({ ok: true });
  },
};

export const signal: Verb<ArgOf<typeof signalWords>> = {
  ...signalWords,
  run(arg, world) {
    const name = arg.name.startsWith("SIG") ? arg.name : `SIG${arg.name}`;
    return Promise.resolve({ ok: processOf(world, arg.to).signal(name) });
  },
};

export const exit: Verb<ArgOf<typeof exitWords>> = {
  ...exitWords,
  async run(arg, world) {
    const running = processOf(world, arg.of);
    const from = world.now();
    const inTime = await within(running.exited, world.deadline(arg.within, "5s"));
    // It has ended in time when only its last output is still being read.
    const ended = inTime ?? (running.alive ? undefined : await running.exited);
    return exitObservation(ended, Math.round((world.now() - from) * 1000));
  },
};

function exitObservation(ended: ExitInfo | undefined, waitedMs: number): Observation {
  if (ended === undefined) return { ok: false, exited: false, problem: "still running", waited_ms: waitedMs };
  return { ok: true, exited: true, code: ended.code, signal: ended.signal, by: ended.by, waited_ms: waitedMs };
}

export const pauseOutput: Verb<ArgOf<typeof pauseOutputWords>> = {
  ...pauseOutputWords,
  run(arg, world) {
    const running = processOf(world, arg.of);
    if (arg.resume) running.resumeStream(arg.stream);
    else running.pauseStream(arg.stream);
    return Promise.resolve({ ok: true });
  },
};

export const end: Verb<ArgOf<typeof endWords>> = {
  ...endWords,
  async run(arg, world) {
    const report = await processOf(world, arg.of).end({
      afterStdinMs: world.deadline(arg["after-stdin"], "5s"),
      afterTermMs: world.deadline(arg["after-term"], "5s"),
      afterKillMs: 2000,
      afterExitMs: world.deadline(arg["after-exit"], "250ms"),
    });
    return { ...plainReport(report), ok: report.survivors.length === 0 };
  },
};
