// Transcript -> one module's report: judged, with evidence and commands that repeat it.

import type { TranscriptEvent } from "../base/events.ts";
import type { Outcome, Result } from "../base/judged.ts";
import { lastLooks } from "../base/looks.ts";
import type { Transcript } from "../base/transcript.ts";
import type { Contract, Requirement } from "../base/types.ts";
import { version } from "../base/version.ts";
import { applyBaseline, type Baseline, dayOf, sameContract } from "../judge/baseline.ts";
import { evidenceOf } from "../judge/evidence.ts";
import { judgeLooks } from "../judge/looks.ts";
import { repeatCommands } from "../judge/repeat.ts";
import { secondLookRemarks, takenBack } from "../judge/second-look.ts";
import { type Interruption, interruptionExits, verdictOf, verdictOfAll } from "../judge/verdict.ts";
import type { ModuleReport, Report, ScenarioSummary } from "../report/types.ts";

/** What frames the judged modules of a run. `started`: ISO 8601, UTC; `duration_ms`: of the whole run. */
export interface RunTimes {
  started: string;
  duration_ms: number;
}

/** Judged modules -> the report of their run, with the verdict on all of them: what reporters, badge and certificate are made of. Pure. */
export function runReport(modules: readonly ModuleReport[], { started, duration_ms }: RunTimes): Report {
  return {
    format: 1,
    tool: { name: "conform", version },
    started,
    duration_ms,
    verdict: verdictOfAll(modules.map(({ verdict }) => verdict)),
    modules: [...modules],
  };
}

/** What a module's report is made of: pure values. */
export interface ReportInput {
  contract: Contract;
  transcript: Transcript;
  /** A failed SHOULD counts as a failure. */
  strict: boolean;
  /** Known failures; what they excuse does not bind. */
  baseline?: Baseline;
  /** A verdict on a part is not enough. */
  requireComplete?: boolean;
  /** What passed only at the second look counts as failed. */
  failOnFlaky?: boolean;
}

/** One module's report, judged anew. Pure: the same transcript gives the same report, whether just recorded or read from a file. */
export function moduleReport({
  contract,
  transcript,
  strict,
  baseline,
  requireComplete = false,
  failOnFlaky = false,
}: ReportInput): ModuleReport {
  const { header, footer } = transcript;
  const looked = { ...transcript, events: lastLooks(transcript.events) };
  const outcomes = judgeLooks({ contract, transcript, selected: new Set(header.plan.requirements) });
  const flaky = takenBack(transcript.events, outcomes);
  const took = durations(looked.events);
  const judged = contract.requirements.map((requirement) =>
    resultOf(requirement, outcomes.get(requirement.id) ?? { kind: "error", message: "not judged" }, {
      contract,
      transcript,
      strict,
      took,
      flaky,
    }),
  );
  const { results, stale } =
    baseline === undefined
      ? { results: judged, stale: [] }
      : applyBaseline(judged, baseline, { contract, today: dayOf(header.started) });
  const interrupted = footer?.interrupted;
  const partial =
    footer === undefined
      ? "the transcript breaks off"
      : interrupted === undefined
        ? undefined
        : partialWords(interrupted);
  return {
    name: header.target.label,
    target: { ...targetOf(header), ...(footer?.changed === undefined ? {} : { changed: footer.changed }) },
    contract: { name: contract.name, version: contract.version, title: contract.title, digest: contract.digest },
    ...(header.machine === undefined ? {} : { machine: header.machine }),
    started: header.started,
    duration_ms: footer?.duration_ms ?? Math.round((transcript.events.at(-1)?.t ?? 0) * 1000),
    ...(header.profile === undefined ? {} : { profile: header.profile }),
    strict,
    ...(header.unsafe_probes === true ? { unsafe_probes: true } : {}),
    ...(header.filtered === undefined ? {} : { filtered: header.filtered }),
    ...(partial === undefined ? {} : { partial }),
    verdict: verdictOf(results, {
      staleBaseline: stale,
      truncated: footer === undefined,
      requireComplete,
      failOnFlaky,
      ...(header.filtered === undefined ? {} : { filtered: header.filtered }),
      ...(header.profile === undefined ? {} : { profile: header.profile }),
      ...(isInterruption(interrupted) ? { interrupted } : {}),
      ...(interrupted === undefined || interrupted.startsWith("SIG") ? {} : { unreachable: partialWords(interrupted) }),
    }),
    results,
    scenarios: contract.scenarios.flatMap(({ name, title }) => summaryOf(name, title, looked)),
    notes: [...homeOf(header.target), ...notesOf(looked.events), ...secondLookRemarks(transcript.events, outcomes)],
    ...(baseline === undefined
      ? {}
      : {
          baseline: {
            file: baseline.file,
            entries: baseline.entries.filter((entry) => sameContract(entry, contract)).length,
          },
        }),
    ...(stale.length === 0 ? {} : { staleBaseline: stale }),
  };
}

function targetOf({ target: { home: _, ...target } }: Transcript["header"]) {
  return target;
}

function homeOf({ label, home }: { label: string; home?: string }): string[] {
  return home === undefined ? [] : [`The files of ${label} were read in ${home}, found by walking up from it.`];
}

function isInterruption(text: string | undefined): text is Interruption {
  return text !== undefined && Object.hasOwn(interruptionExits, text);
}

function partialWords(interrupted: string): string {
  if (interrupted === "deadline") return "the run's overall deadline passed";
  return interrupted.startsWith("SIG") ? `interrupted by ${interrupted}` : interrupted;
}

function resultOf(
  requirement: Requirement,
  outcome: Outcome,
  { contract, transcript, strict, took, flaky }: ResultFrame,
): Result {
  const duration = outcome.kind === "skipped" ? undefined : tookFor(requirement, took);
  return {
    id: requirement.id,
    area: requirement.area,
    level: requirement.level,
    text: requirement.text,
    sources: requirement.sources.map(({ document, section }) =>
      [contract.sources[document]?.title ?? document, section].filter((part) => part !== undefined).join(", "),
    ),
    outcome,
    binding: requirement.level === "MUST" || (strict && requirement.level === "SHOULD"),
    ...(requirement.why === undefined ? {} : { why: requirement.why }),
    ...(requirement.hint === undefined ? {} : { hint: requirement.hint }),
    evidence: outcome.kind === "fail" ? evidenceOf(outcome.findings, transcript) : [],
    repeat:
      outcome.kind === "fail" || outcome.kind === "error"
        ? repeatCommands(requirement, outcome, contract, transcript)
        : [],
    scenarios: [...new Set(requirement.on.map((on) => on.split(".")[0] ?? ""))],
    ...(duration === undefined ? {} : { duration_ms: duration }),
    ...(flaky.has(requirement.id) ? { flaky: true as const } : {}),
  };
}

interface ResultFrame {
  contract: Contract;
  transcript: Transcript;
  strict: boolean;
  took: ReadonlyMap<string, number>;
  flaky: ReadonlySet<string>;
}

/** Milliseconds of each `scenario.step`, and of each scenario. */
function durations(events: readonly TranscriptEvent[]): Map<string, number> {
  return new Map(
    events.flatMap(({ kind, scenario, step, t, data }): [string, number][] => {
      if (kind !== "step" && kind !== "scenario") return [];
      return [[kind === "step" ? `${scenario}.${step}` : scenario, Math.max(0, (t - data.from) * 1000)]];
    }),
  );
}

function tookFor({ on }: Requirement, took: ReadonlyMap<string, number>): number | undefined {
  const known = on.flatMap((place) => took.get(place) ?? []);
  return known.length === 0 ? undefined : Math.round(known.reduce((sum, ms) => sum + ms, 0));
}

type Looked = Pick<Transcript, "header"> & { events: readonly TranscriptEvent[] };

function summaryOf(name: string, title: string | undefined, { header, events }: Looked): ScenarioSummary[] {
  if (!header.plan.scenarios.includes(name)) return [];
  const own = events.filter((event) => event.scenario === name);
  const end = own.find((event) => event.kind === "scenario");
  const from = end?.data.from ?? own[0]?.t ?? 0;
  return [
    {
      name,
      ...(title === undefined ? {} : { title }),
      status: end?.data.status ?? "stopped",
      ...(end?.data.reason === undefined ? {} : { reason: end.data.reason }),
      from,
      to: end?.t ?? own.at(-1)?.t ?? from,
      steps: own.filter((event) => event.kind === "step").map(stepOf),
    },
  ];
}

function stepOf({ step, t, data: { from, status } }: TranscriptEvent<"step">) {
  return { name: step ?? "", from, to: t, status };
}

function notesOf(events: readonly TranscriptEvent[]): string[] {
  return [...remarksOf(events), ...limitsOf(events)];
}

/** What the contract's `note` steps had to say, each once. */
function remarksOf(events: readonly TranscriptEvent[]): string[] {
  const said = events.flatMap(({ kind, data }) => {
    const text = kind === "step" && data.verb === "note" && data.status === "done" ? data.value?.text : undefined;
    return typeof text === "string" ? [text] : [];
  });
  return [...new Set(said)];
}

function limitsOf(events: readonly TranscriptEvent[]): string[] {
  return events
    .filter((event) => event.kind === "limit")
    .slice(0, 50)
    .map(
      ({ scenario, proc, data }) =>
        `${limitWords(data.limit)} in scenario ${scenario}${proc === undefined ? "" : ` (${proc})`}: bound ${data.bound}, seen ${data.seen}`,
    );
}

const limitWordsOf: Record<string, string> = {
  lineBytesMax: "a long line of output was cut (bytes per line)",
  bodyBytesMax: "a long body was not read to its end (bytes per body)",
};

function limitWords(limit: string): string {
  return limitWordsOf[limit] ?? `limit reached (${limit})`;
}
