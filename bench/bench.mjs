// `npm run bench`: side-by-side measurements in one run, medians, and ratios; machines differ, ratios hold. Parts: `npm run bench -- start run`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inTurn, once, row } from "./measure.mjs";

const conform = [process.execPath, "dist/conform.cjs"];
const folder = mkdtempSync(join(tmpdir(), "conform-bench-"));
const out = ["--out", join(folder, "out")];

const parts = {
  /** (a) Start-up against an empty script. */
  async start() {
    const empty = join(folder, "empty.cjs");
    writeFileSync(empty, "");
    const seen = await inTurn(
      { empty: [process.execPath, empty], version: [...conform, "--version"], help: [...conform, "--help"] },
      21,
    );
    row("empty Node script", seen.empty);
    row("conform --version", seen.version, seen.version.ms / seen.empty.ms, 1.2);
    row("conform --help", seen.help, seen.help.ms / seen.empty.ms, 1.5);
  },
  /** (b) One scenario on a tiny module against the same by hand. */
  async run() {
    const tiny = "bench/tiny-module.cjs";
    const only = ["--only", "endpoints/*", "--skip", "endpoints/health-degraded-503"];
    const seen = await inTurn(
      {
        bare: [process.execPath, "bench/bare-driver.cjs", tiny, join(folder, "junit.xml")],
        conform: [...conform, tiny, "--contract", "pywatt", ...only, ...out],
      },
      15,
    );
    row("bare driver, tiny module", seen.bare);
    row("conform --only 'endpoints/*', tiny module", seen.conform, seen.conform.ms / seen.bare.ms, 2.5);
  },
  /** (c) The whole run against its longest scenario, with memory. */
  async whole() {
    const reference = "fixtures/modules/pywatt/reference";
    for (const profile of [[], ["--profile", "quick"]]) {
      const result = await once([...conform, reference, ...profile, ...out]);
      const [module] = JSON.parse(readFileSync(join(folder, "out", "report.json"), "utf8")).modules;
      const longest = module.scenarios
        .map(({ name, from, to }) => ({ name, ms: (to - from) * 1000 }))
        .sort((a, b) => b.ms - a.ms)[0];
      const name = profile.length === 0 ? "whole PyWatt run" : "with --profile quick";
      console.log(`${"longest scenario".padEnd(44)}${longest.ms.toFixed(1).padStart(10)} ms  (${longest.name})`);
      row(name, { ms: result.ms, min: result.ms, mib: result.mib }, result.ms / longest.ms, 1.2);
    }
  },
};

const wanted = process.argv.slice(2);
const others = { exposition: "./exposition.mjs", many: "./many.mjs", fleet: "./fleet.mjs", registry: "./registry.mjs" };
for (const name of [...Object.keys(parts), ...Object.keys(others)]) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  if (parts[name] !== undefined) await parts[name]();
  else if (existsSync(fileURLToPath(new URL(others[name], import.meta.url)))) {
    spawnSync(process.execPath, [fileURLToPath(new URL(others[name], import.meta.url))], { stdio: "inherit" });
  }
}
rmSync(folder, { recursive: true, force: true });
