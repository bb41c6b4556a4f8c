// Transcript events -> what expressions see. The same fold serves driving (event by event) and judging (all at once).

import type { LineData, TranscriptEvent } from "../base/events.ts";
import { isObject, parseJson } from "../base/json.ts";
import { lastLooks, patienceOf } from "../base/looks.ts";
import type { Json, Observation, StepStatus } from "../base/types.ts";

/** How a step ended and the event that says so. */
export interface StepSeen {
  name: string;
  status: StepStatus;
  /** Why it was skipped or not run. */
  reason?: string;
  event: number;
  from: number;
  to: number;
  verb: string;
}

/** A line as expressions see it. */
export interface SeenLine extends LineData {
  n: number;
  t: number;
  proc: string | null;
  step: string | null;
  /** Of standard output: its one JSON value. */
  json?: Json;
}

/** One scenario as expressions see it (`run`), with the steps' fate beside it. */
export interface ScenarioView {
  name: string;
  /** Observations by step name, and `lines`, `exits`, `requests`, `limits`, `incidents`. */
  scope: Record<string, unknown>;
  /** The same lines as in `scope`. */
  lines: SeenLine[];
  steps: Map<string, StepSeen>;
  /** Factor on its deadlines; 1 but for some second looks. */
  patience: number;
  state: { status: "running" | "ran" | "stopped" | "skipped" | "error"; reason?: string; step?: string };
}

/** Reason of a scenario that conform cut short: a signal, or the run's overall deadline. */
export const runEnded = "the run was ended";

/** Problem of a step whose conditions or templates could not be worked out from what was seen. */
export const notWorkedOut = "not-worked-out";

export function newScenarioView(name: string): ScenarioView {
  const lines: SeenLine[] = [];
  return {
    name,
    scope: { lines, exits: [], requests: [], limits: [], spawns: [], incidents: [] },
    lines,
    steps: new Map(),
    patience: 1,
    state: { status: "running" },
  };
}

const lists: Record<string, string> = {
  exit: "exits",
  request: "requests",
  limit: "limits",
  spawn: "spawns",
  incident: "incidents",
};

/** Takes one more event of the scenario into its view. */
export function addEvent(view: ScenarioView, event: TranscriptEvent): void {
  const { n, t, proc = null, step = null } = event;
  const list = view.scope[lists[event.kind] ?? ""];
  if (event.kind === "line") view.lines.push(withLineJson({ n, t, proc, step, ...event.data }));
  else if (Array.isArray(list)) list.push({ n, t, proc, step, ...event.data });
  else if (event.kind === "again") view.patience = patienceOf(event.data);
  else if (event.kind === "step") addStep(view, event);
  else if (event.kind === "scenario") {
    const { status, reason, step } = event.data;
    view.state = {
      status,
      ...(reason === undefined ? {} : { reason }),
      ...(step === undefined ? {} : { step }),
    };
  }
}

function addStep(view: ScenarioView, event: TranscriptEvent<"step">): void {
  const name = event.step ?? "";
  const { status, reason, value, from, verb } = event.data;
  view.steps.set(name, {
    name,
    status,
    ...(reason === undefined ? {} : { reason }),
    event: event.n,
    from,
    to: event.t,
    verb,
  });
  if (value !== undefined) view.scope[name] = observationOf(value, event.n);
}

/** An observation as expressions see it: with its event number and its body parsed. */
function observationOf(value: Json, n: number): unknown {
  if (!isObject(value)) return value;
  const all = Array.isArray(value.all) ? { all: value.all.map((item) => observationOf(item, n)) } : {};
  return withJson({ n, ...value, ...all });
}

function withJson(observation: { [key: string]: unknown }): { [key: string]: unknown } {
  const body = observation.body;
  if (typeof body !== "string" || observation.json !== undefined || !/^\s*[[{"\dtfn-]/.test(body)) return observation;
  const { value } = parseJson(body);
  return value === undefined ? observation : { ...observation, json: value };
}

/** A line of standard output that is one JSON value carries it as `json`. */
function withLineJson(line: SeenLine): SeenLine {
  const { stream, text } = line;
  if (stream !== "stdout" || text === undefined || !/^\s*[[{"\dtfn-]/.test(text)) return line;
  const { value } = parseJson(text);
  return value === undefined ? line : { ...line, json: value };
}

/** All scenarios of a transcript by name, each as it was looked at last. */
export function viewOf(events: readonly TranscriptEvent[]): Map<string, ScenarioView> {
  const views = new Map<string, ScenarioView>();
  for (const event of lastLooks(events)) {
    let view = views.get(event.scenario);
    if (view === undefined) {
      view = newScenarioView(event.scenario);
      views.set(event.scenario, view);
    }
    addEvent(view, event);
  }
  return views;
}

/** Event number of an observation or line, if it has one. */
export function eventNumbers(value: unknown): number[] {
  if (Array.isArray(value)) return value.slice(0, 50).flatMap(eventNumbers);
  if (isObject(value) && "n" in value && typeof value.n === "number") return [value.n];
  return [];
}

/** The observation of `scenario.step`, or of nothing. */
export function observationAt(
  views: Map<string, ScenarioView>,
  scenario: string,
  step: string,
): Observation | undefined {
  const value = views.get(scenario)?.scope[step];
  return isObject(value) ? (value as Observation) : undefined;
}

/** `def.name`: named expressions, evaluated on first use. */
export function definitions(
  define: { [name: string]: string },
  evaluate: (code: string) => unknown,
  known?: Map<string, unknown>,
): Record<string, unknown> {
  return lazily(define, (code) => evaluate(code), known);
}

/** An object whose members are made on first use. `known` remembers them; whoever clears it has them made anew. */
export function lazily<T>(
  source: { [name: string]: T },
  make: (value: T) => unknown,
  known = new Map<string, unknown>(),
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(source)) {
    Object.defineProperty(values, name, {
      enumerable: true,
      configurable: true,
      get: () => {
        if (!known.has(name)) known.set(name, make(value));
        return known.get(name);
      },
    });
  }
  return values;
}
