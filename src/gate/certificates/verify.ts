// Whether a certificate holds: signature, statement, subject, contract, expiry, revocation, and its evidence judged again. Pure.
import type { KeyObject } from "node:crypto";
import { UsageError } from "../../base/errors.ts";
import type { Contract } from "../../base/types.ts";
import { type Envelope, opened, payloadText, statementType } from "./dsse.ts";
import { type EvidenceFiles, judgedAgain } from "./evidence.ts";
import { setOf } from "./refusal.ts";
import { certificateId, type Standing } from "./revocations.ts";
import {
  type Certificate,
  parseCertificate,
  parseStatement,
  parseSvr,
  parseTestResult,
  predicateTypes,
  type Statement,
} from "./statement.ts";

/** `unknown`: it could not be told, so the certificate is not called valid. `not-asked`: nothing was given to check it with. */
export interface Check {
  name: "signature" | "statement" | "subject" | "contract" | "expiry" | "revocation" | "evidence";
  state: "ok" | "bad" | "unknown" | "not-asked";
  text: string;
}

export interface Verification {
  /** sha256 of the payload: what lists of revocations name. */
  id: string;
  verdict: "valid" | "invalid" | "unknown";
  checks: Check[];
  /** Id of the given key that signed it. */
  by?: string;
  /** What it says, once it could be read; believe it only if the verdict is `valid`. */
  statement?: Statement;
  certificate?: Certificate;
}

export interface VerifyInput {
  file: string;
  envelope: Envelope;
  keys: readonly KeyObject[];
  now: Date;
  /** `sha256:<hex>` or `dirHash:<hex>` of the artefact at hand. */
  subject?: { name: string; digest: string };
  /** The contract of that name and version, where it is at hand. */
  contract(name: string, version: string): Contract | undefined;
  standing?: (id: string) => Standing;
  evidence?: EvidenceFiles;
}

const outcomeKinds = ["pass", "fail", "blocked", "skipped", "error"] as const;

export function verifyCertificate(input: VerifyInput): Verification {
  const { envelope } = input;
  const whose = envelope.keyless ? undefined : opened(envelope, input.keys);
  const checks: Check[] = [signature(input, whose)];
  const read = statementOf(input);
  checks.push(...("fault" in read ? [read.fault] : statementChecks(read, input)));
  if (!("fault" in read)) checks.push(checks[0]?.state === "bad" ? notJudged : evidence(read, input));
  checks.push(revocation(input));
  return {
    id: certificateId(envelope),
    verdict: verdictOf(checks),
    checks,
    ...(whose !== undefined && "by" in whose ? { by: whose.by } : {}),
    ...("fault" in read ? {} : { statement: read.statement }),
    ...("fault" in read || read.certificate === undefined ? {} : { certificate: read.certificate }),
  };
}

function verdictOf(checks: readonly Check[]): Verification["verdict"] {
  if (checks.some(({ state }) => state === "bad")) return "invalid";
  return checks.some(({ state }) => state === "unknown") ? "unknown" : "valid";
}

function signature({ keys }: VerifyInput, whose: ReturnType<typeof opened> | undefined): Check {
  if (whose === undefined) {
    const text =
      "signed keyless, for an identity; conform checks keys (cosign verify-blob-attestation checks identities)";
    return { name: "signature", state: "unknown", text };
  }
  if (keys.length === 0)
    return { name: "signature", state: "unknown", text: "no key was given, so nobody vouches for it: --key pub.pem" };
  return "by" in whose
    ? { name: "signature", state: "ok", text: `by the key ${whose.by.slice(0, 23)}…` }
    : { name: "signature", state: "bad", text: whose.refused };
}

interface Read {
  statement: Statement;
  certificate?: Certificate;
  policy: string | undefined;
}

function statementOf({ envelope, file }: VerifyInput): Read | { fault: Check } {
  const bad = (text: string): { fault: Check } => ({ fault: { name: "statement", state: "bad", text } });
  if (envelope.payloadType !== statementType)
    return bad(`its payload is ${envelope.payloadType}, not an in-toto statement`);
  try {
    const statement = parseStatement(payloadText(envelope), file);
    const { predicateType, predicate } = statement;
    if (predicateType === predicateTypes.svr) return { statement, policy: parseSvr(predicate, file).policy };
    if (predicateType === predicateTypes.testResult) {
      const { policy, failed } = parseTestResult(predicate, file);
      return failed.length > 0 ? bad(`it says itself that ${failed[0]} failed`) : { statement, policy };
    }
    if (predicateType !== predicateTypes.certificate) return bad(`nobody here knows its predicate ${predicateType}`);
    const certificate = parseCertificate(predicate, file);
    if (!writtenOnce(payloadText(envelope))) return bad("it is not written as conform writes: a key twice, or spaces");
    return { statement, certificate, policy: certificate.contract.digest.sha256 };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return bad(error.message);
  }
}

/** A key that is there twice would be read otherwise by others. */
function writtenOnce(text: string): boolean {
  return JSON.stringify(JSON.parse(text)) === text;
}

/** Nobody's transcript is judged only because somebody laid it there. */
const notJudged: Check = {
  name: "evidence",
  state: "not-asked",
  text: "not judged again, for the signature does not hold",
};

function statementChecks(read: Read, input: VerifyInput): Check[] {
  return [...contradictions(read), subject(read, input), contract(read, input), expiry(read, input)];
}

/** What no honest certificate of conform says. */
function contradictions({ certificate }: Read): Check[] {
  if (certificate === undefined) return [];
  const { outcomes, counts, level, judged, issued, expires } = certificate;
  const bad = (text: string): Check[] => [{ name: "statement", state: "bad", text }];
  const kinds = Object.values(outcomes);
  for (const kind of outcomeKinds) {
    const n = kinds.filter((one) => one === kind).length;
    const levels = counts.MUST[kind] + counts.SHOULD[kind] + counts.MAY[kind];
    if (n !== counts.all[kind] || levels !== n) return bad(`it counts ${counts.all[kind]} ${kind} and lists ${n}`);
  }
  if (counts.MUST.fail + counts.MUST.blocked + counts.MUST.error > 0 || counts.MUST.pass === 0)
    return bad("it certifies a module that did not pass every MUST");
  if (level === "full" && counts.SHOULD.fail + counts.SHOULD.blocked + counts.SHOULD.error > 0)
    return bad("it says full, though not every SHOULD passed");
  if (Date.parse(judged) > Date.parse(issued) + 86_400_000 || Date.parse(issued) > Date.parse(expires))
    return bad("its dates contradict each other");
  return [];
}

function subject({ statement }: Read, input: VerifyInput): Check {
  const wanted = input.subject;
  const names = statement.subject.map(({ name }) => name).join(", ");
  if (wanted === undefined)
    return {
      name: "subject",
      state: "not-asked",
      text: `it speaks of ${names}; --subject compares a file or folder with it`,
    };
  const [[kind, value] = ["", ""]] = Object.entries(setOf(wanted.digest));
  if (statement.subject.some(({ digest }) => digest[kind] === value))
    return { name: "subject", state: "ok", text: `${wanted.name} is what was judged (${kind} ${value.slice(0, 12)}…)` };
  const said = statement.subject.flatMap(({ digest }) =>
    Object.entries(digest).map(([k, v]) => `${k} ${v.slice(0, 12)}…`),
  );
  return {
    name: "subject",
    state: "bad",
    text: `${wanted.name} is ${kind} ${value.slice(0, 12)}…, the certificate speaks of ${said.join(", ")}`,
  };
}

function contract({ certificate, policy }: Read, input: VerifyInput): Check {
  if (policy === undefined) return { name: "contract", state: "bad", text: "it does not say which contract was kept" };
  if (certificate === undefined)
    return {
      name: "contract",
      state: "not-asked",
      text: `contract with the digest ${policy.slice(0, 12)}…; only a certificate of conform names it`,
    };
  const { name, version } = certificate.contract;
  const found = input.contract(name, version);
  if (found === undefined)
    return {
      name: "contract",
      state: "unknown",
      text: `contract ${name} ${version} is not at hand; name its folder with --contract`,
    };
  if (found.digest !== policy)
    return {
      name: "contract",
      state: "unknown",
      text: `the text of ${name} ${version} here is another (${found.digest.slice(0, 12)}…, not ${policy.slice(0, 12)}…)`,
    };
  const fault = unlikeContract(certificate, found);
  return fault === undefined
    ? { name: "contract", state: "ok", text: `${name} ${version}, digest ${policy.slice(0, 12)}…` }
    : { name: "contract", state: "bad", text: fault };
}

/** Which requirement is a MUST is the contract's word, not the certificate's. */
function unlikeContract({ outcomes, counts }: Certificate, { requirements }: Contract): string | undefined {
  const known = new Set(requirements.map(({ id }) => id));
  const strange = Object.keys(outcomes).find((id) => !known.has(id));
  if (strange !== undefined) return `it speaks of ${strange}, which the contract does not know`;
  for (const { id } of requirements) if (outcomes[id] === undefined) return `it says nothing of ${id}`;
  for (const level of ["MUST", "SHOULD", "MAY"] as const)
    for (const kind of outcomeKinds) {
      const n = requirements.filter((one) => one.level === level && outcomes[one.id] === kind).length;
      if (n !== counts[level][kind])
        return `it counts ${counts[level][kind]} ${level} ${kind}; by the contract it is ${n}`;
    }
  return undefined;
}

function expiry({ certificate }: Read, { now }: VerifyInput): Check {
  if (certificate === undefined)
    return {
      name: "expiry",
      state: "not-asked",
      text: "this kind of statement has no expiry; the certificate of conform beside it has",
    };
  const { judged, expires } = certificate;
  const at = now.toISOString().slice(0, 10);
  if (now.getTime() >= Date.parse(expires))
    return { name: "expiry", state: "bad", text: `expired on ${expires.slice(0, 10)}` };
  if (now.getTime() < Date.parse(judged) - 86_400_000)
    return { name: "expiry", state: "bad", text: `it was judged on ${judged.slice(0, 10)}, after ${at}` };
  return { name: "expiry", state: "ok", text: `valid until ${expires.slice(0, 10)}` };
}

function revocation({ envelope, standing }: VerifyInput): Check {
  if (standing === undefined)
    return { name: "revocation", state: "not-asked", text: "no list of revocations was given (--revocations)" };
  const found = standing(certificateId(envelope));
  if (found.kind === "revoked")
    return { name: "revocation", state: "bad", text: `revoked since ${found.since.slice(0, 10)}: ${found.reason}` };
  return found.kind === "good"
    ? { name: "revocation", state: "ok", text: `not on the list of ${found.as_of.slice(0, 10)}` }
    : { name: "revocation", state: "unknown", text: found.why };
}

function evidence({ statement, certificate }: Read, input: VerifyInput): Check {
  if (input.evidence === undefined)
    return { name: "evidence", state: "not-asked", text: "not judged again; --evidence names its transcript" };
  if (certificate === undefined)
    return {
      name: "evidence",
      state: "unknown",
      text: "this kind of statement names no evidence; use the certificate of conform beside it",
    };
  const found = input.contract(certificate.contract.name, certificate.contract.version);
  const result = judgedAgain(input.evidence, {
    certificate,
    statement,
    ...(found === undefined ? {} : { contract: found }),
  });
  return { name: "evidence", ...result };
}
