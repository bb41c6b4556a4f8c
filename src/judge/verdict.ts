// Results x strictness -> verdict, counts, exit code. The only place that computes them.

import { coverageWords } from "../base/coverage.ts";
import type { Counts, OutcomeKind, Result, Verdict } from "../base/judged.ts";
import type { Level } from "../base/types.ts";

const levels: Level[] = ["MUST", "SHOULD", "MAY"];

/** Signals that end a run, and the exit code of each: 128 and its number. */
export const interruptionExits = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** `SIGINT`, `SIGTERM` or `SIGHUP`. */
export type Interruption = keyof typeof interruptionExits;

/** What besides the results decides. */
export interface Circumstances {
  /** Baseline entries that are stale, expired or match nothing, each in words: `id: why`. */
  staleBaseline?: readonly string[];
  /** The signal that interrupted the run. */
  interrupted?: Interruption;
  /** The record breaks off: no footer. */
  truncated?: boolean;
  /** In words why nothing could be reached at all. */
  unreachable?: string;
  /** What the user left out, in words, or the profile: it is no verdict on the whole. */
  filtered?: string;
  profile?: string;
  /** What failed at first and passed at the second look counts as failed. */
  failOnFlaky?: boolean;
  /** A verdict on a part is not enough. */
  requireComplete?: boolean;
}

/**
 * Verdict over the binding results of one module: any fail, else anything conform could not tell, else at least one pass. Pure; exit is 0, 1, 3, or
 * 128 and the number of the signal that interrupted the run. No results at all are inconclusive.
 */
export function verdictOf(results: readonly Result[], circumstances: Circumstances = {}): Verdict {
  const failed = results.filter((result) => result.binding && result.outcome.kind === "fail");
  const open = results.filter((result) => isOpen(result, results));
  const stale = circumstances.staleBaseline ?? [];
  const flaky = circumstances.failOnFlaky ? results.filter((result) => result.flaky === true && result.binding) : [];
  const passed = results.some((result) => result.outcome.kind === "pass" && result.level !== "MAY");
  const base = {
    counts: count(results),
    levels: {
      MUST: count(results.filter((result) => result.level === "MUST")),
      SHOULD: count(results.filter((result) => result.level === "SHOULD")),
      MAY: count(results.filter((result) => result.level === "MAY")),
    },
    baselined: results.filter((result) => result.baseline !== undefined && result.outcome.kind === "fail").length,
  };
  const reasons = [
    ...failed.map((result) => `${result.level} ${result.id} failed`),
    ...flaky.map((result) => `${result.level} ${result.id} is flaky: it failed at first (--fail-on-flaky)`),
    ...stale.map((entry) => `baseline: ${entry}`),
    ...openReasons(open, circumstances),
  ];
  if (circumstances.interrupted !== undefined) {
    return {
      ...base,
      kind: "inconclusive",
      exit: interruptionExits[circumstances.interrupted],
      reasons: [`interrupted by ${circumstances.interrupted}`, ...reasons],
    };
  }
  if (circumstances.truncated)
    return {
      ...base,
      kind: "inconclusive",
      exit: 3,
      reasons: ["the transcript breaks off: it has no footer", ...reasons],
    };
  if (failed.length + flaky.length + stale.length > 0) return { ...base, kind: "nonconformant", exit: 1, reasons };
  if (open.length > 0 || circumstances.unreachable !== undefined)
    return { ...base, kind: "inconclusive", exit: 3, reasons };
  if (!passed) return { ...base, kind: "inconclusive", exit: 3, reasons: ["nothing was judged"] };
  const part = coverageWords({ ...circumstances, results: [...results] });
  if (part === undefined) return { ...base, kind: "conformant", exit: 0, reasons: [] };
  const demanded = circumstances.requireComplete ? ["a verdict on the whole was asked for (--require-complete)"] : [];
  return {
    ...base,
    kind: "partial",
    exit: demanded.length === 0 ? 0 : 3,
    reasons: [...demanded, whatIsMissing(part, circumstances)],
  };
}

function whatIsMissing(part: string, { filtered, profile }: Circumstances): string {
  const why =
    filtered ?? (profile === undefined ? "the rest cannot be seen on this kind of target" : `profile ${profile}`);
  return `${part} judged: ${why}`;
}

function openReasons(open: readonly Result[], { unreachable }: Circumstances): string[] {
  return [
    ...(unreachable === undefined ? [] : [unreachable]),
    ...open.map(({ id, outcome }) => {
      if (outcome.kind === "error") return `conform could not tell for ${id}: ${outcome.message}`;
      return outcome.kind === "blocked" ? `${id} could not be reached: ${outcome.reason ?? outcome.by}` : id;
    }),
  ];
}

/** Binding and undecided: an error, or a block that no failed requirement explains. */
export function isOpen({ outcome, level, binding }: Result, results: readonly Result[]): boolean {
  if (!binding && level !== "MUST") return false;
  if (outcome.kind === "error") return true;
  if (outcome.kind !== "blocked") return false;
  const cause = results.find((result) => result.id === outcome.by);
  // Only a failure that decides the verdict, or that a baseline excuses, explains a block.
  return !(cause?.outcome.kind === "fail" && (cause.binding || cause.baseline !== undefined));
}

function count(results: readonly Result[]): Counts {
  const counts: Counts = { pass: 0, fail: 0, blocked: 0, skipped: 0, error: 0 };
  for (const { outcome } of results) counts[outcome.kind satisfies OutcomeKind] += 1;
  return counts;
}

/**
 * One verdict for many modules: the worst of theirs, with counts summed and at most 1000 reasons. An interruption wins, then a bug, then
 * nonconformant, inconclusive, partial. Pure; of none it is inconclusive.
 */
export function verdictOfAll(verdicts: readonly Verdict[]): Verdict {
  const worst = [...verdicts].sort((a, b) => severity(b) - severity(a))[0];
  if (worst === undefined) return verdictOf([]);
  if (verdicts.length === 1) return worst;
  return {
    kind: worst.kind,
    exit: worst.exit,
    reasons: [
      ...new Set(verdicts.filter((verdict) => verdict.kind === worst.kind).flatMap((verdict) => verdict.reasons)),
    ].slice(0, 1000),
    counts: add(verdicts.map(({ counts }) => counts)),
    levels: Object.fromEntries(
      levels.map((level) => [level, add(verdicts.map((verdict) => verdict.levels[level]))]),
    ) as Verdict["levels"],
    baselined: verdicts.reduce((sum, { baselined }) => sum + baselined, 0),
  };
}

function severity({ kind, exit }: Verdict): number {
  if (exit >= 128) return 5;
  if (exit === 70) return 4;
  return { nonconformant: 3, inconclusive: 2, partial: 1, conformant: 0 }[kind];
}

function add(list: readonly Counts[]): Counts {
  const sum: Counts = { pass: 0, fail: 0, blocked: 0, skipped: 0, error: 0 };
  for (const counts of list) for (const kind of Object.keys(sum) as OutcomeKind[]) sum[kind] += counts[kind];
  return sum;
}
