// Signing without a key of one's own, in CI: a certificate authority vouches for the CI job's identity, and a log keeps the signature.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../base/errors.ts";
import { visible } from "../base/visible.ts";
import { note } from "./terminal.ts";

/** Both are named by the user, so that nothing is contacted that nobody named. */
export interface Keyless {
  fulcioUrl: string;
  rekorUrl: string;
}

/** What conform uses of @sigstore/sign 4. */
interface Library {
  CIContextProvider: new (audience: string) => object;
  FulcioSigner: new (options: { fulcioBaseURL: string; identityProvider: object }) => object;
  RekorWitness: new (options: { rekorBaseURL: string }) => object;
  DSSEBundleBuilder: new (options: {
    signer: object;
    witnesses: object[];
  }) => {
    create(artifact: { data: Buffer; type: string }): Promise<unknown>;
  };
}

/** Signs one payload after the other; each gives a Sigstore bundle v0.3 as JSON. Throws UsageError. */
export async function keylessSigner({
  fulcioUrl,
  rekorUrl,
}: Keyless): Promise<(payload: string, type: string) => Promise<object>> {
  const { SIGSTORE_ID_TOKEN, ACTIONS_ID_TOKEN_REQUEST_URL: request } = process.env;
  if (SIGSTORE_ID_TOKEN === undefined && request === undefined)
    throw new UsageError(
      "--keyless needs the identity of a CI job: SIGSTORE_ID_TOKEN (GitLab: id_tokens), or on GitHub `permissions: id-token: write`",
    );
  const library = await load();
  const asked = SIGSTORE_ID_TOKEN === undefined ? `${request}, ` : "";
  note(`keyless signing contacts ${asked}${fulcioUrl}, ${rekorUrl}; the log is public and keeps what it gets`);
  const builder = new library.DSSEBundleBuilder({
    signer: new library.FulcioSigner({
      fulcioBaseURL: fulcioUrl,
      identityProvider: new library.CIContextProvider("sigstore"),
    }),
    witnesses: [new library.RekorWitness({ rekorBaseURL: rekorUrl })],
  });
  const { bundleToJSON } = (await bundles()) as { bundleToJSON(bundle: unknown): object };
  return async (payload, type) => {
    try {
      return bundleToJSON(await builder.create({ data: Buffer.from(payload), type }));
    } catch (error) {
      throw new UsageError(
        `keyless signing failed: ${visible(error instanceof Error ? error.message : String(error))}`,
      );
    }
  };
}

const wanted = "install it beside conform or where it is run: npm install @sigstore/sign@4";

/** Not among conform's own packages: most never sign, and those that do sign with a key. */
async function load(): Promise<Library> {
  return (await import(placeOf("@sigstore/sign"))) as Library;
}

function bundles(): Promise<unknown> {
  const sign = createRequire(placeOf("@sigstore/sign"));
  return import(pathToFileURL(sign.resolve("@sigstore/bundle")).href);
}

function placeOf(name: string): string {
  for (const base of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return pathToFileURL(createRequire(base).resolve(name)).href;
    } catch {
      // The next place may have it.
    }
  }
  throw new UsageError(`--keyless needs the package @sigstore/sign; ${wanted}`);
}
