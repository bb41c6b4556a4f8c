// Drives one scenario: its steps in order, each leaving exactly one step event; then the clean-up, whatever happened.

import { pause } from "../base/deadline.ts";
import { ContractError, codeOf, isPoverty, ResourceError, UsageError } from "../base/errors.ts";
import type { ScenarioData } from "../base/events.ts";
import type { Json, Observation, Scenario, Step } from "../base/types.ts";
import { unfit } from "../contract/select.ts";
import { expand } from "../contract/template.ts";
import { notWorkedOut, runEnded } from "../contract/view.ts";
import { watchStalls } from "./stalled.ts";
import { startStandIns } from "./verbs/peers.ts";
import { type AnyVerb, verbs } from "./verbs/registry.ts";
import { type DrivenWorld, makeWorld, type RunContext } from "./world.ts";

/** Runs the scenario to its end. Never throws: what goes wrong is in the transcript. */
export async function driveScenario(context: RunContext, scenario: Scenario): Promise<void> {
  const world = makeWorld(context, scenario);
  const from = context.now();
  const end = await runSteps(context, world).catch(
    (error: unknown): End => ({ status: "error", reason: faultOf(error) }),
  );
  world.step = undefined;
  await world.close();
  world.record("scenario", { ...end, from });
}

type End = Omit<ScenarioData, "from">;

async function runSteps(context: RunContext, world: DrivenWorld): Promise<End> {
  const { scenario } = world;
  if (scenario.if !== undefined && world.evaluate(scenario.if) !== true) {
    return {
      status: "skipped",
      reason: scenario.ifText ?? `this module gives no occasion for scenario ${scenario.name}`,
    };
  }
  await startStandIns(world);
  let stopped: End | undefined;
  for (const step of scenario.steps) {
    world.step = step.name;
    if (stopped === undefined && context.signal.aborted)
      stopped = { status: "stopped", reason: runEnded, step: step.name };
    if (stopped !== undefined) {
      world.record("step", { verb: step.verb, status: "not-run", reason: stopped.reason ?? "", from: context.now() });
      continue;
    }
    const good = await runStep(context, world, step);
    if (context.signal.aborted) stopped = { status: "stopped", reason: runEnded, step: step.name };
    else if (!good && step.otherwise === "stop")
      stopped = { status: "stopped", reason: `step "${step.name}" did not come to its good end`, step: step.name };
  }
  return stopped ?? { status: "ran" };
}

/** True when the scenario may go on. */
async function runStep(context: RunContext, world: DrivenWorld, step: Step): Promise<boolean> {
  const from = context.now();
  const skip = (reason: string): true => {
    world.record("step", { verb: step.verb, status: "skipped", reason, from });
    return true;
  };
  const verb = verbs.get(step.verb);
  if (verb === undefined) throw new ContractError(`unknown verb "${step.verb}"`);
  if (context.leftOut?.get(world.scenario.name)?.has(step.name)) return skip("no selected requirement reads it");
  const reason = unfit(step, verb.targets, context.target);
  if (reason !== undefined) return skip(reason);
  const stalled = watchStalls(world);
  const value = await observed(world, step, verb);
  if (typeof value.skipped === "string") return skip(value.skipped);
  world.record("step", {
    verb: step.verb,
    status: value.ok ? "done" : "failed",
    from,
    ...stalled(),
    value: plain(value),
  });
  return value.ok;
}

/** A condition without words of its own: the steps it builds on did not give what it needs. */
function unmet(step: Step, { steps }: Scenario): string {
  const read = new Set([...(step.if ?? "").matchAll(/\brun\.(\w+)/g)].map(([, name]) => name));
  const named = steps.flatMap(({ name }) => (read.has(name) ? [`"${name}"`] : []));
  return named.length === 0
    ? `this module gives no occasion for step "${step.name}"`
    : `step "${step.name}" builds on ${named.join(" and ")}, which gave no occasion for it`;
}

/** What cannot be worked out from what the module said ends the step, not the scenario: what was seen before counts. */
async function observed(world: DrivenWorld, step: Step, verb: AnyVerb): Promise<Observation> {
  try {
    if (step.if !== undefined && world.evaluate(step.if) !== true)
      return { ok: false, skipped: step.ifText ?? unmet(step, world.scenario) };
    return await observe(world, step, verb);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return { ok: false, problem: notWorkedOut, detail: error.message };
  }
}

async function observe(world: DrivenWorld, step: Step, verb: AnyVerb): Promise<Observation> {
  const once = (extra?: Record<string, unknown>): Promise<Observation> => {
    const arg = verb.raw ? step.arg : expand(step.arg, (code) => world.evaluate(code, extra));
    return interruptible(world, verb.run(arg, world, extra));
  };
  const list = elements(world, step);
  if (list === undefined) return once();
  const width = Math.max(1, count(world, step.parallel, 1));
  const between = pauseOf(world, step.every_ms);
  const apart = pauseOf(world, step.apart_ms);
  const late = async (extra: Record<string, unknown>, place: number): Promise<Observation> => {
    if (apart > 0 && place > 0) await pause(apart * place, world.signal);
    return once(extra);
  };
  const all: Observation[] = [];
  for (let start = 0; start < list.length && !world.signal.aborted; start += width) {
    if (start > 0 && between > 0) await pause(between, world.signal);
    all.push(...(await Promise.all(list.slice(start, start + width).map(late))));
  }
  const skipped = all.find((one) => typeof one.skipped === "string")?.skipped;
  const none = skipped !== undefined && all.every((one) => typeof one.skipped === "string");
  return { ok: all.every(({ ok }) => ok), count: all.length, all: all.map(plain), ...(none ? { skipped } : {}) };
}

function pauseOf(world: DrivenWorld, given: number | string | undefined): number {
  return given === undefined ? 0 : world.pause(resolved(world, given) as string | number, 0);
}

/** One scope per repetition, or undefined when the step is done once. */
function elements(world: DrivenWorld, step: Step): Record<string, unknown>[] | undefined {
  if (step.each !== undefined) {
    const list = world.evaluate(step.each);
    if (!Array.isArray(list)) throw new ContractError(`step "${step.name}": \`${step.each}\` is not a list`);
    return list.map((each, index) => ({ each, index }));
  }
  if (step.times === undefined) return undefined;
  return Array.from({ length: count(world, step.times, 1) }, (_, index) => ({ index }));
}

function count(world: DrivenWorld, value: number | string | undefined, otherwise: number): number {
  const number = value === undefined ? otherwise : Number(resolved(world, value));
  if (!Number.isFinite(number) || number < 0 || number > 100_000) throw new ContractError(`"${value}" is not a count`);
  return number;
}

function resolved(world: DrivenWorld, value: number | string): Json {
  return expand(value, (code) => world.evaluate(code));
}

function plain(observation: Observation): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(observation).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** An aborted run does not wait for the step's own deadline. */
function interruptible(world: DrivenWorld, promise: Promise<Observation>): Promise<Observation> {
  if (world.signal.aborted) return Promise.resolve({ ok: false, problem: "interrupted" });
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve({ ok: false, problem: "interrupted" });
    world.signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => world.signal.removeEventListener("abort", abort));
  });
}

function faultOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof ResourceError) return error.message;
  if (isPoverty(error)) return `this machine has run out of something: ${codeOf(error)}`;
  return error instanceof Error ? (error.stack?.split("\n").slice(0, 3).join(" ") ?? error.message) : String(error);
}
