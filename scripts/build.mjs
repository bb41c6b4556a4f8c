// Builds dist/: a small start file, the commands in one file that is loaded when a command runs, libraries that are loaded when they are used,
// and ES modules for programs. All but the last are CommonJS: starting the ES module loader costs 10 ms.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { commandsSource, lazyCommands, lazyLibraries, libraries, librarySource } from "./bundle.mjs";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const common = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: "warning",
  legalComments: "none",
};

rmSync("dist", { recursive: true, force: true });
const cjs = { ...common, format: "cjs", outExtension: { ".js": ".cjs" } };
await build({
  ...cjs,
  entryPoints: { conform: "src/cli/cli.ts", program: "src/cli/program.ts" },
  outdir: "dist",
  plugins: [lazyCommands],
});
const start = readFileSync("dist/conform.cjs", "utf8");
writeFileSync("dist/conform.cjs", `#!/usr/bin/env node\n${start}`, { mode: 0o755 });
const commands = readdirSync("src/cli/commands").map((file) => file.replace(/\.ts$/, ""));
await build({
  ...cjs,
  stdin: { contents: commandsSource(commands), resolveDir: "." },
  outfile: "dist/commands.cjs",
  outExtension: {},
  plugins: [lazyLibraries],
  // Optional packages, which whoever works from a queue installs.
  external: ["bullmq", "ioredis"],
  define: { ...common.define, "import.meta.url": "__own" },
  banner: { js: 'const __own = require("node:url").pathToFileURL(__filename).href;' },
});
for (const [file, names] of Object.entries(libraries)) {
  const contents = librarySource(names);
  await build({ ...common, format: "cjs", stdin: { contents, resolveDir: "." }, outfile: `dist/lib/${file}.cjs` });
}
await build({
  ...common,
  entryPoints: {
    index: "src/index.ts",
    vitest: "src/session/vitest.ts",
    "host-child": "src/drivers/host/child.ts",
    "overlay-hooks": "src/drivers/host/overlay-hooks.ts",
  },
  outdir: "dist",
  format: "esm",
  splitting: true,
  chunkNames: "[name]-[hash]",
  plugins: [lazyLibraries],
  external: ["tsx", "vitest"],
  banner: { js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);' },
});
await storeContracts();
if (existsSync("src/index.ts")) {
  const types = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
  if (types.status !== 0) process.exit(types.status ?? 1);
}

/** The shipped contracts, loaded and checked once here, so that a run need not parse YAML. */
async function storeContracts() {
  const { loadContract, readContractFiles } = await import("../dist/index.js");
  mkdirSync("dist/contracts", { recursive: true });
  const heads = [];
  for (const folder of readdirSync("specs")
    .filter((name) => existsSync(`specs/${name}/contract.yaml`))
    .sort()) {
    const contract = loadContract(readContractFiles(`specs/${folder}`));
    const { name, version, title, targets, detect } = contract;
    const file = `${name}@${version}.json`;
    writeFileSync(`dist/contracts/${file}`, JSON.stringify(contract));
    heads.push({ name, version, title, targets, detect, file });
  }
  writeFileSync("dist/contracts/index.json", JSON.stringify(heads));
}
