// Where a promtool of Prometheus 3.16 or later 3.x is, if there is one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** CONFORM_PROMTOOL, the one that `npm run promtool` built, or one of the search path; undefined: none. */
export function findPromtool(): string | undefined {
  const named = process.env.CONFORM_PROMTOOL;
  if (named !== undefined && named !== "") return named;
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const built = join(cache, "conform", "promtool-v0.316.0", "promtool");
  if (existsSync(built)) return built;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, "promtool")).find((file) => existsSync(file));
  if (found === undefined) return undefined;
  return / version 3\.(?:1[6-9]|[2-9]\d)/.test(String(spawnSync(found, ["--version"]).stdout)) ? found : undefined;
}
