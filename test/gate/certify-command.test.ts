// Certificates as users make and check them: keys, certify, verify, revoke, a registry's site, judging again.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";
import { accessibilityFaults, browserArgs, browserPath } from "../report/browser.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const cli = theCli();
const at = (name: string) => join(cli.folder, name);
const json = (name: string) => JSON.parse(readFileSync(at(name), "utf8"));
const contract = ["--contract", tinyContract];
const certify = (...more: string[]) =>
  cli.run([
    "certify",
    "out/report.json",
    "--subject",
    "good",
    "--key",
    "k.pem",
    "--transcript",
    "run.ndjson",
    ...contract,
    ...more,
  ]);
const verify = (file: string, ...more: string[]) =>
  cli.run(["verify", file, "--key", "k.pub.pem", ...contract, ...more]);

beforeAll(async () => {
  tinyModule(at("good"));
  await cli.run(["good", "--transcript", "run.ndjson", "--out", "out", "--reporter", "json"]);
  await cli.run(["keys", "new", "--out", "k.pem"]);
  await certify("--publish", "--name", "good-module", "--bundle", "--out", "certs/good.intoto.json");
  writeFileSync(at("certs/good.transcript.ndjson"), readFileSync(at("run.ndjson")));
});
afterAll(() => cli.close());

test("flags and commands in docs/certificates.md exist", async () => {
  const page = readFileSync(new URL("../../docs/certificates.md", import.meta.url), "utf8");
  const calls = [...page.matchAll(/^conform ((?:keys|registry) \w+|certify|verify) (.*)$/gm)];
  expect(calls.length).toBeGreaterThan(5);
  for (const [text, command = "", rest = ""] of calls) {
    const { stdout } = await cli.run([...command.split(" "), "--help"]);
    for (const [flag] of rest.matchAll(/--[a-z][a-z-]*/g))
      expect([text, stdout]).toEqual([text, expect.stringContaining(flag)]);
  }
});

test("a program whose folder was given is certified by its own digest: what no folder shows either is not missing", async () => {
  tinyModule(at("project"));
  writeFileSync(at("program"), readFileSync(at("project/module")), { mode: 0o755 });
  await cli.run([
    "./program",
    "--folder",
    "project",
    ...contract,
    "--transcript",
    "program.ndjson",
    "--out",
    "of-program",
    "--reporter",
    "json",
  ]);
  const from = ["of-program/report.json", "--subject", "program", "--transcript", "program.ndjson", "--key", "k.pem"];
  expect(await cli.run(["certify", ...from, ...contract, "--out", "program.intoto.json"])).toMatchObject({ code: 0 });
  expect((await verify("program.intoto.json", "--subject", "program")).code).toBe(0);
  await cli.run([
    "./program",
    ...contract,
    "--transcript",
    "program.ndjson",
    "--out",
    "of-program",
    "--reporter",
    "json",
  ]);
  expect(await cli.run(["certify", ...from, ...contract, "--out", "none.intoto.json"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("1 MUST cannot be observed on a command without the module's folder"),
  });
});

describe("keys", () => {
  test("the private file is its owner's alone, is never overwritten, and shows its public half", async () => {
    expect(statSync(at("k.pem")).mode & 0o777).toBe(0o600);
    expect(await cli.run(["keys", "new", "--out", "k.pem"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("never overwritten"),
    });
    const shown = JSON.parse((await cli.run(["keys", "show", "k.pub.pem", "--json"])).stdout);
    expect(shown).toMatchObject({
      type: "p256",
      id: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
      pem: readFileSync(at("k.pub.pem"), "utf8"),
    });
  });

  test("a passphrase from a file locks and opens a key; a wrong one is told", async () => {
    writeFileSync(at("pass"), "correct horse\n");
    writeFileSync(at("wrong"), "battery\n");
    expect(
      (await cli.run(["keys", "new", "--out", "locked.pem", "--type", "ed25519", "--passphrase-file", "pass"])).code,
    ).toBe(0);
    expect(readFileSync(at("locked.pem"), "utf8")).toContain("ENCRYPTED");
    const locked = (file: string) =>
      certify("--key", "locked.pem", "--passphrase-file", file, "--out", "locked.intoto.json");
    expect((await locked("pass")).code).toBe(0);
    expect(await locked("wrong")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("passphrase does not fit"),
    });
    expect(await certify("--key", "locked.pem")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--passphrase-file"),
    });
  });
});

describe("certify and verify", () => {
  test("file, key and artefact are enough; with its transcript it is judged again", async () => {
    const short = await verify("certs/good.intoto.json", "--subject", "good");
    expect(short).toMatchObject({ code: 0, stdout: expect.stringContaining("VALID  certs/good.intoto.json") });
    const whole = await verify("certs/good.sigstore.json", "--subject", "good", "--evidence", "run.ndjson", "--json");
    const said = JSON.parse(whole.stdout);
    expect([whole.code, said.verdict]).toEqual([0, "valid"]);
    expect(said.checks.find(({ name }: { name: string }) => name === "evidence").text).toContain("the same 9 outcomes");
  });

  test("another artefact, an expired day, no key, a changed transcript", async () => {
    tinyModule(at("other"), { facts: '{ "name": "other" }' });
    expect(await verify("certs/good.intoto.json", "--subject", "other")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("BAD subject"),
    });
    expect((await verify("certs/good.intoto.json", "--at", "2099-01-01")).code).toBe(1);
    expect((await cli.run(["verify", "certs/good.intoto.json", ...contract])).code).toBe(3);
    writeFileSync(at("changed.ndjson"), readFileSync(at("run.ndjson"), "utf8").replace('"bright"', '"dark"'));
    expect(await verify("certs/good.intoto.json", "--evidence", "changed.ndjson")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("is not the transcript that was certified"),
    });
    for (const day of ["soon", "2026-11-27 junk", "2026-02-31", "2026-11-27T10:00"])
      expect((await verify("certs/good.intoto.json", "--at", day)).stderr).toContain("not a day");
    expect((await verify("out/report.json")).stderr).toContain("is not a certificate");
  });

  test("a module that changed after the run, or during it, gets none; nor does a failing or filtered run", async () => {
    tinyModule(at("later"));
    await cli.run(["later", "--out", "later-out", "--reporter", "json"]);
    writeFileSync(at("later/new.txt"), "new");
    const later = (report: string, subject: string) =>
      cli.run(["certify", report, "--subject", subject, "--key", "k.pem", ...contract]);
    expect(await later("later-out/report.json", "later")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not what was judged"),
    });
    tinyModule(at("writer"));
    writeFileSync(
      at("writer/module"),
      `#!/bin/sh\ndate +%s%N > ${at("writer/log.txt")}\necho '{"hello":"world","mood":"bright"}'\ncat > /dev/null\n`,
      { mode: 0o755 },
    );
    await cli.run(["writer", "--out", "writer-out", "--reporter", "json"]);
    expect(await later("writer-out/report.json", "writer")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/changed while it was judged|not what was judged/),
    });
    await cli.run(["good", "--only", "greeting", "--out", "some-out", "--reporter", "json"]);
    expect(await later("some-out/report.json", "good")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("filtered"),
    });
    expect(existsSync(at("certificate.intoto.json"))).toBe(false);
  });

  test("a report that contradicts its transcript is not signed", async () => {
    const report = json("out/report.json");
    report.modules[0].results[0].outcome = { kind: "skipped", reason: "not for me" };
    mkdirSync(at("lie"), { recursive: true });
    writeFileSync(at("lie/report.json"), JSON.stringify(report));
    const answer = await cli.run([
      "certify",
      "lie/report.json",
      "--subject",
      "good",
      "--key",
      "k.pem",
      "--transcript",
      "run.ndjson",
      ...contract,
    ]);
    expect(answer.code).not.toBe(0);
    expect(answer.stderr).toMatch(/judged again|contradict/);
  });
});

describe("registry", () => {
  const build = (...more: string[]) =>
    cli.run(["registry", "build", "certs", "--key", "k.pub.pem", "--out", "site", ...contract, ...more]);

  test("shows what its owner published, tells what does not hold, and writes only what changed", async () => {
    await certify("--name", "quiet", "--out", "certs/quiet.intoto.json");
    const forged = json("certs/good.intoto.json");
    forged.signatures[0].sig = `AAAA${forged.signatures[0].sig.slice(4)}`;
    writeFileSync(at("certs/forged.intoto.json"), JSON.stringify(forged));
    const first = await build("--sign-key", "k.pem");
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("1 modules shown, 1 certificates not published, 1 do not hold"),
    });
    expect(first.stderr).toContain("forged.intoto.json does not hold");
    expect(json("site/index.json").modules).toEqual([
      expect.objectContaining({
        module: "good-module",
        state: "valid",
        judged_again: true,
        path: "modules/good-module/tiny/",
      }),
    ]);
    expect(json("site/modules/good-module/tiny/badge.json")).toMatchObject({
      schemaVersion: 1,
      message: expect.stringContaining("full"),
    });
    expect(readFileSync(at("site/feed.xml"), "utf8")).toContain("good-module (tiny): certified");
    expect(readFileSync(at("site/index.html"), "utf8")).not.toContain("quiet");
    const shown = await verify("site/modules/good-module/tiny/certificate.intoto.json", "--subject", "good");
    expect(shown.code).toBe(0);
    expect((await build("--sign-key", "k.pem")).stdout).toContain("0 files written");
  });

  test("a revoked one is shown as revoked, on its page and in its badge", async () => {
    await cli.run(["registry", "revoke", "certs/good.intoto.json", "--key", "k.pem", "--reason", "signed by mistake"]);
    await cli.run([
      "registry",
      "build",
      "certs",
      "--key",
      "k.pub.pem",
      "--out",
      "revoked",
      "--revocations",
      "revocations.json",
      ...contract,
    ]);
    expect(json("revoked/index.json").modules[0].state).toBe("revoked");
    expect(json("revoked/modules/good-module/tiny/badge.json").message).toContain("revoked");
    expect((await verify("certs/good.intoto.json", "--revocations", "revocations.json")).code).toBe(1);
    await cli.run(["keys", "new", "--out", "other.pem"]);
    const taken = await cli.run(["registry", "revoke", "--key", "other.pem"]);
    expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining("signed by another key") });
  });

  test("when a requirement is mended, stored transcripts tell which certificates change", async () => {
    expect(await cli.run(["registry", "rejudge", "certs", ...contract])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining("1 judged again: 1 as they were"),
    });
    const stricter = at("stricter");
    mkdirSync(stricter);
    const text = readFileSync(join(tinyContract, "contract.yaml"), "utf8");
    writeFileSync(
      join(stricter, "contract.yaml"),
      text.replace("version: 1.0.0", "version: 2.0.0").replace('== "world"', '== "universe"'),
    );
    const answer = await cli.run(["registry", "rejudge", "certs", "--contract", stricter, "--json"]);
    const [changed] = JSON.parse(answer.stdout).judged;
    expect(changed.by).toContain("tiny 2.0.0");
    expect(changed.changes.length).toBeGreaterThan(0);
    expect(answer.code).toBe(1);
  });

  test.skipIf(browserPath === undefined)(
    "the site is accessible in light and dark, and can be searched without script (skipped without a browser)",
    async () => {
      const browser = await chromium.launch({ executablePath: browserPath ?? "", args: browserArgs });
      try {
        for (const colorScheme of ["light", "dark"] as const) {
          for (const path of ["index.html", "bad.html", "modules/good-module/tiny/index.html"]) {
            const page = await browser.newPage({ colorScheme, bypassCSP: true });
            await page.goto(pathToFileURL(at(`site/${path}`)).href);
            expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
            await page.close();
          }
        }
        const context = await browser.newContext({ javaScriptEnabled: false });
        const page = await context.newPage();
        await page.goto(pathToFileURL(at("site/index.html")).href);
        expect(await page.locator("tbody tr:visible").count()).toBe(1);
        await page.locator("label.pill", { hasText: /^full$/ }).click();
        expect(await page.locator("tbody tr:visible").count()).toBe(1);
      } finally {
        await browser.close();
      }
    },
  );
});
