// Modules that must not be accused: what they need is not there, or comes up before them; and one fault that must not hide another.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../src/base/judged.ts";
import type { Json } from "../../src/base/types.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

const reference = fileURLToPath(new URL("../../fixtures/modules/systemprompt/kv-service", import.meta.url));
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function write(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "hosted-fair-"));
  made.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

/** A copy of the reference with other files. */
function kvService(files: Record<string, string>): string {
  const root = write({});
  const folder = join(root, "kv-service");
  cpSync(reference, folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

async function judged(folder: string, contract: string, only: string[], params: Record<string, Json> = {}) {
  return (await judgeModule(prepare(folder, { contract, only, params }), {})).report;
}

const outcomeOf = ({ results }: ModuleReport, wanted: string): Outcome | undefined =>
  results.find(({ id }) => id === wanted)?.outcome;
const index = readFileSync(join(reference, "index.ts"), "utf8");
const manifest = readFileSync(join(reference, "module.yaml"), "utf8");

/** `client` works once `store` was initialized, and says so in its manifest. */
const pair = (contract: 1 | 2) => {
  const words = (name: string) =>
    contract === 1
      ? `name: ${name}\ntype: service\nversion: 1.0.0\ndescription: x\n`
      : `name: ${name}\ntype: core\nversion: 1.0.0\n`;
  const module = (name: string, init: string) => `
export class ${name[0]?.toUpperCase()}${name.slice(1)}Module {
  name = '${name}'; type = '${contract === 1 ? "service" : "core"}'; version = '1.0.0'; description = 'x'; status = 'pending';
  get exports() { return { service: () => state }; }
  async initialize() { if (this.status !== 'pending') throw new Error('already initialized'); ${init} this.status = 'running'; }
  async stop() { this.status = 'stopped'; }
  async shutdown() {}
  getService() { return state; }
}
export const createModule = () => new ${name[0]?.toUpperCase()}${name.slice(1)}Module();`;
  return write({
    "store/module.yaml": words("store"),
    "store/state.ts": "export const state = { open: false };",
    "store/index.ts": `import { state } from './state.js';\n${module("store", "state.open = true;")}`,
    "client/module.yaml": `${words("client")}${contract === 1 ? "requires" : "dependencies"}: [store]\n`,
    "client/index.ts": `import { state } from '../store/state.js';\n${module("client", "if (!state.open) throw new Error('the store is closed');")}`,
  });
};

describe("what a module depends on", { timeout: 60_000 }, () => {
  it("comes up before it (version 2)", async () => {
    const root = pair(2);
    const only = ["lifecycle/*", "robustness/*"];
    const report = await judged(join(root, "client"), "systemprompt@2", only, { modules_dir: root });
    expect(report.results.filter(({ outcome }) => outcome.kind === "fail" || outcome.kind === "error")).toEqual([]);
    expect(outcomeOf(report, "lifecycle/initialize-resolves")?.kind).toBe("pass");
    expect(outcomeOf(report, "lifecycle/exit-after-stop")?.kind).toBe("pass");
  });

  it("is asked for when it is not there and initialize() rejects (version 2)", async () => {
    const root = pair(2);
    writeFileSync(
      join(root, "client/module.yaml"),
      "name: client\ntype: core\nversion: 1.0.0\ndependencies: [store, clock]\n",
    );
    const report = await judged(join(root, "client"), "systemprompt@2", ["lifecycle/initialize-resolves"], {
      modules_dir: root,
    });
    // The store is there, so that the module works without the clock.
    expect(outcomeOf(report, "lifecycle/initialize-resolves")?.kind).toBe("pass");
    rmSync(join(root, "store/index.ts"));
    const without = await judged(join(root, "client"), "systemprompt@2", ["lifecycle/initialize-resolves"], {
      modules_dir: root,
    });
    expect(outcomeOf(without, "lifecycle/initialize-resolves")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/the store is closed.*clock is not among the modules given/s),
    });
  });

  it("may have to be initialized before (version 1)", async () => {
    const root = pair(1);
    const only = ["lifecycle/initialize-resolves", "registry/set-lifecycle"];
    const report = await judged(join(root, "client"), "systemprompt@1", only, { modules_dir: root });
    expect(outcomeOf(report, "lifecycle/initialize-resolves")).toMatchObject({
      kind: "error",
      message: expect.stringContaining("the module requires store"),
    });
    expect(report.verdict.kind).toBe("inconclusive");
  });
});

describe("an alias of the project", { timeout: 60_000 }, () => {
  it("that leads back to the module is no other module", async () => {
    const root = write({
      "src/modules/core/own/module.yaml": "name: own\ntype: service\nversion: 1.0.0\ndescription: x\n",
      "src/modules/core/own/help.ts": "export const help = 1;",
      "src/modules/core/own/index.ts":
        "import { help } from '@/modules/core/own/help';\nexport class OwnModule { help = help; }",
    });
    const folder = join(root, "src/modules/core/own");
    const only = ["deps/declared", "exports/importable"];
    const report = await judged(folder, "systemprompt@1", only, { project_root: root });
    expect(outcomeOf(report, "exports/importable")?.kind).toBe("pass");
    expect(outcomeOf(report, "deps/declared")?.kind).toBe("pass");
  });
});

describe("what is not part of the module", { timeout: 60_000 }, () => {
  it("is named with the line that imports it, and what to do", async () => {
    const folder = kvService({ "index.ts": `import { log } from '../../../src/log.js';\nlog('x');\n${index}` });
    const report = await judged(folder, "systemprompt@1", ["exports/importable", "hygiene/imports-resolve"]);
    expect(outcomeOf(report, "exports/importable")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/^index\.ts:1 imports \.\.\/\.\.\/\.\.\/src\/log\.js, .*project_root/),
    });
  });

  it("may be another module", async () => {
    const folder = kvService({ "index.ts": `import { log } from '../logger/log.js';\nlog('x');\n${index}` });
    const report = await judged(folder, "systemprompt@1", ["exports/importable", "hygiene/imports-resolve"]);
    expect(outcomeOf(report, "exports/importable")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/^index\.ts:1 imports \.\.\/logger\/log\.js, .*modules_dir/),
    });
  });

  it.each(["systemprompt@1", "systemprompt@2"])("may be a package that is not installed: %s", async (contract) => {
    const folder = kvService({ "index.ts": `import missing from 'no-such-package';\nmissing();\n${index}` });
    const report = await judged(folder, contract, ["exports/importable"]);
    expect(outcomeOf(report, "exports/importable")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/package.* no-such-package|no-such-package.* package/),
    });
  });

  it("is no fault of a command either", async () => {
    const folder = kvService({
      "cli/status.ts": "import { log } from '../../../../src/log.js';\nexport const command = log;",
    });
    const report = await judged(folder, "systemprompt@1", ["cli/*"]);
    expect(report.results.filter(({ outcome }) => outcome.kind === "fail")).toEqual([]);
    expect(outcomeOf(report, "cli/importable")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/^cli\/status\.ts needs .*project_root/),
    });
  });
});

describe("words", { timeout: 60_000 }, () => {
  it("CommonJS exports are one fault, not five", async () => {
    const folder = kvService({ "index.ts": "class KvServiceModule {}\nmodule.exports = { KvServiceModule };" });
    const report = await judged(folder, "systemprompt@1", ["exports/*", "identity/*", "lifecycle/*"]);
    expect(report.results.filter(({ outcome }) => outcome.kind === "fail").map(({ id }) => id)).toEqual([
      "exports/module-found",
    ]);
    expect(outcomeOf(report, "exports/module-found")).toMatchObject({
      findings: [{ actual: expect.stringContaining("default is an object with KvServiceModule") }],
    });
  });

  it("a command without a file does not hide a faulty one", async () => {
    const folder = kvService({
      "module.yaml": `${manifest}    - name: cache:reset\n      description: Forget\n`,
      "cli/status.ts": "export const command = { name: 'status', description: 'x', handler() {} };",
    });
    const report = await judged(folder, "systemprompt@1", ["cli/*"]);
    const failed = report.results.flatMap(({ id, outcome }) =>
      outcome.kind === "fail" ? [[id, outcome.findings[0].expected]] : [],
    );
    expect(failed).toEqual([
      ["cli/file-per-command", "cli/cache-reset.ts or cli/cache/reset.ts or cli/cache:reset.ts"],
      ["cli/exports-command", "an object with name and description (texts) and execute (a function)"],
    ]);
  });

  it("index.ts may be a link to a file of the module, but no folder", async () => {
    const folder = kvService({ "main.ts": index });
    rmSync(join(folder, "index.ts"));
    symlinkSync("main.ts", join(folder, "index.ts"));
    const linked = await judged(folder, "systemprompt@1", ["layout/index-present", "exports/importable"]);
    expect(linked.results.filter(({ outcome }) => outcome.kind === "pass").length).toBeGreaterThan(1);
    expect(outcomeOf(linked, "exports/importable")?.kind).toBe("pass");
    rmSync(join(folder, "index.ts"));
    mkdirSync(join(folder, "index.ts"));
    const report = await judged(folder, "systemprompt@1", ["layout/index-present"]);
    expect(outcomeOf(report, "layout/index-present")).toMatchObject({ findings: [{ actual: "a folder" }] });
  });

  it("a manifest too large to read is no fault", async () => {
    const folder = kvService({ "module.yaml": `${manifest}# ${"x".repeat(2e6)}\n` });
    const report = await judged(folder, "systemprompt@1", ["manifest/parses"]);
    expect(outcomeOf(report, "manifest/parses")).toMatchObject({ kind: "error" });
  });
});
