// Reads a report.json back.
import { UsageError } from "../base/errors.ts";
import { isObject } from "../base/json.ts";
import { visible } from "../base/visible.ts";
import { reportShape } from "./schema.ts";
import type { Report } from "./types.ts";

/**
 * The report in a value that was JSON (parsed already), keys that are not known dropped; `file` is its name in errors. Throws UsageError that
 * names the file, what is wrong and where.
 */
export function parseReport(value: unknown, file = "report.json"): Report {
  const format = formatOf(value);
  if (format === undefined) throw new UsageError(`${visible(file)}: not a report of conform (no "format")`);
  if (format !== 1)
    throw new UsageError(
      `${visible(file)}: report format ${JSON.stringify(format)} is not known; this conform reads 1`,
    );
  const parsed = reportShape.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.slice(0, 5).map(({ path, message }) => `${pointer(path)}: ${visible(message)}`);
  const more = parsed.error.issues.length > 5 ? `\n… ${parsed.error.issues.length - 5} more` : "";
  throw new UsageError(`${visible(file)}: not a valid report\n${lines.join("\n")}${more}`);
}

function formatOf(value: unknown): unknown {
  return isObject(value) && "format" in value ? value.format : undefined;
}

/** `modules[0].verdict.exit`. */
function pointer(path: PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${visible(String(key))}`)).join("");
  return text.replace(/^\./, "") || "report";
}
