// `module-conform/vitest` in somebody else's project: one test per requirement, run by a real vitest.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { answerOf, quietEnv, theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = theCli();
const vitest = dirname(createRequire(import.meta.url).resolve("vitest/package.json"));
afterAll(() => cli.close());
beforeAll(() => {
  mkdirSync(join(cli.folder, "node_modules"));
  symlinkSync(root, join(cli.folder, "node_modules/module-conform"));
  symlinkSync(vitest, join(cli.folder, "node_modules/vitest"));
  writeFileSync(join(cli.folder, "package.json"), '{ "type": "module" }');
});

const shape = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(
        z.object({ title: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** Runs a suite of one line and gives its tests by title. */
async function suite(name: string, call: string) {
  const file = `${name}.test.mjs`;
  writeFileSync(join(cli.folder, file), `import { conformance } from "module-conform/vitest";\n${call};\n`);
  const args = [join(vitest, "vitest.mjs"), "run", file, "--root", ".", "--reporter", "json"];
  const { code, stdout, stderr } = await answerOf(process.execPath, args, {
    cwd: cli.folder,
    env: quietEnv({ CI: "1" }),
  });
  const start = stdout.indexOf('{"num');
  if (start === -1) throw new Error(stdout + stderr);
  const [file0] = shape.parse(JSON.parse(stdout.slice(start))).testResults;
  return {
    code,
    message: file0?.message ?? "",
    tests: new Map(file0?.assertionResults.map((one) => [one.title.replace(/:.*/, ""), one])),
  };
}

test("a conforming module: every requirement a test, what does not apply skipped, all green", async () => {
  tinyModule(join(cli.folder, "good"));
  const { code, tests } = await suite("good", 'conformance("good")');
  expect(code).toBe(0);
  expect([...tests].map(([title, { status }]) => `${status} ${title}`)).toEqual([
    "passed MUST file/has-name",
    "passed SHOULD file/has-version",
    "passed MAY file/has-licence",
    "passed MUST greeting/is-said",
    "passed MUST greeting/names-world",
    "passed SHOULD greeting/has-mood",
    "passed MUST ending/leaves",
    "skipped MUST service/is-healthy",
    "skipped SHOULD service/has-metrics",
    "passed verdict",
  ]);
});

test("failures carry expected, actual and how to repeat; a SHOULD is skipped, and fails when strict", async () => {
  tinyModule(join(cli.folder, "bad"), { hello: "moon", mood: "" });
  const { code, tests } = await suite("bad", 'conformance("bad")');
  expect(code).toBe(1);
  const failed = tests.get("MUST greeting/names-world");
  expect([failed?.status, failed?.failureMessages?.[0]]).toEqual(["failed", expect.stringContaining("moon")]);
  expect(failed?.failureMessages?.[0]).toContain("repeat: conform ./bad");
  expect(tests.get("SHOULD greeting/has-mood")?.status).toBe("skipped");
  expect(tests.get("verdict")?.status).toBe("failed");
  const strict = await suite("strict", 'conformance("bad", { strict: true, only: ["greeting"] })');
  expect(strict.tests.get("SHOULD greeting/has-mood")?.status).toBe("failed");
  expect(strict.tests.has("MUST file/has-name")).toBe(false);
});

test("a baseline excuses; a module that does not start is never green; mistakes are told", async () => {
  tinyModule(join(cli.folder, "known"), {
    hello: "moon",
    baseline: "known:\n- { id: greeting/names-world, owner: me, reason: because }\n",
  });
  const known = await suite("known", 'conformance("known")');
  expect([known.code, known.tests.get("MUST greeting/names-world")?.status]).toEqual([0, "skipped"]);
  const config = `contract: ${tinyContract}\nrun: ./missing\n`;
  tinyModule(join(cli.folder, "dead"), { config });
  expect((await suite("dead", 'conformance("dead")')).code).toBe(1);
  const mistake = await suite("mistake", 'conformance("nowhere")');
  expect([mistake.code, mistake.message]).toEqual([1, expect.stringContaining("nowhere: no such file or folder")]);
});
