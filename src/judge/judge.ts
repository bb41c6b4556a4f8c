// Requirement x transcript -> Outcome. Pure: a saved transcript gives the same outcomes.

import { isObject } from "../base/json.ts";
import type { Finding, Outcome } from "../base/judged.ts";
import type { Transcript } from "../base/transcript.ts";
import type { Contract, Requirement } from "../base/types.ts";
import { evaluate } from "../contract/cel.ts";
import { expand } from "../contract/template.ts";
import { isUnfit } from "../contract/unfit.ts";
import {
  definitions,
  eventNumbers,
  lazily,
  notWorkedOut,
  observationAt,
  runEnded,
  type ScenarioView,
  viewOf,
} from "../contract/view.ts";
import type { Evidences } from "./expect/expectation.ts";
import type { Redirect } from "./expect/redirect.ts";
import { checkedBy, expectationKinds } from "./expect/registry.ts";
import { hidden, hindranceOf, unobservable } from "./needs.ts";
import { placeIn } from "./place.ts";
import { oneCause, type Redirected, redirectsOf } from "./redirects.ts";
import { toldFinding } from "./words.ts";

/** Findings kept per requirement; the rest is counted. */
const findingsMax = 200;

/** Everything outcomes are a function of. */
export interface Case {
  contract: Contract;
  transcript: Transcript;
  /** Ids to judge; what they need is judged too. */
  selected: ReadonlySet<string>;
}

interface Court {
  contract: Contract;
  views: Map<string, ScenarioView>;
  scope: Record<string, unknown>;
  transcript: Transcript;
  /** Requirements that failed for redirects alone. */
  redirected: Map<string, Redirected>;
}

/** Outcomes of all requirements in contract order; those not selected are skipped. */
export function judge({ contract, transcript, selected }: Case): Map<string, Outcome> {
  const court = openCourt(contract, transcript);
  const byId = new Map(contract.requirements.map((requirement) => [requirement.id, requirement]));
  const outcomes = new Map<string, Outcome>();
  const decide = (requirement: Requirement): Outcome => {
    const known = outcomes.get(requirement.id);
    if (known !== undefined) return known;
    const hindrance = hindranceOf(requirement, transcript.header.target.kind, (id) => {
      const needed = byId.get(id);
      return needed === undefined
        ? undefined
        : { requirement: needed, outcome: decide(needed), redirected: court.redirected.get(id) };
    });
    const outcome = hindrance ?? judgeOne(court, requirement);
    outcomes.set(requirement.id, outcome);
    return outcome;
  };
  const decided = contract.requirements.map((requirement): [string, Outcome] => [
    requirement.id,
    selected.has(requirement.id)
      ? decide(requirement)
      : { kind: "skipped", reason: "not selected", left_out: "selection" },
  ]);
  return oneCause(contract, new Map(decided), court.redirected);
}

function openCourt(contract: Contract, transcript: Transcript): Court {
  const views = viewOf(transcript.events);
  const { header } = transcript;
  const canary = Object.fromEntries(contract.canaries.map((name) => [name, `‹secret:${name}›`]));
  const scope: Record<string, unknown> = {
    runs: Object.fromEntries([...views].map(([name, view]) => [name, view.scope])),
    params: header.params,
    scale: header.time_scale ?? 1,
    target: header.target,
    unsafe_probes: header.unsafe_probes ?? false,
    canary,
  };
  return { contract, views, scope, transcript, redirected: new Map() };
}

function judgeOne(court: Court, requirement: Requirement): Outcome {
  if (requirement.expect.length === 0)
    return { kind: "skipped", reason: `untested: ${requirement.untested ?? "no expectation"}` };
  const kind = court.transcript.header.target.kind;
  if (requirement.targets.length > 0 && !requirement.targets.includes(kind)) {
    return unobservable(kind, requirement.targets);
  }
  const reasons = requirement.on.map((on) => whyMissing(court, on));
  // Of several places those count that this kind of target can show.
  const on = requirement.on.filter((_, index) => !isHidden(reasons[index]));
  const missing = reasons.find((outcome) => outcome !== undefined && (on.length === 0 || !isHidden(outcome)));
  if (missing !== undefined) return missing;
  try {
    const applies =
      requirement.when === undefined || evaluate(requirement.when, scopeFor(court, requirement.on[0])) === true;
    if (!applies) return notApplicable(court, requirement);
    const outcome = weigh(court, { ...requirement, on });
    return outcome.kind === "fail" ? (cutShort(court, requirement) ?? outcome) : outcome;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return cutShort(court, requirement) ?? { kind: "error", message };
  }
}

const isHidden = (outcome: Outcome | undefined): boolean =>
  outcome?.kind === "skipped" && outcome.left_out === "target";

/** A condition that did not arise says nothing of a module that was gone before it could. */
function notApplicable(court: Court, { on, whenText }: Requirement): Outcome {
  for (const name of new Set(on.map((place) => place.split(".")[0] ?? ""))) {
    const view = court.views.get(name);
    const stop = view?.state.status === "stopped" ? view.state.step : undefined;
    if (view === undefined || stop === undefined) continue;
    const gone = view.steps.get(stop)?.verb === "spawn" || endOf(view) !== undefined;
    if (!gone) continue;
    const why = whyStopped(court, view, stop).join("; ");
    return {
      kind: "blocked",
      by: `${name}.${stop}`,
      reason: `scenario ${name} ended at its step "${stop}"${why === "" ? "" : `: ${why}`}`,
    };
  }
  return { kind: "skipped", reason: whenText ?? "does not apply to this module" };
}

/** How the module ended by itself, if it did. */
function endOf({ scope }: ScenarioView): string | undefined {
  const exits = scope.exits as { by?: unknown; proc?: unknown; code?: unknown; signal?: unknown }[];
  const gone = exits.find(({ by, proc }) => by === "module" && proc === "main");
  if (gone === undefined) return undefined;
  return `the module had ended by itself with ${gone.signal ? `signal ${gone.signal}` : `exit code ${gone.code}`}`;
}

/** Why the observation `on` is not there, if it is not. */
function whyMissing(court: Court, on: string): Outcome | undefined {
  const [scenario = "", step] = on.split(".");
  const view = court.views.get(scenario);
  if (view === undefined) return whyNoScenario(court, scenario);
  if (view.state.status === "skipped") return { kind: "skipped", reason: view.state.reason ?? "scenario skipped" };
  const seen = step === undefined ? undefined : view.steps.get(step);
  // What was seen before the scenario went wrong counts.
  if (view.state.status === "error" && (seen === undefined || seen.status === "not-run"))
    return { kind: "error", message: view.state.reason ?? "scenario failed inside conform" };
  if (step === undefined) {
    return view.state.status === "running"
      ? { kind: "blocked", by: `scenario ${scenario}`, reason: "the run ended before it did" }
      : undefined;
  }
  if (seen?.status === "skipped") return skippedStep(court, seen.reason ?? "its step was skipped");
  if (seen !== undefined && seen.status !== "not-run") return whyUnasked(court, scenario, step);
  const stop = view.state.step;
  return {
    kind: "blocked",
    by: stop === undefined ? `scenario ${scenario}` : `${scenario}.${stop}`,
    reason:
      stop === undefined
        ? "the run ended before its step"
        : [`scenario ${scenario} ended at its step "${stop}"`, ...whyStopped(court, view, stop)].join(": "),
  };
}

/** A step that could not be asked as the contract says shows nothing of the module. */
function whyUnasked(court: Court, scenario: string, step: string): Outcome | undefined {
  const seen = observationAt(court.views, scenario, step);
  if (seen === undefined || seen.problem !== notWorkedOut) return undefined;
  return { kind: "blocked", by: `${scenario}.${step}`, reason: String(seen.detail ?? notWorkedOut) };
}

function skippedStep({ transcript }: Court, reason: string): Outcome {
  return { kind: "skipped", reason, ...(isUnfit(reason) ? hidden(transcript.header.target.kind) : {}) };
}

/** What the contract says of a step that ends its scenario, or what was seen there; and whether the module had gone. */
function whyStopped({ contract }: Court, view: ScenarioView, stop: string): string[] {
  const { name, scope } = view;
  const steps = contract.scenarios.find((one) => one.name === name)?.steps;
  const said = steps?.find((step) => step.name === stop)?.ifText;
  if (said !== undefined) return [said];
  const value = scope[stop];
  const told = isObject(value) && "problem" in value ? String(value.problem) : undefined;
  const detail = told === notWorkedOut && isObject(value) && "detail" in value;
  const problem = detail ? String(value.detail) : told;
  const gone = endOf(view);
  const ended = gone === undefined ? [] : [gone];
  const all = [...(problem === undefined || problem === "exited" ? [] : [problem]), ...ended];
  return all.length === 0 ? [] : [all.join("; ")];
}

/** What looks like a fault may be the end that conform itself put to the scenario. */
function cutShort(court: Court, { on }: Requirement): Outcome | undefined {
  const names = on.map((name) => name.split(".")[0] ?? "");
  const scenario = names.find((name) => court.views.get(name)?.state.reason === runEnded);
  return scenario === undefined ? undefined : { kind: "blocked", by: `scenario ${scenario}`, reason: runEnded };
}

function whyNoScenario(court: Court, scenario: string): Outcome {
  const known = court.contract.scenarios.find(({ name }) => name === scenario);
  const kind = court.transcript.header.target.kind;
  if (known !== undefined && !known.targets.includes(kind)) return unobservable(kind, known.targets);
  if (!court.transcript.header.plan.scenarios.includes(scenario)) {
    const { profile } = court.transcript.header;
    return {
      kind: "skipped",
      reason: profile === undefined ? "its scenario was not selected" : `left out by profile ${profile}`,
      left_out: "selection",
    };
  }
  return { kind: "blocked", by: `scenario ${scenario}`, reason: "the run ended before it began" };
}

function weigh(court: Court, requirement: Requirement): Outcome {
  const findings: Finding[] = [];
  const events = new Set<number>();
  /** Why one expectation could not decide, or does not apply; one that certainly failed decides all the same. */
  let open: Outcome | undefined;
  /** Of each finding the redirect that it is for, if it is. */
  const redirects: (Redirect | undefined)[] = [];
  for (const on of requirement.on.length > 0 ? requirement.on : [undefined]) {
    const evidence = evidenceAt(court, requirement.text, on);
    for (const number of evidence.events) events.add(number);
    for (const { kind, value } of requirement.expect) {
      const known = expectationKinds.get(kind);
      if (known === undefined) return { kind: "error", message: `unknown expectation "${kind}"` };
      const checked = checkedBy(known, value, evidence);
      if (Array.isArray(checked)) {
        const only = redirectsOf(evidence.it);
        redirects.push(...checked.map(({ redirect }) => redirect ?? only));
        findings.push(...checked.map(toldFinding));
      } else if ("skip" in checked) open ??= { kind: "skipped", reason: checked.skip };
      else if (known.gate) return { kind: "error", message: checked.undecidable };
      else open = { kind: "error", message: checked.undecidable };
    }
  }
  const [first, ...rest] = findings;
  if (first === undefined) return open ?? { kind: "pass", events: [...events] };
  court.redirected.delete(requirement.id);
  if (redirects.every((one) => one !== undefined)) court.redirected.set(requirement.id, redirects);
  const kept = rest.slice(0, findingsMax - 1);
  const omitted = rest.length - kept.length;
  return { kind: "fail", findings: [first, ...kept], ...(omitted > 0 ? { omitted } : {}) };
}

function scopeFor(court: Court, on: string | undefined): Record<string, unknown> {
  const [name = "", step] = (on ?? "").split(".");
  const known = court.contract.scenarios.find((one) => one.name === name);
  const run = court.views.get(name)?.scope ?? {};
  const it = step === undefined ? run : observationAt(court.views, name, step);
  const scale = Number(court.scope.scale) * (court.views.get(name)?.patience ?? 1);
  const scope: Record<string, unknown> = { ...court.scope, scale, run, ...(on === undefined ? {} : { it }) };
  const within = (code: string): unknown => evaluate(code, scope);
  scope.def = definitions(court.contract.define, within);
  scope.vars = lazily({ ...court.contract.vars, ...known?.vars }, (value) => expand(value, within));
  return scope;
}

function evidenceAt(court: Court, sentence: string, on: string | undefined): Evidences {
  const scope = scopeFor(court, on);
  const [scenario = "", step] = (on ?? "").split(".");
  const seen = step === undefined ? undefined : court.views.get(scenario)?.steps.get(step);
  return {
    it: step === undefined ? undefined : observationAt(court.views, scenario, step),
    sentence,
    at: on ?? "run",
    events: seen === undefined ? [] : [seen.event],
    evaluate: (code, extra) => evaluate(code, extra === undefined ? scope : { ...scope, ...extra }),
    schema: (file) => court.contract.schemas[file] ?? null,
    eventsOf: eventNumbers,
    place: placeIn,
  };
}
