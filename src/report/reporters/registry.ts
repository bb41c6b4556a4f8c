// The reporters by name. Each is loaded only when it is asked for.
import { didYouMean, UsageError } from "../../base/errors.ts";
import type { Reporter } from "./reporter.ts";

const loaders: { [name: string]: () => Promise<{ reporter: Reporter }> } = {
  text: () => import("./text.ts"),
  json: () => import("./json.ts"),
  junit: () => import("./junit.ts"),
  html: () => import("./html.ts"),
  markdown: () => import("./markdown.ts"),
  github: () => import("./github.ts"),
  ctrf: () => import("./ctrf.ts"),
  tap: () => import("./tap.ts"),
  har: () => import("./har.ts"),
  ndjson: () => import("./ndjson.ts"),
};

/** `text`, `json`, `junit`, ...: all that `loadReporter` knows. */
export const reporterNames: readonly string[] = Object.keys(loaders);

/** The reporter of a name; its `render` is pure: report in, text out. Throws UsageError with the nearest name when there is none. */
export async function loadReporter(name: string): Promise<Reporter> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  if (load === undefined)
    throw new UsageError(
      `no reporter "${name}"${didYouMean(name, reporterNames)} (there are ${reporterNames.join(", ")})`,
    );
  return (await load()).reporter;
}
