// `conform baseline update|prune|why`: keeps the file of known failures in step with a report.
import { dirname, join } from "node:path";
import { didYouMean, UsageError } from "../../base/errors.ts";
import { readUserFile, shownPath, wallClock } from "../../base/io.ts";
import { look } from "../../drivers/files/look.ts";
import { type Baseline, coveredBy, dayOf, parseBaseline, sameContract } from "../../judge/baseline.ts";
import { type Ids, pruned, updated } from "../../judge/baseline-edit.ts";
import type { ModuleReport } from "../../report/types.ts";
import { findContract } from "../../session/contracts.ts";
import { readReport } from "../../session/earlier.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { everyones, writeWhole } from "../files-out.ts";
import { tell } from "../terminal.ts";

const defaultReport = "reports/latest/report.json";
const daysDefault = 90;

/** `update` and `prune`. Exit code 0. Throws UsageError. */
export async function editBaseline(
  kind: "update" | "prune",
  report: string | undefined,
  flags: FlagsOf<"baseline update">,
): Promise<number> {
  checkDay(flags.expires);
  const modules = chosen(report ?? defaultReport, flags);
  if (modules.length > 1 && flags.file !== undefined)
    throw new UsageError("--file is for one module; choose it with --module <name>");
  for (const module of modules) {
    if (module.partial !== undefined || module.filtered !== undefined)
      throw new UsageError(
        `${module.name}: the run was ${module.partial ?? `filtered: ${module.filtered}`}; judge the whole module first`,
      );
  }
  for (const module of modules) await editOne(kind, module, flags);
  return 0;
}

async function editOne(
  kind: "update" | "prune",
  module: ModuleReport,
  flags: FlagsOf<"baseline update">,
): Promise<void> {
  const path = flags.file ?? fileOf(module);
  const before = look.at(look.absolute(path)).kind === "missing" ? undefined : readUserFile(path);
  const ids = idsOf(module, flags.contract);
  const expiresDefault = dayOf(new Date(wallClock().getTime() + daysDefault * 86_400_000));
  const edit =
    kind === "prune" ? pruned(before, module, ids) : updated(before, module, ids, { ...flags, expiresDefault });
  if (before !== undefined) parseBaseline(before, path);
  if (edit.changes.length > 0) await writeWhole(look.absolute(path), edit.text, everyones);
  const errors = module.results.filter(({ outcome }) => outcome.kind === "error");
  const lines = [
    ...(edit.changes.length === 0 ? ["nothing to change"] : edit.changes),
    ...errors.map(({ id }) => `not added: ${id}; conform could not tell, and that is never excused`),
  ];
  tell(lines.map((line) => `${shownPath(look.absolute(path))}: ${line}\n`).join(""));
}

/** Who answers for an id, why and until when; what the last report says. Exit code 0, or 1 when no entry covers it. */
export async function whyBaseline(id: string, flags: FlagsOf<"baseline why">): Promise<number> {
  const report = flags.report ?? (look.at(look.absolute(defaultReport)).kind === "file" ? defaultReport : undefined);
  const modules = report === undefined ? [] : chosen(report, flags);
  const path = flags.file ?? (modules[0] === undefined ? "conform.baseline.yaml" : fileOf(modules[0]));
  const baseline = parseBaseline(readUserFile(path), path);
  const module = modules.find(({ results }) => results.some((result) => result.id === id));
  const result = module?.results.find((one) => one.id === id);
  const entries = entriesFor(baseline, id, module, flags.contract);
  const known = [
    ...new Set([...baseline.entries.map((entry) => entry.id), ...(modules[0]?.results ?? []).map((one) => one.id)]),
  ];
  const now = result === undefined ? [] : [`  now      ${result.outcome.kind} in ${report}`];
  if (entries.length === 0) {
    const near = result === undefined ? didYouMean(id, known) : "";
    tell(`${[`${id}: no entry of ${path} covers it${near}`, ...now].join("\n")}\n`);
    return 1;
  }
  const today = dayOf(wallClock());
  for (const { id: name, owner, reason, issue, expires, contract, at } of entries) {
    const lines = [
      `${id}: known failure${name === id ? "" : `, by the entry "${name}"`} (${at.file}:${at.line})`,
      `  owner    ${owner}`,
      `  reason   ${reason}`,
      ...(issue === undefined ? [] : [`  issue    ${issue}`]),
      ...(expires === undefined ? [] : [`  expires  ${expires} (${daysText(today, expires)})`]),
      ...(contract === undefined ? [] : [`  contract ${contract}`]),
      ...now,
    ];
    tell(`${lines.join("\n")}\n`);
  }
  return 0;
}

function entriesFor({ entries }: Baseline, id: string, module: ModuleReport | undefined, contract: string | undefined) {
  const ids = module === undefined ? undefined : idsOf(module, contract);
  return entries.filter((entry) => {
    if (ids === undefined) return coveredBy(entry, { name: "", requirements: [bare(id)] }).length > 0;
    return sameContract(entry, ids) && coveredBy(entry, ids).some((requirement) => requirement.id === id);
  });
}

function daysText(today: string, expires: string): string {
  const days = Math.round((Date.parse(expires) - Date.parse(today)) / 86_400_000);
  if (days < 0) return `${-days} days ago`;
  return days === 0 ? "today is the last day" : `in ${days} days`;
}

function chosen(report: string, { module: name }: { module?: string }): ModuleReport[] {
  const { modules } = readReport(report);
  if (name === undefined) return modules;
  const found = modules.filter((module) => module.name === name);
  const names = modules.map((module) => module.name);
  if (found.length === 0) throw new UsageError(`${report} has no module "${name}"${didYouMean(name, names)}`);
  return found;
}

/** The file the run used, else the one beside the module, else the one here. */
function fileOf({ baseline, target }: ModuleReport): string {
  if (baseline !== undefined) return baseline.file;
  const found = target.kind === "url" ? "missing" : look.at(look.absolute(target.label)).kind;
  const folder = found === "folder" ? target.label : found === "file" ? dirname(target.label) : ".";
  return join(folder, "conform.baseline.yaml");
}

/** The contract's ids with their aliases where the contract is at hand, else those in the report. */
function idsOf({ contract, results }: ModuleReport, wanted: string | undefined): Ids {
  const { name, version } = contract;
  if (wanted !== undefined) return { ...findContract(wanted), version };
  try {
    return findContract(`${name}@${version}`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { name, version, requirements: results.map(({ id }) => bare(id)) };
  }
}

function bare(id: string): Ids["requirements"][number] {
  const rest = { aliases: [], needs: [], on: [], expect: [], targets: [], sources: [], text: "", area: "" };
  return { id, level: "MUST", at: { file: "" }, ...rest };
}

function checkDay(day: string | undefined): void {
  if (day === undefined) return;
  const valid = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) && dayOf(day) === day;
  if (!valid) throw new UsageError(`--expires ${day}: expected a date such as 2030-01-31`);
}
