// PyWatt modules in shapes that a reference of one process does not have: started by a script, or of several processes.
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../fixtures/modules/pywatt/variants.mjs";
import { type Fixtures, judgeFixture } from "./matrix.ts";
import { pywattOptions } from "./pywatt-options.ts";

const shapes = new URL("../../fixtures/modules/pywatt/shapes/", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "conform-pywatt-shapes-"));
let program = "";
beforeAll(async () => {
  program = fileURLToPath(await bundle(folder));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const manifest = 'name = "shape"\nversion = "1.0.0"\n\n[[endpoints]]\npath = "/api/hello"\nmethods = ["GET"]\n';

/** Ids of what failed, judged by `only`. */
async function failures(script: string, only: string[], toml?: string): Promise<string[]> {
  const fixtures: Fixtures = {
    contract: "pywatt",
    options: pywattOptions,
    scale: 1,
    prepare(_, into) {
      mkdirSync(into, { recursive: true });
      writeFileSync(join(into, "module"), script);
      chmodSync(join(into, "module"), 0o755);
      if (toml === undefined) copyFileSync(join(folder, "manifest.toml"), join(into, "manifest.toml"));
      else writeFileSync(join(into, "manifest.toml"), toml);
      return { folder: into };
    },
  };
  const { results } = await judgeFixture(fixtures, undefined, { only });
  return results.flatMap(({ id, outcome: { kind } }) => (kind === "fail" || kind === "error" ? [id] : []));
}

const timeout = 180_000;

describe.concurrent("a script that starts the module", () => {
  const only = ["lifecycle/no-orphans", "port/released-on-exit"];

  it("without exec leaves it serving after SIGTERM", { timeout }, async () => {
    const script = `#!/bin/sh\nnode '${program}' "$@"\nexit $?\n`;
    expect(await failures(script, only)).toEqual(["port/released-on-exit"]);
  });

  it("with exec, or that passes the signal on and waits, is fair", { timeout }, async () => {
    expect(await failures(`#!/bin/sh\nexec node '${program}' "$@"\n`, only)).toEqual([]);
    const waits = `#!/bin/sh\nexec 3<&0\nnode '${program}' "$@" <&3 &\nchild=$!\ntrap 'kill $child' TERM\nwait $child\nwait $child\n`;
    expect(await failures(waits, only)).toEqual([]);
  });
});

describe.concurrent("three workers behind one port", () => {
  const cluster = fileURLToPath(new URL("cluster.mjs", shapes));
  const only = ["metrics/*", "endpoints/health-steady"];

  it("that each count for themselves are seen", { timeout }, async () => {
    const script = `#!/bin/sh\nexec node '${cluster}' --apart "$@"\n`;
    expect(await failures(script, only, manifest)).toEqual(["metrics/counters-monotonic"]);
  });

  it("that count together are fair", { timeout }, async () => {
    expect(await failures(`#!/bin/sh\nexec node '${cluster}' "$@"\n`, only, manifest)).toEqual([]);
  });
});
