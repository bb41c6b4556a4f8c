// The kill matrix: every requirement is kept by the reference and broken by its mutant, which breaks nothing else.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Slots } from "../../src/base/slots.ts";
import type { Requirement } from "../../src/base/types.ts";
import { eventWords } from "../../src/judge/evidence.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { findContract } from "../../src/session/contracts.ts";
import type { RunOptions } from "../../src/session/options.ts";
import type { RunResult } from "../../src/session/run.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";
import { dumpsIn } from "./sentences.ts";

/** What was made; `peers` are folders of modules judged in the same run. */
interface Made {
  folder: string;
  argv?: string[];
  params?: NonNullable<RunOptions["params"]>;
  peers?: string[];
}

/** Fixtures of one contract. */
export interface Fixtures {
  contract: string;
  /** What keeps the contract, where `prepare` knows it by name. */
  references?: readonly string[];
  /** Makes `folder` the module with this fault, or the reference. May return another folder or a command to judge. */
  prepare(mutant: string | undefined, folder: string): Made | Promise<Made>;
  /** Flags of every run. */
  options?(index: number): RunOptions;
  /** Places for scenarios, shared by all runs of the matrix; default 6 of each run's own. */
  slots?: Slots;
  /** Deadlines are multiplied by this, and so are the fixtures' own waits. */
  scale: number;
  /** The same for the first try at a mutant; when it does not show exactly its fault then, `scale` counts. */
  hasty?: number;
}

/** Why a mutant is not killed, or kills more than its own requirement; undefined when all is well. */
export async function judgeMutant(
  fixtures: Fixtures,
  requirement: Requirement,
  whole: boolean,
): Promise<string | undefined> {
  const options = whole ? {} : { only: [requirement.id] };
  // That its own requirement fails needs no second look; what else fails gets the one that every user's module gets.
  const hasty = { ...fixtures, scale: fixtures.hasty ?? fixtures.scale };
  const first = await judgeFixture(hasty, requirement.mutant, { ...options, secondLook: false });
  if (isKilled(first, requirement)) return dumped(first);
  const report = await judgeFixture(fixtures, requirement.mutant, options);
  if (isKilled(report, requirement)) return dumped(report);
  const failed = failedIn(report);
  const own = report.results.find(({ id }) => id === requirement.id)?.outcome;
  return `${requirement.mutant}: failed [${failed.join(", ")}]; its own outcome: ${JSON.stringify(own).slice(0, 600)}${others(report, requirement.id)}`;
}

function dumped(report: ModuleReport): string | undefined {
  const dumps = dumpsIn(report);
  return dumps.length === 0 ? undefined : `killed, but not told in sentences: ${dumps.join("; ")}`;
}

function failedIn({ results }: ModuleReport): string[] {
  return results.filter(({ outcome }) => outcome.kind === "fail" || outcome.kind === "error").map(({ id }) => id);
}

function isKilled(report: ModuleReport, { id }: Requirement): boolean {
  const failed = failedIn(report);
  return failed.length === 1 && failed[0] === id;
}

function others(report: ModuleReport, id: string): string {
  return report.results
    .filter((result) => result.id !== id && (result.outcome.kind === "fail" || result.outcome.kind === "error"))
    .map((result) => `\n    ${result.id}: ${JSON.stringify(result.outcome).slice(0, 400)}`)
    .join("");
}

let runs = 0;

/** Report of a mutant, or of the reference. */
export async function judgeFixture(
  fixtures: Fixtures,
  mutant: string | undefined,
  options: RunOptions,
): Promise<ModuleReport> {
  const folder = mkdtempSync(join(tmpdir(), "conform-fixture-"));
  try {
    const own = fixtures.options?.(runs++) ?? {};
    const made = await fixtures.prepare(mutant, join(folder, "module"));
    const prepared = prepare(made.folder, {
      contract: fixtures.contract,
      timeScale: fixtures.scale,
      jobs: 6,
      ...own,
      env: { CONFORM_FIXTURE_SCALE: String(fixtures.scale), ...own.env },
      ...options,
      ...(made.params === undefined ? {} : { params: { ...own.params, ...made.params } }),
    });
    if (made.peers !== undefined) prepared.target.peers = made.peers;
    const result = await judgeModule(prepared, {}, fixtures.slots === undefined ? {} : { slots: fixtures.slots });
    if (process.env.CONFORM_EXAMPLES !== undefined)
      keepExamples(process.env.CONFORM_EXAMPLES, { mutant, keeps: keeps(fixtures, mutant) }, result);
    return result.report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Requirements that have a mutant. */
export function withMutants(contract: string): Requirement[] {
  return findContract(contract).requirements.filter(({ mutant }) => mutant !== undefined);
}

/** Is it a reference, not a mutant? */
function keeps({ references }: Fixtures, mutant: string | undefined): boolean {
  return mutant === undefined || references?.includes(mutant) === true;
}

interface Judged {
  mutant: string | undefined;
  keeps: boolean;
}

/** What `conform explain` shows: how a pass of a reference and the mutant's failure look. Merged by scripts/examples.mjs. */
function keepExamples(folder: string, { mutant, keeps }: Judged, { report, transcript }: RunResult): void {
  const name = `${report.contract.name}@${report.contract.version}`;
  mkdirSync(join(folder, name), { recursive: true });
  const mutants = new Map(findContract(name).requirements.map((requirement) => [requirement.id, requirement.mutant]));
  const examples = report.results.flatMap(({ id, outcome, evidence }): object[] => {
    if (keeps && outcome.kind === "pass") {
      const events = outcome.events.slice(0, 2).flatMap((number) => transcript.events[number - 1] ?? []);
      return [{ id, pass: events.map((event) => short(eventWords(event))) }];
    }
    // Of a mutant only its own failure counts.
    if (keeps || outcome.kind !== "fail" || mutants.get(id) !== mutant) return [];
    const findings = outcome.findings
      .slice(0, 2)
      .map(({ at, expected, actual }) => ({ at, expected: short(text(expected)), actual: short(text(actual)) }));
    return [{ id, fail: { mutant, findings, evidence: evidence.slice(0, 2).map((one) => short(one.text)) } }];
  });
  writeFileSync(join(folder, name, `${mutant ?? "reference"}.json`), JSON.stringify(examples));
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
const short = (words: string): string => (words.length <= 300 ? words : `${words.slice(0, 300)}...`);
