// Bundles and other people's software: Sigstore's own verifier takes them, its own authority and log vouch for a CI job without a key.
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";
import { run as runProgram, sigstore, sigstorePackages, sigstoreServices } from "./sigstore.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const cli = theCli();
const at = (name: string) => join(cli.folder, name);
const json = (name: string) => JSON.parse(readFileSync(at(name), "utf8"));
const contract = ["--contract", tinyContract];

beforeAll(async () => {
  tinyModule(at("good"));
  await cli.run(["good", "--out", "out", "--reporter", "json"]);
});
afterAll(() => cli.close());

test.skipIf(sigstore === undefined)(
  "Sigstore's own verifier takes the bundle, and refuses it when a byte is changed (skipped without @sigstore/verify and Node 22)",
  async () => {
    await cli.run(["keys", "new", "--out", "k.pem"]);
    await cli.run([
      "certify",
      "out/report.json",
      "--subject",
      "good",
      "--key",
      "k.pem",
      "--bundle",
      "--out",
      "good.intoto.json",
      ...contract,
    ]);
    const good = await runProgram(at("good.sigstore.json"), at("k.pub.pem"));
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining("verified") });
    const bundle = json("good.sigstore.json");
    const payload = Buffer.from(bundle.dsseEnvelope.payload, "base64");
    payload[40] = (payload[40] ?? 0) ^ 1;
    bundle.dsseEnvelope.payload = payload.toString("base64");
    writeFileSync(at("bad.sigstore.json"), JSON.stringify(bundle));
    expect((await runProgram(at("bad.sigstore.json"), at("k.pub.pem"))).code).toBe(1);
  },
);

describe("keyless", () => {
  const keyless = (env: Record<string, string>, port: number, more: string[] = []) =>
    cli.run(
      [
        "certify",
        "out/report.json",
        "--subject",
        "good",
        ...contract,
        "--keyless",
        "--fulcio-url",
        `http://127.0.0.1:${port}`,
        "--rekor-url",
        `http://127.0.0.1:${port}`,
        "--out",
        "keyless.intoto.json",
        ...more,
      ],
      { env },
    );

  test("outside CI nothing is contacted, and what is missing is said", async () => {
    expect(await keyless({}, 1)).toMatchObject({ code: 2, stderr: expect.stringContaining("identity of a CI job") });
    const unnamed = await cli.run(["certify", "out/report.json", "--subject", "good", ...contract, "--keyless"]);
    expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining("contacts only what you name") });
    expect(await keyless({ SIGSTORE_ID_TOKEN: "x" }, 1)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("@sigstore/sign"),
    });
  });

  test.skipIf(sigstore === undefined)(
    "with a job's token the authority and the log that were named make a bundle (skipped without Sigstore's packages)",
    async () => {
      const services = sigstoreServices();
      try {
        const port = await new Promise<number>((resolve) =>
          services.stdout?.once("data", (data) => resolve(Number(data))),
        );
        symlinkSync(sigstorePackages, at("node_modules"));
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
        const claims = {
          sub: "repo:x/y:ref:refs/heads/main",
          iss: "https://issuer.example",
          aud: "sigstore",
          exp: Math.floor(Date.now() / 1000) + 600,
        };
        const token = `${part({ alg: "none" })}.${part(claims)}.${Buffer.from("x").toString("base64url")}`;
        const answer = await keyless({ SIGSTORE_ID_TOKEN: token }, port);
        expect(answer).toMatchObject({ code: 0, stderr: expect.stringContaining(`contacts http://127.0.0.1:${port}`) });
        const bundle = json("keyless.sigstore.json");
        expect(bundle.mediaType).toContain("bundle.v0.3+json");
        expect(bundle.verificationMaterial.tlogEntries).toHaveLength(1);
        expect(await cli.run(["verify", "keyless.sigstore.json", ...contract])).toMatchObject({
          code: 3,
          stdout: expect.stringContaining("signed keyless"),
        });
      } finally {
        rmSync(at("node_modules"), { force: true });
        services.stdin?.end();
      }
    },
  );
});
