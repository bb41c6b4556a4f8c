// What an earlier report says: for `--failed-from`.
import { UsageError } from "../base/errors.ts";
import { readUserFile } from "../base/io.ts";
import { contradictionsOf } from "../judge/consistent.ts";
import { parseReport } from "../report/read.ts";
import type { Report } from "../report/types.ts";

const reportBytesMax = 256 << 20;

/** A report written by `--reporter json`. Throws UsageError, also when its verdict is not that of its results. */
export function readReport(file: string): Report {
  const text = readUserFile(file, reportBytesMax);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON; expected a report written by --reporter json`);
  }
  const report = parseReport(value, file);
  const [first, ...more] = contradictionsOf(report);
  if (first !== undefined)
    throw new UsageError(
      `${file} contradicts itself, so nothing in it is believed: ${first}${more.length === 0 ? "" : ` (and ${more.length} more)`}`,
    );
  return report;
}

/** Ids of what neither passed nor was skipped. Throws UsageError when there are none. */
export function failedIds(file: string): string[] {
  const ids = readReport(file)
    .modules.flatMap((module) => module.results)
    .filter(({ outcome }) => outcome.kind !== "pass" && outcome.kind !== "skipped")
    .map(({ id }) => id);
  if (ids.length === 0) throw new UsageError(`${file}: nothing failed in that report`);
  return [...new Set(ids)];
}
