// `conform merge <folder>`: the result files of all shards as one report of any format.
import { UsageError } from "../../base/errors.ts";
import { type Blob, merged } from "../../gate/fleet/merge.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { listedNames } from "../fleet/named.ts";
import { indexedRecords, type RecordAt, resultFiles } from "../fleet/records.ts";
import { writeRunReports } from "../fleet/reports.ts";
import { machineScrub } from "../machine.ts";
import { sinkOf } from "../settings.ts";
import { checkReporters, defaultReporters } from "../sink.ts";
import { note } from "../terminal.ts";

/** The exit code is that of the merged verdict. Throws UsageError, with all refusals, when the files are not one whole run. */
export async function merge(folder: string, flags: FlagsOf<"merge">): Promise<number> {
  const sink = sinkOf(flags, { scrub: machineScrub([]), reporters: defaultReporters() });
  await checkReporters(sink.reporters);
  const names = flags.modulesFrom === undefined ? undefined : await listedNames(flags.modulesFrom);
  const blobs: Blob<RecordAt>[] = resultFiles(folder).flatMap((path) => indexedRecords(path) ?? []);
  const { refusals, incomplete, run } = merged(blobs, names);
  const told = refusals.slice(0, 20).join("\n  ");
  if (refusals.length > 0 && !(flags.allowIncomplete && incomplete && run !== undefined)) {
    const hint = incomplete ? "\n  --allow-incomplete reports what is there and calls the rest inconclusive" : "";
    throw new UsageError(`${folder} does not hold one whole run:\n  ${told}${hint}`);
  }
  if (run === undefined) throw new UsageError(`${folder}: nothing to merge`);
  if (refusals.length > 0) note(`incomplete:\n  ${told}`);
  if (run.reused > 0) note(`${run.reused} of ${run.slots.length} modules were taken over from an earlier run`);
  return (await writeRunReports(run, sink)).exit;
}
