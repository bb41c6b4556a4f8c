// Verbs that wait for lines of the module's output: `await` one, `watch` for a time.
import { callTime, within } from "../../base/deadline.ts";
import type { TranscriptEvent } from "../../base/events.ts";
import { parseJson } from "../../base/json.ts";
import type { Observation } from "../../base/types.ts";
import type { SeenLine } from "../../contract/view.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { awaitLineWords, watchWords } from "../../contract/words/lines.ts";
import type { Verb, World } from "./verb.ts";

export const awaitLine: Verb<ArgOf<typeof awaitLineWords>> = {
  ...awaitLineWords,
  raw: true,
  async run(arg, world, extra) {
    const from = world.now();
    const wanted = linesOf(world, arg);
    const test = (line: SeenLine): boolean => world.evaluate(arg.line, { ...extra, line }) === true;
    const find = (): Observation | undefined => {
      const lines = wanted();
      const line = lines.find(test);
      if (line !== undefined) return lineObservation(line, false);
      return arg.joined ? joinedLine(lines, test) : undefined;
    };
    const found = await settled(world, arg.of ?? "main", world.deadline(expandDuration(world, arg.within), "5s"), find);
    const waited = { waited_ms: Math.round((world.now() - from) * 1000) };
    if (found.value !== undefined) return { ...found.value, ...waited };
    return { ok: false, problem: found.why, ...waited };
  },
};

export const watchVerb: Verb<ArgOf<typeof watchWords>> = {
  ...watchWords,
  raw: true,
  async run(arg, world, extra) {
    const from = world.now();
    const wanted = linesOf(world, arg);
    const test = (line: SeenLine): boolean =>
      arg.line === undefined || world.evaluate(arg.line, { ...extra, line }) === true;
    const all = (): SeenLine[] => {
      const lines = wanted();
      const met = lines.filter(test);
      if (met.length > 0 || !arg.joined) return met;
      const whole = joinedLine(lines, test);
      return whole === undefined ? [] : lines.filter(({ n }) => n === whole.line);
    };
    const enough = (): Observation | undefined =>
      arg.stop !== undefined && all().length >= arg.stop ? { ok: true } : undefined;
    const ms = world.deadline(expandDuration(world, arg.for), "5s");
    if (arg.settle !== undefined) await atRest(world, arg.of ?? "main", world.deadline(arg.settle, "5s"));
    await settled(world, arg["until-exit"] === false ? undefined : (arg.of ?? "main"), ms, enough);
    const seen = all();
    const exit = world.processes.get(arg.of ?? "main")?.exit;
    return {
      ok: true,
      count: seen.length,
      seen: seen.slice(0, 20).map(({ n, text }) => ({ n, text: (text ?? "").slice(0, 2000) })),
      exited: exit !== undefined,
      ...(exit === undefined ? {} : { code: exit.code, signal: exit.signal, by: exit.by }),
      waited_ms: Math.round((world.now() - from) * 1000),
    };
  },
};

const restMs = 250;

const restLooks = 5;

/**
 * Waits until the process takes no CPU time and sleeps at several looks in a row: then it has begun and read what was sent, however
 * loaded the machine is. Without /proc a moment is all that can be waited.
 */
async function atRest(world: World, proc: string, ms: number): Promise<void> {
  const running = world.processes.get(proc);
  const end = world.now() + ms / 1000;
  let still = 0;
  let before: number | undefined;
  while (running?.alive === true && still < restLooks && world.now() < end && !world.signal.aborted) {
    await within(running.exited, restMs / restLooks);
    const seen = running.activity();
    still = seen === undefined || (!seen.active && seen.cpuMs === before) ? still + 1 : 0;
    before = seen?.cpuMs;
  }
}

function expandDuration(world: World, value: string | number): string | number {
  if (typeof value === "number" || !value.includes("${")) return value;
  const result = world.evaluate(value.replace(/^\$\{(.*)\}$/s, "$1"));
  return typeof result === "number" ? result : String(result);
}

/** The lines that count so far, re-read at each call. */
function linesOf(
  world: World,
  arg: { stream?: string | undefined; since?: string | undefined; of?: string | undefined },
): () => SeenLine[] {
  const after = arg.since === undefined ? -1 : stepStart(world, arg.since);
  const stream = arg.stream ?? "stdout";
  const proc = arg.of ?? "main";
  return () =>
    world.view.lines.filter(
      (line) => line.proc === proc && (stream === "any" || line.stream === stream) && line.t >= after,
    );
}

function stepStart(world: World, name: string): number {
  return world.view.steps.get(name)?.from ?? world.now();
}

/** Asks again after every event until there is a value, the process has ended, or time is up. */
function settled(
  world: World,
  proc: string | undefined,
  ms: number,
  ask: () => Observation | undefined,
): Promise<{ value?: Observation; why: string }> {
  const first = ask();
  if (first !== undefined) return Promise.resolve({ value: first, why: "" });
  const running = proc === undefined ? undefined : world.processes.get(proc);
  return new Promise((resolve, reject) => {
    const finish = (result: { value?: Observation; why: string }): void => {
      stopClock();
      world.watchers.delete(onEvent);
      world.signal.removeEventListener("abort", onAbort);
      resolve(result);
    };
    const onEvent = (event: TranscriptEvent): void => {
      if (event.kind !== "line" && event.kind !== "exit") return;
      try {
        const value = ask();
        if (value !== undefined) finish({ value, why: "" });
        else if (event.kind === "exit" && event.proc === proc) finish({ why: "exited" });
      } catch (error) {
        finish({ why: "" });
        reject(error);
      }
    };
    const onAbort = (): void => finish({ why: "interrupted" });
    const stopClock = callTime(ms, () => finish({ why: "timeout" }));
    world.watchers.add(onEvent);
    world.signal.addEventListener("abort", onAbort, { once: true });
    if (running?.exit !== undefined) finish({ why: "exited" });
  });
}

function lineObservation(line: SeenLine, joined: boolean): Observation {
  return {
    ok: true,
    line: line.n,
    t: line.t,
    ...(line.text === undefined ? {} : { text: line.text }),
    ...(line.json === undefined ? {} : { json: line.json }),
    joined,
  };
}

/** An object printed over several lines: the first run of non-JSON lines that together are one. */
function joinedLine(lines: SeenLine[], test: (line: SeenLine) => boolean): Observation | undefined {
  for (const [index, first] of lines.entries()) {
    if (first.json !== undefined || first.text?.trimStart().startsWith("{") !== true) continue;
    let text = first.text;
    for (const next of lines.slice(index + 1, index + 400)) {
      text += `\n${next.text ?? ""}`;
      if (next.text?.trimEnd().endsWith("}") !== true) continue;
      const { value } = parseJson(text);
      if (value === undefined) continue;
      const whole: SeenLine = { ...first, text, json: value };
      if (test(whole)) return { ...lineObservation(whole, true), last: next.n };
      break;
    }
  }
  return undefined;
}
