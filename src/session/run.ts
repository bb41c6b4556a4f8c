// The conductor: plan, drive concurrently, judge, assemble one module's report.

import type { TranscriptEvent } from "../base/events.ts";
import { cores, machineKind, manyListeners, randomSource, startClock, wallClock } from "../base/io.ts";
import { defaultLimits } from "../base/limits.ts";
import { makeRedactor } from "../base/secrecy/secrets.ts";
import { userSecrets } from "../base/secrecy/user.ts";
import { type Slots, slots } from "../base/slots.ts";
import type { Asked, Transcript, TranscriptFooter, TranscriptHeader } from "../base/transcript.ts";
import type { Contract, Json, Target } from "../base/types.ts";
import { version } from "../base/version.ts";
import { viewOf } from "../contract/view.ts";
import { Recorder } from "../drive/recorder.ts";
import type { RunContext } from "../drive/world.ts";
import type { Baseline } from "../judge/baseline.ts";
import type { ModuleReport } from "../report/types.ts";
import { driveAll } from "./looks.ts";
import type { RunOptions } from "./options.ts";
import { makePlan, type Plan } from "./plan.ts";
import { moduleReport } from "./report.ts";
import { changeOf, type Subject, subjectOf } from "./subject.ts";

/** What happens while a run goes on; for progress and for writing the transcript. */
export interface RunWatcher {
  /** Once, before anything is driven. */
  onHeader?(header: TranscriptHeader): void;
  /** Each event as it is recorded, secrets already hidden. */
  onEvent?(event: TranscriptEvent): void;
}

/** The record of a run, and the report that was made of it. */
export interface RunResult {
  report: ModuleReport;
  transcript: Transcript;
}

/** Some scenarios of an earlier run anew; what the others saw stays. */
export interface AgainRun {
  previous: Transcript;
  /** Names of those that are driven. */
  scenarios: ReadonlySet<string>;
}

/** Everything a run needs. `interrupt` aborts with the signal's name as its reason. */
export interface RunInput {
  contract: Contract;
  target: Target;
  options: RunOptions;
  baseline?: Baseline;
  interrupt?: AbortSignal;
  /** Places shared with other runs; without them `options.jobs` scenarios run at once. */
  slots?: Slots;
  /** Without it everything is driven. */
  again?: AgainRun;
  /** What the user asked for, for repeat commands. */
  asked?: Asked;
}

/**
 * Drives one module and judges it against one contract; it is not built, and a URL is not asked whether it answers (see `judgeModule`). However the
 * module behaves, and where the run is interrupted, there is a result. Throws UsageError when globs, level or profile select nothing.
 */
export async function runModule(given: RunInput, watcher: RunWatcher = {}): Promise<RunResult> {
  const { target, options } = given;
  const plan = planOf(given);
  const started = wallClock();
  const now = startClock();
  const subject = await subjectOf(target);
  const header = {
    ...headerOf(plan, target, options, { started, subject }),
    ...(given.asked === undefined ? {} : { asked: given.asked }),
  };
  watcher.onHeader?.(header);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort("deadline"), secondsMax(options) * 1000);
  const signal = manyListeners(
    given.interrupt === undefined ? deadline.signal : AbortSignal.any([deadline.signal, given.interrupt]),
  );
  const { again } = given;
  const kept = again?.previous.events.filter(({ scenario }) => !again.scenarios.has(scenario)) ?? [];
  const context = contextOf(plan, target, options, {
    header,
    now,
    signal,
    kept,
    after: again?.previous.events.reduce((most, { n }) => Math.max(most, n), 0) ?? 0,
    ...(watcher.onEvent ? { onEvent: watcher.onEvent } : {}),
  });
  const eventsSoFar = () => [...kept, ...context.recorder.events];
  try {
    const due = plan.scenarios.filter(({ name }) => again?.scenarios.has(name) ?? true);
    const places = given.slots ?? slots(options.jobs ?? cores() * 8);
    await driveAll(
      {
        context,
        contract: plan.contract,
        selected: plan.selected,
        places,
        transcript: () => ({ header, events: eventsSoFar() }),
        mayLookAgain: () => mayLookAgain(given, now()),
      },
      due,
    );
  } finally {
    clearTimeout(timer);
  }
  const events = eventsSoFar();
  return judged(given, plan, {
    header,
    events,
    footer: { ...footerOf(events, now(), signal), ...(await changeOf(target, subject)) },
  });
}

/** The result of a run that could not begin: nothing was driven, and `trouble` says why. */
export async function notRun(given: RunInput, trouble: string, watcher: RunWatcher = {}): Promise<RunResult> {
  const { target, options } = given;
  const plan = planOf(given);
  const header = headerOf(plan, target, options, { started: wallClock(), subject: await subjectOf(target) });
  watcher.onHeader?.(header);
  const footer = { events: 0, duration_ms: 0, interrupted: trouble, sha256: "" };
  return judged(given, plan, { header, events: [], footer });
}

function planOf({ contract, target, options }: RunInput): Plan {
  return makePlan(contract, target, {
    only: options.only ?? [],
    skip: options.skip ?? [],
    ...(options.level === undefined ? {} : { level: options.level }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.ids === undefined ? {} : { ids: options.ids }),
  });
}

function footerOf(events: TranscriptEvent[], seconds: number, signal: AbortSignal): TranscriptFooter {
  return {
    events: events.length,
    duration_ms: Math.round(seconds * 1000),
    ...(signal.aborted ? { interrupted: String(signal.reason) } : {}),
    sha256: "",
  };
}

function judged({ options, baseline }: RunInput, { contract }: Plan, transcript: Transcript): RunResult {
  const { strict = false, requireComplete = false, failOnFlaky = false } = options;
  const report = moduleReport({
    contract,
    transcript,
    strict,
    requireComplete,
    failOnFlaky,
    ...(baseline === undefined ? {} : { baseline }),
  });
  return { transcript, report };
}

function headerOf(
  plan: Plan,
  target: Target,
  options: RunOptions,
  { started, subject }: { started: Date; subject: Subject },
): TranscriptHeader {
  const { contract } = plan;
  const defaults = Object.entries(contract.params).flatMap(([name, { default: value }]): [string, Json][] =>
    value === undefined ? [] : [[name, value]],
  );
  return {
    format: 1,
    tool: { name: "conform", version },
    machine: machineKind(),
    contract: { name: contract.name, version: contract.version, digest: contract.digest },
    target: {
      kind: target.kind,
      label: target.label,
      ...(target.home === undefined ? {} : { home: target.home }),
      ...subject,
    },
    started: started.toISOString(),
    params: { ...Object.fromEntries(defaults), ...options.params, ...markers(secretParams(plan, options)) },
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.strict ? { strict: true } : {}),
    ...(options.timeScale === undefined || options.timeScale === 1 ? {} : { time_scale: options.timeScale }),
    ...(options.unsafeProbes ? { unsafe_probes: true } : {}),
    ...(options.secondLook === false ? { second_look: false } : {}),
    ...(plan.filtered === undefined ? {} : { filtered: plan.filtered }),
    plan: { scenarios: plan.scenarios.map(({ name }) => name), requirements: [...plan.selected] },
  };
}

interface RunFrame {
  header: TranscriptHeader;
  now(): number;
  signal: AbortSignal;
  /** Events of an earlier run that stay, and the last number that it used. */
  kept: TranscriptEvent[];
  after: number;
  onEvent?(event: TranscriptEvent): void;
}

/** What the user gave for parameters that the contract calls secret. */
function secretParams({ contract }: Plan, { params = {} }: RunOptions): Record<string, Json> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => contract.params[name]?.secret === true));
}

function markers(secrets: Record<string, Json>): Record<string, string> {
  return Object.fromEntries(Object.keys(secrets).map((name) => [name, `‹secret:${name}›`]));
}

function contextOf(plan: Plan, target: Target, options: RunOptions, run: RunFrame): RunContext {
  const random = randomSource(options.seed);
  const canary = Object.fromEntries(plan.contract.canaries.map((name) => [name, `cnry-${random(32)}`]));
  const redactor = makeRedactor([
    ...Object.entries(canary).map(([name, value]) => ({ name, value })),
    ...userSecrets({
      headers: options.headers,
      env: options.env,
      url: target.url,
      params: secretParams(plan, options),
    }),
  ]);
  return {
    contract: plan.contract,
    leftOut: plan.leftOut,
    target,
    limits: defaultLimits,
    env: options.env ?? {},
    headers: options.headers ?? {},
    params: run.header.params,
    canary,
    unsafeProbes: options.unsafeProbes ?? false,
    ...(target.url === undefined ? {} : { budget: { left: defaultLimits.serviceRequestsMax } }),
    timeScale: options.timeScale ?? 1,
    signal: run.signal,
    recorder: new Recorder({
      now: run.now,
      redact: (value) => redactor.redactJson(value),
      eventsMax: defaultLimits.eventsMax,
      after: run.after,
      onEvent: (event) => run.onEvent?.(event),
    }),
    views: viewOf(run.kept),
    now: run.now,
    random,
  };
}

/** A running service has its budget of requests, and a run that has used half of its time must not lose what it has seen. */
function mayLookAgain({ target, options }: RunInput, seconds: number): boolean {
  return target.url === undefined && options.secondLook !== false && seconds < secondsMax(options) / 2;
}

const secondsMax = ({ timeout = 600 }: RunOptions): number => timeout;
