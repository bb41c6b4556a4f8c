// `conform badge <report.json>`: an SVG and the file that a shields.io endpoint badge reads, per module.
import { makeBadge } from "badge-maker";
import { didYouMean, UsageError } from "../../base/errors.ts";
import { absolute, shownPath, wallClock } from "../../base/io.ts";
import { visible } from "../../base/visible.ts";
import { badgeOf, endpointOf } from "../../report/badge.ts";
import { moduleSlugs } from "../../report/reporters/slug.ts";
import type { ModuleReport, Report } from "../../report/types.ts";
import { findContract } from "../../session/contracts.ts";
import { readReport } from "../../session/earlier.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { everyones, writeWhole } from "../files-out.ts";
import { note, tell } from "../terminal.ts";

/** Exit code 0, whatever the badge says. Throws UsageError. */
export async function badge(file: string, flags: FlagsOf<"badge">): Promise<number> {
  const report = chosen(readReport(file), file, flags.module);
  const slugs = moduleSlugs(report);
  const out = absolute(flags.out);
  for (const [index, module] of report.modules.entries()) {
    const version = currentVersion(module, flags.contract);
    const frame = { now: wallClock(), validDays: flags.validDays, ...(version === undefined ? {} : { version }) };
    const says = badgeOf(module, frame);
    const base = report.modules.length === 1 ? "badge" : `badge-${slugs[index]}`;
    const { label, message, color } = says;
    await writeWhole(`${out}/${base}.svg`, `${makeBadge({ label, message, color })}\n`, everyones);
    await writeWhole(`${out}/${base}.json`, `${JSON.stringify(endpointOf(says))}\n`, everyones);
    const why = says.why === undefined ? "" : ` (${visible(says.why)})`;
    tell(`${visible(module.name)}: ${label} | ${message}, ${color}${why}\n  ${shownPath(`${out}/${base}.svg`)}\n`);
  }
  return 0;
}

function chosen(report: Report, file: string, name: string | undefined): Report {
  if (report.modules.length === 0) throw new UsageError(`${file} has no modules`);
  if (name === undefined) return report;
  const modules = report.modules.filter((module) => module.name === name);
  const names = report.modules.map((module) => module.name);
  if (modules.length === 0) throw new UsageError(`${file} has no module "${name}"${didYouMean(name, names)}`);
  return { ...report, modules };
}

/** The version that is judged by default today. Undefined, with a note, when the contract is not at hand. */
function currentVersion({ contract }: ModuleReport, wanted: string | undefined): string | undefined {
  if (wanted !== undefined) {
    const found = findContract(wanted);
    if (found.name !== contract.name)
      throw new UsageError(`the report is about contract ${contract.name}, not ${found.name}`);
    return found.version;
  }
  try {
    return findContract(contract.name).version;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    note(`note: contract ${contract.name} does not come with conform; name it with --contract to compare versions`);
    return undefined;
  }
}
