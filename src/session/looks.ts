// Drives the scenarios of a run: side by side at first; then, one at a time, what that look cannot be trusted with.

import { manyListeners } from "../base/io.ts";
import type { Slots } from "../base/slots.ts";
import type { Transcript } from "../base/transcript.ts";
import type { Contract, Scenario } from "../base/types.ts";
import { runEnded } from "../contract/view.ts";
import { lastsMs } from "../contract/vocabulary.ts";
import { verbWords } from "../contract/words/verbs.ts";
import { driveScenario } from "../drive/drive.ts";
import type { RunContext } from "../drive/world.ts";
import { takeTurn } from "../drivers/ports/fixed-port.ts";
import { judge } from "../judge/judge.ts";
import { anyDoubt, type Doubt, disturbanceOf, doubtful, reasonDisturbed } from "../judge/second-look.ts";

/** What the looks of one run share. */
export interface Looks {
  context: RunContext;
  contract: Contract;
  /** Ids that are judged. */
  selected: ReadonlySet<string>;
  places: Slots;
  /** Everything recorded so far. */
  transcript(): Transcript;
  /** Tells whether there is time for a second look now. */
  mayLookAgain(): boolean;
}

/** Drives all of `scenarios`; those of a module whose instances disturb each other one at a time, once that shows. */
export async function driveAll(looks: Looks, scenarios: readonly Scenario[]): Promise<void> {
  const { context } = looks;
  const disturbed = new AbortController();
  const signal = manyListeners(AbortSignal.any([context.signal, disturbed.signal]));
  if (looks.mayLookAgain()) {
    context.recorder.watch((event) => {
      if (disturbanceOf(event) !== undefined) disturbed.abort();
    });
  }
  await sideBySide({ ...context, signal }, scenarios, looks.places);
  // What was cut short for this is owed its look, however much time is left.
  if (disturbed.signal.aborted) {
    for (const scenario of scenarios.filter(({ name }) => isUnfinished(context, name)))
      await lookAgain(looks, scenario, { reason: reasonDisturbed, requirements: [] });
  }
  if (looks.mayLookAgain()) await settleDoubts(looks, scenarios);
}

/** As many at once as there are places, those that may take longest first. */
async function sideBySide(context: RunContext, scenarios: readonly Scenario[], places: Slots): Promise<void> {
  const queue = [...scenarios].sort((a, b) => patience(b) - patience(a));
  await Promise.all(
    queue.map((scenario) =>
      places.run(async () => {
        if (!context.signal.aborted) await driveScenario(context, scenario);
      }),
    ),
  );
}

/** Not begun, or cut short. */
function isUnfinished({ views }: RunContext, name: string): boolean {
  const state = views.get(name)?.state;
  return state === undefined || state.status === "running" || state.reason === runEnded;
}

/** Drives once more what failed in a way that is not to be trusted; then what only now can be judged, and so on. */
async function settleDoubts(looks: Looks, scenarios: readonly Scenario[]): Promise<void> {
  const { contract, selected, context } = looks;
  while (!context.signal.aborted) {
    const transcript = looks.transcript();
    if (!anyDoubt(transcript.events)) return;
    const doubts = doubtful(contract, judge({ contract, transcript, selected }), transcript.events);
    const due = scenarios.flatMap((scenario) => {
      const doubt = doubts.get(scenario.name);
      return doubt === undefined ? [] : [{ scenario, doubt }];
    });
    if (due.length === 0) return;
    for (const { scenario, doubt } of due) await lookAgain(looks, scenario, doubt);
  }
}

/** Alone among the scenarios of this module and, where it is known to take one port, among all that want this port on this machine. */
async function lookAgain({ context, places, transcript }: Looks, scenario: Scenario, doubt: Doubt): Promise<void> {
  const port = transcript()
    .events.map(disturbanceOf)
    .find((found) => typeof found === "number");
  await places.run(async () => {
    const turn = port === undefined ? undefined : await takeTurn(port, context.signal);
    try {
      if (context.signal.aborted) return;
      context.recorder.append({ scenario: scenario.name, kind: "again", data: doubt });
      const timeScale = context.timeScale * (doubt.patience ?? 1);
      await driveScenario({ ...context, timeScale, ...(port === undefined ? {} : { ownPort: port }) }, scenario);
    } finally {
      turn?.end();
    }
  });
}

/** Milliseconds that a scenario takes at least, as its verbs tell. */
function patience({ steps }: Scenario): number {
  return steps.reduce((sum, { verb, arg }) => sum + lastsMs(verbWords.get(verb), arg), 0);
}
