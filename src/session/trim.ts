// Which steps a run of some requirements leaves out: what comes after all that they read, and looks that nothing builds on.
import type { Contract, Requirement, Scenario, Step } from "../base/types.ts";
import { type Reads, readsOf, readsOfScenario, readsOfStep } from "../contract/reads.ts";
import { onlyLooks } from "../drive/verbs/only-looks.ts";

/**
 * Steps by scenario that need not be done for these requirements. What a step does to the module cannot be known from the contract, so before
 * the last one that is read only those are left out that do nothing to it, and on whose good end the scenario does not hang.
 */
export function stepsLeftOut(
  contract: Contract,
  scenarios: readonly Scenario[],
  requirements: readonly Requirement[],
): Map<string, Set<string>> {
  const read: Reads = new Map();
  for (const requirement of requirements) merge(read, readsOf(contract, requirement));
  // A step may read other scenarios: go on until nothing is added.
  for (let before = -1; before !== sizeOf(read); ) {
    before = sizeOf(read);
    for (const scenario of scenarios) {
      const due = read.has(scenario.name) ? kept(scenario, read.get(scenario.name)) : [];
      const [last] = due.slice(-1);
      if (last !== undefined) merge(read, upTo(scenario, last, readsOfScenario(contract, scenario)));
      for (const step of due) merge(read, upTo(scenario, step, readsOfStep(contract, scenario, step)));
    }
  }
  return new Map(
    scenarios.flatMap((scenario): [string, Set<string>][] => {
      const due = new Set(kept(scenario, read.get(scenario.name)));
      const out = scenario.steps.filter((step) => !due.has(step)).map(({ name }) => name);
      return out.length === 0 ? [] : [[scenario.name, new Set(out)]];
    }),
  );
}

/** What looks at all of its own scenario while that runs sees only what was before this step. */
function upTo({ name, steps }: Scenario, step: Step, read: Reads): Reads {
  if (read.get(name) !== "all") return read;
  return new Map(read).set(name, new Set(steps.slice(0, steps.indexOf(step)).map((one) => one.name)));
}

/** All of a scenario that is read as a whole. */
function kept({ steps }: Scenario, read: Set<string> | "all" | undefined): Scenario["steps"] {
  if (read === undefined || read === "all") return steps;
  const last = steps.findLastIndex(({ name }) => read.has(name));
  return steps.filter(
    (step, index) => index <= last && (read.has(step.name) || step.otherwise === "stop" || !onlyLooks(step)),
  );
}

function merge(into: Reads, more: Reads): void {
  for (const [name, steps] of more) {
    const known = into.get(name) ?? new Set();
    into.set(name, steps === "all" || known === "all" ? "all" : new Set([...known, ...steps]));
  }
}

function sizeOf(reads: Reads): number {
  return [...reads.values()].reduce((sum, steps) => sum + (steps === "all" ? 1_000_000 : steps.size), reads.size);
}
