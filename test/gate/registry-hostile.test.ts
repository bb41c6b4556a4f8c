// A registry of certificates that somebody means harm with: names, files, paths, what it remembers, whose lists count.
import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Envelope, seal } from "../../src/gate/certificates/dsse.ts";
import type { Certificate } from "../../src/gate/certificates/statement.ts";
import { theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const cli = theCli();
const at = (name: string) => join(cli.folder, name);
const text = (name: string) => readFileSync(at(name), "utf8");
const contract = ["--contract", tinyContract];
const build = (...more: string[]) =>
  cli.run(["registry", "build", "certs", "--key", "k.pub.pem", "--out", "certs/site", ...contract, ...more]);
const index = () => JSON.parse(text("certs/site/index.json"));
let key: ReturnType<typeof createPrivateKey>;
let honest: Envelope;

/** The honest certificate with another predicate, signed all the same. */
function put(file: string, change: Partial<Certificate>): void {
  const statement = JSON.parse(Buffer.from(honest.payload, "base64").toString());
  const payload = JSON.stringify({ ...statement, predicate: { ...statement.predicate, ...change } });
  writeFileSync(at(`certs/${file}`), JSON.stringify(seal(payload, honest.payloadType, key)));
}

beforeAll(async () => {
  tinyModule(at("good"));
  await cli.run(["good", "--transcript", "run.ndjson", "--out", "out", "--reporter", "json"]);
  await cli.run(["keys", "new", "--out", "k.pem"]);
  const from = ["out/report.json", "--subject", "good", "--transcript", "run.ndjson", "--key", "k.pem", ...contract];
  await cli.run(["certify", ...from, "--publish", "--out", "honest.intoto.json"]);
  key = createPrivateKey(text("k.pem"));
  honest = JSON.parse(text("honest.intoto.json"));
  mkdirSync(at("certs"));
});
afterAll(() => cli.close());

const hostile = [
  "<script>alert(1)</script>",
  "../../../../pwned",
  "\u202egnp.exe\u0000\u0001",
  "x".repeat(5000),
  "é".repeat(400),
  "",
  "con",
  "__proto__",
  "Known-Module",
  "known module",
];

test("names stay text, files that cannot be read are listed, and nobody gets another's path", async () => {
  put("known.intoto.json", { module: "known-module", level: "full" });
  expect((await build()).code).toBe(0);
  const path = "modules/known-module/tiny/";
  expect(index().modules).toEqual([expect.objectContaining({ module: "known-module", path })]);
  const page = text(`certs/site/${path}index.html`);

  for (const [n, module] of hostile.entries()) put(`0${n}.intoto.json`, { module });
  writeFileSync(at("certs/secret-cut.intoto.json"), '{"a":');
  mkdirSync(at("certs/secret-folder.intoto.json"));
  symlinkSync("/nonexistent", at("certs/secret-link.intoto.json"));
  execFileSync("mkfifo", [at("certs/secret-pipe.intoto.json")]);
  const deep = { x: JSON.parse(`${"[".repeat(3000)}${"]".repeat(3000)}`) };
  put("secret-deep.intoto.json", { params: deep });
  put("secret-evidence.intoto.json", { module: "secret-module" });
  writeFileSync(at("certs/secret-evidence.transcript.ndjson"), "secret");
  put("quiet.intoto.json", { module: "secret-too", publish: false });
  put("same.intoto.json", { module: "known-module", level: "full" });
  const built = await build();
  expect(built).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("11 modules shown, 1 certificates not published, 6 do not hold"),
  });
  expect(built.stderr).toContain("secret-pipe.intoto.json does not hold");
  expect(text(`certs/site/${path}index.html`) === page).toBe(true);
  expect(index().modules.map(({ path }: { path: string }) => path)).toHaveLength(11);
  expect(new Set(index().modules.map(({ path }: { path: string }) => path.toLowerCase())).size).toBe(11);
  expect(existsSync(at("pwned"))).toBe(false);

  const site = readdirSync(at("certs/site"), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const all = site.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8")).join("\n");
  // Not the whole site in a message.
  expect(all.includes("secret")).toBe(false);
  expect(/<script|[\u0000\u0001\u202e]/.test(all.replace(/^\{.*\}$/gm, ""))).toBe(false);
  expect(text("certs/site/index.html")).toContain("(no name)");
});

test("a second build writes nothing, a page that somebody changed is written anew, and its own copies are no certificates", async () => {
  expect((await build()).stdout).toContain("0 files written");
  writeFileSync(at("certs/site/modules/known-module/tiny/badge.svg"), "<svg/>");
  expect((await build()).stdout).toContain("1 files written");
  expect(text("certs/site/modules/known-module/tiny/badge.svg")).not.toBe("<svg/>");
});

test("a contract that is not at hand makes a certificate unclear, not bad; what goes is in the feed", async () => {
  put("known.intoto.json", {
    module: "known-module",
    level: "full",
    contract: { name: "tiny", version: "9.0.0", digest: { sha256: "0" } },
  });
  writeFileSync(at("certs/same.intoto.json"), "{}");
  await build();
  const known = index().modules.find(({ module }: { module: string }) => module === "known-module");
  expect(known).toMatchObject({ state: "unknown", key: honest.signatures[0]?.keyid });
  expect(text("certs/site/feed.xml")).toContain("known-module (tiny): no longer listed");
});

describe("revocations", () => {
  test("where a key is named for lists, nobody clears a certificate with the key that signed it", async () => {
    await cli.run(["keys", "new", "--out", "lists.pem"]);
    const verify = (list: string, ...more: string[]) =>
      cli.run(["verify", "honest.intoto.json", "--key", "k.pub.pem", ...contract, "--revocations", list, ...more]);
    await cli.run(["registry", "revoke", "--key", "k.pem", "--list", "own.json"]);
    expect((await verify("own.json")).code).toBe(0);
    const asked = await verify("own.json", "--revocations-key", "lists.pub.pem");
    expect(asked).toMatchObject({ code: 3, stdout: expect.stringContaining("is not to be believed") });
    await cli.run(["registry", "revoke", "honest.intoto.json", "--key", "lists.pem", "--list", "lists.json"]);
    expect((await verify("lists.json", "--revocations-key", "lists.pub.pem")).code).toBe(1);
  });
});

test("what conform wrote into the folder itself is told as the reason", async () => {
  tinyModule(at("inside"));
  const run = (transcript: string) =>
    cli.run([".", ...contract, "--transcript", transcript, "--reporter", "json"], { cwd: at("inside") });
  const certify = (transcript: string) =>
    cli.run(
      [
        "certify",
        "reports/latest/report.json",
        "--subject",
        ".",
        "--transcript",
        transcript,
        "--key",
        "../k.pem",
        "--out",
        "../inside.intoto.json",
        ...contract,
      ],
      { cwd: at("inside") },
    );
  await run("reports/latest/run.ndjson");
  expect((await certify("reports/latest/run.ndjson")).code).toBe(0);
  await run("run.ndjson");
  expect(await certify("run.ndjson")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("run.ndjson in it counts too"),
  });
});
