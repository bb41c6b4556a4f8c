// Commands of the gate: baseline, delta, badges, shards, monitoring. Flags and help only.
import type { Command } from "commander";

type Done = (result: Promise<number>) => Promise<void>;

export function addGateCommands(root: Command, done: Done): void {
  addBaseline(root.command("baseline").description("keep the file of known failures in step with a report"), done);
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
      done(import("./cli/baseline.ts").then(({ editBaseline }) => editBaseline("update", report, flags))),
    );
  shared(baseline.command("prune"))
    .description("remove what passes or matches nothing, narrow globs; never adds")
    .argument("[report.json]", "default reports/latest/report.json")
    .addHelpText("after", "\nExample:\n  conform baseline prune reports/latest/report.json")
    .action((report: string | undefined, flags) =>
      done(import("./cli/baseline.ts").then(({ editBaseline }) => editBaseline("prune", report, flags))),
    );
  shared(baseline.command("why"))
    .description("who answers for a known failure, why and until when")
    .argument("<id>", "area/slug")
    .option("--report <report.json>", "default reports/latest/report.json, if it is there")
    .addHelpText("after", "\nExample:\n  conform baseline why metrics/counters-monotonic")
    .action((id: string, flags) => done(import("./cli/baseline.ts").then(({ whyBaseline }) => whyBaseline(id, flags))));
}
