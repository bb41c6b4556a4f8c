// One certificate as a registry keeps it: what it says, whether it holds, and what that means on a given day. Pure.
import * as z from "zod";
import type { Standing } from "../certificates/revocations.ts";
import type { Certificate, Statement } from "../certificates/statement.ts";
import type { Verification } from "../certificates/verify.ts";

const counts = z.object({ pass: z.int(), fail: z.int(), blocked: z.int(), skipped: z.int(), error: z.int() });

/** What does not change from day to day; kept between builds. */
export const entryShape = z.object({
  /** sha256 of the payload. */
  id: z.string(),
  /** Signed by a trusted key, honest in itself, its evidence judged again where it lies beside it. */
  sound: z.boolean(),
  /** Why it is not. */
  fault: z.string().exactOptional(),
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
      counts,
      skipped: z.record(z.string(), z.string()),
      failed: z.array(z.string()),
      subject: z.array(z.object({ name: z.string(), digest: z.record(z.string(), z.string()) })),
      transcript: z.string().exactOptional(),
      publish: z.boolean(),
    })
    .exactOptional(),
  judged_again: z.boolean(),
});

export type Entry = z.infer<typeof entryShape>;
export type Says = NonNullable<Entry["says"]>;

export type State = "valid" | "expired" | "revoked" | "unknown" | "bad";

/** A certificate on a day. */
export interface Standard {
  state: State;
  why?: string;
}

/** Of a verification that was not asked about dates. */
export function entryOf({ id, verdict, checks, certificate, statement }: Verification): Entry {
  const doubt = checks.find(({ state }) => state === "bad") ?? checks.find(({ state }) => state === "unknown");
  const again = checks.some(({ name, state }) => name === "evidence" && state === "ok");
  const kept = { id, judged_again: again };
  if (verdict !== "valid")
    return { ...kept, sound: false, fault: doubt === undefined ? verdict : `${doubt.name}: ${doubt.text}` };
  if (certificate === undefined || statement === undefined)
    return { ...kept, sound: false, fault: "statement: not a certificate of conform" };
  return { ...kept, sound: true, says: saysOf(certificate, statement) };
}

function saysOf(certificate: Certificate, { subject }: Statement): Says {
  const { module, contract, level, judged, expires, tool, machine, unsafe_probes, evidence, publish, outcomes } =
    certificate;
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
    unsafe_probes,
    counts: certificate.counts.all,
    skipped: certificate.skipped,
    failed: Object.keys(outcomes).filter((id) => outcomes[id] === "fail"),
    subject,
    ...(transcript === undefined ? {} : { transcript }),
    publish,
  };
}

/** What it is worth on that day. */
export function stateOn({ id, sound, fault, says }: Entry, now: Date, standing?: (id: string) => Standing): Standard {
  if (!sound || says === undefined) return { state: "bad", why: fault ?? "it could not be read" };
  const found = standing?.(id);
  if (found?.kind === "revoked")
    return { state: "revoked", why: `revoked since ${found.since.slice(0, 10)}: ${found.reason}` };
  if (now.getTime() >= Date.parse(says.expires))
    return { state: "expired", why: `expired on ${says.expires.slice(0, 10)}` };
  if (found?.kind === "unknown") return { state: "unknown", why: `nobody knows whether it was revoked: ${found.why}` };
  return { state: "valid" };
}
