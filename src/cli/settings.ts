// What holds for a whole run, not for one module: flags first, then the one conform.yaml that speaks for all.

import { UsageError } from "../base/errors.ts";
import type { Scrub } from "../base/secrecy/private-paths.ts";
import type { Config, FlagsOf } from "../session/flag-values.ts";
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
export function settingsOf(flags: FlagsOf<"run">, config: Config, scrub: Scrub): Settings {
  const sink = sinkOf(flags, { config, scrub, reporters: defaultReporters() });
  const shard = flags.shard ?? config.shard;
  const metricsFile = flags.metricsFile ?? config["metrics-file"];
  const transcript = flags.transcript ?? config.transcript;
  const jobs = flags.jobs ?? config.jobs;
  return {
    sink,
    ...(shard === undefined ? {} : { shard }),
    ...(metricsFile === undefined ? {} : { metricsFile }),
    ...(transcript === undefined ? {} : { transcript }),
    ...(jobs === undefined ? {} : { jobs }),
    quiet: sink.verbosity === "quiet",
    watch: flags.watch ?? config.watch ?? false,
  };
}

interface SinkFrame {
  config?: Config;
  scrub: Scrub;
  /** When none is asked for. */
  reporters: string[];
}

/** Where a command's reports go: its flags first, then what `conform.yaml` says. */
export function sinkOf(flags: Partial<FlagsOf<"merge">>, { config = {}, scrub, reporters }: SinkFrame): Sink {
  const quiet = flags.quiet ?? (flags.verbose ? false : (config.quiet ?? false));
  const verbose = flags.verbose ?? (flags.quiet ? false : (config.verbose ?? false));
  if (quiet && verbose) throw new UsageError("--quiet and --verbose exclude each other");
  const configured = config["file-mode"];
  const mode = flags.fileMode ?? (configured === undefined ? undefined : Number.parseInt(configured, 8));
  const junitDialect = flags.junitDialect ?? config["junit-dialect"];
  return {
    reporters: flags.reporter ?? config.reporter ?? reporters,
    out: flags.out ?? config.out ?? "reports/latest",
    ...(mode === undefined ? {} : { mode }),
    ...(junitDialect === undefined ? {} : { junitDialect }),
    verbosity: quiet ? "quiet" : verbose ? "verbose" : "normal",
    color: flags.color !== false && config.color !== false,
    scrub,
  };
}
