// A module's report arranged for reading: areas, most severe first, and the root causes of what could not be judged.

import type { Result } from "../../base/judged.ts";
import type { Place } from "../../base/types.ts";
import { visible } from "../../base/visible.ts";
import type { ModuleReport, Report } from "../types.ts";
import { relativeFile, type State, stateOf, states } from "./wording.ts";

export interface Row {
  result: Result;
  state: State;
}

export interface Area {
  name: string;
  /** Most severe first, contract order within. */
  rows: Row[];
  counts: { [S in State]: number };
}

/** One reason why requirements could not be judged. */
export interface Cause {
  /** A requirement's id, or the scenario and step that stopped. */
  by: string;
  /** The requirement, when it is one of this report. */
  result?: Result;
  reason?: string;
  /** Ids of what waits for it, directly or through others. */
  waiting: string[];
}

/** Areas in contract order. */
export function areasOf(module: ModuleReport): Area[] {
  const areas = new Map<string, Area>();
  for (const result of module.results) {
    const state = stateOf(result);
    const area = areas.get(result.area) ?? { name: result.area, rows: [], counts: noCounts() };
    area.rows.push({ result, state });
    area.counts[state]++;
    areas.set(result.area, area);
  }
  for (const area of areas.values()) area.rows.sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
  return [...areas.values()];
}

/** What holds up most comes first; a cause is never itself something that waits. */
export function rootCauses(module: ModuleReport): Cause[] {
  const byId = new Map(module.results.map((result) => [result.id, result]));
  const causes = new Map<string, Cause>();
  for (const result of module.results) {
    if (result.outcome.kind !== "blocked") continue;
    const last = lastBlocked(result, byId);
    const by = last.outcome.kind === "blocked" ? last.outcome.by : result.id;
    const cause: Cause = causes.get(by) ?? { by, waiting: [] };
    const root = byId.get(by);
    if (root !== undefined) cause.result = root;
    if (cause.reason === undefined && last.outcome.kind === "blocked" && last.outcome.reason !== undefined)
      cause.reason = last.outcome.reason;
    cause.waiting.push(result.id);
    causes.set(by, cause);
  }
  return [...causes.values()].sort((a, b) => b.waiting.length - a.waiting.length);
}

/** Root causes that decide something: what waits for them, or they themselves, could change the verdict. The others are no news to open with. */
export function weightyCauses(module: ModuleReport): Cause[] {
  const weighs = new Set(module.results.filter(({ binding }) => binding).map(({ id }) => id));
  return rootCauses(module).filter(({ by, waiting }) => [by, ...waiting].some((id) => weighs.has(id)));
}

/** Everything that is not a plain pass, skip or wait, most severe and most holding-up first. */
export function problems(module: ModuleReport): Row[] {
  const waiting = new Map(rootCauses(module).map((cause) => [cause.by, cause.waiting.length]));
  const weight = (row: Row) => waiting.get(row.result.id) ?? 0;
  return module.results
    .map((result) => ({ result, state: stateOf(result) }))
    .filter(({ state }) => state !== "pass" && state !== "skipped" && state !== "blocked")
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state) || weight(b) - weight(a));
}

/** The first place in a file that a failed result names. */
export function placeOfResult(result: Result): Place | undefined {
  return result.outcome.kind === "fail" ? result.outcome.findings.find((f) => f.place !== undefined)?.place : undefined;
}

/** A file of the module as seen from where conform was started: `my-module/manifest.toml`. Never absolute, never above. */
export function repositoryFile(module: ModuleReport, place: Place): string {
  const file = relativeFile(place.file);
  const folder = module.target.label.replaceAll("\\", "/").replace(/^(\.\/+)+|\/+$/g, "");
  const within =
    module.target.kind === "folder" && folder !== "" && folder !== "." && !/^(\/|[a-z]:|~|\.\.)/i.test(folder);
  return visible(within ? `${folder}/${file}` : file);
}

/** Why the file must not look green although no result in it is red: the run was cut off, judged nothing, or the baseline is stale. */
export function runProblem(module: ModuleReport): { failed: boolean; lines: string[] } | undefined {
  const red = module.results.some((result) => ["fail", "error"].includes(stateOf(result)));
  if (module.partial === undefined && (module.verdict.exit === 0 || red)) return undefined;
  const lines = module.partial === undefined ? [] : [`the run did not come to its end: ${module.partial}`];
  return {
    failed: module.verdict.kind === "nonconformant" && !red,
    lines: [...lines, ...module.verdict.reasons].slice(0, 100).map((line) => visible(line)),
  };
}

/** Sum of a state over all modules. */
export function total(report: Report, state: State): number {
  return report.modules.reduce((n, module) => n + module.results.filter((r) => stateOf(r) === state).length, 0);
}

export function noCounts(): { [S in State]: number } {
  return { fail: 0, error: 0, warning: 0, info: 0, known: 0, blocked: 0, skipped: 0, pass: 0 };
}

/** Follows what a blocked result waits for to the last one that waits itself. A circle ends where it began. */
function lastBlocked(result: Result, byId: Map<string, Result>): Result {
  const seen = new Set<string>();
  let current = result;
  while (current.outcome.kind === "blocked" && !seen.has(current.id)) {
    seen.add(current.id);
    const next = byId.get(current.outcome.by);
    if (next === undefined || next.outcome.kind !== "blocked") return current;
    current = next;
  }
  return current;
}
