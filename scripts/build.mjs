// Builds dist/: one small CommonJS start file (commander only) and ES modules that it loads when a command needs them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

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
await build({
  ...common,
  entryPoints: { conform: "src/cli.ts", program: "src/program.ts" },
  outdir: "dist",
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  plugins: [
    {
      // What `import()` names stays a file of its own, so that --version loads a few lines and --help commander alone.
      name: "lazy-commands",
      setup(b) {
        b.onResolve({ filter: /^\.\/(cli\/[\w-]+|program)\.ts$/ }, (args) => {
          if (args.kind !== "dynamic-import") return undefined;
          return { path: args.path.replace(/\.ts$/, args.path === "./program.ts" ? ".cjs" : ".js"), external: true };
        });
      },
    },
  ],
});
const commands = existsSync("src/cli") ? readdirSync("src/cli").filter((f) => f.endsWith(".ts")) : [];
// require() does not start the ES module loader, which would cost every --help 10 ms and more.
const start = readFileSync("dist/conform.cjs", "utf8").replace(
  'import("./program.cjs")',
  'Promise.resolve().then(() => require("./program.cjs"))',
);
writeFileSync("dist/conform.cjs", `#!/usr/bin/env node\n${start}`, { mode: 0o755 });
await build({
  ...common,
  entryPoints: Object.fromEntries([
    ...commands.map((f) => [`cli/${f.replace(/\.ts$/, "")}`, `src/cli/${f}`]),
    ...["index", "vitest"].filter((f) => existsSync(`src/${f}.ts`)).map((f) => [f, `src/${f}.ts`]),
    ...["host-child"].filter((f) => existsSync(`src/drivers/${f}.ts`)).map((f) => [f, `src/drivers/${f}.ts`]),
  ]),
  outdir: "dist",
  format: "esm",
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
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
