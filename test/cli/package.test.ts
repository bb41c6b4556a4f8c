// The package as users get it: packed, installed elsewhere without development packages, used as command and as library.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface Manifest {
  name: string;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const folder = mkdtempSync(join(tmpdir(), "conform-package-"));
const installed = join(folder, "node_modules", manifest.name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm install --omit=dev` would lay out, without asking a registry: the packed files, and the run-time packages of this checkout. */
beforeAll(() => {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { stdio: "ignore" });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", installed, "--strip-components=1"]);
  for (const name of runtimePackages(Object.keys(manifest.dependencies))) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(join(process.cwd(), "node_modules", name), join(folder, "node_modules", name));
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
}, 120_000);

/** These and what they depend on, as far as it is installed here. */
function runtimePackages(names: string[]): Set<string> {
  const all = new Set<string>();
  for (const queue = [...names]; queue.length > 0; ) {
    const name = queue.pop() ?? "";
    if (all.has(name)) continue;
    try {
      const { dependencies, optionalDependencies } = JSON.parse(
        readFileSync(join("node_modules", name, "package.json"), "utf8"),
      );
      all.add(name);
      queue.push(...Object.keys({ ...dependencies, ...optionalDependencies }));
    } catch {} // An optional one of another platform.
  }
  return all;
}

const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });

/** What a registry that is not there answers. */
const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENOTCACHED|ETIMEDOUT|network/i;

describe("the tarball, installed by npm without development packages into an empty folder", () => {
  it("runs as a command, is imported as a library, and has types for both entries", (context) => {
    const empty = mkdtempSync(join(tmpdir(), "conform-installed-"));
    try {
      const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
      writeFileSync(join(empty, "package.json"), '{ "type": "module", "private": true }');
      const npm = spawnSync(
        "npm",
        ["install", "--omit=dev", "--omit=peer", "--prefer-offline", "--no-audit", "--no-fund", tarball],
        { cwd: empty, encoding: "utf8" },
      );
      if (npm.status !== 0 && offline.test(npm.stderr)) return context.skip("no registry can be reached");
      expect(npm.stderr).not.toContain("npm error");
      const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: empty, encoding: "utf8" });
      expect(run(join("node_modules", ".bin", "conform"), "contracts")).toContain("pywatt");
      writeFileSync(
        join(empty, "api.mjs"),
        `import { shippedContracts } from ${JSON.stringify(manifest.name)}; console.log(shippedContracts().length);`,
      );
      expect(Number(run("api.mjs"))).toBeGreaterThan(2);
      writeFileSync(join(empty, "types.ts"), typesProgram);
      const types = join(process.cwd(), "node_modules", "@types");
      const options = ["--module", "nodenext", "--target", "es2023", "--strict", "--noEmit"];
      const tsc = spawnSync(
        process.execPath,
        [
          join(process.cwd(), "node_modules", ".bin", "tsc"),
          ...options,
          "--types",
          "node",
          "--typeRoots",
          types,
          "types.ts",
        ],
        { cwd: empty, encoding: "utf8" },
      );
      expect(tsc.stdout).toBe("");
      expect(tsc.status).toBe(0);
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  }, 120_000);
});

const typesProgram = `
import { findContract, moduleReport, type Report, type TranscriptEvent, UsageError, version } from ${JSON.stringify(manifest.name)};
import { conformance, type ConformanceOptions } from ${JSON.stringify(`${manifest.name}/vitest`)};
const options: ConformanceOptions = { strict: true };
export const declared = () => conformance("./m", options);
export const stream = (event: TranscriptEvent): string => (event.kind === "line" ? event.data.stream : event.kind);
export const names = (report: Report): string[] => report.modules.map(({ name }) => name);
export const all = [findContract("pywatt").requirements.length, moduleReport, UsageError, version];
`;

describe("the packed package", () => {
  it("runs as a command", () => {
    const bin = join(installed, Object.values(manifest.bin)[0] ?? "");
    expect(node(bin, "--version")).toMatch(/^\d+\.\d+\.\d+/);
    expect(node(bin, "contracts")).toContain("pywatt");
  });

  it("offers contracts, judging, reports and every reporter to programs", () => {
    const program = `
      import * as api from ${JSON.stringify(manifest.name)};
      const contract = api.findContract("pywatt");
      const started = "2026-01-01T00:00:00.000Z";
      const transcript = { header: { format: 1, tool: { name: "conform", version: api.version },
        contract: { name: contract.name, version: contract.version, digest: contract.digest },
        target: { kind: "folder", label: "./m" }, started, params: {},
        plan: { scenarios: [], requirements: contract.requirements.map(({ id }) => id) } }, events: [] };
      const again = api.parseTranscript(api.formatTranscript(transcript));
      const report = api.runReport([api.moduleReport({ contract, transcript: again, strict: false })], { started, duration_ms: 0 });
      api.parseReport(JSON.parse(JSON.stringify(report)));
      const sizes = {};
      for (const name of api.reporterNames) sizes[name] = (await api.loadReporter(name)).render(report, {}).length;
      console.log(JSON.stringify({ verdict: report.verdict.kind, sizes }));`;
    writeFileSync(join(folder, "program.mjs"), program);
    const { verdict, sizes } = JSON.parse(node("program.mjs"));
    expect(verdict).toBe("inconclusive");
    expect(Object.keys(sizes)).toEqual(
      expect.arrayContaining(["text", "json", "junit", "html", "markdown", "github", "ctrf", "tap", "har", "ndjson"]),
    );
    expect(Object.entries(sizes).filter(([, size]) => size === 0)).toEqual([]);
  });

  it("names no package in its types or code that is not installed with it", () => {
    const seen = new Set<string>();
    const foreign: string[] = [];
    for (const queue = ["dist/types/index.d.ts", "dist/types/session/vitest.d.ts"]; queue.length > 0; ) {
      const file = queue.pop() ?? "";
      if (seen.has(file)) continue;
      seen.add(file);
      const text = readFileSync(join(installed, file), "utf8");
      for (const match of text.matchAll(/\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/g)) {
        const name = match[1] ?? match[2] ?? "";
        if (name.startsWith(".")) queue.push(normalize(join(dirname(file), name.replace(/\.(ts|js)$/, ".d.ts"))));
        else if (!name.startsWith("node:")) foreign.push(`${file}: ${name}`);
      }
    }
    expect(seen.size).toBeGreaterThan(10);
    expect(foreign).toEqual([]);
    expect(Object.keys(manifest.dependencies)).toEqual(["tsx"]);
    expect(manifest.peerDependenciesMeta.vitest).toEqual({ optional: true });
  });
});
