// Flags of a run as commander gives them, and as the engine wants them.

import { UsageError } from "../base/errors.ts";
import type { Json } from "../base/types.ts";
import { failedIds } from "../session/earlier.ts";
import type { FlagsOf } from "../session/flag-values.ts";
import type { RunOptions } from "../session/options.ts";

/** Flags that are options of the engine under the same name. */
const plain = [
  ...(["contract", "only", "skip", "strict", "requireComplete", "failOnFlaky", "profile", "run", "build"] as const),
  ...(["cwd", "folder", "unsafeProbes", "jobs", "timeout", "timeScale", "seed", "baseline"] as const),
];

/** Throws UsageError for what commander cannot check. */
export function optionsOf(flags: FlagsOf<"run">): RunOptions {
  const given: Pick<RunOptions, (typeof plain)[number]> = Object.fromEntries(
    plain.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
  const params = Object.entries(pairs(flags.set, "--set", "="));
  return {
    ...given,
    ...(flags.secondLook === false ? { secondLook: false } : {}),
    ...(flags.level === undefined ? {} : { level: levels[flags.level] }),
    ...(flags.failedFrom === undefined ? {} : { ids: failedIds(flags.failedFrom) }),
    env: pairs(flags.env, "--env", "="),
    headers: pairs(flags.header, "--header", ":"),
    params: Object.fromEntries(params.map(([name, value]) => [name, paramValue(value)])),
  };
}

const levels = { must: "MUST", should: "SHOULD", may: "MAY" } as const;

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
