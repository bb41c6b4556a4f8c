// `npm run promtool`: builds promtool of Prometheus 3.16 from the Go module proxy into the user's cache, and compares the lint pass with it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const MODULE = "v0.316.0";
const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "conform", `promtool-${MODULE}`);

function run(command, argv, options = {}) {
  const { status, error } = spawnSync(command, argv, { stdio: "inherit", ...options });
  if (error !== undefined) throw new Error(`${command}: ${error.message}; Go is needed to build promtool`);
  if (status !== 0) process.exit(status ?? 1);
}

const built = join(folder, "promtool");
if (!existsSync(built)) {
  mkdirSync(folder, { recursive: true });
  run("go", ["install", `github.com/prometheus/prometheus/cmd/promtool@${MODULE}`], {
    env: { ...process.env, GOBIN: folder },
  });
}
run("npx", ["vitest", "run", "test/formats/promtool.test.ts"]);
