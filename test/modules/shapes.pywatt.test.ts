// PyWatt modules in shapes that a reference of one process does not have: started by a script or a tool, or of several processes.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../fixtures/modules/pywatt/variants.mjs";
import type { ModuleReport } from "../../src/report/types.ts";
import { type Fixtures, judgeFixture } from "./matrix.ts";
import { pywattOptions } from "./pywatt-options.ts";

const shapes = new URL("../../fixtures/modules/pywatt/", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "conform-pywatt-shapes-"));
let program = "";
beforeAll(async () => {
  program = fileURLToPath(await bundle(folder));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const manifest = 'name = "shape"\nversion = "1.0.0"\n\n[[endpoints]]\npath = "/api/hello"\nmethods = ["GET"]\n';

interface Shape {
  /** The executable `module`, unless `run` says how to start. */
  script?: string;
  run?: string[];
  toml?: string;
  /** Further files of the folder, by name. */
  files?: Record<string, string>;
  /** Parameters beside the usual ones. */
  set?: Record<string, boolean>;
  /** A folder that the module is a copy of. */
  from?: string;
  only: string[];
}

/** Results of a module of this shape. */
async function judged({ script, run, toml, files = {}, set, from, only }: Shape): Promise<ModuleReport["results"]> {
  const fixtures: Fixtures = {
    contract: "pywatt",
    options: pywattOptions,
    scale: 1,
    prepare(_, into) {
      mkdirSync(into, { recursive: true });
      if (from !== undefined) cpSync(new URL(from, shapes), into, { recursive: true });
      else if (toml === undefined) copyFileSync(join(folder, "manifest.toml"), join(into, "manifest.toml"));
      else writeFileSync(join(into, "manifest.toml"), toml);
      for (const [name, text] of Object.entries({ ...files, ...(script === undefined ? {} : { module: script }) }))
        writeFileSync(join(into, name), text);
      if (script !== undefined) chmodSync(join(into, "module"), 0o755);
      return { folder: into, ...(set === undefined ? {} : { params: set }) };
    },
  };
  return (await judgeFixture(fixtures, undefined, { only, ...(run === undefined ? {} : { run }) })).results;
}

/** Ids of what failed. */
async function failures(shape: Shape): Promise<string[]> {
  return (await judged(shape)).flatMap(({ id, outcome: { kind } }) =>
    kind === "fail" || kind === "error" ? [id] : [],
  );
}

/** Why a test that needs this tool is skipped, as the end of its name. */
function lacking(tool: string, ...args: string[]): string {
  try {
    execFileSync(tool, args, { stdio: "ignore" });
    return "";
  } catch {
    return ` (there is no ${tool})`;
  }
}

const noBash = lacking("bash", "--version");
const noNpm = lacking("npm", "--version");
const noCargo = lacking("cargo", "--version");
const noGo = lacking("go", "version");

const timeout = 240_000;

describe.concurrent("what starts the module", () => {
  const only = ["lifecycle/no-orphans", "port/released-on-exit"];
  const start = (): string => `node '${program}'`;

  it("a script without exec leaves it serving after SIGTERM", { timeout }, async () => {
    const results = await judged({ script: `#!/bin/sh\n${start()} "$@"\nexit $?\n`, only });
    expect(results.filter(({ outcome }) => outcome.kind === "fail").map(({ id }) => id)).toEqual([
      "port/released-on-exit",
    ]);
    const released = results.find(({ id }) => id === "port/released-on-exit")?.outcome;
    expect(released?.kind === "fail" ? released.findings[0].actual : "").toBe(
      "the port is held by what the ended process had started and left: node",
    );
  });

  it("a script with exec, or that passes the signal on and waits, is fair", { timeout }, async () => {
    expect(await failures({ script: `#!/bin/sh\nexec ${start()} "$@"\n`, only })).toEqual([]);
    const waits = `#!/bin/sh\nexec 3<&0\n${start()} "$@" <&3 &\nchild=$!\ntrap 'kill $child' TERM\nwait $child\nwait $child\n`;
    expect(await failures({ script: waits, only })).toEqual([]);
  });

  it.skipIf(noBash !== "")(
    `bash -c: one command is replaced, the first of two is not${noBash}`,
    { timeout },
    async () => {
      expect(await failures({ run: ["bash", "-c", start()], only })).toEqual([]);
      expect(await failures({ run: ["bash", "-c", `${start()}; exit $?`], only })).toEqual(["port/released-on-exit"]);
    },
  );

  it.skipIf(noNpm !== "")(`npm start leaves it serving${noNpm}`, { timeout }, async () => {
    const files = { "package.json": JSON.stringify({ name: "shape", scripts: { start: start() } }) };
    expect(await failures({ run: ["npm", "start", "--silent"], files, only })).toEqual(["port/released-on-exit"]);
  });

  it.skipIf(noCargo !== "")(`cargo run is replaced by it${noCargo}`, { timeout }, async () => {
    // Built and started as the contract's launch rule for Cargo.toml says.
    expect(await failures({ from: "rust/", only })).toEqual([]);
  });

  it.skipIf(noGo !== "")(`go run leaves it serving${noGo}`, { timeout }, async () => {
    expect(await failures({ from: "go/", run: ["go", "run", "."], only })).toEqual(["port/released-on-exit"]);
  });
});

describe.concurrent("three workers behind one port", () => {
  const cluster = fileURLToPath(new URL("shapes/cluster.mjs", shapes));
  const only = ["metrics/*", "endpoints/health-steady"];

  it("that each count for themselves are seen", { timeout }, async () => {
    const script = `#!/bin/sh\nexec node '${cluster}' --apart "$@"\n`;
    expect(await failures({ script, only, toml: manifest })).toEqual(["metrics/counters-monotonic"]);
  });

  it("that count together are fair", { timeout }, async () => {
    expect(await failures({ script: `#!/bin/sh\nexec node '${cluster}' "$@"\n`, only, toml: manifest })).toEqual([]);
  });
});

describe.concurrent("a module that serves only once its TCP channel is there", () => {
  const script = `#!/bin/sh\nexec node '${fileURLToPath(new URL("shapes/channel.mjs", shapes))}'\n`;
  const only = ["announce/listen-answers", "endpoints/health-exists", "lifecycle/stays-up"];

  it("is judged where the parameter offer_tcp_channel offers one", { timeout }, async () => {
    expect(await failures({ script, only, toml: manifest, set: { offer_tcp_channel: true } })).toEqual([]);
  });

  it("does not serve without, and the hint names the parameter", { timeout }, async () => {
    const results = await judged({ script, only, toml: manifest });
    const failed = results.filter(({ outcome }) => outcome.kind === "fail");
    expect(failed.map(({ id }) => id)).toEqual(["announce/listen-answers"]);
    expect(failed[0]?.hint).toContain("--set offer_tcp_channel=true");
  });
});
