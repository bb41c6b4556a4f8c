// A module whose server shares its port with a second of its kind (SO_REUSEPORT); runs where granian can be imported.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { canListen } from "../../src/drivers/ports/fixed-port.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

const python = [process.env.CONFORM_TEST_PYTHON, resolve(".ci/venv/bin/python"), "python3"]
  .filter((program) => program !== undefined && (!program.includes("/") || existsSync(program)))
  .find(
    (program) => spawnSync(program ?? "", ["-c", "import fastapi, granian, yaml"], { stdio: "ignore" }).status === 0,
  );

const folder = mkdtempSync(join(tmpdir(), "conform-granian-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The FastAPI module with the main part that the README of fixtures/modules/blux/granian shows. */
function written(): string {
  cpSync("fixtures/modules/blux/fastapi", folder, { recursive: true });
  const api = join(folder, "src/river_gauge/api.py");
  const [body = ""] = readFileSync(api, "utf8").split('\nif __name__ == "__main__":\n');
  const [, main = ""] =
    /```python\n(.*?)```/s.exec(readFileSync("fixtures/modules/blux/granian/README.md", "utf8")) ?? [];
  writeFileSync(api, `${body.replace("import uvicorn\n", "")}\n${main}`);
  return folder;
}

it("a second start finds the port taken, although granian shares it with its like", { timeout: 240_000 }, async ({
  skip,
}) => {
  if (python === undefined) skip("no Python with fastapi, granian and pyyaml; set CONFORM_TEST_PYTHON");
  if (!(await canListen(8000))) skip("something else listens on port 8000, the only one this module knows");
  const only = ["lifecycle/start-command", "lifecycle/port-busy", "lifecycle/sigterm-exits", "lifecycle/no-orphans"];
  const run = [python ?? "", "-m", "src.river_gauge.api"];
  const { report } = await judgeModule(prepare(written(), { contract: "blux", run, only }), {});
  const judged = report.results.filter(({ id }) => only.includes(id));
  const outcomes = judged.map(
    ({ id, outcome }) => `${id}: ${outcome.kind === "pass" ? "pass" : JSON.stringify(outcome)}`,
  );
  expect(outcomes.sort()).toEqual(only.map((id) => `${id}: pass`).sort());
});
