// A real FastAPI module, written apart from the reference, on port 8000 and no other; runs where FastAPI can be imported.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { canListen } from "../../src/drivers/ports/fixed-port.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

/** CONFORM_TEST_PYTHON, an environment that .ci/run made, or what is on the PATH: whichever has FastAPI. */
const python = [process.env.CONFORM_TEST_PYTHON, resolve(".ci/venv/bin/python"), "python3"]
  .filter((program) => program !== undefined && (!program.includes("/") || existsSync(program)))
  .find(
    (program) => spawnSync(program ?? "", ["-c", "import fastapi, uvicorn, yaml"], { stdio: "ignore" }).status === 0,
  );

const folder = "fixtures/modules/blux/fastapi";

describe("a FastAPI module", () => {
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
