// Small modules of the systemprompt contracts, written into temporary folders and judged there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { Outcome } from "../../src/base/judged.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

export function write(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "hosted-project-"));
  made.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

export async function judged(folder: string, only: string[], contract = "systemprompt@1"): Promise<ModuleReport> {
  return (await judgeModule(prepare(folder, { contract, only, secondLook: false }), {})).report;
}

export const outcomeOf = ({ results }: ModuleReport, wanted: string): Outcome | undefined =>
  results.find(({ id }) => id === wanted)?.outcome;

export const open = (report: ModuleReport) =>
  report.results.flatMap(({ id, outcome }) =>
    outcome.kind === "pass" || outcome.kind === "skipped" ? [] : [`${id}: ${JSON.stringify(outcome)}`],
  );

export const manifest = (name: string, more = "") =>
  `name: ${name}\ntype: service\nversion: 1.0.0\ndescription: x\n${more}`;
export const TYPE = '{"name":"host","type":"module"}';

export interface Parts {
  top?: string;
  init?: string;
  body?: string;
  config?: string;
}

/** A service whose initialize() runs `init`. */
export const service = (name: string, { top = "", init = "", body = "" }: Parts) => `${top}
export class ${name[0]?.toUpperCase()}${name.slice(1)}Module {
  readonly name = '${name}'; readonly type = 'service'; readonly version = '1.0.0'; readonly description = 'x';
  ${body}
  async initialize(): Promise<void> { ${init} }
  getService() { return { name: this.name }; }
  async shutdown(): Promise<void> {}
}
`;
