// The second look: what failed while the machine was crowded is observed once more, one scenario at a time, before anybody is accused.
import type { Outcome } from "./report-types.ts";
import type { Contract, TranscriptEvent } from "./types.ts";

/** From this share of its time on a scenario that had to wait for a CPU is not trusted with an accusation. */
const crowded = 0.5;

/** Event that begins a second look: from here on the scenario's earlier events say nothing. */
export const again = "again";

/** Scenarios that a failed or undecided requirement reads and that ran while the machine was crowded, with the ids that doubt them. */
export function doubtful(
  { requirements }: Contract,
  outcomes: ReadonlyMap<string, Outcome>,
  events: readonly TranscriptEvent[],
): Map<string, string[]> {
  const busy = new Set(events.flatMap(({ kind, scenario, data }) => (isCrowded(kind, data.busy) ? [scenario] : [])));
  const doubts = new Map<string, string[]>();
  for (const { id, on } of requirements) {
    const kind = outcomes.get(id)?.kind;
    if (kind !== "fail" && kind !== "error") continue;
    for (const name of new Set(on.map((place) => place.split(".")[0] ?? ""))) {
      if (busy.has(name)) doubts.set(name, [...(doubts.get(name) ?? []), id]);
    }
  }
  return doubts;
}

function isCrowded(kind: string, busy: unknown): boolean {
  return kind === "scenario" && typeof busy === "number" && busy >= crowded;
}

/** Without what a second look replaced. */
export function lastLooks(events: readonly TranscriptEvent[]): readonly TranscriptEvent[] {
  const from = new Map(events.flatMap(({ kind, scenario, n }) => (kind === again ? [[scenario, n]] : [])));
  return from.size === 0 ? events : events.filter(({ scenario, n }) => n >= (from.get(scenario) ?? 0));
}

/** What the report says of second looks: how many, and which failures they took back. */
export function secondLookRemarks(
  events: readonly TranscriptEvent[],
  outcomes: ReadonlyMap<string, Outcome>,
): string[] {
  const looks = events.filter(({ kind }) => kind === again);
  if (looks.length === 0) return [];
  const ids = looks.flatMap(({ data }) => (Array.isArray(data.requirements) ? data.requirements.map(String) : []));
  const cleared = [...new Set(ids)].filter((id) => outcomes.get(id)?.kind === "pass");
  const which = looks.length === 1 ? "1 scenario was" : `${looks.length} scenarios were`;
  const taken =
    cleared.length === 0
      ? "What failed there failed again."
      : `Failed at first and passed then: ${cleared.join(", ")}; on a machine with less to do they should pass at once.`;
  return [`The machine was crowded, so ${which} looked at once more, one at a time. ${taken}`];
}
