// Outcomes of a run with second looks: what a process did by itself counts from the first look on, and what came too late in every look, while it
// had no CPU, is no failure but not known.

import type { TranscriptEvent } from "../base/events.ts";
import type { Outcome } from "../base/judged.ts";
import { lastLooks } from "../base/looks.ts";
import type { Transcript } from "../base/transcript.ts";
import type { Requirement } from "../base/types.ts";
import { type Case, judge } from "./judge.ts";
import { anyDoubt, doubter, reasonLate } from "./second-look.ts";

/**
 * Outcomes by id of all requirements in contract order, all looks considered; those not selected are `skipped`. Pure; what is wrong with one
 * expression or one observation becomes an `error` of that requirement.
 */
export function judgeLooks(given: Case): Map<string, Outcome> {
  const outcomes = judge(given);
  for (const [id, outcome] of ofFirstLooks(given, outcomes)) outcomes.set(id, outcome);
  const { contract, transcript } = given;
  if (transcript.header.second_look === false || !anyDoubt(transcript.events)) return outcomes;
  const doubted = doubter(contract, transcript.events);
  for (const requirement of contract.requirements) {
    const outcome = outcomes.get(requirement.id);
    // What no verdict depends on was not looked at again, and stays as it was seen.
    if (outcome?.kind !== "fail" || requirement.level === "MAY") continue;
    const late = doubted(requirement, outcome).find(([, { reason, missed }]) => reason === reasonLate && missed);
    if (late !== undefined) outcomes.set(requirement.id, { kind: "error", message: unknown(transcript, late[0]) });
  }
  return outcomes;
}

function unknown({ events }: Transcript, scenario: string): string {
  const twice = events.some((event) => event.kind === "again" && event.scenario === scenario);
  return `this machine was too crowded: ${reasonLate}${twice ? ", also when it was looked at once more" : ", and there was no time for another look"}`;
}

/** Failures that only the first look of a scenario showed, and that no lack of CPU time explains. */
function ofFirstLooks({ contract, transcript, selected }: Case, last: ReadonlyMap<string, Outcome>) {
  const looks = transcript.events.filter(({ kind, data }) => kind === "again" && data.reason === reasonLate);
  const looked = new Set(looks.map(({ scenario }) => scenario));
  const groups = new Map<string, Requirement[]>();
  for (const requirement of contract.requirements) {
    if (!selected.has(requirement.id) || requirement.level === "MAY" || last.get(requirement.id)?.kind === "fail")
      continue;
    const names = [...new Set(requirement.on.map((place) => place.split(".")[0] ?? ""))].filter((name) =>
      looked.has(name),
    );
    if (names.length === 0) continue;
    const key = names.sort().join(" ");
    groups.set(key, [...(groups.get(key) ?? []), requirement]);
  }
  const found: [string, Outcome][] = [];
  for (const [key, requirements] of groups) {
    const events = [...lastLooks(transcript.events, new Set(key.split(" ")))];
    // All are judged, or what others take on themselves would seem to be a failure of these.
    found.push(...trusted({ contract, transcript: { ...transcript, events }, selected }, requirements));
  }
  return found;
}

function trusted(
  given: Case & { transcript: { events: TranscriptEvent[] } },
  requirements: Requirement[],
): [string, Outcome][] {
  const outcomes = judge(given);
  const doubted = doubter(given.contract, given.transcript.events);
  return requirements.flatMap((requirement): [string, Outcome][] => {
    const outcome = outcomes.get(requirement.id);
    return outcome?.kind === "fail" && doubted(requirement, outcome).length === 0 ? [[requirement.id, outcome]] : [];
  });
}
