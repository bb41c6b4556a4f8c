// One certificate as a registry keeps it: what it says, whether it holds, and what that means on a given day. Pure.
import * as z from "zod";
import type { Contract } from "../../base/types.ts";
import type { Standing } from "../certificates/revocations.ts";
import type { Certificate, Statement } from "../certificates/statement.ts";
import type { Verification } from "../certificates/verify.ts";

const counts = z.object({ pass: z.int(), fail: z.int(), blocked: z.int(), skipped: z.int(), error: z.int() });

/** What does not change from day to day; kept between builds. */
export const entryShape = z.object({
  /** sha256 of the payload. */
  id: z.string(),
  /** Signed by a trusted key, and nothing found that speaks against it. */
  sound: z.boolean(),
  /** Which check it fails, or which could not be made; `detail` in words, for the builder alone: it may name what nobody asked to have shown. */
  fault: z.string().exactOptional(),
  detail: z.string().exactOptional(),
  says: z
    .object({
      module: z.string(),
      contract: z.string(),
      version: z.string(),
      level: z.enum(["core", "full"]),
      judged: z.string(),
      expires: z.string(),
      tool: z.string(),
      machine: z.string().exactOptional(),
      unsafe_probes: z.boolean(),
      strict: z.boolean(),
      time_scale: z.number().exactOptional(),
      counts,
      skipped: z.record(z.string(), z.string()),
      failed: z.array(z.string()),
      subject: z.array(z.object({ name: z.string(), digest: z.record(z.string(), z.string()) })),
      transcript: z.string().exactOptional(),
      publish: z.boolean(),
      /** Id of the key that signed it. */
      key: z.string(),
    })
    .exactOptional(),
  judged_again: z.boolean(),
  /** Digest of the contract that it was checked with. */
  at_hand: z.string().exactOptional(),
});

export type Entry = z.infer<typeof entryShape>;
export type Says = NonNullable<Entry["says"]>;

export type EntryState = "valid" | "expired" | "revoked" | "unknown" | "bad";

/** A certificate on a day. */
export interface Standard {
  state: EntryState;
  why?: string;
}

/** Of a verification that was not asked about dates; `contract`: the one at hand. */
export function entryOf({ id, verdict, checks, ...read }: Verification, contract: Contract | undefined): Entry {
  const { certificate, statement, by } = read;
  const doubt = checks.find(({ state }) => state === "bad") ?? checks.find(({ state }) => state === "unknown");
  const again = checks.some(({ name, state }) => name === "evidence" && state === "ok");
  const kept = {
    id,
    judged_again: again,
    ...(doubt === undefined ? {} : { fault: doubt.name, detail: doubt.text }),
    ...(contract === undefined ? {} : { at_hand: contract.digest }),
  };
  if (verdict === "invalid" || by === undefined) return { ...kept, sound: false };
  if (certificate === undefined || statement === undefined)
    return { ...kept, sound: false, fault: "statement", detail: "not a certificate of conform" };
  return { ...kept, sound: true, says: { ...saysOf(certificate, statement), key: by } };
}

function saysOf(certificate: Certificate, { subject }: Statement): Omit<Says, "key"> {
  const { module, contract, level, judged, expires, tool, machine, evidence, publish, outcomes } = certificate;
  const transcript = evidence.transcript?.sha256;
  return {
    module,
    contract: contract.name,
    version: contract.version,
    level,
    judged,
    expires,
    tool: `${tool.name} ${tool.version}`,
    ...(machine === undefined ? {} : { machine }),
    unsafe_probes: certificate.unsafe_probes,
    strict: certificate.strict,
    ...(certificate.time_scale === undefined ? {} : { time_scale: certificate.time_scale }),
    counts: certificate.counts.all,
    skipped: certificate.skipped,
    failed: Object.keys(outcomes).filter((id) => outcomes[id] === "fail"),
    subject,
    ...(transcript === undefined ? {} : { transcript }),
    publish,
  };
}

/** Said in public of what does not hold: in our words only, for its own are not to be believed. */
const faults: { [check: string]: string } = {
  signature: "no trusted key signed it as it is",
  statement: "it cannot be read, or contradicts itself",
  contract: "it contradicts the contract that it names",
  evidence: "its evidence cannot be read, is another, or gives other outcomes",
};

/** What it is worth on that day. */
export function stateOn(
  { id, sound, fault, detail, says }: Entry,
  now: Date,
  standing?: (id: string) => Standing,
): Standard {
  if (!sound || says === undefined) return { state: "bad", why: faults[fault ?? ""] ?? "it does not hold" };
  const found = standing?.(id);
  if (found?.kind === "revoked")
    return { state: "revoked", why: `revoked since ${found.since.slice(0, 10)}: ${found.reason}` };
  if (now.getTime() >= Date.parse(says.expires))
    return { state: "expired", why: `expired on ${says.expires.slice(0, 10)}` };
  if (found?.kind === "unknown") return { state: "unknown", why: `nobody knows whether it was revoked: ${found.why}` };
  // The owner asked to have it shown, and a trusted key signed this; it is its contract's text that is not at hand.
  if (fault !== undefined) return { state: "unknown", why: detail ?? fault };
  return { state: "valid" };
}
