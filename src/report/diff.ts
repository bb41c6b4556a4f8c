// Base report x head report -> what the change did to each module. Pure; the only place that says what got worse.

import type { OutcomeKind, Result } from "../base/judged.ts";
import type { Level } from "../base/types.ts";
import type { ModuleReport, Report } from "./types.ts";

/**
 * What became of a requirement: `broken` and `lost` (it passed, now nobody can tell) are worse; `warned` is a SHOULD or MAY that
 * newly fails; `excused` newly fails but is in the baseline; `measured` was not judged before, `unmeasured` is no longer.
 */
export type Change = "broken" | "lost" | "warned" | "excused" | "measured" | "fixed" | "unmeasured" | "unchanged";

export const changes: readonly Change[] = [
  "broken",
  "lost",
  "warned",
  "excused",
  "measured",
  "fixed",
  "unmeasured",
  "unchanged",
];

/** One requirement whose outcome is another in the head than in the base. */
export interface Turn {
  id: string;
  level: Level;
  text: string;
  change: Change;
  /** Outcome in the base; undefined when the base does not know the requirement. */
  before?: OutcomeKind;
  /** Outcome in the head; undefined when the head does not know it. */
  after?: OutcomeKind;
  /** It counts against the change. */
  worse: boolean;
  /** What the head says in full, where something changed. */
  result?: Result;
}

/** The same of one module: its verdicts, and every requirement that turned. */
export interface ModuleDelta {
  name: string;
  /** Both sides: `name@version`. */
  contract: { before?: string; after?: string };
  /** Both sides: kind of the verdict. */
  verdict: { before?: string; after?: string };
  /** In which of the two runs it is. */
  state: "both" | "added" | "removed";
  turns: Turn[];
  /** What a reader must know to trust the comparison. */
  notes: string[];
}

/** What a change did to the verdicts, module by module; `base` and `head` are the two runs, `tool` what wrote the head. */
export interface Delta {
  format: 1;
  tool: { name: string; version: string };
  base: { started: string };
  head: { started: string };
  modules: ModuleDelta[];
  /** Turns by what became of them. */
  counts: { [C in Change]: number };
  /** Turns that count against the change. */
  worse: number;
  /** Binding failures in the head, old and new. */
  failing: number;
  /** Names of modules of the head in which nothing was judged. */
  unjudged: string[];
}

/** Compares two reports. Modules are paired by name, then by what is left of the name without the folder all share. Pure. */
export function deltaOf(base: Report, head: Report): Delta {
  const modules = pairs(base.modules, head.modules).map(({ before, after }) => moduleDelta(before, after));
  const turns = modules.flatMap((module) => module.turns);
  const binding = head.modules.flatMap(({ results }) => results).filter(isFailure);
  return {
    format: 1,
    tool: head.tool,
    base: { started: base.started },
    head: { started: head.started },
    modules,
    counts: Object.fromEntries(
      changes.map((change) => [change, turns.filter((turn) => turn.change === change).length]),
    ) as Delta["counts"],
    worse: turns.filter((turn) => turn.worse).length,
    failing: binding.length,
    unjudged: head.modules.filter(({ results }) => !results.some(isJudged)).map(({ name }) => name),
  };
}

interface Pair {
  before?: ModuleReport;
  after?: ModuleReport;
}

function pairs(base: readonly ModuleReport[], head: readonly ModuleReport[]): Pair[] {
  const [only] = base;
  const [same] = head;
  if (base.length === 1 && head.length === 1 && only && same && only.contract.name === same.contract.name)
    return [{ before: only, after: same }];
  const names = (modules: readonly ModuleReport[]) => shortNames(modules.map(({ name }) => name));
  const exact = head.some(({ name }) => base.some((module) => module.name === name));
  const baseNames = exact ? base.map(({ name }) => name) : names(base);
  const headNames = exact ? head.map(({ name }) => name) : names(head);
  const paired = head.map((after, index): Pair => {
    const before = base[baseNames.indexOf(headNames[index] ?? "")];
    return before === undefined ? { after } : { before, after };
  });
  const gone = base.filter((_, index) => !headNames.includes(baseNames[index] ?? ""));
  return [...paired, ...gone.map((before) => ({ before }))];
}

/** Names without the folders that all of them share: `base/modules/a`, `base/modules/b` -> `a`, `b`. */
export function shortNames(names: readonly string[]): string[] {
  const split = names.map((name) => name.split("/"));
  let shared = 0;
  while (split.every((parts) => parts.length > shared + 1 && parts[shared] === split[0]?.[shared])) shared++;
  return split.map((parts) => parts.slice(shared).join("/"));
}

function moduleDelta(before: ModuleReport | undefined, after: ModuleReport | undefined): ModuleDelta {
  const contract = (module: ModuleReport) => `${module.contract.name}@${module.contract.version}`;
  const comparable = before === undefined || after === undefined || before.contract.name === after.contract.name;
  return {
    name: (after ?? before)?.name ?? "",
    contract: {
      ...(before === undefined ? {} : { before: contract(before) }),
      ...(after === undefined ? {} : { after: contract(after) }),
    },
    verdict: {
      ...(before === undefined ? {} : { before: before.verdict.kind }),
      ...(after === undefined ? {} : { after: after.verdict.kind }),
    },
    state: before === undefined ? "added" : after === undefined ? "removed" : "both",
    turns: after === undefined ? [] : turnsOf(comparable ? before : undefined, after),
    notes: notesOf(before, after),
  };
}

function notesOf(before: ModuleReport | undefined, after: ModuleReport | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  const notes: string[] = [];
  const of = (module: ModuleReport) => `${module.contract.name}@${module.contract.version}`;
  if (of(before) !== of(after)) notes.push(`judged under ${of(before)} before, under ${of(after)} now`);
  else if (before.contract.digest !== after.contract.digest) notes.push("the contract's text changed in between");
  for (const [side, module] of [
    ["base", before],
    ["head", after],
  ] as const) {
    if (module.partial !== undefined) notes.push(`the ${side} run is partial: ${module.partial}`);
    if (module.filtered !== undefined) notes.push(`the ${side} run is filtered: ${module.filtered}`);
  }
  if (before.strict !== after.strict) notes.push(`only the ${after.strict ? "head" : "base"} run was strict`);
  return notes;
}

/** In the head's order; what the head does not know any more comes last. */
function turnsOf(before: ModuleReport | undefined, after: ModuleReport): Turn[] {
  const old = new Map((before?.results ?? []).map((result) => [result.id, result]));
  const alike = before !== undefined && sameConditions(before, after);
  const turns = after.results.map((result) => turnOf(old.get(result.id), result, alike));
  const known = new Set(after.results.map(({ id }) => id));
  const gone = [...old.values()].filter(({ id }) => !known.has(id));
  return [
    ...turns,
    ...gone.map(({ id, level, text, outcome }): Turn => {
      const change = outcome.kind === "pass" || outcome.kind === "fail" ? "unmeasured" : "unchanged";
      return { id, level, text, change, before: outcome.kind, worse: false };
    }),
  ];
}

function turnOf(before: Result | undefined, after: Result, alike: boolean): Turn {
  const change = changeOf(before, after, alike);
  return {
    id: after.id,
    level: after.level,
    text: after.text,
    change,
    ...(before === undefined ? {} : { before: before.outcome.kind }),
    after: after.outcome.kind,
    worse: change === "broken" || change === "lost",
    ...(change === "unchanged" ? {} : { result: after }),
  };
}

/** A requirement skipped in the one and failed in the other is then the module's doing. */
function sameConditions(before: ModuleReport, after: ModuleReport): boolean {
  return (
    before.contract.digest === after.contract.digest &&
    before.target.kind === after.target.kind &&
    before.profile === after.profile &&
    before.filtered === undefined &&
    before.partial === undefined
  );
}

/** `alike`: both were judged under the same conditions. */
function changeOf(before: Result | undefined, after: Result, alike: boolean): Change {
  const now = after.outcome.kind;
  const then = before?.outcome.kind;
  const wasJudged = before !== undefined && isJudged(before);
  if (now === "fail") {
    if (then === "fail" && before !== undefined) return worsened(before, after);
    // A capability that is newly declared and does not work is the change's doing; a requirement seen for the first time is not.
    return wasJudged || (then === "skipped" && alike) ? failure(after) : "measured";
  }
  if (now === "pass") return then === "pass" ? "unchanged" : then === "fail" ? "fixed" : "measured";
  if (!wasJudged) return "unchanged";
  return then === "pass" && now !== "skipped" && after.binding ? "lost" : "unmeasured";
}

/** It failed before and fails now: an excuse may be gone or new; a level that the contract raised is not the module's doing. */
function worsened(before: Result, after: Result): Change {
  if (after.binding && before.baseline !== undefined) return "broken";
  if (after.binding && !before.binding) return "measured";
  if (after.baseline !== undefined && before.baseline === undefined) return "excused";
  return "unchanged";
}

function failure(result: Result): Change {
  if (result.baseline !== undefined) return "excused";
  return result.binding ? "broken" : "warned";
}

function isJudged({ outcome }: Result): boolean {
  return outcome.kind === "pass" || outcome.kind === "fail";
}

function isFailure(result: Result): boolean {
  return result.binding && result.outcome.kind === "fail";
}
