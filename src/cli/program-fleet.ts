// Commands of fleets: plans, queues, workers. Help only.
import type { Command } from "commander";
import type { FlagsOf } from "../session/flag-values.ts";
import { subcommand } from "./add-flags.ts";

type Done = (result: Promise<number>) => Promise<void>;

export function addFleetCommands(root: Command, done: Done): void {
  subcommand(root, "plan")
    .description("what each shard will get, without judging anything")
    .argument("[targets...]", "modules, as for conform itself")
    .addHelpText("after", "\nExample:\n  conform plan --modules-from registry.txt --shards 8 --timings last-night")
    .action((targets: string[], flags: FlagsOf<"plan">) =>
      done(import("./commands/plan.ts").then(({ planCommand }) => planCommand(targets, flags))),
    );
  subcommand(root, "worker")
    .description("judge modules from a queue, one job each")
    .addHelpText(
      "after",
      "\nExample:\n  conform worker --queue redis://127.0.0.1:6379 --listen 127.0.0.1:9465\nExit codes: 0 stopped or nothing left, 2 usage error, 143 stopped twice.",
    )
    .action((flags: FlagsOf<"worker">) => done(import("./commands/worker.ts").then(({ worker }) => worker(flags))));
  const queue = root.command("queue").description("a queue of modules for conform worker");
  subcommand(queue, "queue add")
    .description("put modules into the queue; those that are there stay as they are")
    .argument("[targets...]", "modules, as for conform itself")
    .addHelpText("after", "\nExample:\n  conform queue add --queue redis://127.0.0.1:6379 --modules-from registry.txt")
    .action((targets: string[], flags: FlagsOf<"queue add">) =>
      done(import("./commands/queue.ts").then(({ queueAdd }) => queueAdd(targets, flags))),
    );
  subcommand(queue, "queue status")
    .description("how far the queue is")
    .addHelpText("after", "\nExample:\n  conform queue status --queue redis://127.0.0.1:6379")
    .action((flags: FlagsOf<"queue status">) =>
      done(import("./commands/queue.ts").then(({ queueStatus }) => queueStatus(flags))),
    );
  subcommand(queue, "queue collect")
    .description("a result file and reports of what was judged")
    .addHelpText(
      "after",
      "\nExample:\n  conform queue collect --queue redis://127.0.0.1:6379 --wait --out results --clear",
    )
    .action((flags: FlagsOf<"queue collect">) =>
      done(import("./commands/queue.ts").then(({ queueCollect }) => queueCollect(flags))),
    );
}
