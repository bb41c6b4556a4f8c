// What a badge may say about a module: contract, version, level reached, date. Nothing rounds up. Pure.

import type { Outcome } from "../base/judged.ts";
import type { Level } from "../base/types.ts";
import { visible } from "../base/visible.ts";
import type { ModuleReport } from "./types.ts";

/** `core`: every MUST that applies passed. `full`: every SHOULD too. */
export type Reached = "full" | "core";

/** A badge: label left, message right, and why it is grey if it is. */
export interface Badge {
  /** `contract version`. */
  label: string;
  /** Level reached (or why none), and the day of the run: `core | 2030-01-31`. */
  message: string;
  color: "brightgreen" | "green" | "red" | "lightgrey";
  reached?: Reached;
  /** Why it is not green, in words. */
  why?: string;
}

/** What counts on the day on which a badge is made. */
export interface BadgeFrame {
  now: Date;
  /** Days from the run on which the badge is valid. */
  validDays: number;
  /** The contract's version that counts today, `1.2.0`; undefined when nobody knows. */
  version?: string;
}

/** The badge of a judged module. Green only for a whole, unexcused, fresh and conformant run; grey, with `why`, where there is doubt. Pure. */
export function badgeOf(module: ModuleReport, frame: BadgeFrame): Badge {
  const { contract, started, verdict } = module;
  const day = started.slice(0, 10);
  const label = visible(`${contract.name} ${contract.version}`);
  const why = doubt(module, frame);
  if (why !== undefined) return { label, message: `${why.word} | ${day}`, color: "lightgrey", why: why.reason };
  if (verdict.kind === "nonconformant")
    return { label, message: `not conformant | ${day}`, color: "red", why: verdict.reasons[0] ?? "not conformant" };
  const reached = reachedBy(module);
  if (verdict.kind !== "conformant" || reached === undefined) {
    const reason = verdict.reasons[0] ?? "not every MUST passed";
    return { label, message: `inconclusive | ${day}`, color: "lightgrey", why: reason };
  }
  return { label, message: `${reached} | ${day}`, color: reached === "full" ? "brightgreen" : "green", reached };
}

/** The JSON that a shields.io endpoint badge reads: `schemaVersion`, `label`, `message`, `color` and `cacheSeconds`. */
export function endpointOf({ label, message, color }: Badge): object {
  return { schemaVersion: 1, label, message, color, cacheSeconds: 3600 };
}

/** Why the run says nothing about the whole module as it is today. */
function doubt(module: ModuleReport, frame: BadgeFrame): { word: string; reason: string } | undefined {
  const { contract, profile } = module;
  if (module.partial !== undefined) return { word: "partial", reason: `the run is partial: ${module.partial}` };
  if (module.filtered !== undefined) return { word: "partial", reason: `the run was filtered: ${module.filtered}` };
  if (profile !== undefined) return { word: `profile ${profile}`, reason: `judged under profile ${profile} only` };
  const listed = module.baseline?.entries ?? 0;
  if (listed > 0 || module.verdict.baselined > 0 || module.results.some(({ baseline }) => baseline !== undefined))
    return { word: "known failures", reason: "the run had a baseline of known failures" };
  if (frame.version !== undefined && frame.version !== contract.version)
    return { word: "outdated contract", reason: `judged under ${contract.version}; ${frame.version} is current` };
  const unseen = unseenOf(module);
  if (unseen > 0 && module.verdict.exit === 0) {
    const url = module.target.kind === "url";
    const where = url ? "a running service" : "a command without the module's folder";
    return { word: url ? "service only" : "partial", reason: `${unseen} MUST cannot be observed on ${where}` };
  }
  return age(module, frame);
}

/** How many MUST the kind of target hides, as a URL those about the module's files, its start and its end. */
function unseenOf({ target, results }: ModuleReport): number {
  const hidden = /(cannot be (observed|done) on a url|needs a module that conform starts|needs the module's folder)$/;
  // Reports of before `left_out` have words only.
  const isHidden = (outcome: Outcome) =>
    outcome.kind === "skipped" &&
    (outcome.left_out === "target" || (target.kind === "url" && hidden.test(outcome.reason)));
  return results.filter(({ level, outcome }) => level === "MUST" && isHidden(outcome)).length;
}

function age({ started }: ModuleReport, { now, validDays }: BadgeFrame): { word: string; reason: string } | undefined {
  const from = Date.parse(started);
  const days = (now.getTime() - from) / 86_400_000;
  if (Number.isNaN(from)) return { word: "undated", reason: "the report has no valid date" };
  if (days > validDays) return { word: "expired", reason: `the run is older than ${validDays} days` };
  // A clock may be a little ahead; a run of next week was never done.
  return days < -1 ? { word: "undated", reason: "the report is from the future" } : undefined;
}

/** What applies is what was not skipped for the module's own reasons (not being selected is none); of that everything must have passed, and something must. */
function reachedBy(module: ModuleReport): Reached | undefined {
  if (!all(module, "MUST") || !module.results.some(({ level, outcome }) => level === "MUST" && outcome.kind === "pass"))
    return undefined;
  return all(module, "SHOULD") ? "full" : "core";
}

function all({ results }: ModuleReport, wanted: Level): boolean {
  return results.every(
    ({ level, outcome }) =>
      level !== wanted || outcome.kind === "pass" || (outcome.kind === "skipped" && outcome.left_out !== "selection"),
  );
}
