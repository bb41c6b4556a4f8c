// Whether a certificate holds: signature, statement, subject, contract, expiry, revocation, and its evidence judged again. Pure.
import type { KeyObject } from "node:crypto";
import { UsageError } from "../../base/errors.ts";
import type { Contract } from "../../base/types.ts";
import { type Envelope, opened, payloadText, statementType } from "./dsse.ts";
import { type Evidence, judgedAgain } from "./evidence.ts";
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
  evidence?: Evidence;
}

export function verifyCertificate(input: VerifyInput): Verification {
  const { envelope } = input;
  const checks: Check[] = [signature(input)];
  const read = statementOf(input);
  checks.push(...("fault" in read ? [read.fault] : statementChecks(read, input)), revocation(input));
  return {
    id: certificateId(envelope),
    verdict: verdictOf(checks),
    checks,
    ...("fault" in read ? {} : { statement: read.statement }),
    ...("fault" in read || read.certificate === undefined ? {} : { certificate: read.certificate }),
  };
}

function verdictOf(checks: readonly Check[]): Verification["verdict"] {
  if (checks.some(({ state }) => state === "bad")) return "invalid";
  return checks.some(({ state }) => state === "unknown") ? "unknown" : "valid";
}

function signature({ envelope, keys }: VerifyInput): Check {
  if (envelope.keyless) {
    const text =
      "signed keyless, for an identity; conform checks keys (cosign verify-blob-attestation checks identities)";
    return { name: "signature", state: "unknown", text };
  }
  if (keys.length === 0)
    return { name: "signature", state: "unknown", text: "no key was given, so nobody vouches for it: --key pub.pem" };
  const result = opened(envelope, keys);
  return "by" in result
    ? { name: "signature", state: "ok", text: `by the key ${result.by.slice(0, 23)}…` }
    : { name: "signature", state: "bad", text: result.refused };
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
    return { statement, certificate, policy: certificate.contract.digest.sha256 };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return bad(error.message);
  }
}

function statementChecks(read: Read, input: VerifyInput): Check[] {
  return [
    ...contradictions(read),
    subject(read, input),
    contract(read, input),
    expiry(read, input),
    evidence(read, input),
  ];
}

/** What no honest certificate of conform says. */
function contradictions({ certificate }: Read): Check[] {
  if (certificate === undefined) return [];
  const { outcomes, counts, level, judged, issued, expires } = certificate;
  const bad = (text: string): Check[] => [{ name: "statement", state: "bad", text }];
  const kinds = Object.values(outcomes);
  for (const kind of ["pass", "fail", "blocked", "skipped", "error"] as const) {
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
  return found.digest === policy
    ? { name: "contract", state: "ok", text: `${name} ${version}, digest ${policy.slice(0, 12)}…` }
    : {
        name: "contract",
        state: "unknown",
        text: `the text of ${name} ${version} here is another (${found.digest.slice(0, 12)}…, not ${policy.slice(0, 12)}…)`,
      };
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
