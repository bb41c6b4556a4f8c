// Verbs that start, feed and end processes of the module.
import * as z from "zod";
import { within } from "../../base/deadline.ts";
import { ContractError } from "../../base/errors.ts";
import type { ExitInfo } from "../../base/events.ts";
import type { Json, Observation, TargetKind } from "../../base/types.ts";
import { json } from "../../contract/shape.ts";
import { scrubbedEnvironment } from "../../drivers/process/environment.ts";
import type { EndReport, ModuleProcess } from "../../drivers/process/process.ts";
import { spawnModule } from "../../drivers/process/process.ts";
import { SpawnFailure } from "../../drivers/process/spawn-failure.ts";
import { startInTurn } from "../../drivers/process/start-gate.ts";
import { answer } from "./answers.ts";
import { shown, startOf } from "./copy.ts";
import { duration, number, procName } from "./fields.ts";
import { tokenOf } from "./state.ts";
import type { Verb, World } from "./verb.ts";

const started: TargetKind[] = ["command", "folder"];

/** The process a step names. Throws ContractError when the scenario has not started it. */
export function processOf(world: World, name: string | undefined): ModuleProcess {
  const running = world.processes.get(name ?? "main");
  if (running === undefined)
    throw new ContractError(`scenario "${world.scenario.name}" has no process "${name ?? "main"}" at this step`);
  return running;
}

const spawnShape = z.strictObject({
  as: z.string().optional(),
  args: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .describe("added to the module's command"),
  env: z.union([z.record(z.string(), z.union([z.string(), z.number()])), z.string().includes("${")]).optional(),
  stdin: z.enum(["pipe", "empty"]).optional().describe("`empty`: closed from the start"),
  cpu: number.optional().describe("pin to this CPU (Linux with taskset)"),
  bare: z.boolean().optional().describe("environment holds PATH only"),
  token: z.string().optional(),
});

/** Starts the module. The observation is {ok, pid} or {ok: false, problem, detail}. */
export const spawn: Verb<z.infer<typeof spawnShape>> = {
  name: "spawn",
  about: "Starts a fresh process of the module; it is ended with the scenario.",
  schema: spawnShape,
  primary: "as",
  targets: started,
  async run(arg, world) {
    const name = arg.as ?? "main";
    const start = startOf(world);
    const argv = [...(start.argv ?? []), ...(arg.args ?? []).map(String)];
    if (start.argv === undefined) throw new ContractError("the target has no command that starts it");
    const folder = await world.folder();
    const extra = Object.fromEntries(
      Object.entries(typeof arg.env === "object" ? arg.env : {}).map(([key, value]) => [key, String(value)]),
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

const sendShape = z.strictObject({
  json: json.optional().describe("one JSON value, written as one line"),
  text: z.string().optional(),
  base64: z.string().optional(),
  lines: z.array(json).optional().describe("several JSON values, one line each, in one write"),
  eol: z.string().optional().describe("after each line; default a line feed, nothing after text and base64"),
  chunks: number.optional().describe("written in so many pieces"),
  gap: duration.optional().describe("between pieces; default 100 ms"),
  to: procName,
  within: duration.optional(),
});

/** Writes to standard input. The observation is {ok, bytes} or {ok: false, problem}. */
export const send: Verb<z.infer<typeof sendShape>> = {
  name: "send",
  about: "Writes to the module's standard input.",
  schema: sendShape,
  primary: "json",
  targets: started,
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

function bytesOf(arg: z.infer<typeof sendShape>): Buffer {
  if (arg.base64 !== undefined) return Buffer.concat([Buffer.from(arg.base64, "base64"), Buffer.from(arg.eol ?? "")]);
  if (arg.text !== undefined) return Buffer.from(arg.text + (arg.eol ?? ""));
  const lines = arg.lines ?? [arg.json ?? null];
  return Buffer.from(lines.map((line) => JSON.stringify(line) + (arg.eol ?? "\n")).join(""));
}

const closeShape = z.strictObject({ of: procName });

export const closeStdin: Verb<z.infer<typeof closeShape>> = {
  name: "close-stdin",
  about: "Closes the module's standard input.",
  schema: closeShape,
  primary: "of",
  targets: started,
  run(arg, world) {
    processOf(world, arg.of === "" ? undefined : arg.of).closeStdin();
    return Promise.resolve({ ok: true });
  },
};

const signalShape = z.strictObject({ name: z.string().regex(/^(SIG)?[A-Z0-9]+$/), to: procName });

export const signal: Verb<z.infer<typeof signalShape>> = {
  name: "signal",
  about: "Sends a signal (`TERM`, `INT`, `HUP`, ...) to the module's process.",
  schema: signalShape,
  primary: "name",
  targets: started,
  run(arg, world) {
    const name = arg.name.startsWith("SIG") ? arg.name : `SIG${arg.name}`;
    return Promise.resolve({ ok: processOf(world, arg.to).signal(name) });
  },
};

const exitShape = z.strictObject({ within: duration, of: procName });

/** The observation is {ok, exited, code, signal, by, waited_ms}; `waited_ms` counts from this step. */
export const exit: Verb<z.infer<typeof exitShape>> = {
  name: "exit",
  about: "Waits for the end of the module's process.",
  schema: exitShape,
  primary: "within",
  targets: started,
  async run(arg, world) {
    const running = processOf(world, arg.of);
    const from = world.now();
    const ended = await within(running.exited, world.deadline(arg.within, "5s"));
    return exitObservation(ended, Math.round((world.now() - from) * 1000));
  },
};

export function exitObservation(ended: ExitInfo | undefined, waitedMs: number): Observation {
  if (ended === undefined) return { ok: false, exited: false, problem: "still running", waited_ms: waitedMs };
  return { ok: true, exited: true, code: ended.code, signal: ended.signal, by: ended.by, waited_ms: waitedMs };
}

const pauseShape = z.strictObject({
  stream: z.enum(["stdout", "stderr"]),
  resume: z.boolean().optional(),
  of: procName,
});

export const pauseOutput: Verb<z.infer<typeof pauseShape>> = {
  name: "pause-output",
  about: "Stops reading a stream of the module (or reads again, with `resume`).",
  schema: pauseShape,
  primary: "stream",
  targets: started,
  run(arg, world) {
    const running = processOf(world, arg.of);
    if (arg.resume) running.resumeStream(arg.stream);
    else running.pauseStream(arg.stream);
    return Promise.resolve({ ok: true });
  },
};

const endShape = z.strictObject({
  of: procName,
  "after-stdin": duration.optional(),
  "after-term": duration.optional(),
  "after-exit": duration.optional().describe("how long what it started may outlive it; default 250ms"),
});

/** Close stdin, TERM, KILL. The observation is the driver's EndReport with `ok`: nothing was left behind. */
export const end: Verb<z.infer<typeof endShape>> = {
  name: "end",
  about: "Ends the module's process: closes stdin, then TERM, then KILL; tells what was needed and what outlived it.",
  schema: endShape,
  primary: "of",
  targets: started,
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
