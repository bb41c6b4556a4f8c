// Flags of a run as commander gives them, and as the engine wants them.

import { UsageError } from "../base/errors.ts";
import type { Json, Level } from "../base/types.ts";
import { failedIds } from "../session/earlier.ts";
import type { RunOptions } from "../session/options.ts";

export interface RunFlags {
  contract?: string;
  only?: string[];
  skip?: string[];
  level?: "must" | "should" | "may";
  strict?: boolean;
  requireComplete?: boolean;
  failOnFlaky?: boolean;
  profile?: string;
  failedFrom?: string;
  reporter?: string[];
  out?: string;
  run?: string;
  build?: string;
  cwd?: string;
  folder?: string;
  env?: string[];
  header?: string[];
  set?: string[];
  jobs?: number;
  timeout?: number;
  timeScale?: number;
  seed?: string;
  transcript?: string;
  config?: string;
  baseline?: string | false;
  shard?: string;
  metricsFile?: string;
  watch?: boolean;
  unsafeProbes?: boolean;
  /** False with --no-second-look, else true. */
  secondLook?: boolean;
  junitDialect?: "portable" | "rich";
  fileMode?: number;
  verbose?: boolean;
  quiet?: boolean;
  color?: boolean;
}

/** Throws UsageError for what commander cannot check. */
export function optionsOf(flags: RunFlags): RunOptions {
  const {
    contract,
    only,
    skip,
    strict,
    requireComplete,
    failOnFlaky,
    profile,
    run,
    build,
    cwd,
    folder,
    unsafeProbes,
    jobs,
    timeout,
    timeScale,
    seed,
  } = flags;
  const { baseline } = flags;
  const given = {
    contract,
    only,
    skip,
    strict,
    requireComplete,
    failOnFlaky,
    profile,
    run,
    build,
    cwd,
    folder,
    unsafeProbes,
    jobs,
    timeout,
    timeScale,
    seed,
    baseline,
  };
  const params = Object.entries(pairs(flags.set, "--set", "="));
  return {
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as RunOptions),
    ...(flags.secondLook === false ? { secondLook: false } : {}),
    ...(flags.level === undefined ? {} : { level: flags.level.toUpperCase() as Level }),
    ...(flags.failedFrom === undefined ? {} : { ids: failedIds(flags.failedFrom) }),
    env: pairs(flags.env, "--env", "="),
    headers: pairs(flags.header, "--header", ":"),
    params: Object.fromEntries(params.map(([name, value]) => [name, paramValue(value)])),
  };
}

function pairs(list: string[] | undefined, flag: string, separator: string): Record<string, string> {
  return Object.fromEntries(
    (list ?? []).map((text) => {
      const at = text.indexOf(separator);
      if (at < 1) throw new UsageError(`${flag} ${text}: expected name${separator}value`);
      const value = text.slice(at + 1);
      return [text.slice(0, at).trim(), separator === ":" ? value.trim() : value];
    }),
  );
}

/** `true`, `3`, `[1]` are what they look like; everything else is text. */
function paramValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
