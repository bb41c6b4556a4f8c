// The list of certificates that no longer count: signed, and dated, so that an old copy is known to be old. Pure.
import { createHash } from "node:crypto";
import * as z from "zod";
import { UsageError } from "../../base/errors.ts";
import { parseJson } from "../../base/json.ts";
import type { Envelope } from "./dsse.ts";
import { payloadText } from "./dsse.ts";

export const revocationsType = "application/vnd.module-conform.revocations+json";

const shape = z.object({
  format: z.literal(1),
  as_of: z.iso.datetime(),
  revoked: z.array(
    z.object({ certificate: z.string().regex(/^[0-9a-f]{64}$/), since: z.iso.datetime(), reason: z.string() }),
  ),
});

export type Revocations = z.infer<typeof shape>;

/** What a list says about one certificate. */
export type Standing =
  | { kind: "revoked"; since: string; reason: string }
  | { kind: "good"; as_of: string }
  | { kind: "unknown"; why: string };

/** Names a certificate, whoever signed it and in whatever wrapping: sha256 of its payload. */
export function certificateId({ payload }: Envelope): string {
  return createHash("sha256").update(Buffer.from(payload, "base64")).digest("hex");
}

/** Being on the list binds however old the list is; not being on it says something only while the list is fresh. */
export function standingOf(
  list: Revocations,
  id: string,
  { now, freshDays }: { now: Date; freshDays: number },
): Standing {
  const found = list.revoked.find(({ certificate }) => certificate === id);
  if (found !== undefined) return { kind: "revoked", since: found.since, reason: found.reason };
  const days = (now.getTime() - Date.parse(list.as_of)) / 86_400_000;
  if (days > freshDays)
    return { kind: "unknown", why: `the list is of ${list.as_of.slice(0, 10)}, older than ${freshDays} days` };
  if (days < -1)
    return { kind: "unknown", why: `the list is dated ${list.as_of.slice(0, 10)}, after the day asked about` };
  return { kind: "good", as_of: list.as_of };
}

/** Throws UsageError. */
export function parseRevocations(envelope: Envelope, file: string): Revocations {
  if (envelope.payloadType !== revocationsType)
    throw new UsageError(`${file} is no list of revocations: its payload is ${envelope.payloadType}`);
  const { value, problem } = parseJson(payloadText(envelope));
  if (value === undefined) throw new UsageError(`${file}: its payload is not JSON: ${problem}`);
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${file}: not a list of revocations: ${parsed.error.issues[0]?.message ?? "not valid"}`);
}

/** The list with more on it; what is on it stays as it is. */
export function revokedToo(
  list: Revocations | undefined,
  ids: readonly string[],
  { now, reason }: { now: Date; reason: string },
): Revocations {
  const known = new Set(list?.revoked.map(({ certificate }) => certificate));
  const since = now.toISOString();
  const fresh = [...new Set(ids)].filter((id) => !known.has(id)).map((certificate) => ({ certificate, since, reason }));
  return { format: 1, as_of: since, revoked: [...(list?.revoked ?? []), ...fresh] };
}
