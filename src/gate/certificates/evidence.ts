// The evidence of a certificate, judged again: the transcript must be the one, be about the subject, and give the same outcomes. Pure.
import { isDeepStrictEqual } from "node:util";
import type { Transcript, TranscriptHeader } from "../../base/transcript.ts";
import type { Contract } from "../../base/types.ts";
import { badgeOf, type Reached } from "../../report/badge.ts";
import type { ModuleReport } from "../../report/types.ts";
import { moduleReport } from "../../session/report.ts";
import { setOf } from "./refusal.ts";
import type { Certificate, Statement } from "./statement.ts";

/** What the user has; digests are sha256 in hexadecimal of the files as they are. */
export interface EvidenceFiles {
  transcript: { file: string; sha256: string } & ({ read: Transcript } | { fault: string });
  report?: { file: string; sha256: string };
}

export interface Claim {
  certificate: Certificate;
  statement: Statement;
  contract?: Contract;
}

type Answer = { state: "ok" | "bad" | "unknown"; text: string };

export function judgedAgain(
  { transcript, report }: EvidenceFiles,
  { certificate, statement, contract }: Claim,
): Answer {
  const { evidence } = certificate;
  const bad = (text: string): Answer => ({ state: "bad", text });
  if (report !== undefined && report.sha256 !== evidence.report.sha256)
    return bad(`${report.file} is not the report that was certified`);
  if (evidence.transcript === undefined)
    return { state: "unknown", text: "the certificate names no transcript, so nobody can judge again" };
  if (transcript.sha256 !== evidence.transcript.sha256)
    return bad(`${transcript.file} is not the transcript that was certified`);
  if ("fault" in transcript) return bad(transcript.fault);
  const { header, footer } = transcript.read;
  if (footer === undefined) return bad(`${transcript.file} breaks off`);
  const strange = otherRun(header, { certificate, statement });
  if (strange !== undefined) return bad(strange);
  if (contract === undefined)
    return { state: "unknown", text: "its contract is not at hand, so it cannot be judged again" };
  if (contract.digest !== header.contract.digest)
    return { state: "unknown", text: "the contract's text here is another, so judging again would prove nothing" };
  const again = reportOf(contract, transcript.read);
  const changed = changedOutcomes(certificate.outcomes, outcomesIn(again));
  const [first] = changed;
  if (first !== undefined)
    return bad(`judged again, ${changed.length} outcomes differ: ${first.id} was ${first.before}, is ${first.after}`);
  const { earned, why } = gradeOf(again);
  if (earned !== certificate.level)
    return bad(`judged again, it earns ${earned ?? `nothing (${why})`}, not ${certificate.level}`);
  return { state: "ok", text: `judged again from ${transcript.file}: the same ${again.results.length} outcomes` };
}

/** What the transcript says of the run, where the certificate says otherwise. */
function otherRun(
  { target, started, contract, params, strict = false, unsafe_probes = false, time_scale = 1 }: TranscriptHeader,
  { certificate, statement }: Omit<Claim, "contract">,
): string | undefined {
  const said = certificate;
  if (target.kind !== "url") {
    if (target.digest === undefined) return "the transcript does not say which build it is about";
    const seen = [target.digest, ...(target.program === undefined ? [] : [target.program])].map(setOf);
    if (
      !isDeepStrictEqual(
        seen,
        statement.subject.map(({ digest }) => digest),
      )
    )
      return "the transcript is about another build than the subject";
  }
  const pairs: [what: string, of: unknown, here: unknown][] = [
    ["the time of the run", said.judged, started],
    ["the contract", said.contract, { ...contract, digest: { sha256: contract.digest } }],
    ["strict", said.strict, strict],
    ["unsafe_probes", said.unsafe_probes, unsafe_probes],
    ["params", said.params ?? params, params],
    ["time_scale", said.time_scale ?? 1, time_scale],
  ];
  const other = pairs.find(([, of, here]) => !isDeepStrictEqual(of, here));
  return other === undefined ? undefined : `the transcript is of another run: ${other[0]} differs`;
}

/** How a report differs from what its transcript gives; undefined when it is of that run and says the same. */
export function reportFault(module: ModuleReport, contract: Contract, transcript: Transcript): string | undefined {
  if (transcript.footer === undefined) return "the transcript breaks off";
  if (transcript.header.started !== module.started || transcript.header.contract.digest !== module.contract.digest)
    return "the transcript is of another run than the report";
  const again = reportOf(contract, transcript);
  const [first] = changedOutcomes(outcomesIn(module), outcomesIn(again));
  if (first !== undefined)
    return `the report says ${first.before} of ${first.id}, the transcript judged again ${first.after}`;
  const of = ({ target: { kind, digest, program, changed }, strict, ...more }: ModuleReport) => ({
    "the kind of target": kind,
    "the digest": digest,
    "the program's digest": program,
    "that the files changed": changed,
    strict,
    profile: more.profile,
    unsafe_probes: more.unsafe_probes ?? false,
    "the machine": more.machine,
    "what was left out": more.filtered !== undefined,
    "whether it ran to its end": more.partial !== undefined,
    "the levels": more.results.map(({ id, level }) => [id, level]),
    "why something was skipped": more.results.map(({ outcome }) => outcome.kind === "skipped" && outcome.left_out),
  });
  const [here, there] = [of(module), of(again)];
  const other = (Object.keys(here) as (keyof typeof here)[]).find((key) => !isDeepStrictEqual(here[key], there[key]));
  return other === undefined ? undefined : `the report contradicts the transcript: ${other} differs`;
}

/** By this contract, from the transcript alone. */
export function reportOf(contract: Contract, transcript: Transcript): ModuleReport {
  return moduleReport({ contract, transcript, strict: transcript.header.strict ?? false });
}

/** The level that a report earned on its own day, or why none. */
function gradeOf(module: ModuleReport): { earned?: Reached; why: string } {
  if (module.target.changed !== undefined) return { why: "the module's files changed meanwhile" };
  const { reached, why, message } = badgeOf(module, { now: new Date(module.started), validDays: 1 });
  return { ...(reached === undefined ? {} : { earned: reached }), why: why ?? message };
}

export function outcomesIn({ results }: ModuleReport): Record<string, string> {
  return Object.fromEntries(results.map(({ id, outcome }) => [id, outcome.kind]));
}

export interface ChangedOutcome {
  id: string;
  before: string;
  after: string;
}

/** `none` stands for a requirement that one side does not know. */
export function changedOutcomes(before: Record<string, string>, after: Record<string, string>): ChangedOutcome[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((id) => before[id] !== after[id])
    .map((id) => ({ id, before: before[id] ?? "none", after: after[id] ?? "none" }));
}
