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
  entryPoints: { conform: "src/cli.ts" },
  outdir: "dist",
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  banner: { js: "#!/usr/bin/env node" },
  plugins: [
    {
      // Commands stay behind `import()` so that --version and --help load nothing else.
      name: "lazy-commands",
      setup(b) {
        b.onResolve({ filter: /^\.\/cli\/[\w-]+\.ts$/ }, (args) =>
          args.kind === "dynamic-import" ? { path: args.path.replace(/\.ts$/, ".js"), external: true } : undefined,
        );
      },
    },
  ],
});
const commands = existsSync("src/cli") ? readdirSync("src/cli").filter((f) => f.endsWith(".ts")) : [];
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
