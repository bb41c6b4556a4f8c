// `conform keys new|show`: key pairs that certificates are signed with.
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { UsageError } from "../../base/errors.ts";
import { absolute, shownPath } from "../../base/io.ts";
import { keyId } from "../../gate/certificates/dsse.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { passphraseFor, publicKey, writeNew } from "../keys.ts";
import { tell, tellJson } from "../terminal.ts";

/** Writes the private key (mode 0600) and beside it, as `.pub.pem`, the public one. Throws UsageError. */
export async function keysNew({ out, type, passphrase, passphraseFile }: FlagsOf<"keys new">): Promise<number> {
  const file = absolute(out);
  const locked = passphrase === true || passphraseFile !== undefined;
  const beside = `${file.replace(/\.pem$/, "")}.pub.pem`;
  for (const path of [file, beside])
    if (existsSync(path)) throw new UsageError(`${shownPath(path)} is there already; a key is never overwritten`);
  const secret = locked ? await passphraseFor(shownPath(file), passphraseFile, { twice: true }) : undefined;
  const { publicKey: shown, privateKey: kept } =
    type === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  writeNew(file, privatePem(kept, secret), 0o600);
  writeNew(beside, pemOf(shown), 0o644);
  tell(
    `${shownPath(file)}      private, keep it; ${secret === undefined ? "not locked by a passphrase" : "locked by the passphrase"}\n${shownPath(beside)}  public, hand it out\nkey id ${keyId(shown)}\n`,
  );
  return 0;
}

/** The public half of a key file and its id. Throws UsageError. */
export async function keysShow(file: string, { json }: FlagsOf<"keys show">): Promise<number> {
  const key = publicKey(file);
  const type = key.asymmetricKeyType === "ed25519" ? "ed25519" : "p256";
  const facts = { id: keyId(key), type, pem: pemOf(key) };
  if (json === true) tellJson(facts);
  else tell(`${facts.pem}key id ${facts.id} (${type})\n`);
  return 0;
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

function privatePem(key: KeyObject, passphrase: string | undefined): string {
  const locked = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  return key.export({ type: "pkcs8", format: "pem", ...locked }).toString();
}
