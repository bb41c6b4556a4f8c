// One scenario while it runs: what verbs act in, and the view that expressions see.

import { milliseconds } from "../base/duration.ts";
import { ContractError } from "../base/errors.ts";
import { type EventFrame, newEvent, type TranscriptEvent } from "../base/events.ts";
import { makeFolder, removeFolder } from "../base/io.ts";
import type { Limits } from "../base/limits.ts";
import type { Contract, Json, Scenario, Target } from "../base/types.ts";
import { evaluate } from "../contract/cel.ts";
import { expand } from "../contract/template.ts";
import { addEvent, definitions, lazily, newScenarioView, type ScenarioView } from "../contract/view.ts";
import { listeners } from "../drivers/process/proc-fs.ts";
import type { ModuleProcess } from "../drivers/process/process.ts";
import type { Recorder } from "./recorder.ts";
import { peersScope } from "./verbs/peers.ts";
import { state } from "./verbs/state.ts";
import type { World } from "./verbs/verb.ts";

/** What all scenarios of a run share. */
export interface RunContext {
  contract: Contract;
  /** Steps by scenario that are not done, since nothing selected needs them. */
  leftOut?: ReadonlyMap<string, ReadonlySet<string>>;
  target: Target;
  limits: Limits;
  env: Record<string, string>;
  headers: Record<string, string>;
  params: { [name: string]: Json };
  canary: Record<string, string>;
  unsafeProbes: boolean;
  budget?: { left: number };
  timeScale: number;
  /** Port that this run has for itself on this machine. */
  ownPort?: number;
  signal: AbortSignal;
  recorder: Recorder;
  /** Views of all scenarios, for expressions that look across them. */
  views: Map<string, ScenarioView>;
  now(): number;
  random(characters: number): string;
}

/** A world with what only the conductor needs. */
export interface DrivenWorld extends World {
  /** Name of the step being done; events carry it. */
  step: string | undefined;
  /** Runs all clean-ups, last first. Never throws; faults are recorded as notes. */
  close(): Promise<void>;
}

export function makeWorld(context: RunContext, scenario: Scenario): DrivenWorld {
  const view = newScenarioView(scenario.name);
  context.views.set(scenario.name, view);
  const cleanups: (() => Promise<void> | void)[] = [];
  const watchers = new Set<(event: TranscriptEvent) => void>();
  let closed = false;
  let folder: Promise<string> | undefined;
  const evaluateIn = evaluatorOf(context, scenario, view, () => world);
  const base = remembered(context.recorder, () => baseOf(context, scenario, evaluateIn));
  const world: DrivenWorld = {
    scenario,
    target: context.target,
    limits: context.limits,
    env: context.env,
    headers: context.headers,
    unsafeProbes: context.unsafeProbes,
    ...(context.budget === undefined ? {} : { budget: context.budget }),
    ...(context.ownPort === undefined ? {} : { ownPort: context.ownPort }),
    processes: new Map<string, ModuleProcess>(),
    signal: context.signal,
    view,
    watchers,
    step: undefined,
    now: context.now,
    random: context.random,
    deadline: (duration, fallback) => milliseconds(duration ?? fallback) * context.timeScale,
    pause: (duration, fallback) => milliseconds(duration ?? fallback),
    record(kind, data, proc) {
      const event = context.recorder.append(newEvent(frameOf(scenario, world.step, proc), kind, data));
      addEvent(view, event);
      for (const watcher of watchers) watcher(event);
      return event.n;
    },
    evaluate: evaluateIn,
    base,
    impostor: (port) => impostorOf(world, port),
    folder() {
      const made = folder ?? makeFolder("conform-");
      folder = made;
      return made;
    },
    // A step of an interrupted run may come to its end after the scenario did.
    onEnd: (cleanup) => void (closed ? cleanup() : cleanups.push(cleanup)),
    close() {
      closed = true;
      return closeWorld(world, cleanups, folder);
    },
  };
  return world;
}

function frameOf({ name }: Scenario, step: string | undefined, proc: string | undefined): EventFrame {
  return { scenario: name, ...(step === undefined ? {} : { step }), ...(proc === undefined ? {} : { proc }) };
}

async function closeWorld(world: World, cleanups: (() => Promise<void> | void)[], folder: Promise<string> | undefined) {
  for (const cleanup of cleanups.reverse()) {
    try {
      await cleanup();
    } catch (error) {
      world.record("note", { text: `clean-up failed: ${error instanceof Error ? error.message : String(error)}` });
    }
  }
  if (folder !== undefined) await folder.then(removeFolder, () => undefined);
}

/** Made anew only when something has happened since; asked for several times per request. */
function remembered<T>(recorder: Recorder, make: () => T): () => T {
  let known: { value: T; at: number } | undefined;
  return () => {
    if (known?.at !== recorder.count) known = { value: make(), at: recorder.count };
    return known.value;
  };
}

type Evaluate = (code: string, extra?: Record<string, unknown>) => unknown;

/** Evaluation in what expressions see. `vars` and `def` are worked out once per expression: meanwhile nothing can change. */
function evaluatorOf(context: RunContext, scenario: Scenario, view: ScenarioView, world: () => World): Evaluate {
  const { contract, target } = context;
  const runs: Record<string, unknown> = {};
  for (const { name } of contract.scenarios) {
    Object.defineProperty(runs, name, { enumerable: true, get: () => context.views.get(name)?.scope });
  }
  const scope: Record<string, unknown> = {
    run: view.scope,
    runs,
    params: context.params,
    scale: context.timeScale,
    canary: context.canary,
    target: { kind: target.kind, label: target.label },
    unsafe_probes: context.unsafeProbes,
  };
  let depth = 0;
  const vars = new Map<string, unknown>();
  const define = new Map<string, unknown>();
  const evaluateIn: Evaluate = (code, extra) => {
    depth++;
    try {
      return evaluate(code, extra === undefined ? scope : { ...scope, ...extra });
    } finally {
      if (--depth === 0) {
        vars.clear();
        define.clear();
      }
    }
  };
  scope.vars = lazily({ ...contract.vars, ...scenario.vars }, (value) => expand(value, evaluateIn), vars);
  scope.def = definitions(contract.define, evaluateIn, define);
  Object.defineProperty(scope, "peers", { enumerable: true, get: () => peersScope(world()) });
  return evaluateIn;
}

function baseOf(context: RunContext, scenario: Scenario, evaluateIn: Evaluate): string {
  if (context.target.url !== undefined) return context.target.url.replace(/\/+$/, "");
  if (scenario.base === undefined)
    throw new ContractError(`scenario "${scenario.name}" has HTTP steps but the contract gives no \`base\``);
  const base = expand(scenario.base, evaluateIn);
  if (typeof base !== "string" || !/^https?:\/\//.test(base))
    throw new ContractError(`base of scenario "${scenario.name}" is no http URL: ${JSON.stringify(base)}`);
  return base.replace(/\/+$/, "");
}

/** Ports that were seen to be the module's own. */
const provenPorts = state(() => new Set<number>());

/** A port that is listened on, by no process of this scenario: somebody else's service must never be judged as the module. */
function impostorOf(world: World, port: number): string | undefined {
  if (world.target.kind === "url" || world.processes.size === 0) return undefined;
  const proven = provenPorts(world);
  if (proven.has(port)) return undefined;
  const owned = [...world.processes.values()].map((running) => running.owns(port));
  if (owned.some((own) => own === true)) proven.add(port);
  if (owned.some((own) => own !== false)) return undefined;
  return (listeners(port) ?? []).length > 0
    ? `port ${port} is listened on by a process that is not the module`
    : undefined;
}
