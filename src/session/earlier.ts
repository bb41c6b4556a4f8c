// What an earlier report says: for `--failed-from`.
import { UsageError } from "../base/errors.ts";
import { readUserFile } from "../base/io.ts";
import { parseReport } from "../report/read.ts";
import type { Report } from "../report/types.ts";

const reportBytesMax = 256 << 20;

/** A report written by `--reporter json`. Throws UsageError. */
export function readReport(file: string): Report {
  const text = readUserFile(file, reportBytesMax);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON; expected a report written by --reporter json`);
  }
  return parseReport(value, file);
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
