// What stands in conform.yaml, once read. Types only, no code: programs see it without the library that checks it.
import type { Json } from "../base/types.ts";

/** Keys are the flags of a run; `session/config.ts` says what each means. Paths are absolute once settled. `timeout`: seconds. */
export interface Config {
  contract?: string | undefined;
  run?: string | string[] | undefined;
  build?: string | string[] | undefined;
  cwd?: string | undefined;
  folder?: string | undefined;
  env?: Record<string, string> | undefined;
  header?: Record<string, string> | undefined;
  set?: Record<string, Json> | undefined;
  only?: string[] | undefined;
  skip?: string[] | undefined;
  level?: "must" | "should" | "may" | undefined;
  strict?: boolean | undefined;
  "require-complete"?: boolean | undefined;
  "fail-on-flaky"?: boolean | undefined;
  profile?: string | undefined;
  "failed-from"?: string | undefined;
  reporter?: string[] | undefined;
  out?: string | undefined;
  baseline?: string | false | undefined;
  jobs?: number | undefined;
  timeout?: number | undefined;
  "time-scale"?: number | undefined;
  "second-look"?: boolean | undefined;
  seed?: string | undefined;
  transcript?: string | undefined;
  "unsafe-probes"?: boolean | undefined;
  "file-mode"?: string | undefined;
  "junit-dialect"?: "portable" | "rich" | undefined;
  shard?: string | undefined;
  "metrics-file"?: string | undefined;
  watch?: boolean | undefined;
  verbose?: boolean | undefined;
  quiet?: boolean | undefined;
  color?: boolean | undefined;
}
