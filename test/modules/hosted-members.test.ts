// Sets that come up as they are listed, and members that show late, fail early, or are pointed to.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { judged, manifest, open, outcomeOf, type Parts, service, write } from "./own-modules.ts";

/** `base` works after `zlog`, which it imports and does not list; alphabet would bring it up first. */
function aSet(listed: string): string {
  const module = (name: string, dependencies: string, { top = "", init = "" }: Parts) => ({
    [`${name}/module.yaml`]: `name: ${name}\ntype: core\nversion: 1.0.0\ndependencies: ${dependencies}\n`,
    [`${name}/state.ts`]: "export const state = { open: false };",
    [`${name}/index.ts`]: `import { state as own } from './state.js';\n${top}
class Made { name = '${name}'; type = 'core'; version = '1.0.0'; status = 'pending';
  async initialize() { if (this.status !== 'pending') throw new Error('already initialized'); ${init} own.open = true; this.status = 'running'; }
  get exports() { return {}; } }
export const createModule = () => new Made();`,
  });
  return write({
    ...module("zlog", "[]", {}),
    ...module("base", "[]", {
      top: "import { state } from '../zlog/state.js';",
      init: "if (!state.open) throw new Error('the log is closed');",
    }),
    ...module("app", listed, {
      top: "import { state } from '../base/state.js';",
      init: "if (!state.open) throw new Error('base is closed');",
    }),
  });
}

describe.concurrent("a set of the newer generation", { timeout: 120_000 }, () => {
  const only = ["lifecycle/initialize-resolves", "deps/declared"];
  it("comes up in the order in which it is listed, not by alphabet", async () => {
    expect(open(await judged(join(aSet("[zlog, base]"), "app"), only, "systemprompt@2"))).toEqual([]);
  });

  it("that cannot come up leaves the module's rows open", async () => {
    const report = await judged(join(aSet("[base, zlog]"), "app"), only, "systemprompt@2");
    expect(outcomeOf(report, "lifecycle/initialize-resolves")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(
        /base is closed.*depends on base, zlog, and that did not come up: .*the log is closed/,
      ),
    });
    expect(outcomeOf(report, "deps/declared")?.kind).toBe("pass");
  });

  it("says of one module alone what that imports and does not list", async () => {
    const report = await judged(join(aSet("[zlog, base]"), "base"), only, "systemprompt@2");
    expect(outcomeOf(report, "lifecycle/initialize-resolves")).toMatchObject({
      kind: "error",
      message: expect.stringContaining("the module imports zlog, does not list it"),
    });
    expect(outcomeOf(report, "deps/declared")).toMatchObject({
      findings: [{ actual: "imports zlog, does not list it (../zlog/state.js)", place: { file: "index.ts", line: 2 } }],
    });
  });
});

describe.concurrent("members", { timeout: 120_000 }, () => {
  const members = ["lifecycle/shutdown-member", "service/get-service-member"];
  const bare = (rest: string) =>
    write({
      "one/module.yaml": manifest("one"),
      "one/index.ts": `export class OneModule { name = 'one'; type = 'service'; version = '1.0.0'; description = 'x'; ${rest} }`,
    });

  it("are missed also when initialize() fails", async () => {
    const report = await judged(join(bare("async initialize() { throw new Error('no'); }"), "one"), members);
    for (const id of members)
      expect(outcomeOf(report, id)).toMatchObject({ kind: "fail", findings: [{ actual: "no such member" }] });
  });

  it("may be getters, and may come with initialize()", async () => {
    const late =
      "#up = false; shutdown: any; async initialize() { this.#up = true; this.shutdown = async () => {}; } get getService() { if (!this.#up) throw new Error('not yet'); return () => ({}); }";
    expect(open(await judged(join(bare(late), "one"), members))).toEqual([]);
  });

  it.each([
    ["throw new Error('invalid: server is missing');", "pass"],
    ["throw new TypeError('PORT_NUMBER must be a number');", "pass"],
    ["throw new Error('invalid configuration');", "fail"],
    ["config.server.portNumber.toFixed();", "fail"],
  ])("of an empty configuration are named: %s", async (code, kind) => {
    const root = write({
      "one/module.yaml": manifest("one", "config:\n  server:\n    portNumber: 1\n"),
      "one/index.ts": service("one", {
        body: `constructor(config: any) { if (config.server === undefined) { ${code} } }`,
      }),
    });
    const report = await judged(join(root, "one"), ["robustness/empty-config"]);
    expect(outcomeOf(report, "robustness/empty-config")?.kind).toBe(kind);
  });

  it("of the manifest are pointed to under the key that is there", async () => {
    const root = write({
      "one/module.yaml": manifest("one", "dependencies: [nowhere]\n"),
      "one/index.ts": service("one", {}),
    });
    const report = await judged(join(root, "one"), ["deps/resolvable"]);
    expect(outcomeOf(report, "deps/resolvable")).toMatchObject({
      findings: [{ at: "/dependencies", place: { file: "module.yaml", line: 5 } }],
    });
  });
});
