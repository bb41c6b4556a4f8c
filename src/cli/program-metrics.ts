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
      new Option("--format <format>", "auto: by content type, else by the text")
        .choices(["auto", "prometheus", "openmetrics"])
        .default("auto"),
    )
    .option("--lint <rules>", "all, none, or ids with commas (promtool's rules, as warnings)", "all")
    .option("--extended", "series per family and the labels with the most values")
    .addOption(new Option("--reporter <name>", "how to report").choices(["text", "json", "junit"]).default("text"))
    .option("--strict", "warnings make the exit code 1 too")
    .option("--header <K:V>", "header sent to a URL (repeatable)", collect)
    .option("--timeout <s>", "seconds to wait for a URL (default 10)", positive)
    .option("--max-bytes <n>", "cut longer bodies there (default: 64 MiB of a URL, 1 GiB of a file)", whole)
    .addHelpText("after", help)
    .action((target: string | undefined, flags: MetricsFlags) =>
      done(import("./commands/metrics.ts").then(({ metrics }) => metrics(target, flags))),
    );
}

const help = `
A URL is asked for both formats; when it answers both, both are checked.
Examples:
  conform metrics http://127.0.0.1:9100/metrics
  conform metrics metrics.txt --lint no-help,base-unit --strict
  curl -s http://127.0.0.1:9100/metrics | conform metrics - --extended
Exit codes: 0 no errors (warnings do not count without --strict), 1 errors, 2 usage error or missing file, 3 the URL does not
answer with 200. (promtool check metrics: 1 cannot parse, 3 lint; here lint rules are warnings.)`;
