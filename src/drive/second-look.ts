// The second look: what failed on a crowded machine, or in scenarios that disturb each other, is observed once more, one scenario at a time,
// before anybody is accused.

import type { Contract, TranscriptEvent } from "../base/types.ts";
import type { Outcome } from "../report/types.ts";

/** From this share of its time on a scenario that had to wait for a CPU is not trusted with an accusation. */
const crowded = 0.5;

/** Event that begins a second look: from here on the scenario's earlier events say nothing. */
export const again = "again";

/** Why a scenario is looked at once more, and the ids that its first look would have failed. */
export interface Doubt {
  reason: string;
  requirements: string[];
}

/** Scenarios that a failed or undecided requirement reads and whose only look is not to be trusted, in contract order. */
export function doubtful(
  { requirements }: Contract,
  outcomes: ReadonlyMap<string, Outcome>,
  events: readonly TranscriptEvent[],
): Map<string, Doubt> {
  const reasonOf = reasons(events);
  const looked = new Set(events.flatMap(({ kind, scenario }) => (kind === again ? [scenario] : [])));
  const doubts = new Map<string, Doubt>();
  for (const { id, level, on } of requirements) {
    // What no verdict depends on is not worth the time.
    if (level === "MAY" || !isSuspect(outcomes.get(id))) continue;
    for (const name of new Set(on.map((place) => place.split(".")[0] ?? ""))) {
      const reason = looked.has(name) ? undefined : reasonOf(name);
      if (reason === undefined) continue;
      const doubt = doubts.get(name) ?? { reason, requirements: [] };
      doubt.requirements.push(id);
      doubts.set(name, doubt);
    }
  }
  return doubts;
}

/** Failed, undecided, or without an observation to judge because its scenario ended early; what waits for another requirement is not. */
function isSuspect(outcome: Outcome | undefined): boolean {
  if (outcome?.kind === "blocked") return outcome.reason !== undefined;
  return outcome?.kind === "fail" || outcome?.kind === "error";
}

export const reasonDisturbed = "instances of this module get into each other's way";

function reasons(events: readonly TranscriptEvent[]): (scenario: string) => string | undefined {
  if (events.some((event) => disturbanceOf(event) !== undefined)) return () => reasonDisturbed;
  const busy = new Set(events.filter(isCrowded).map(({ scenario }) => scenario));
  return (scenario) => (busy.has(scenario) ? "the machine was crowded" : undefined);
}

/** Is there anything at all that the first look cannot be trusted with? Much cheaper to know than the outcomes. */
export function anyDoubt(events: readonly TranscriptEvent[]): boolean {
  return events.some((event) => isCrowded(event) || disturbanceOf(event) !== undefined);
}

function isCrowded({ kind, data: { busy } }: TranscriptEvent): boolean {
  return kind === "scenario" && typeof busy === "number" && busy >= crowded;
}

/** What a `note` step of the contract says of instances that disturb each other: the port that they all take, or that they do. */
export function disturbanceOf({ kind, data: { verb, status, value } }: TranscriptEvent): number | true | undefined {
  if (kind !== "step" || verb !== "note" || status !== "done") return undefined;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  return typeof value.disturbs === "number" || value.disturbs === true ? value.disturbs : undefined;
}

/** Without what a second look replaced. */
export function lastLooks(events: readonly TranscriptEvent[]): readonly TranscriptEvent[] {
  const from = new Map(events.flatMap(({ kind, scenario, n }) => (kind === again ? [[scenario, n]] : [])));
  return from.size === 0 ? events : events.filter(({ scenario, n }) => n >= (from.get(scenario) ?? 0));
}

/**
 * What the report says of second looks: why, and which failures they took back. That a crowded machine had part of a module looked at twice is
 * not worth a word when it changed nothing: two runs on an unchanged module are to say the same.
 */
export function secondLookRemarks(
  events: readonly TranscriptEvent[],
  outcomes: ReadonlyMap<string, Outcome>,
): string[] {
  const looks = events.filter(({ kind }) => kind === again);
  const ids = looks.flatMap(({ data }) => (Array.isArray(data.requirements) ? data.requirements.map(String) : []));
  const cleared = [...new Set(ids)].filter((id) => outcomes.get(id)?.kind === "pass");
  if (cleared.length === 0 && !looks.some(({ data }) => data.reason === reasonDisturbed)) return [];
  const which = looks.length === 1 ? "1 scenario was" : `${looks.length} scenarios were`;
  const why = [...new Set(looks.map(({ data }) => String(data.reason)))].join(", and ");
  const taken = cleared.length === 0 ? "" : ` Failed at first and passed then: ${cleared.join(", ")}.`;
  return [`${which} looked at once more, one at a time, because ${why}.${taken}`];
}
