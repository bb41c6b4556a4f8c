// The BLUX reference with other deployment files, judged by the requirements that read them: real steps on a real folder, less of them.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { Result } from "../../src/base/judged.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

const reference = "fixtures/modules/blux/reference";
const root = mkdtempSync(join(tmpdir(), "conform-deployed-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Of the scenario `files`, which starts nothing; the rest of its steps asks interpreters and searches texts. */
const read = new Set([
  "entries",
  "all",
  "pyproject",
  "manifest",
  "docker",
  "health_scripts",
  "k8s_files",
  "charts",
  "k8s",
]);

export const given = (file: string): string => readFileSync(join(reference, file), "utf8");

let made = 0;

/** A copy of the reference in which `replaced` (a file or folder) makes room for these files. */
export function deployed(replaced: string[], files: { [file: string]: string }): string {
  const folder = join(root, String(made++));
  cpSync(reference, folder, { recursive: true });
  for (const one of replaced) rmSync(join(folder, one), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

/** Results of the requirements whose id begins with `prefix`. */
export async function judgedBy(prefix: string, folder: string): Promise<Result[]> {
  const prepared = prepare(folder, {
    contract: "blux",
    only: [prefix.endsWith("/") ? `${prefix}*` : prefix],
    secondLook: false,
  });
  const scenarios = prepared.contract.scenarios.map((scenario) =>
    scenario.name === "files" ? { ...scenario, steps: scenario.steps.filter((step) => read.has(step.name)) } : scenario,
  );
  const { report } = await judgeModule({ ...prepared, contract: { ...prepared.contract, scenarios } }, {});
  return report.results.filter(({ id }) => id.startsWith(prefix));
}

/** Ids that are neither passed nor skipped, without the prefix; an error is marked. */
export function accused(prefix: string, results: Result[]): string[] {
  return results.flatMap(({ id, outcome }) => {
    if (outcome.kind === "pass" || outcome.kind === "skipped" || outcome.kind === "blocked") return [];
    return [`${id.slice(prefix.indexOf("/") + 1)}${outcome.kind === "fail" ? "" : ` (${outcome.kind})`}`];
  });
}
