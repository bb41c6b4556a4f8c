// The command `metrics`. Flags and help only.
import type { Command } from "commander";
import type { FlagsOf } from "../session/flag-values.ts";
import { subcommand } from "./add-flags.ts";

export function addMetrics(root: Command, done: (result: Promise<number>) => Promise<void>): void {
  subcommand(root, "metrics")
    .description("check and lint Prometheus text or OpenMetrics: a file, a URL, or standard input")
    .argument("[file|url|-]", "what to check; - is standard input (also gzip)")
    .addHelpText("after", help)
    .action((target: string | undefined, flags: FlagsOf<"metrics">) =>
      done(import("./commands/metrics.ts").then(({ metrics }) => metrics(target, flags))),
    );
}

const help = `
A URL is asked for Prometheus text and for OpenMetrics 1.0, as Prometheus 3.16 asks (for OpenMetrics 2.0 with --format
openmetrics@2); each format that it answers is checked. Up to 5 redirects within the host, or on loopback, are followed and told.
Lint: promlint of client_golang 1.25, as promtool 3.16 has it. --version-info names all versions.
Examples:
  conform metrics http://127.0.0.1:9100/metrics
  conform metrics metrics.txt --lint no-help,base-unit --strict
  curl -s http://127.0.0.1:9100/metrics | conform metrics - --extended
Exit codes: 0 no errors (warnings do not count without --strict), 1 errors, 2 usage error or missing file, 3 inconclusive: no body
came, one of the formats failed, the body was longer than --max-bytes and checked in part, or its version has no rules here.
(promtool check metrics: 1 cannot parse, 3 lint; here lint rules are warnings.)`;
