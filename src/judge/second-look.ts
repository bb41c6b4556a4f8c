// The second look: what came too late while it had no CPU, or in scenarios that disturb each other, is observed once more, one scenario at a
// time, before anybody is accused. What a process did by itself counts from the first look on.

import type { TranscriptEvent } from "../base/events.ts";
import { isObject } from "../base/json.ts";
import type { Outcome } from "../base/judged.ts";
import { lastLooks, patienceOf } from "../base/looks.ts";
import type { Contract, Requirement } from "../base/types.ts";

/** A step that had less than this share of its time for itself is not trusted with an accusation of lateness. */
const ownShare = 0.75;
/** What came quicker is late for no requirement. */
const quickMs = 1000;
/**
 * Deadlines of a second look that lateness asked for are so many times as long, as the machine may be as crowded as before: at least the first, and
 * as many times as it takes to give the module the time that it was promised, but not more than the second.
 */
const patience = { least: 3, most: 20 };

/** Why a scenario is looked at once more, and the ids that its first look would have failed. */
export interface Doubt {
  reason: string;
  requirements: string[];
  /** Factor on deadlines of the second look. */
  patience?: number;
}

export const reasonDisturbed = "instances of this module get into each other's way";
export const reasonLate = "it came too late while it had to wait for a CPU";

/** Scenarios that a failed or undecided requirement reads and whose only look is not to be trusted, in contract order. */
export function doubtful(
  contract: Contract,
  outcomes: ReadonlyMap<string, Outcome>,
  events: readonly TranscriptEvent[],
): Map<string, Doubt> {
  const doubted = doubter(contract, events);
  const looked = new Set(events.flatMap(({ kind, scenario }) => (kind === "again" ? [scenario] : [])));
  const doubts = new Map<string, Doubt>();
  for (const requirement of contract.requirements) {
    // What no verdict depends on is not worth the time.
    if (requirement.level === "MAY") continue;
    for (const [name, doubt] of doubted(requirement, outcomes.get(requirement.id))) {
      if (looked.has(name)) continue;
      const { missed: _, ...about } = doubt;
      const known = doubts.get(name) ?? { ...about, requirements: [] };
      if (about.patience !== undefined) known.patience = Math.max(about.patience, known.patience ?? 0);
      // What conform could not tell at first is not flaky when it can now.
      if (outcomes.get(requirement.id)?.kind !== "error") known.requirements.push(requirement.id);
      doubts.set(name, known);
    }
  }
  return doubts;
}

type Doubter = (requirement: Requirement, outcome: Outcome | undefined) => [scenario: string, Reason][];

interface Reason extends Omit<Doubt, "requirements"> {
  /** A step did not come to its good end; otherwise what counted came, but slowly. */
  missed: boolean;
}

/** Tells of a requirement with its outcome which of its scenarios, as they were looked at last, are not to be trusted. */
export function doubter({ scenarios }: Contract, events: readonly TranscriptEvent[]): Doubter {
  const disturbed = events.some((event) => disturbanceOf(event) !== undefined);
  const lates = new Map<string, LateStep[]>();
  if (!disturbed) {
    for (const look of lookedAt(events)) {
      const steps = scenarios.find(({ name }) => name === look.scenario)?.steps ?? [];
      lates.set(look.scenario, lateSteps(look, new Map(steps.map(({ name, arg }) => [name, processOf(arg)]))));
    }
  }
  return (requirement, outcome) => {
    if (!isSuspect(outcome)) return [];
    const shown = new Set(outcome?.kind === "fail" ? outcome.findings.flatMap((finding) => finding.events) : []);
    const places = requirement.on.map((place) => place.split("."));
    return [...new Set(places.map(([name = ""]) => name))].flatMap((name): ReturnType<Doubter> => {
      if (disturbed) return [[name, { reason: reasonDisturbed, missed: false }]];
      const own = new Set(places.filter(([scenario]) => scenario === name).map(([, step]) => step));
      const late = (lates.get(name) ?? []).filter((step) => step.missed || shown.has(step.n) || own.has(step.name));
      const missed = late.some((step) => step.missed);
      const wanted = Math.max(...late.map((step) => step.wanted));
      return late.length > 0 ? [[name, { reason: reasonLate, patience: wanted, missed }]] : [];
    });
  };
}

/** Failed, undecided, or without an observation to judge because its scenario ended early; what waits for another requirement is not. */
function isSuspect(outcome: Outcome | undefined): boolean {
  if (outcome?.kind === "blocked") return outcome.reason !== undefined;
  return outcome?.kind === "fail" || outcome?.kind === "error";
}

/** Is there anything at all that the first look cannot be trusted with? Much cheaper to know than the outcomes. */
export function anyDoubt(events: readonly TranscriptEvent[]): boolean {
  return events.some(
    (event) =>
      event.kind === "step" &&
      (event.data.stalled_ms !== undefined || isBlind(event.data.value) || disturbanceOf(event) !== undefined),
  );
}

interface Look {
  scenario: string;
  /** Factor on its deadlines. */
  patience: number;
  events: readonly TranscriptEvent[];
}

interface LateStep {
  n: number;
  name: string | undefined;
  /** It did not come to its good end; one that did may have come too late for what is expected of it. */
  missed: boolean;
  /** How patient another look should be. */
  wanted: number;
}

/** Steps that had too little of their time for themselves; not those that waited for a process that had ended by itself. */
function lateSteps({ events, patience: had }: Look, processes: ReadonlyMap<string, string>): LateStep[] {
  const gone = events.filter(
    (event) => event.kind === "exit" && event.data.by === "module" && event.data.reason === undefined,
  );
  return events.flatMap((event): LateStep[] => {
    if (event.kind !== "step") return [];
    const { n, t, step } = event;
    const { stalled_ms: stalled, from, status, value } = event.data;
    // How a call ended by itself is no lateness, however long that took.
    if (isObject(value) && endedItself.has(String(value.outcome))) return [];
    if (isBlind(value)) return [{ n, name: step, missed: true, wanted: patience.least }];
    if (stalled === undefined) return [];
    const ms = (t - from) * 1000;
    const missed = status === "failed";
    if ((!missed && ms < quickMs) || ms - stalled >= (ownShare * ms) / had) return [];
    const waitedFor = processes.get(step ?? "") ?? "main";
    if (missed && gone.some((exit) => exit.t <= t && exit.proc === waitedFor)) return [];
    return [{ n, name: step, missed, wanted: wantedFor((ms - stalled) / ms) }];
  });
}

/** A fifth more than what makes up for the share of its time that a step had. */
function wantedFor(share: number): number {
  return Math.min(patience.most, Math.max(patience.least, Math.ceil(1.2 / Math.max(share, 0.01))));
}

/** Outcomes of calls of a hosted module that it made itself; `pending` and `stuck` are deadlines that passed. */
const endedItself = new Set(["threw", "rejected", "absent", "not-function"]);

/** The step's own words that conform had no time to look at what passes by. */
const isBlind = (value: unknown): boolean => isObject(value) && value.blind === true;

/** The process that a step's argument names. */
function processOf(arg: unknown): string {
  if (!isObject(arg)) return "main";
  for (const key of ["of", "to", "as"]) {
    const name: unknown = Reflect.get(arg, key);
    if (typeof name === "string" && name !== "") return name;
  }
  return "main";
}

function lookedAt(events: readonly TranscriptEvent[]): Look[] {
  const looks = new Map<string, { patience: number; events: TranscriptEvent[] }>();
  for (const event of lastLooks(events)) {
    const look = looks.get(event.scenario) ?? { patience: 1, events: [] };
    looks.set(event.scenario, look);
    if (event.kind === "again") look.patience = patienceOf(event.data);
    look.events.push(event);
  }
  return [...looks].map(([scenario, look]) => ({ scenario, ...look }));
}

/** What a `note` step of the contract says of instances that disturb each other: the port that they all take, or that they do. */
export function disturbanceOf({ kind, data }: TranscriptEvent): number | true | undefined {
  if (kind !== "step" || data.verb !== "note" || data.status !== "done") return undefined;
  const value = data.value ?? {};
  return typeof value.disturbs === "number" || value.disturbs === true ? value.disturbs : undefined;
}

/** Ids of what failed at first and passed at the second look. */
export function takenBack(events: readonly TranscriptEvent[], outcomes: ReadonlyMap<string, Outcome>): Set<string> {
  const ids = events.flatMap(({ kind, data }) => (kind === "again" ? data.requirements : []));
  return new Set(ids.filter((id) => outcomes.get(id)?.kind === "pass"));
}

/**
 * What the report says of second looks: why, and which failures they took back. That a crowded machine had part of a module looked at twice is
 * not worth a word when it changed nothing: two runs on an unchanged module are to say the same.
 */
export function secondLookRemarks(
  events: readonly TranscriptEvent[],
  outcomes: ReadonlyMap<string, Outcome>,
): string[] {
  const looks = events.filter((event) => event.kind === "again");
  const cleared = [...takenBack(events, outcomes)];
  if (cleared.length === 0 && !looks.some(({ data }) => data.reason === reasonDisturbed)) return [];
  const which = looks.length === 1 ? "1 scenario was" : `${looks.length} scenarios were`;
  const why = [...new Set(looks.map(({ data }) => data.reason))].join(", and ");
  const taken = cleared.length === 0 ? "" : ` Failed at first and passed then: ${cleared.join(", ")}.`;
  return [`${which} looked at once more, one at a time, because ${why}.${taken}`];
}
