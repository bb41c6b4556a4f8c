// Modules that must not be failed: odd but conforming variants, and modules in two other languages. `CONFORM_MATRIX=whole` judges all variants
// by all requirements; else the first of each decision is judged by those that it has to do with (of these, as slice.ts says).
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAIR, prepareFair } from "../../fixtures/modules/pywatt/fair/variants.mjs";
import { bundle, prepareGo } from "../../fixtures/modules/pywatt/variants.mjs";
import { slots } from "../../src/base/slots.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { type Fixtures, judgeFixture } from "./matrix.ts";
import { pywattOptions } from "./pywatt-options.ts";
import { due, whole } from "./slice.ts";

const timeout = 600_000;
const folder = mkdtempSync(join(tmpdir(), "conform-pywatt-fair-"));
let program = "";

const common = { contract: "pywatt", options: pywattOptions, scale: 1, slots: slots(16) } satisfies Partial<Fixtures>;

beforeAll(async () => {
  program = await bundle(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What failed although it must not, in words. */
function unexpected({ results, verdict }: ModuleReport, warns: readonly string[]): string[] {
  const wrong = results.filter(
    ({ id, outcome }) => outcome.kind === "error" || (outcome.kind === "fail" && !warns.includes(id)),
  );
  const words = wrong.map(({ id, outcome }) => `${id}: ${JSON.stringify(outcome).slice(0, 600)}`);
  // Judged by a part, a module that keeps it is "partial".
  return verdict.kind === "conformant" || verdict.kind === "partial"
    ? words
    : [...words, `${verdict.kind}: ${verdict.reasons.join("; ")}`];
}

describe.concurrent("conforming variants", () => {
  const decisions = Object.values(FAIR).map(({ decision }) => decision);
  const judged = Object.entries(FAIR).filter(
    ([, { decision }], index) => whole || decisions.indexOf(decision) === index,
  );

  it.each(due("pywatt", judged, ([name]) => name))("%s is conformant", { timeout }, async (name, { warns, areas }) => {
    const fixtures: Fixtures = { ...common, prepare: (_, into) => prepareFair(name, into, program) };
    const only = whole ? {} : { only: [...areas, ...warns] };
    const report = await judgeFixture(fixtures, name, only);
    expect(unexpected(report, warns)).toEqual([]);
    // What may warn is there because it does: a variant that no longer warns would test nothing.
    const silent = warns.filter((id) => report.results.find((one) => one.id === id)?.outcome.kind === "pass");
    expect(silent).toEqual([]);
  });
});

function python(): string | undefined {
  try {
    const version = execFileSync("python3", ["-c", "import sys; print(sys.version_info >= (3, 9))"]).toString();
    return version.trim() === "True" ? undefined : "python3 is older than 3.9";
  } catch {
    return "there is no python3";
  }
}

function go(): string | undefined {
  try {
    execFileSync("go", ["version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "there is no go";
  }
}

/** What no module needs, and these two leave out. */
const informational = ["lifecycle/heartbeat-acked", "http-over-ipc/offered"];

const noPython = python();
const noGo = go();

describe("other languages", () => {
  it.skipIf(noPython !== undefined)(
    `Python${noPython === undefined ? "" : ` (${noPython})`}`,
    { timeout },
    async () => {
      const source = fileURLToPath(new URL("../../fixtures/modules/pywatt/python/", import.meta.url));
      const fixtures: Fixtures = {
        ...common,
        prepare(_, into) {
          cpSync(source, into, { recursive: true });
          return { folder: into };
        },
      };
      expect(unexpected(await judgeFixture(fixtures, undefined, {}), informational)).toEqual([]);
    },
  );

  it.skipIf(noGo !== undefined)(`Go${noGo === undefined ? "" : ` (${noGo})`}`, { timeout }, async () => {
    const fixtures: Fixtures = {
      ...common,
      prepare(_, into) {
        const built = prepareGo(into);
        if (built === undefined) throw new Error("no go");
        return built;
      },
    };
    expect(unexpected(await judgeFixture(fixtures, undefined, {}), informational)).toEqual([]);
  });
});
