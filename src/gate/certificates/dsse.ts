// Signed envelopes (DSSE v1) with node:crypto, and the same as a Sigstore bundle v0.3. Pure. Source: secure-systems-lab/dsse, protocol and envelope.

import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { UsageError } from "../../base/errors.ts";
import { isObject } from "../../base/json.ts";

/** What is signed is `payload` (base64) together with its type. */
export interface Envelope {
  payloadType: string;
  payload: string;
  signatures: { keyid?: string; sig: string }[];
  /** Its bundle names an identity instead of a key. */
  keyless?: true;
}

export const statementType = "application/vnd.in-toto+json";
const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** ECDSA signs a sha256, as DSSE's users do; Ed25519 signs the bytes themselves. Throws UsageError for other kinds of keys. */
export function algorithmOf(key: KeyObject): "sha256" | null {
  if (key.asymmetricKeyType === "ed25519") return null;
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return "sha256";
  throw new UsageError("the key is neither ECDSA P-256 nor Ed25519; make one with `conform keys new`");
}

/**
 * The key's OpenSSH fingerprint, `SHA256:` and 43 characters of base64: what `ssh-keygen -l` shows. DSSE leaves the form of an id open, but
 * verifiers in Go (cosign among them) give a key without an id this one and then pass over signatures that name another. Throws UsageError for other
 * kinds of keys.
 */
export function keyId(key: KeyObject): string {
  algorithmOf(key);
  const { crv, x = "", y = "" } = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  const bytes = (text: string) => Buffer.from(text, "base64url");
  const parts: (string | Buffer)[] =
    crv === "Ed25519"
      ? ["ssh-ed25519", bytes(x)]
      : ["ecdsa-sha2-nistp256", "nistp256", Buffer.concat([Buffer.of(4), bytes(x), bytes(y)])];
  const blob = parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(part));
    return [length, Buffer.from(part)];
  });
  return `SHA256:${createHash("sha256").update(Buffer.concat(blob)).digest("base64").replace(/=+$/, "")}`;
}

export function seal(payload: string, payloadType: string, key: KeyObject): Envelope {
  const body = Buffer.from(payload);
  const sig = sign(algorithmOf(key), preAuthentication(payloadType, body), key).toString("base64");
  return { payloadType, payload: body.toString("base64"), signatures: [{ keyid: keyId(key), sig }] };
}

/** The payload, if one of the keys signed it; a signature that claims a key by its id must be that key's. */
export function opened(envelope: Envelope, keys: readonly KeyObject[]): { by: string } | { refused: string } {
  const message = preAuthentication(envelope.payloadType, Buffer.from(envelope.payload, "base64"));
  for (const { keyid, sig } of envelope.signatures) {
    for (const key of keys) {
      if (keyid !== undefined && keyid !== "" && keyid !== keyId(key)) continue;
      if (verify(algorithmOf(key), message, key, Buffer.from(sig, "base64"))) return { by: keyId(key) };
    }
  }
  const claimed = envelope.signatures.map(({ keyid }) => keyid ?? "").filter((id) => id !== "");
  const known = new Set(keys.map(keyId));
  const strange = claimed.find((id) => !known.has(id));
  return {
    refused:
      strange === undefined
        ? "no signature of the given key fits: the envelope was changed, or another key signed it"
        : `it names the key ${strange.slice(0, 23)}…, which is not the given one`,
  };
}

/** The payload's text. Call it for what is known to be signed, or to say what an unsigned one claims. */
export function payloadText({ payload }: Envelope): string {
  return Buffer.from(payload, "base64").toString("utf8");
}

/** An envelope, or the one in a Sigstore bundle. Throws UsageError that says what is wrong with it. */
export function parseEnvelope(value: unknown, file: string): Envelope {
  const outer = asObject(value);
  const inner = outer !== undefined && "dsseEnvelope" in outer ? asObject(outer.dsseEnvelope) : outer;
  if (inner === undefined) throw new UsageError(`${file} is not a certificate: no DSSE envelope in it`);
  const { payloadType, payload, signatures } = inner;
  const list = Array.isArray(signatures) ? signatures.map(asObject) : [];
  const fair = list.filter(
    (one) => one !== undefined && isBase64(one.sig) && (one.keyid === undefined || typeof one.keyid === "string"),
  );
  if (typeof payloadType !== "string" || !isBase64(payload) || list.length === 0 || fair.length !== list.length)
    throw new UsageError(
      `${file} is not a certificate: payloadType, payload and signatures of a DSSE envelope are due`,
    );
  const material = outer === undefined ? undefined : asObject(outer.verificationMaterial);
  const keyless = material !== undefined && ("certificate" in material || "x509CertificateChain" in material);
  return {
    ...(keyless ? { keyless: true as const } : {}),
    payloadType,
    payload,
    signatures: fair.flatMap((one) =>
      one === undefined
        ? []
        : [{ sig: String(one.sig), ...(typeof one.keyid === "string" ? { keyid: one.keyid } : {}) }],
    ),
  };
}

/** The same envelope in the form that Sigstore's verifiers read; keyed, without a log's entry. */
export function bundleOf(envelope: Envelope): object {
  const [first] = envelope.signatures;
  return {
    mediaType: bundleType,
    verificationMaterial: { publicKey: { hint: first?.keyid ?? "" }, tlogEntries: [] },
    dsseEnvelope: envelope,
  };
}

/** PAE: what is signed. */
function preAuthentication(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}

/** Written in the one way in which it can be: nothing rides along outside what is signed. */
function isBase64(value: unknown): value is string {
  return typeof value === "string" && value !== "" && Buffer.from(value, "base64").toString("base64") === value;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return isObject(value) ? (value as Record<string, unknown>) : undefined;
}
