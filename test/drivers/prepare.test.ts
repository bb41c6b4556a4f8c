// The build before the first scenario: a real command, in the environment that is meant for it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { buildModule } from "../../src/drivers/process/prepare.ts";

const folder = mkdtempSync(join(tmpdir(), "conform-build-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const writeEnvironment = 'require("fs").writeFileSync("env.json", JSON.stringify(process.env))';

it("gets what the user passes, home and the proxy, and nothing else of the runner", async () => {
  process.env.CONFORM_TEST_TOKEN = "ghp_secret";
  process.env.https_proxy = "http://proxy.example:3128";
  try {
    const build = [process.execPath, "-e", writeEnvironment];
    expect(await buildModule({ build, folder }, { MODE: "release" })).toBeUndefined();
  } finally {
    delete process.env.CONFORM_TEST_TOKEN;
    delete process.env.https_proxy;
  }
  const seen = JSON.parse(readFileSync(join(folder, "env.json"), "utf8")) as Record<string, string>;
  expect(seen).toMatchObject({ MODE: "release", HOME: homedir(), https_proxy: "http://proxy.example:3128" });
  expect(Object.keys(seen)).toContain("PATH");
  expect(Object.keys(seen)).not.toContain("CONFORM_TEST_TOKEN");
});

it("that fails says so with its last words", async () => {
  const build = [process.execPath, "-e", 'console.error("no such crate"); process.exit(3)'];
  expect(await buildModule({ build, folder }, {})).toMatch(/^the build failed \(.*exit code 3.*\): no such crate$/);
});

it("is ended by an interrupt", async () => {
  const interrupt = new AbortController();
  const build = [process.execPath, "-e", "process.stdout.write('x'); setInterval(() => {}, 1000)"];
  const built = buildModule({ build, folder }, {}, interrupt.signal);
  interrupt.abort("SIGINT");
  expect(await built).toMatch(/^the build failed/);
});
