// Runs `conform metrics` alone, for metrics-command.test.ts: target and flags as JSON in the arguments.
import { metrics } from "../src/cli/metrics.ts";

const [target, flags] = JSON.parse(process.argv[2] ?? "[]");
metrics(target ?? undefined, flags ?? {}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.name}: ${error.message}\n`);
    process.exitCode = error.name === "UsageError" ? 2 : error.name === "UnreachableError" ? 3 : 70;
  },
);
