// Looks at a scenario in a transcript: the last one is the one that counts.
import type { AgainData, TranscriptEvent } from "./events.ts";

/** Without what a second look replaced; where `first` names scenarios, of these without the second look. */
export function lastLooks(
  events: readonly TranscriptEvent[],
  first: ReadonlySet<string> = new Set(),
): readonly TranscriptEvent[] {
  const from = new Map(events.flatMap(({ kind, scenario, n }) => (kind === "again" ? [[scenario, n]] : [])));
  if (from.size === 0) return events;
  return events.filter(({ scenario, n }) => {
    const begins = from.get(scenario);
    return begins === undefined || (first.has(scenario) ? n < begins : n >= begins);
  });
}

/** Factor on the deadlines of the look that this event begins. */
export function patienceOf({ patience = 1 }: AgainData): number {
  return patience;
}
