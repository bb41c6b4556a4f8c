// `conform verify <certificate>`: does it hold, for this artefact, today? Needs no network.
import * as z from "zod";
import { UsageError } from "../../base/errors.ts";
import { wallClock } from "../../base/io.ts";
import { visible } from "../../base/visible.ts";
import { opened } from "../../gate/certificates/dsse.ts";
import { parseRevocations, type Standing, standingOf } from "../../gate/certificates/revocations.ts";
import { type Check, type Verification, type VerifyInput, verifyCertificate } from "../../gate/certificates/verify.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { contractAtHand, readEnvelope, readEvidence, subjectNamed } from "../certificates.ts";
import { publicKey } from "../keys.ts";
import { tell, tellJson } from "../terminal.ts";

/** Exit code 0 valid, 1 invalid, 3 when it could not be told. Throws UsageError. */
export async function verify(file: string, flags: FlagsOf<"verify">): Promise<number> {
  const keys = (flags.key ?? []).map(publicKey);
  const now = flags.at === undefined ? wallClock() : dateOf(flags.at);
  const subject = flags.subject === undefined ? undefined : await subjectNamed(flags.subject);
  const standing =
    flags.revocations === undefined
      ? undefined
      : standings(flags.revocations, revokers(flags, keys), { now, freshDays: flags.freshDays });
  const frame: VerifyInput = {
    file,
    envelope: readEnvelope(file),
    keys,
    now,
    contract: contractAtHand(flags.contract),
    ...(subject === undefined
      ? {}
      : {
          subject: {
            name: subject.name,
            digest: subject.kind === "image" ? `sha256:${subject.sha256}` : subject.digest,
          },
        }),
    ...(standing === undefined ? {} : { standing }),
  };
  let result = verifyCertificate(frame);
  if (flags.evidence !== undefined) {
    const wanted = result.certificate?.evidence.transcript?.sha256;
    result = verifyCertificate({ ...frame, evidence: readEvidence(flags.evidence, wanted) });
  }
  if (flags.json === true) tellJson(jsonOf(result));
  else tell(textOf(file, result));
  return { valid: 0, invalid: 1, unknown: 3 }[result.verdict];
}

/** A day (`2026-11-27`, its beginning in UTC) or a moment in ISO 8601 with its zone. Throws UsageError. */
export function dateOf(text: string): Date {
  if (z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text).success) return new Date(text);
  throw new UsageError(`--at ${text}: not a day such as 2026-11-27 or a moment such as 2026-11-27T22:00:00Z`);
}

/** Whose lists count: where a key is named for them, only its; whoever signs certificates could else clear himself. Throws UsageError. */
export function revokers({ revocationsKey }: { revocationsKey?: string[] }, keys: VerifyInput["keys"]) {
  return revocationsKey === undefined ? keys : revocationsKey.map(publicKey);
}

/** A list that none of the keys signed says nothing, neither good nor bad. */
export function standings(
  file: string,
  keys: VerifyInput["keys"],
  frame: { now: Date; freshDays: number },
): (id: string) => Standing {
  const envelope = readEnvelope(file);
  const list = parseRevocations(envelope, file);
  const signed = keys.length === 0 ? { refused: "no key was given" } : opened(envelope, keys);
  if ("refused" in signed)
    return () => ({ kind: "unknown", why: `the list ${file} is not to be believed: ${signed.refused}` });
  return (id) => standingOf(list, id, frame);
}

function jsonOf({ id, verdict, checks, statement, certificate }: Verification): object {
  return {
    certificate: id,
    verdict,
    checks,
    ...(statement === undefined ? {} : { predicateType: statement.predicateType, subject: statement.subject }),
    ...(certificate === undefined ? {} : { says: certificate }),
  };
}

const marks: { [S in Check["state"]]: string } = { ok: "ok", bad: "BAD", unknown: "?", "not-asked": "-" };

function textOf(file: string, { verdict, checks, certificate }: Verification): string {
  const head =
    certificate === undefined
      ? ""
      : `${visible(certificate.module)}  ${visible(certificate.contract.name)} ${visible(certificate.contract.version)} ${certificate.level}, judged ${certificate.judged.slice(0, 10)}, ${certificate.counts.all.pass} passed, ${certificate.counts.all.fail} failed, ${certificate.counts.all.skipped} skipped${certificate.unsafe_probes ? ", with unsafe probes" : ""}\n`;
  const lines = checks.map(
    ({ name, state, text }) => `  ${marks[state].padEnd(4)}${name.padEnd(12)}${visible(text)}\n`,
  );
  return `${head}${lines.join("")}${verdict.toUpperCase()}  ${visible(file)}\n`;
}
