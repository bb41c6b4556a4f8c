// `npm run examples`: runs the kill matrix and stores, for `conform explain`, how each requirement passes and fails.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "conform-examples-"));
const filter = process.argv[2] ?? "test/modules/kill-matrix";
spawnSync("npx", ["vitest", "run", filter], { stdio: "inherit", env: { ...process.env, CONFORM_EXAMPLES: folder } });
mkdirSync("specs/examples", { recursive: true });
for (const contract of readdirSync(folder)) {
  const file = `specs/examples/${contract}.json`;
  const examples = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  for (const name of readdirSync(join(folder, contract)).sort()) {
    for (const { id, ...example } of JSON.parse(readFileSync(join(folder, contract, name), "utf8"))) {
      examples[id] = { ...examples[id], ...example };
    }
  }
  writeFileSync(
    file,
    `${JSON.stringify(Object.fromEntries(Object.entries(examples).sort(([a], [b]) => (a < b ? -1 : 1))), null, 1)}\n`,
  );
}
rmSync(folder, { recursive: true, force: true });
