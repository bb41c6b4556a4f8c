// Reports and transcripts without what is nobody's business. What the text itself says is told by base/secrecy/private-paths.ts.
import { mapOutside } from "../base/events.ts";
import type { Finding, Outcome, Result } from "../base/judged.ts";
import { type Scrub, scrubJson } from "../base/secrecy/private-paths.ts";
import type { Transcript } from "../base/transcript.ts";
import type { ModuleReport, Report } from "./types.ts";

/** The report with foreign texts scrubbed. Ids, sentences, sources and hints are the contract's and stay. */
export function scrubReport(report: Report, scrub: Scrub): Report {
  const verdict = { ...report.verdict, reasons: report.verdict.reasons.map(scrub) };
  return { ...report, verdict, modules: report.modules.map((module) => scrubModule(module, scrub)) };
}

/** The same of one module. */
export function scrubModule(module: ModuleReport, scrub: Scrub): ModuleReport {
  return {
    ...module,
    name: scrub(module.name),
    target: { ...module.target, label: scrub(module.target.label) },
    ...(module.filtered === undefined ? {} : { filtered: scrub(module.filtered) }),
    ...(module.partial === undefined ? {} : { partial: scrub(module.partial) }),
    verdict: { ...module.verdict, reasons: module.verdict.reasons.map(scrub) },
    results: module.results.map((result) => scrubResult(result, scrub)),
    scenarios: module.scenarios.map((scenario) =>
      scenario.reason === undefined ? scenario : { ...scenario, reason: scrub(scenario.reason) },
    ),
    notes: module.notes.map(scrub),
    ...(module.baseline === undefined ? {} : { baseline: { ...module.baseline, file: scrub(module.baseline.file) } }),
    ...(module.staleBaseline === undefined ? {} : { staleBaseline: module.staleBaseline.map(scrub) }),
  };
}

function scrubResult(result: Result, scrub: Scrub): Result {
  return {
    ...result,
    outcome: scrubOutcome(result.outcome, scrub),
    evidence: result.evidence.map((evidence) => ({ ...evidence, text: scrub(evidence.text) })),
    repeat: result.repeat.map(scrub),
  };
}

function scrubOutcome(outcome: Outcome, scrub: Scrub): Outcome {
  switch (outcome.kind) {
    case "pass":
      return outcome;
    case "fail": {
      const [first, ...rest] = outcome.findings;
      return { ...outcome, findings: [scrubFinding(first, scrub), ...rest.map((one) => scrubFinding(one, scrub))] };
    }
    case "blocked":
      return outcome.reason === undefined ? outcome : { ...outcome, reason: scrub(outcome.reason) };
    case "skipped":
      return { ...outcome, reason: scrub(outcome.reason) };
    case "error":
      return { ...outcome, message: scrub(outcome.message) };
  }
}

function scrubFinding(finding: Finding, scrub: Scrub): Finding {
  return {
    ...finding,
    at: scrub(finding.at),
    expected: scrubJson(finding.expected, scrub),
    actual: scrubJson(finding.actual, scrub),
    ...(finding.place === undefined ? {} : { place: { ...finding.place, file: scrub(finding.place.file) } }),
  };
}

/** The same for what har and ndjson show of a transcript. Not for judging: an expectation may read a path. */
export function scrubTranscript(transcript: Transcript, scrub: Scrub): Transcript {
  const { target } = transcript.header;
  return {
    ...transcript,
    header: { ...transcript.header, target: { ...target, label: scrub(target.label) } },
    events: transcript.events.map((event) => mapOutside(event, (value) => scrubJson(value, scrub))),
  };
}
