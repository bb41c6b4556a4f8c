// `conform registry revoke`: puts certificates on the signed list of what no longer counts.
import { createPublicKey } from "node:crypto";
import { existsSync } from "node:fs";
import { UsageError } from "../../base/errors.ts";
import { absolute, shownPath, wallClock } from "../../base/io.ts";
import { opened, seal } from "../../gate/certificates/dsse.ts";
import { certificateId, parseRevocations, revocationsType, revokedToo } from "../../gate/certificates/revocations.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { readEnvelope } from "../certificates.ts";
import { everyones, writeWhole } from "../files-out.ts";
import { privateKey } from "../keys.ts";
import { tell } from "../terminal.ts";

/** Exit code 0. A list that another key signed is not taken over. Throws UsageError. */
export async function registryRevoke(
  files: string[],
  { key: keyFile, passphraseFile, list: path, reason }: FlagsOf<"registry revoke">,
): Promise<number> {
  const key = await privateKey(keyFile, passphraseFile);
  const ids = files.map((file) => certificateId(readEnvelope(file)));
  const old = existsSync(path) ? readEnvelope(path) : undefined;
  if (old !== undefined && "refused" in opened(old, [createPublicKey(key)]))
    throw new UsageError(`${path} was signed by another key; nothing of it is taken over`);
  const known = old === undefined ? undefined : parseRevocations(old, path);
  const list = revokedToo(known, ids, { now: wallClock(), reason });
  await writeWhole(absolute(path), `${JSON.stringify(seal(JSON.stringify(list), revocationsType, key))}\n`, everyones);
  tell(`${shownPath(absolute(path))}: ${list.revoked.length} revoked, as of ${list.as_of}\n`);
  return 0;
}
