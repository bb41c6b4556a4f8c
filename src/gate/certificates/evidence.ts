// The evidence of a certificate, judged again: the transcript must be the one, be about the subject, and give the same outcomes. Pure.
import type { Transcript } from "../../base/transcript.ts";
import type { Contract } from "../../base/types.ts";
import { moduleReport } from "../../session/report.ts";
import { setOf } from "./refusal.ts";
import type { Certificate, Statement } from "./statement.ts";

/** What the user has; digests are sha256 in hexadecimal of the files as they are. */
export interface Evidence {
  transcript: { file: string; sha256: string; read: Transcript };
  report?: { file: string; sha256: string };
}

export interface Claim {
  certificate: Certificate;
  statement: Statement;
  contract?: Contract;
}

type Answer = { state: "ok" | "bad" | "unknown"; text: string };

export function judgedAgain({ transcript, report }: Evidence, { certificate, statement, contract }: Claim): Answer {
  const { evidence } = certificate;
  const bad = (text: string): Answer => ({ state: "bad", text });
  if (report !== undefined && report.sha256 !== evidence.report.sha256)
    return bad(`${report.file} is not the report that was certified`);
  if (evidence.transcript === undefined)
    return { state: "unknown", text: "the certificate names no transcript, so nobody can judge again" };
  if (transcript.sha256 !== evidence.transcript.sha256)
    return bad(`${transcript.file} is not the transcript that was certified`);
  const { header, footer } = transcript.read;
  if (footer === undefined) return bad(`${transcript.file} breaks off`);
  const digest = header.target.digest;
  if (digest !== undefined) {
    const [[kind, value] = ["", ""]] = Object.entries(setOf(digest));
    if (statement.subject[0]?.digest[kind] !== value)
      return bad("the transcript is about another build than the subject");
  }
  if (contract === undefined)
    return { state: "unknown", text: "its contract is not at hand, so it cannot be judged again" };
  if (contract.digest !== header.contract.digest)
    return { state: "unknown", text: "the contract's text here is another, so judging again would prove nothing" };
  const again = outcomesOf(contract, transcript.read);
  const changed = changedOutcomes(certificate.outcomes, again);
  const [first] = changed;
  if (first === undefined)
    return {
      state: "ok",
      text: `judged again from ${transcript.file}: the same ${Object.keys(again).length} outcomes`,
    };
  return bad(`judged again, ${changed.length} outcomes differ: ${first.id} was ${first.before}, is ${first.after}`);
}

/** Every requirement's outcome by this contract, from the transcript alone. */
export function outcomesOf(contract: Contract, transcript: Transcript): Record<string, string> {
  const { results } = moduleReport({ contract, transcript, strict: transcript.header.strict ?? false });
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
