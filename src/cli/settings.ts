// What holds for a whole run, not for one module: flags first, then the one conform.yaml that speaks for all.

import { UsageError } from "../base/errors.ts";
import type { Scrub } from "../base/secrecy/private-paths.ts";
import type { Config } from "../session/config-type.ts";
import type { RunFlags } from "./flags.ts";
import { defaultReporters, type Sink } from "./sink.ts";

export interface Settings {
  sink: Sink;
  shard?: string;
  metricsFile?: string;
  transcript?: string;
  jobs?: number;
  quiet: boolean;
  watch: boolean;
}

/** `config` is that of --config, or of the only module; several modules' own files do not decide where reports go. */
export function settingsOf(flags: RunFlags, config: Config, scrub: Scrub): Settings {
  const quiet = flags.quiet ?? (flags.verbose ? false : (config.quiet ?? false));
  const verbose = flags.verbose ?? (flags.quiet ? false : (config.verbose ?? false));
  if (quiet && verbose) throw new UsageError("--quiet and --verbose exclude each other");
  const configured = config["file-mode"];
  const mode = flags.fileMode ?? (configured === undefined ? undefined : Number.parseInt(configured, 8));
  const junitDialect = flags.junitDialect ?? config["junit-dialect"];
  const shard = flags.shard ?? config.shard;
  const metricsFile = flags.metricsFile ?? config["metrics-file"];
  const transcript = flags.transcript ?? config.transcript;
  const jobs = flags.jobs ?? config.jobs;
  return {
    sink: {
      reporters: flags.reporter ?? config.reporter ?? defaultReporters(),
      out: flags.out ?? config.out ?? "reports/latest",
      ...(mode === undefined ? {} : { mode }),
      ...(junitDialect === undefined ? {} : { junitDialect }),
      verbosity: quiet ? "quiet" : verbose ? "verbose" : "normal",
      color: flags.color !== false && config.color !== false,
      scrub,
    },
    ...(shard === undefined ? {} : { shard }),
    ...(metricsFile === undefined ? {} : { metricsFile }),
    ...(transcript === undefined ? {} : { transcript }),
    ...(jobs === undefined ? {} : { jobs }),
    quiet,
    watch: flags.watch ?? config.watch ?? false,
  };
}
