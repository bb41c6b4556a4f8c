// Commands of the gate: baseline, delta, badges, shards, monitoring. Flags and help only.
import { type Command, Option } from "commander";
import type { BadgeFlags } from "./commands/badge.ts";
import type { DiffFlags } from "./commands/diff.ts";
import type { InitFlags } from "./commands/init.ts";
import type { MergeFlags } from "./commands/merge.ts";
import type { MonitorFlags } from "./commands/monitor.ts";
import { collect, fileMode, positive } from "./program-values.ts";

type Done = (result: Promise<number>) => Promise<void>;

export function addGateCommands(root: Command, done: Done): void {
  addBaseline(root.command("baseline").description("keep the file of known failures in step with a report"), done);
  addDiff(root.command("diff"), done);
  addBadge(root.command("badge"), done);
  addMerge(root.command("merge"), done);
  addMonitor(root.command("monitor"), done);
  addInit(root.command("init"), done);
}

function addInit(init: Command, done: Done): void {
  init
    .description("write conform.yaml for a module, a GitHub workflow and a GitLab job")
    .argument("[folder]", "the module's folder", ".")
    .option("-c, --contract <name|folder>", "contract (default: detected)")
    .option("--from <package>", "where CI gets conform, in npm's words: package@version, a git address, a tarball")
    .addOption(
      new Option("--ci <system>", "which CI files to write")
        .choices(["github", "gitlab", "both", "none"])
        .default("both"),
    )
    .option("--force", "overwrite what is there")
    .addHelpText("after", "\nExample:\n  conform init ./my-module --ci github")
    .action((folder: string, flags: InitFlags) =>
      done(import("./commands/init.ts").then(({ init }) => init(folder, flags))),
    );
}

function addMonitor(monitor: Command, done: Done): void {
  monitor
    .description("keep judging deployed modules and serve metrics about it")
    .argument("<url...>", "running services")
    .option("--every <duration>", "time from run to run of one module: 30s, 5m, 1h", "1m")
    .option("--listen <address>", "where /metrics and /health are served; port 0 takes a free one", "127.0.0.1:9464")
    .option("-c, --contract <name|folder>", "contract by name, name@version or folder (default: detected)")
    .option("--only <glob>", "judge only these requirements (repeatable)", collect)
    .option("--skip <glob>", "leave these requirements out (repeatable)", collect)
    .option("--strict", "a failed SHOULD counts as a failure")
    .option("--profile <name>", "a profile of the contract")
    .option("--header <K:V>", "header sent with every request (repeatable)", collect)
    .option("--set <K=V>", "parameter of the contract (repeatable)", collect)
    .option("--baseline <file>", "known failures")
    .option("--timeout <s>", "seconds for one run (default: --every, at most 600)", positive)
    .option("--config <file>", "configuration with these words as keys")
    .addHelpText("after", "\nExample:\n  conform monitor http://127.0.0.1:4100 http://127.0.0.1:4101 --every 5m")
    .action((urls: string[], flags: MonitorFlags) =>
      done(import("./commands/monitor.ts").then(({ monitor }) => monitor(urls, flags))),
    );
}

function addMerge(merge: Command, done: Done): void {
  merge
    .description("join the result files of all shards into one report")
    .argument("<folder>", "holds shard-i-of-n.ndjson of every shard, also in folders below")
    .option("--reporter <name[=file]>", "text, junit, json, ... (repeatable; file - is standard output)", collect)
    .option("--out <dir>", "folder of the reports (default: reports/latest)")
    .option("--allow-incomplete", "report what is there; what is missing is inconclusive")
    .addOption(new Option("--junit-dialect <dialect>", "portable or rich").choices(["portable", "rich"]))
    .option("--file-mode <octal>", "permissions of reports and transcripts (default: 600)", fileMode)
    .option("-v, --verbose", "show passes and skips too")
    .option("-q, --quiet", "failures and the verdict only")
    .option("--no-color", "no colours")
    .addHelpText("after", mergeHelp)
    .action((folder: string, flags: MergeFlags) =>
      done(import("./commands/merge.ts").then(({ merge }) => merge(folder, flags))),
    );
}

const mergeHelp = `
Example:
  conform modules/* --shard 2/4          on each of four machines
  conform merge reports/latest           once all result files are in one folder
Exit codes: that of the merged verdict; 2 when a shard is missing, doubled, cut off, changed or of another version.`;

function addDiff(diff: Command, done: Done): void {
  diff
    .description("what a change did to the verdicts: newly broken, fixed, newly measured")
    .argument("<base.json>", "report of the base")
    .argument("<head.json>", "report of the head")
    .option("--reporter <name[=file]>", "text, json or markdown (repeatable; file - is standard output)", collect)
    .addOption(
      new Option("--fail-on <what>", "exit 1 for what got worse, or for any failure of the head")
        .choices(["new", "any"])
        .default("new"),
    )
    .addHelpText("after", diffHelp)
    .action((base: string, head: string, flags: DiffFlags) =>
      done(import("./commands/diff.ts").then(({ diff }) => diff(base, head, flags))),
    );
}

const diffHelp = `
Example:
  conform diff base/report.json head/report.json --reporter text --reporter markdown=comment.md
Exit codes: 0 nothing got worse, 1 something did, 2 usage error, 3 nothing was judged in the head.`;

function addBadge(badge: Command, done: Done): void {
  badge
    .description("a badge as SVG and as a shields.io endpoint: contract, version, level reached, date")
    .argument("<report.json>", "file written by --reporter json")
    .option("--out <dir>", "folder of the badges", "reports/latest")
    .option("--module <name>", "only this module of the report")
    .option("-c, --contract <name|folder>", "contract whose version counts today (default: the shipped one)")
    .option("--valid-days <n>", "days from the run on which the badge is valid", positive, 180)
    .addHelpText("after", "\nExample:\n  conform badge reports/latest/report.json --out badges")
    .action((report: string, flags: BadgeFlags) =>
      done(import("./commands/badge.ts").then(({ badge }) => badge(report, flags))),
    );
}

function addBaseline(baseline: Command, done: Done): void {
  const shared = (command: Command): Command =>
    command
      .option("--file <file>", "the baseline (default: the one of the run, or beside the module)")
      .option("--module <name>", "only this module of the report")
      .option("-c, --contract <name|folder>", "contract (default: the one named in the report)");
  baseline.addHelpText(
    "after",
    "\nExample:\n  conform baseline update --owner @team --reason 'counters are per worker'",
  );
  shared(baseline.command("update"))
    .description("add what fails, remove what passes, narrow globs, confirm entries for the contract's version")
    .argument("[report.json]", "default reports/latest/report.json")
    .option("--owner <who>", "who answers for the new entries")
    .option("--reason <why>", "why they fail")
    .option("--issue <url>", "where they are being dealt with")
    .option("--expires <day>", "last day of new and of expired entries (default: in 90 days, for new ones)")
    .addHelpText(
      "after",
      "\nExample:\n  conform baseline update --owner @team --reason 'rewrite due' --expires 2030-01-31",
    )
    .action((report: string | undefined, flags) =>
      done(import("./commands/baseline.ts").then(({ editBaseline }) => editBaseline("update", report, flags))),
    );
  shared(baseline.command("prune"))
    .description("remove what passes or matches nothing, narrow globs; never adds")
    .argument("[report.json]", "default reports/latest/report.json")
    .addHelpText("after", "\nExample:\n  conform baseline prune reports/latest/report.json")
    .action((report: string | undefined, flags) =>
      done(import("./commands/baseline.ts").then(({ editBaseline }) => editBaseline("prune", report, flags))),
    );
  shared(baseline.command("why"))
    .description("who answers for a known failure, why and until when")
    .argument("<id>", "area/slug")
    .option("--report <report.json>", "default reports/latest/report.json, if it is there")
    .addHelpText("after", "\nExample:\n  conform baseline why metrics/counters-monotonic")
    .action((id: string, flags) =>
      done(import("./commands/baseline.ts").then(({ whyBaseline }) => whyBaseline(id, flags))),
    );
}
