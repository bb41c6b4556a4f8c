// One failure for one cause, however many requirements met the same redirect.
import { isObject } from "../base/json.ts";
import type { Finding, Outcome } from "../base/judged.ts";
import type { Contract, Json, Observation } from "../base/types.ts";
import { type Redirect, redirectOf } from "./expect/redirect.ts";

/** The redirects that every finding of a requirement is for. */
export type Redirected = readonly Redirect[];

/** The redirect that an observation is, when every answer in it is one that was not followed. */
export function redirectsOf(it: Observation | undefined): Redirect | undefined {
  const answers = Array.isArray(it?.all) ? it.all.filter(isObject) : it === undefined ? [] : [it];
  const shown = answers.map((answer) => redirectOf(answer as Observation));
  return shown.every((one) => one !== undefined && one.behind === undefined) ? shown[0] : undefined;
}

/** Failed for redirects alone, with what was demanded behind every one. */
export function isMet(redirected: Redirected | undefined): boolean {
  return redirected !== undefined && redirected.length > 0 && redirected.every(({ met }) => met);
}

/** Of the requirements that failed for the same redirects one stays failed, with all findings; the others pass by what is behind, or wait for it. */
export function oneCause(
  contract: Contract,
  outcomes: Map<string, Outcome>,
  redirected: ReadonlyMap<string, Redirected>,
): Map<string, Outcome> {
  const groups = new Map<string, string[]>();
  for (const [id, outcome] of outcomes) {
    const found = redirected.get(id);
    const causes = outcome.kind === "fail" ? [...new Set(found?.map(causeOf))] : [];
    const [cause] = causes;
    if (cause === undefined || causes.length > 1) continue;
    groups.set(cause, [...(groups.get(cause) ?? []), id]);
  }
  for (const ids of groups.values()) if (ids.length > 1) join(contract, outcomes, { ids, redirected });
  return outcomes;
}

/** Redirects of one rule have one cause: a slash more or less, another origin, one page for everybody. */
function causeOf({ from, to }: Redirect): string {
  const [path = ""] = from.split("?");
  const [target = ""] = to.split("?");
  if (target === `${path}/`) return "slash";
  if (`${target}/` === path) return "no slash";
  return /^[a-z]+:/i.test(to) && to.endsWith(from) ? to.slice(0, -from.length) : target;
}

interface Group {
  ids: string[];
  redirected: ReadonlyMap<string, Redirected>;
}

function join(contract: Contract, outcomes: Map<string, Outcome>, { ids, redirected }: Group): void {
  const root = rootOf(contract, ids);
  const findings = ids.flatMap((id) => {
    const outcome = outcomes.get(id);
    return outcome?.kind === "fail" ? outcome.findings : [];
  });
  for (const id of ids) {
    const outcome = outcomes.get(id);
    if (outcome?.kind !== "fail" || id === root) continue;
    outcomes.set(
      id,
      isMet(redirected.get(id)) ? { kind: "pass", events: eventsOf(outcome.findings) } : waits(root, outcome.findings),
    );
  }
  const [first, ...more] = distinct(outcomes.get(root), findings);
  if (first !== undefined) outcomes.set(root, { kind: "fail", findings: [first, ...more] });
  const waiting = new Set(ids.filter((id) => outcomes.get(id)?.kind === "blocked"));
  for (const [id, outcome] of outcomes)
    if (outcome.kind === "blocked" && waiting.has(outcome.by)) outcomes.set(id, { ...outcome, by: root });
}

function waits(by: string, [{ at, actual }]: readonly [Finding, ...Finding[]]): Outcome {
  return { kind: "blocked", by, reason: `${at} answered ${String(actual)}` };
}

const eventsOf = (findings: readonly Finding[]): number[] => [...new Set(findings.flatMap(({ events }) => events))];

/** The root's own findings first, then those at other places. */
function distinct(own: Outcome | undefined, findings: readonly Finding[]): Finding[] {
  const byPlace = new Map<Json, Finding>();
  for (const finding of [...(own?.kind === "fail" ? own.findings : []), ...findings])
    if (!byPlace.has(finding.at)) byPlace.set(finding.at, finding);
  return [...byPlace.values()];
}

/** What most others need, directly or not; a MUST before a SHOULD; then the first. */
function rootOf({ requirements }: Contract, ids: readonly string[]): string {
  const needs = new Map(requirements.map((one) => [one.id, one.needs]));
  const levels = new Map(requirements.map((one) => [one.id, one.level]));
  const needing = (id: string): number => requirements.filter((one) => reaches(needs, one.id, id)).length;
  const weight = (id: string): number => needing(id) + (levels.get(id) === "MUST" ? 1_000_000 : 0);
  return ids.reduce((best, id) => (weight(id) > weight(best) ? id : best));
}

function reaches(needs: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  return (needs.get(from) ?? []).some((id) => id === to || reaches(needs, id, to));
}
