// The command `metrics`. Flags and help only.
import { type Command, Option } from "commander";
import type { MetricsFlags } from "./commands/metrics.ts";
import { collect, positive, whole } from "./program-values.ts";

export function addMetrics(root: Command, done: (result: Promise<number>) => Promise<void>): void {
  root
    .command("metrics")
    .description("check and lint Prometheus text or OpenMetrics: a file, a URL, or standard input")
    .argument("[file|url|-]", "what to check; - is standard input (also gzip)")
    .addOption(
      new Option(
        "--format <format>",
        "auto: by content type, else by the text; a version in the content type wins over one here",
      )
        .choices(["auto", "prometheus", "openmetrics", "openmetrics@1", "openmetrics@2"])
        .default("auto"),
    )
    .option(
      "--lint <rules>",
      "all, none, or ids with commas (rules of promlint of client_golang 1.25, as warnings)",
      "all",
    )
    .option("--extended", "series per family and the labels with the most values")
    .addOption(new Option("--reporter <name>", "how to report").choices(["text", "json", "junit"]).default("text"))
    .option("--strict", "warnings make the exit code 1 too")
    .option("--header <K:V>", "header sent to a URL (repeatable)", collect)
    .option("--timeout <s>", "seconds to wait for a URL (default 10)", positive)
    .option("--max-bytes <n>", "cut longer bodies there (default: 256 MiB of a URL, 1 GiB of a file)", whole)
    .option("--version-info", "name the versions of formats and lint rules that are checked")
    .addHelpText("after", help)
    .action((target: string | undefined, flags: MetricsFlags) =>
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
