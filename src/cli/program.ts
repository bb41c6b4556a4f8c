// The command line: flags, help, and which command's file is loaded.
import { Command, CommanderError } from "commander";
import type { FlagsOf } from "../session/flag-values.ts";
import { addFlags, subcommand } from "./add-flags.ts";
import { addCertificateCommands } from "./program-certificates.ts";
import { addFleetCommands } from "./program-fleet.ts";
import { addGateCommands } from "./program-gate.ts";
import { addMetrics } from "./program-metrics.ts";
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
  addFlags(root, "run")
    .addHelpText("after", examples)
    .action((targets: string[], flags: FlagsOf<"run">) =>
      done(import("./commands/run.ts").then(({ run }) => run(targets, command, flags))),
    );
  addCommands(root, done);
  addMetrics(root, done);
  addGateCommands(root, done);
  addFleetCommands(root, done);
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

function addCommands(root: Command, done: (result: Promise<number>) => Promise<void>): void {
  subcommand(root, "list")
    .description("list the requirements of a contract")
    .addHelpText("after", "\nExample:\n  conform list --contract ./my-contract --json")
    .action((flags: FlagsOf<"list">) => done(import("./commands/list.ts").then(({ list }) => list(flags))));
  subcommand(root, "explain")
    .description("explain one requirement: sentence, source, why, how it is observed")
    .argument("<id>", "area/slug, or contract:area/slug")
    .addHelpText("after", "\nExample:\n  conform explain metrics/counters-monotonic")
    .action((id: string, flags: FlagsOf<"explain">) =>
      done(import("./commands/explain.ts").then(({ explain }) => explain(id, flags))),
    );
  subcommand(root, "contracts")
    .description("list the contracts that conform knows")
    .addHelpText("after", "\nExample:\n  conform contracts")
    .action((flags: FlagsOf<"contracts">) =>
      done(import("./commands/contracts.ts").then(({ contracts }) => contracts(flags))),
    );
  subcommand(root, "judge")
    .description("judge a saved transcript again, without the module")
    .argument("<transcript>", "file written by --transcript")
    .addHelpText("after", "\nExample:\n  conform ./my-module --transcript run.ndjson; conform judge run.ndjson")
    .action((file: string, flags: FlagsOf<"judge">) =>
      done(import("./commands/judge.ts").then(({ judgeCommand }) => judgeCommand(file, flags))),
    );
  addReplay(root, done);
  addReport(root, done);
}

function addReport(root: Command, done: (result: Promise<number>) => Promise<void>): void {
  subcommand(root, "report")
    .description("the same report in another format")
    .argument("<report.json>", "file written by --reporter json")
    .addHelpText("after", reportHelp)
    .action((file: string, flags: FlagsOf<"report">) =>
      done(import("./commands/report.ts").then(({ reportCommand }) => reportCommand(file, flags))),
    );
}

function addReplay(root: Command, done: (result: Promise<number>) => Promise<void>): void {
  subcommand(root, "replay")
    .description("send a module what a record says it was sent, in order, and show what it answers")
    .argument("<transcript>", "file written by --transcript")
    .addHelpText(
      "after",
      "\nExample:\n  conform replay run.ndjson --step main.unknown_tool\nExit codes: 0 played, 2 no such step or module.",
    )
    .action((file: string, flags: FlagsOf<"replay">) =>
      done(import("./commands/replay.ts").then(({ replayCommand }) => replayCommand(file, flags))),
    );
}

const reportHelp = `
Example:
  conform report reports/latest/report.json --reporter html --reporter markdown=-
Exit codes: 0 converted (whatever the verdict in it), 2 the file is no report of conform or a reporter is unknown.`;
