// Black-box tests start dist/; it is built once when it is not newer than the sources.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export default function setup(): void {
  const built = "dist/contracts/index.json";
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(newest("src"), newest("specs"))) return;
  const result = spawnSync(process.execPath, ["scripts/build.mjs"], { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`the build failed:\n${result.stdout}${result.stderr}`);
}

function newest(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
    }),
  );
}
