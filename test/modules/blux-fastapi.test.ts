// A real FastAPI module, written apart from the reference, on port 8000 and no other; runs where FastAPI can be imported.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { canListen } from "../../src/drivers/ports/fixed-port.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

/** CONFORM_TEST_PYTHON, an environment that .ci/run made, or what is on the PATH: whichever has FastAPI. */
const python = [process.env.CONFORM_TEST_PYTHON, resolve(".ci/venv/bin/python"), "python3"]
  .filter((program) => program !== undefined && (!program.includes("/") || existsSync(program)))
  .find(
    (program) => spawnSync(program ?? "", ["-c", "import fastapi, uvicorn, yaml"], { stdio: "ignore" }).status === 0,
  );

const folder = "fixtures/modules/blux/fastapi";

/** A copy of the module that takes the port of PORT, with one edit of its core. */
function edited(from: string, to: string): string {
  const root = mkdtempSync(join(tmpdir(), "conform-fastapi-"));
  made.push(root);
  cpSync(folder, root, { recursive: true });
  const change = (file: string, old: string, text: string): void => {
    const path = join(root, "src/river_gauge", file);
    const source = readFileSync(path, "utf8");
    if (!source.includes(old)) throw new Error(`${file} has no ${old}`);
    writeFileSync(path, source.replace(old, text));
  };
  change("api.py", "import asyncio\n", "import asyncio\nimport os\n");
  change("api.py", "port=8000", 'port=int(os.environ["PORT"])');
  change("core.py", from, to);
  return root;
}

const made: string[] = [];
afterAll(() => {
  for (const root of made) rmSync(root, { recursive: true, force: true });
});

describe("a FastAPI module", () => {
  it.each([
    [
      "holds up its loop for 0.4 s per task",
      "await asyncio.to_thread(analyse, submission)",
      "(time.sleep(0.4), analyse(submission))[1]",
      "fail",
    ],
    [
      "takes 0.4 s per task in threads",
      "def analyse(submission):\n",
      "def analyse(submission):\n    time.sleep(0.4)\n",
      "pass",
    ],
  ])("that %s", { timeout: 300_000, skip: python === undefined }, async (_, from, to, kind) => {
    const { report } = await judgeModule(
      prepare(edited(from, to), {
        contract: "blux",
        run: [python ?? "", "-m", "src.river_gauge.api"],
        only: ["health/fast-under-load"],
      }),
      {},
    );
    const fast = report.results.find(({ id }) => id === "health/fast-under-load")?.outcome;
    expect(fast).toMatchObject({ kind });
    if (fast?.kind === "fail") expect(fast.findings[0].actual).toMatch(/^an answer after [1-9]\d{3} ms$/);
  });

  it("keeps every requirement", { timeout: 400_000 }, async ({ skip }) => {
    if (python === undefined) skip("no Python with fastapi, uvicorn and pyyaml; set CONFORM_TEST_PYTHON");
    if (!(await canListen(8000))) skip("something else listens on port 8000, the only one this module knows");
    const { report } = await judgeModule(
      prepare(folder, { run: [python ?? "", "-m", "src.river_gauge.api"], strict: true }),
      {},
    );
    const skipped = report.results.filter(({ outcome }) => outcome.kind === "skipped").map(({ id }) => id);
    expect(skipped).toEqual(["manifest/requirements-form", "manifest/event-form"]);
    const open = report.results.filter(({ outcome }) => outcome.kind !== "pass" && outcome.kind !== "skipped");
    expect(open.map(({ id, outcome }) => `${id}: ${JSON.stringify(outcome)}`)).toEqual([]);
    expect(report.verdict.kind).toBe("conformant");
  });

  it("is not accused when the interpreter lacks FastAPI", { timeout: 120_000 }, async ({ skip }) => {
    const bare = "/usr/bin/env";
    const without = [bare, "python3", "-S", "-m", "src.river_gauge.api"];
    if (spawnSync(bare, ["python3", "-S", "-c", "import fastapi"], { stdio: "ignore" }).status === 0)
      skip("every Python here has FastAPI");
    if (spawnSync(bare, ["python3", "-S", "-c", ""]).status !== 0) skip("python3 is not installed");
    const { report } = await judgeModule(prepare(folder, { run: without, only: ["lifecycle/start-command"] }), {});
    const start = report.results.find(({ id }) => id === "lifecycle/start-command");
    expect(start?.outcome).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/lacks (uvicorn|fastapi).*--run/),
    });
    expect(report.verdict.exit).toBe(3);
  });
});
