// `module-conform/vitest`: every requirement of a module's contract is one test in the module's own suite.
import { afterAll, beforeAll, describe, type TestContext, test } from "vitest";
import type { Result } from "../base/judged.ts";
import type { Requirement } from "../base/types.ts";
import { isOpen } from "../judge/verdict.ts";
import { detailLines } from "../report/reporters/details.ts";
import { baselineText, reasonLine, reasonsText, stateOf } from "../report/reporters/wording.ts";
import type { ModuleReport } from "../report/types.ts";
import type { RunOptions } from "./options.ts";
import { makePlan } from "./plan.ts";
import { judgeModule, prepare, readConfig } from "./session.ts";

/** Options of a run, which win over the configuration, with where that lies and what the suite is called. */
export interface ConformanceOptions extends RunOptions {
  /** Configuration file; default conform.yaml in the module's folder, if there is one. */
  config?: string;
  /** Title of the suite; default contract and target. */
  title?: string;
}

const deadlineSeconds = 600;
const details = { value: 1000, findings: 20, evidence: 10 };

/**
 * Declares a suite with one test per selected requirement and one for the verdict. `target` is a folder, a binary, a URL, or a command as a list of
 * words. The module is judged once, before the first test, within `timeout` seconds (default 600); a failed SHOULD is a skipped test that says so,
 * unless `strict`; what does not apply or is a known failure is skipped with its reason. A test that fails throws an error named `Nonconformant`.
 * Throws, when the suite is declared, UsageError for what cannot be judged and ContractError for a contract, configuration or baseline that does
 * not load.
 */
export function conformance(target: string | readonly string[], options: ConformanceOptions = {}): void {
  const { config, title, ...flags } = options;
  const source = config === undefined ? "beside" : readConfig(config);
  const prepared = prepare(typeof target === "string" ? target : [...target], flags, source);
  const { only = [], skip = [], level, profile, ids } = prepared.options;
  const plan = makePlan(prepared.contract, prepared.target, {
    only,
    skip,
    ...(level === undefined ? {} : { level }),
    ...(profile === undefined ? {} : { profile }),
    ...(ids === undefined ? {} : { ids }),
  });
  const { name, version, requirements } = plan.contract;
  const stop = new AbortController();
  let report: ModuleReport | undefined;
  describe(title ?? `${name} ${version}: ${prepared.target.label}`, () => {
    const limit = ((prepared.options.timeout ?? deadlineSeconds) + 30) * 1000;
    beforeAll(async () => {
      ({ report } = await judgeModule(prepared, {}, { interrupt: stop.signal }));
    }, limit);
    afterAll(() => stop.abort("the test suite ended"));
    for (const requirement of requirements) {
      if (!plan.selected.has(requirement.id)) continue;
      test(nameOf(requirement), (context) => check(report, requirement.id, context));
    }
    // A suite of skips alone is never green.
    test("verdict", () => {
      if (report?.verdict.exit !== 0)
        throw told(`${report?.verdict.kind}: ${reasonsText(report?.verdict.reasons ?? [])}`);
    });
  });
}

function nameOf({ level, id, text }: Requirement): string {
  return `${level} ${id}: ${text}`;
}

function check(report: ModuleReport | undefined, id: string, context: TestContext): void {
  const result = report?.results.find((one) => one.id === id);
  if (report === undefined || result === undefined) throw told("the module was not judged");
  const state = stateOf(result);
  if (state === "pass") return;
  if (state === "fail" || isOpen(result, report.results)) throw told(detailLines(result, details).join("\n"));
  context.skip(noteOf(result));
}

function noteOf(result: Result): string {
  const words = {
    warning: "warning: ",
    info: "not met: ",
    known: "known failure: ",
    error: "conform could not tell: ",
    blocked: "",
    skipped: "",
    fail: "",
    pass: "",
  };
  const state = stateOf(result);
  return words[state] + (state === "known" ? (baselineText(result) ?? "") : reasonLine(result, 300));
}

/** A failure without conform's own stack, which would tell the reader nothing. */
function told(message: string): Error {
  const error = new Error(message);
  error.name = "Nonconformant";
  error.stack = `Nonconformant: ${message}`;
  return error;
}
