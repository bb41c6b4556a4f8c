// Sigstore's own verifier as an oracle: it needs a newer Node than ours, so it runs in one of its own, from a folder that CI fills.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Answer, answerOf } from "../cli/the-cli.ts";

const folder = process.env.CONFORM_SIGSTORE ?? fileURLToPath(new URL("../../.ci/sigstore", import.meta.url));
const node = join(folder, "node_modules/node/bin/node");

/** Undefined where `npm install --prefix .ci/sigstore node@22 @sigstore/verify@4 @sigstore/bundle@5` was not run. */
export const sigstore =
  existsSync(node) && existsSync(join(folder, "node_modules/@sigstore/verify")) ? folder : undefined;

/** Verifies a keyed bundle; exit code 0 and `verified`, or 1 and why not. */
export function run(bundle: string, key: string): Promise<Answer> {
  const program = join(folder, "verify.cjs");
  writeFileSync(program, source);
  return answerOf(node, [program, bundle, key], { cwd: folder });
}

const source = `
const { readFileSync } = require("node:fs");
const { createPublicKey } = require("node:crypto");
const { bundleFromJSON } = require("@sigstore/bundle");
const { Verifier, toSignedEntity, toTrustMaterial } = require("@sigstore/verify");
const [, , file, keyFile] = process.argv;
const publicKey = createPublicKey(readFileSync(keyFile));
const none = { tlogs: [], ctlogs: [], timestampAuthorities: [], certificateAuthorities: [] };
const trust = toTrustMaterial({ mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1", ...none }, () => ({ publicKey, validFor: () => true }));
const bundle = bundleFromJSON(JSON.parse(readFileSync(file, "utf8")));
try {
  new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle));
  console.log("verified");
} catch (error) {
  console.error(error.code ?? "", error.message);
  process.exitCode = 1;
}
`;
