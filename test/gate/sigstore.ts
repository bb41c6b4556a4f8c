// Sigstore's own verifier as an oracle: it needs a newer Node than ours, so it runs in one of its own, from a folder that CI fills.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Answer, answerOf } from "../cli/the-cli.ts";

const folder = process.env.CONFORM_SIGSTORE ?? fileURLToPath(new URL("../../.ci/sigstore", import.meta.url));
const node = join(folder, "node_modules/node/bin/node");

/** Undefined where `npm install --prefix .ci/sigstore node@22 @sigstore/verify@4 @sigstore/bundle@5 @sigstore/sign@4 @sigstore/mock@0.13` was not run. */
export const sigstore =
  existsSync(node) && existsSync(join(folder, "node_modules/@sigstore/mock")) ? folder : undefined;

/** Verifies a keyed bundle; exit code 0 and `verified`, or 1 and why not. */
export function run(bundle: string, key: string): Promise<Answer> {
  const program = join(folder, "verify.cjs");
  writeFileSync(program, source);
  return answerOf(node, [program, bundle, key], { cwd: folder });
}

/** A certificate authority and a log on loopback: Sigstore's own handlers behind real HTTP. Prints its port; ends when its input ends. */
export function sigstoreServices(): ChildProcess {
  const program = join(folder, "services.cjs");
  writeFileSync(program, services);
  return spawn(node, [program], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
}

/** Where @sigstore/sign lies, for a folder that conform is run in. */
export const sigstorePackages = join(folder, "node_modules");

const services = `
const { createServer } = require("node:http");
const { generateKeyPairSync } = require("node:crypto");
const { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, rekorHandler } = require("@sigstore/mock");
const pair = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });
(async () => {
  const keys = pair();
  const ca = await initializeCA(keys, await initializeCTLog(keys));
  const log = await initializeTLog("http://127.0.0.1", pair());
  const handlers = [fulcioHandler(ca, { strict: true }), rekorHandler(log, { strict: true })];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const handler = handlers.find(({ path }) => request.url === path);
    if (handler === undefined) return response.writeHead(404).end();
    const { statusCode, response: text, contentType } = await handler.fn(body);
    response.writeHead(statusCode, { "content-type": contentType ?? "text/plain" }).end(text);
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
  process.stdin.on("end", () => process.exit(0)).resume();
})();
`;

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
