// Commands of the gate: baseline, delta, badges, shards, monitoring. Flags and help only.
import type { Command } from "commander";
import type { FlagsOf } from "../session/flag-values.ts";
import { subcommand } from "./add-flags.ts";

type Done = (result: Promise<number>) => Promise<void>;

export function addGateCommands(root: Command, done: Done): void {
  addBaseline(root.command("baseline").description("keep the file of known failures in step with a report"), done);
  addDiff(subcommand(root, "diff"), done);
  addBadge(subcommand(root, "badge"), done);
  addMerge(subcommand(root, "merge"), done);
  addMonitor(subcommand(root, "monitor"), done);
  addInit(subcommand(root, "init"), done);
}

function addInit(init: Command, done: Done): void {
  init
    .description("write conform.yaml for a module, a GitHub workflow and a GitLab job")
    .argument("[folder]", "the module's folder", ".")
    .addHelpText("after", "\nExample:\n  conform init ./my-module --ci github")
    .action((folder: string, flags: FlagsOf<"init">) =>
      done(import("./commands/init.ts").then(({ init }) => init(folder, flags))),
    );
}

function addMonitor(monitor: Command, done: Done): void {
  monitor
    .description("keep judging deployed modules and serve metrics about it")
    .argument("<url...>", "running services")
    .addHelpText("after", "\nExample:\n  conform monitor http://127.0.0.1:4100 http://127.0.0.1:4101 --every 5m")
    .action((urls: string[], flags: FlagsOf<"monitor">) =>
      done(import("./commands/monitor.ts").then(({ monitor }) => monitor(urls, flags))),
    );
}

function addMerge(merge: Command, done: Done): void {
  merge
    .description("join the result files of all shards into one report")
    .argument("<folder>", "holds shard-i-of-n.ndjson of every shard, also in folders below")
    .addHelpText("after", mergeHelp)
    .action((folder: string, flags: FlagsOf<"merge">) =>
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
    .addHelpText("after", diffHelp)
    .action((base: string, head: string, flags: FlagsOf<"diff">) =>
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
    .addHelpText("after", "\nExample:\n  conform badge reports/latest/report.json --out badges")
    .action((report: string, flags: FlagsOf<"badge">) =>
      done(import("./commands/badge.ts").then(({ badge }) => badge(report, flags))),
    );
}

function addBaseline(baseline: Command, done: Done): void {
  baseline.addHelpText(
    "after",
    "\nExample:\n  conform baseline update --owner @team --reason 'counters are per worker'",
  );
  subcommand(baseline, "baseline update")
    .description("add what fails, remove what passes, narrow globs, confirm entries for the contract's version")
    .argument("[report.json]", "default reports/latest/report.json")
    .addHelpText(
      "after",
      "\nExample:\n  conform baseline update --owner @team --reason 'rewrite due' --expires 2030-01-31",
    )
    .action((report: string | undefined, flags: FlagsOf<"baseline update">) =>
      done(import("./commands/baseline.ts").then(({ editBaseline }) => editBaseline("update", report, flags))),
    );
  subcommand(baseline, "baseline prune")
    .description("remove what passes or matches nothing, narrow globs; never adds")
    .argument("[report.json]", "default reports/latest/report.json")
    .addHelpText("after", "\nExample:\n  conform baseline prune reports/latest/report.json")
    .action((report: string | undefined, flags: FlagsOf<"baseline prune">) =>
      done(import("./commands/baseline.ts").then(({ editBaseline }) => editBaseline("prune", report, flags))),
    );
  subcommand(baseline, "baseline why")
    .description("who answers for a known failure, why and until when")
    .argument("<id>", "area/slug")
    .addHelpText("after", "\nExample:\n  conform baseline why metrics/counters-monotonic")
    .action((id: string, flags: FlagsOf<"baseline why">) =>
      done(import("./commands/baseline.ts").then(({ whyBaseline }) => whyBaseline(id, flags))),
    );
}
