// A stored report is not believed: its verdicts are worked out again from its results, and it must not contradict itself. Pure.
import type { Result, Verdict } from "../base/judged.ts";
import { type Circumstances, verdictOf, verdictOfAll } from "./verdict.ts";

/** What of a stored module the verdict is worked out from. */
interface Told {
  name: string;
  strict: boolean;
  partial?: string;
  filtered?: string;
  profile?: string;
  baseline?: object;
  staleBaseline?: string[];
  verdict: Verdict;
  results: Result[];
}

/** What contradicts what, one line each; empty for a report that a run of conform can have written. */
export function contradictionsOf(report: { verdict: Verdict; modules: readonly Told[] }): string[] {
  const inside = report.modules.flatMap(moduleContradictions);
  if (inside.length > 0) return inside;
  const all = differences(report.verdict, [verdictOfAll(report.modules.map(({ verdict }) => verdict))]);
  return all.map((line) => `the verdict of the run: ${line}`);
}

/** The same for one module. */
export function moduleContradictions(module: Told): string[] {
  const ids = new Set<string>();
  const twice = module.results.find(({ id }) => ids.size === ids.add(id).size)?.id;
  const bound = module.results.find(
    ({ level, binding, baseline }) =>
      binding !== (baseline === undefined && (level === "MUST" || (module.strict && level === "SHOULD"))),
  );
  const excused =
    module.baseline === undefined ? module.results.find(({ baseline }) => baseline !== undefined) : undefined;
  // What was demanded on the command line does not stand in the report; most often it is nothing.
  const circumstances = circumstancesOf(module);
  const allowed = function* () {
    for (const requireComplete of [false, true])
      for (const failOnFlaky of [false, true])
        yield verdictOf(module.results, { ...circumstances, requireComplete, failOnFlaky });
  };
  const lines = [
    ...(twice === undefined ? [] : [`${twice} is there twice`]),
    ...(bound === undefined ? [] : [`${bound.id} is a ${bound.level} and says binding: ${bound.binding}`]),
    ...(excused === undefined ? [] : [`${excused.id} is excused by a baseline that the run did not have`]),
    ...differences(module.verdict, allowed()),
  ];
  return lines.map((line) => `${module.name}: ${line}`);
}

function circumstancesOf({ partial, staleBaseline, filtered, profile }: Told): Circumstances {
  const signal = partial === undefined ? undefined : /^interrupted by (SIGINT|SIGTERM|SIGHUP)$/.exec(partial)?.[1];
  const broken = partial === "the transcript breaks off";
  return {
    ...(staleBaseline === undefined ? {} : { staleBaseline }),
    ...(filtered === undefined ? {} : { filtered }),
    ...(profile === undefined ? {} : { profile }),
    ...(broken ? { truncated: true } : {}),
    ...(signal === undefined ? {} : { interrupted: signal as NonNullable<Circumstances["interrupted"]> }),
    ...(partial === undefined || broken || signal !== undefined ? {} : { unreachable: partial }),
  };
}

/** In what the told verdict differs from every one that the results allow. */
function differences(told: Verdict, allowed: Iterable<Verdict>): string[] {
  let first: string[] | undefined;
  for (const worked of allowed) {
    const lines = [
      ...(told.kind === worked.kind ? [] : [`it says ${told.kind}, its results say ${worked.kind}`]),
      ...(told.exit === worked.exit ? [] : [`it says exit ${told.exit}, its results say ${worked.exit}`]),
      ...(same(told, worked) ? [] : ["its counts are not those of its results"]),
    ];
    if (lines.length === 0) return [];
    first ??= lines;
  }
  return first ?? [];
}

function same(a: Verdict, b: Verdict): boolean {
  const numbers = ({ counts, levels, baselined }: Verdict) =>
    [counts, levels.MUST, levels.SHOULD, levels.MAY].flatMap(({ pass, fail, blocked, skipped, error }) => [
      pass,
      fail,
      blocked,
      skipped,
      error,
      baselined,
    ]);
  return JSON.stringify(numbers(a)) === JSON.stringify(numbers(b));
}
