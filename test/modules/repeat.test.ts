// Every repeat command that a report prints is run, as it stands, in a shell: the same requirement fails again, and a replay plays to its end.
// CONFORM_MATRIX=whole does so for all mutants of all contracts.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle, prepare } from "../../fixtures/modules/pywatt/variants.mjs";
import { findContract } from "../../src/session/contracts.ts";
import { type Answer, answerOf, quietEnv, theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";
import { whole } from "./slice.ts";

const cli = theCli();
let program = "";

beforeAll(async () => {
  program = await bundle(join(cli.folder, "program"));
});
afterAll(() => cli.close());

/** As a reader would, who has conform on the path. */
function shell(line: string, cwd: string, env: Record<string, string> = {}): Promise<Answer> {
  const conform = `conform() { "${process.execPath}" "${cli.file}" "$@"; }`;
  return answerOf("sh", ["-c", `${conform}; ${line}`], { cwd, env: quietEnv(env) });
}

/** Judges once, then runs what the report says repeats it. Returns what each command showed. */
async function repeated(args: string[], id: string, { cwd = cli.folder, env = {} } = {}): Promise<Answer[]> {
  const first = await cli.run([...args, "--only", id, "--reporter", "json=-"], { cwd, env });
  const commands = repeatsOf(first.stdout, id);
  expect(commands.length).toBeGreaterThan(0);
  const answers: Answer[] = [];
  for (const command of commands) {
    const json = command.startsWith("conform replay ") ? "" : " --reporter json=-";
    answers.push(await shell(command.replace(/( -- .*)?$/, `${json}$1`), cwd, env));
    const last = answers.at(-1);
    if (json === "") expect([command, last?.code, last?.stderr]).toEqual([command, 0, ""]);
    else expect([command, outcomeOf(last?.stdout ?? "", id)]).toEqual([command, "fail"]);
  }
  return answers;
}

interface Told {
  modules: { results: { id: string; outcome: { kind: string }; repeat: string[] }[] }[];
}

function resultOf(json: string, id: string) {
  return (JSON.parse(json) as Told).modules[0]?.results.find((one) => one.id === id);
}
const repeatsOf = (json: string, id: string) => resultOf(json, id)?.repeat ?? [];
const outcomeOf = (json: string, id: string) => resultOf(json, id)?.outcome.kind;

const few = new Set(["endpoints/health-exists", "manifest/exists"]);
const mutants = findContract("pywatt").requirements.filter(
  ({ id, mutant }) => mutant !== undefined && (whole || few.has(id)),
);

describe("pywatt", () => {
  test.each(mutants.map(({ id, mutant }) => [id, mutant]))("%s", { timeout: 300_000 }, async (id, mutant) => {
    const name = `m ${mutant}`;
    prepare(mutant ?? "", join(cli.folder, name), program);
    const [, played] = await repeated([`./${name}`, "--contract", "pywatt"], id);
    if (id === "endpoints/health-exists") expect(played?.stdout).toMatch(/> GET \S+\/health\n(.*\n)*< 404 /);
  });
});

test("a contract folder, variables and a command are named as they have to be written", {
  timeout: 60_000,
}, async () => {
  cpSync(tinyContract, join(cli.folder, "my contract"), { recursive: true });
  tinyModule(join(cli.folder, "bad"), { hello: "moon" });
  const id = "greeting/names-world";
  await repeated(["./bad", "--contract", "./my contract", "--env", "A=it's", "--env", "MY_TOKEN=hushhush"], id, {
    env: { MY_TOKEN: "hushhush" },
  });
});
