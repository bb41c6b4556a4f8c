// The command line: flags, help, and which command's file is loaded.
import { Command, CommanderError, Option } from "commander";
import type { RunFlags } from "./flags.ts";
import { addCertificateCommands } from "./program-certificates.ts";
import { addGateCommands } from "./program-gate.ts";
import { addMetrics } from "./program-metrics.ts";
import { collect, fileMode, positive, whole } from "./program-values.ts";
import { complain, tell } from "./terminal.ts";

declare const __VERSION__: string | undefined;

const exitCodes = `
Exit codes: 0 conformant, 1 nonconformant, 2 usage, configuration or contract error, 3 inconclusive, 70 a bug in conform, 130/143 interrupted.`;

/** Parses the arguments and runs the command. Returns the exit code; throws UsageError and the like. */
export async function program(argv: string[]): Promise<number> {
  const cut = argv.indexOf("--");
  const own = cut === -1 ? argv : argv.slice(0, cut);
  const command = cut === -1 ? undefined : argv.slice(cut + 1);
  let code = 0;
  const done = async (result: Promise<number>): Promise<void> => {
    code = await result;
  };
  const root = new Command("conform")
    .description("Judges whether a module keeps its contract: starts it, drives it, checks what it does, reports.")
    .version(
      typeof __VERSION__ === "string" ? __VERSION__ : "source",
      "-V, --version",
      "print the version (with --json: for bug reports)",
    )
    .argument("[targets...]", "module folders, binaries or URLs; or a command after --")
    .showHelpAfterError("(conform --help shows all flags)")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: tell,
      writeErr: complain,
    });
  runFlags(root)
    .addHelpText("after", examples)
    .action((targets: string[], flags: RunFlags) =>
      done(import("./commands/run.ts").then(({ run }) => run(targets, command, flags))),
    );
  addCommands(root, done);
  addMetrics(root, done);
  addGateCommands(root, done);
  addCertificateCommands(root, done);
  try {
    await root.parseAsync(own, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return code;
}

const examples = `
Examples:
  conform ./my-module                          a folder; its contract is detected
  conform ./target/debug/my-module             a binary
  conform -- python3 module.py --flag          any command
  conform http://127.0.0.1:4100                a running service
  conform ./my-module --only 'metrics/*' -v    one area, with everything that passed
${exitCodes}`;

function runFlags(command: Command): Command {
  return command
    .option("-c, --contract <name|folder>", "contract by name, name@version or folder (default: detected)")
    .option("--only <glob>", "judge only these requirements (repeatable; an area's name means all of it)", collect)
    .option("--skip <glob>", "leave these requirements out (repeatable)", collect)
    .addOption(new Option("--level <level>", "judge only this level and above").choices(["must", "should", "may"]))
    .option("--strict", "a failed SHOULD counts as a failure")
    .option("--fail-on-flaky", "what failed at first and passed at the second look counts as failed")
    .option("--require-complete", "a verdict on a part of the contract is not enough: exit 3")
    .option("--profile <name>", "a profile of the contract, such as quick")
    .option("--failed-from <report.json>", "judge only what failed in an earlier report")
    .option("--reporter <name[=file]>", "text, junit, json, ... (repeatable; file - is standard output)", collect)
    .option("--out <dir>", "folder of the reports (default: reports/latest)")
    .option("--baseline <file>", "known failures (default: conform.baseline.yaml in the module's folder)")
    .option("--no-baseline", "judge as if there were no known failures")
    .option("--run <command>", "command that starts the module of a folder")
    .option("--build <command>", "command run once before the module is started")
    .option("--cwd <dir>", "working directory of the module")
    .option("--folder <dir>", "folder of the module behind a URL, a program or a command, for what its files say")
    .option("--env <K=V>", "environment variable for the module (repeatable)", collect)
    .option("--header <K:V>", "header sent with every request (repeatable)", collect)
    .option("--set <K=V>", "parameter of the contract (repeatable; see conform explain)", collect)
    .option("--jobs <n>", "scenarios at once, over all modules", whole)
    .option("--shard <i/n>", "judge only this part of the modules, for conform merge; auto, off (see docs/ci.md)")
    .option("--timeout <s>", "seconds for the whole run (default 600)", positive)
    .option("--time-scale <x>", "stretch all deadlines on a slow machine", positive)
    .option("--no-second-look", "take lateness as it is, even that of a module that had no CPU")
    .option("--seed <text>", "make random choices repeatable")
    .option("--transcript <file>", "keep the record of everything seen (NDJSON)")
    .option("--metrics-file <file>", "metrics of the run for a node exporter's textfile collector (name it *.prom)")
    .option("--watch", "stay and judge again what a change of the module concerns")
    .option("--config <file>", "configuration (default: conform.yaml in the module's folder)")
    .option("--unsafe-probes", "allow requests that may change the state of a running service")
    .addOption(new Option("--junit-dialect <dialect>", "portable or rich").choices(["portable", "rich"]))
    .option("--file-mode <octal>", "permissions of reports and transcripts (default: 600)", fileMode)
    .option("-v, --verbose", "show passes and skips too")
    .option("-q, --quiet", "failures and the verdict only")
    .option("--no-color", "no colours");
}

function addCommands(root: Command, done: (result: Promise<number>) => Promise<void>): void {
  root
    .command("list")
    .description("list the requirements of a contract")
    .option("-c, --contract <name|folder>", "contract (default: all)")
    .option("--json", "as JSON")
    .option("--only <glob>", "only these (repeatable)", collect)
    .addHelpText("after", "\nExample:\n  conform list --contract ./my-contract --json")
    .action((flags: { contract?: string; json?: boolean; only?: string[] }) =>
      done(import("./commands/list.ts").then(({ list }) => list(flags))),
    );
  root
    .command("explain")
    .description("explain one requirement: sentence, source, why, how it is observed")
    .argument("<id>", "area/slug, or contract:area/slug")
    .option("-c, --contract <name|folder>", "contract")
    .addHelpText("after", "\nExample:\n  conform explain metrics/counters-monotonic")
    .action((id: string, flags: { contract?: string }) =>
      done(import("./commands/explain.ts").then(({ explain }) => explain(id, flags))),
    );
  root
    .command("contracts")
    .description("list the contracts that conform knows")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  conform contracts")
    .action((flags: { json?: boolean }) =>
      done(import("./commands/contracts.ts").then(({ contracts }) => contracts(flags))),
    );
  root
    .command("judge")
    .description("judge a saved transcript again, without the module")
    .argument("<transcript>", "file written by --transcript")
    .option("-c, --contract <name|folder>", "contract (default: the one named in the transcript)")
    .option("--strict", "a failed SHOULD counts as a failure")
    .option("--baseline <file>", "known failures (default: none)")
    .option("--reporter <name[=file]>", "reporters (repeatable)", collect)
    .option("--out <dir>", "folder of the reports")
    .option("-v, --verbose", "show passes and skips too")
    .option("-q, --quiet", "failures and the verdict only")
    .option("--no-color", "no colours")
    .addHelpText("after", "\nExample:\n  conform ./my-module --transcript run.ndjson; conform judge run.ndjson")
    .action((file: string, flags) =>
      done(import("./commands/judge.ts").then(({ judgeCommand }) => judgeCommand(file, flags))),
    );
  addReplay(root, done);
  addReport(root, done);
}

function addReport(root: Command, done: (result: Promise<number>) => Promise<void>): void {
  root
    .command("report")
    .description("the same report in another format")
    .argument("<report.json>", "file written by --reporter json")
    .option("--reporter <name[=file]>", "html, markdown, junit, ... (repeatable; file - is standard output)", collect)
    .option("--out <dir>", "folder of the reports")
    .option("--transcript <file>", "the run's transcript, for har and ndjson (repeatable)", collect)
    .addOption(new Option("--junit-dialect <dialect>", "portable or rich").choices(["portable", "rich"]))
    .option("--file-mode <octal>", "permissions of reports and transcripts (default: 600)", fileMode)
    .option("-v, --verbose", "show passes and skips too")
    .option("-q, --quiet", "failures and the verdict only")
    .option("--no-color", "no colours")
    .addHelpText("after", reportHelp)
    .action((file: string, flags) =>
      done(import("./commands/report.ts").then(({ reportCommand }) => reportCommand(file, flags))),
    );
}

function addReplay(root: Command, done: (result: Promise<number>) => Promise<void>): void {
  root
    .command("replay")
    .description("send a module what a record says it was sent, in order, and show what it answers")
    .argument("<transcript>", "file written by --transcript")
    .requiredOption("--step <scenario.step>", "play the scenario up to this step")
    .option("--target <module>", "the module, when it lies elsewhere now")
    .option("--patience <s>", "seconds that an answer may be late (default 10)", positive)
    .addHelpText(
      "after",
      "\nExample:\n  conform replay run.ndjson --step main.unknown_tool\nExit codes: 0 played, 2 no such step or module.",
    )
    .action((file: string, flags) =>
      done(import("./commands/replay.ts").then(({ replayCommand }) => replayCommand(file, flags))),
    );
}

const reportHelp = `
Example:
  conform report reports/latest/report.json --reporter html --reporter markdown=-
Exit codes: 0 converted (whatever the verdict in it), 2 the file is no report of conform or a reporter is unknown.`;
