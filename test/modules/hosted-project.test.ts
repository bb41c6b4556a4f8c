// Modules as they lie in projects of their own: compiler options, aliases, package imports, workspaces, neighbours; and members that show late.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../src/base/judged.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function write(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "hosted-project-"));
  made.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

async function judged(folder: string, only: string[], contract = "systemprompt@1"): Promise<ModuleReport> {
  return (await judgeModule(prepare(folder, { contract, only, secondLook: false }), {})).report;
}

const outcomeOf = ({ results }: ModuleReport, wanted: string): Outcome | undefined =>
  results.find(({ id }) => id === wanted)?.outcome;

const open = (report: ModuleReport) =>
  report.results.flatMap(({ id, outcome }) =>
    outcome.kind === "pass" || outcome.kind === "skipped" ? [] : [`${id}: ${JSON.stringify(outcome)}`],
  );

const manifest = (name: string, more = "") => `name: ${name}\ntype: service\nversion: 1.0.0\ndescription: x\n${more}`;
const TYPE = '{"name":"host","type":"module"}';

interface Parts {
  top?: string;
  init?: string;
  body?: string;
  config?: string;
}

/** A service whose initialize() runs `init`. */
const service = (name: string, { top = "", init = "", body = "" }: Parts) => `${top}
export class ${name[0]?.toUpperCase()}${name.slice(1)}Module {
  readonly name = '${name}'; readonly type = 'service'; readonly version = '1.0.0'; readonly description = 'x';
  ${body}
  async initialize(): Promise<void> { ${init} }
  getService() { return { name: this.name }; }
  async shutdown(): Promise<void> {}
}
`;

/** Fails when anything else than the meaning that the options give holds. */
const legacy =
  "function legacy(target: any, key: string) { if (typeof key !== 'string') throw new Error('not legacy'); }";

const projects: [about: string, at: string, files: Record<string, string>][] = [
  [
    "legacy decorators, in a tsconfig.json without include",
    "modules/custom/one",
    {
      "package.json": TYPE,
      "tsconfig.json": '{ // with a comment\n "compilerOptions": { "experimentalDecorators": true } }',
      "modules/custom/one/index.ts": service("one", { top: legacy, body: "@legacy value = 1;" }),
    },
  ],
  [
    "decorators of the standard, without any options",
    "one",
    {
      "one/index.ts": service("one", {
        top: "function twice(fn: any, context: any) { if (context.kind !== 'method') throw new Error('legacy'); return function (this: any) { return fn.call(this) * 2; }; }",
        body: "@twice single() { return 1; }",
        init: "if (this.single() !== 2) throw new Error('once');",
      }),
    },
  ],
  [
    "fields that are declared, not defined",
    "modules/one",
    {
      "package.json": TYPE,
      "tsconfig.json": '{"compilerOptions":{"target":"ES2022","useDefineForClassFields":false}}',
      "modules/one/index.ts":
        "class Base { name: string; type = 'service'; version = '1.0.0'; description = 'x'; constructor() { this.name = 'one'; } }\nexport class OneModule extends Base { name: string; async initialize() {} getService() { return {}; } async shutdown() {} }\n",
    },
  ],
  [
    "jsx, with a factory of its own",
    "modules/one",
    {
      "package.json": TYPE,
      "tsconfig.json": '{"compilerOptions":{"jsx":"react","jsxFactory":"h"}}',
      "modules/one/view.tsx":
        "const h = (type: string, props: object | null) => ({ type, props });\nexport const view = <a href='x' />;",
      "modules/one/index.ts": service("one", {
        top: "import { view } from './view.js';",
        init: "if (view.type !== 'a') throw new Error('no view');",
      }),
    },
  ],
  [
    "aliases by extends, package imports, and a project that leads back to the module",
    "modules/custom/one",
    {
      "package.json": '{"name":"host","type":"module","imports":{"#lib/*":"./lib/*.ts"}}',
      "tsconfig.base.json":
        '{"compilerOptions":{"baseUrl":".","paths":{"~util":["./lib/util.ts"],"$m/*":["./modules/custom/*"]}}}',
      "tsconfig.json": '{"extends":"./tsconfig.base.json","include":["lib"]}',
      "lib/util.ts": "import { here } from '$m/one/state';\nexport const util = here;",
      "lib/a.ts": "export const a = 1;",
      "modules/custom/one/state.ts": "export const here = { opened: false };",
      "modules/custom/one/own.ts": "export const own = 1;",
      "modules/custom/one/index.ts": service("one", {
        top: "import { util } from '~util';\nimport { a } from '#lib/a';\nimport { a as b } from '../../../lib/a.js';\nimport { own } from '$m/one/own';\nimport { here } from './state.js';",
        init: "here.opened = true; if (!util.opened || a + b + own !== 3) throw new Error('two copies of the module');",
      }),
    },
  ],
  [
    "a project without type: module",
    "modules/custom/one",
    {
      "package.json": '{"name":"host"}',
      "lib/x.ts": "export const x = 5;",
      "modules/custom/one/help.ts":
        "import { x } from '../../../lib/x';\nexport const help = x;\nexport const dir = __dirname;",
      "modules/custom/one/index.ts": service("one", {
        top: "import { help, dir } from './help';\nimport fs = require('fs');",
        init: "if (help !== 5 || !fs.existsSync(dir + '/module.yaml')) throw new Error('another folder');",
      }),
    },
  ],
  [
    "a folder beside it that is no module",
    "modules/one",
    {
      "package.json": TYPE,
      "modules/shared/util.ts": "export const one = 1;",
      "modules/one/index.ts": service("one", {
        top: "import { one } from '../shared/util.js';",
        init: "if (one !== 1) throw new Error();",
      }),
    },
  ],
];

describe.concurrent("a module in its project", { timeout: 120_000 }, () => {
  it.each(projects)("%s", async (_, at, files) => {
    const root = write({ ...files, [`${at}/module.yaml`]: manifest("one") });
    const only = [
      "exports/*",
      "identity/name-agrees",
      "lifecycle/initialize-resolves",
      "hygiene/imports-resolve",
      "deps/*",
    ];
    expect(open(await judged(join(root, at), only))).toEqual([]);
  });

  it("workspaces: packages beside it, and options that it extends", async () => {
    const root = write({
      "package.json": '{"private":true,"workspaces":["packages/*"]}',
      "tsconfig.base.json": '{"compilerOptions":{"experimentalDecorators":true}}',
      "packages/shared/package.json": '{"name":"@acme/shared","type":"module","exports":{".":"./src/index.ts"}}',
      "packages/shared/src/index.ts": "export const shared = 7;",
      "packages/one/package.json": '{"name":"@acme/one","type":"module"}',
      "packages/one/tsconfig.json": '{"extends":"../../tsconfig.base.json"}',
      "packages/one/module.yaml": manifest("one"),
      "packages/one/index.ts": service("one", {
        top: `import { shared } from '@acme/shared';\n${legacy}`,
        body: "@legacy value = 1;",
        init: "if (shared !== 7) throw new Error('not shared');",
      }),
    });
    mkdirSync(join(root, "node_modules/@acme"), { recursive: true });
    symlinkSync("../../packages/shared", join(root, "node_modules/@acme/shared"));
    const only = ["exports/importable", "lifecycle/initialize-resolves", "hygiene/imports-resolve"];
    expect(open(await judged(join(root, "packages/one"), only))).toEqual([]);
  });

  it("options that cannot be read are no fault of the module", async () => {
    const root = write({
      "package.json": TYPE,
      "tsconfig.json": '{"extends":"@tsconfig/none/tsconfig.json","compilerOptions":{"experimentalDecorators":true}}',
      "modules/one/module.yaml": manifest("one"),
      "modules/one/index.ts": service("one", { top: legacy, body: "@legacy value = 1;" }),
    });
    const report = await judged(join(root, "modules/one"), ["exports/importable"]);
    expect(outcomeOf(report, "exports/importable")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(
        /not legacy.*options, which cannot be read: <project>\/tsconfig\.json: .*not found/,
      ),
    });
  });

  it("types of members that the loader does not tell are no fault of the module", async () => {
    const root = write({
      "package.json": TYPE,
      "tsconfig.json": '{"compilerOptions":{"experimentalDecorators":true,"emitDecoratorMetadata":true}}',
      "modules/one/module.yaml": manifest("one"),
      "modules/one/index.ts": service("one", {
        top: `const types: unknown[] = [];\n(Reflect as any).metadata = (_: string, type: unknown) => () => void types.push(type);\n${legacy}`,
        body: "@legacy value: Map<string, string> = new Map();",
        init: "if (types[0] !== Map) throw new Error('of what type?');",
      }),
    });
    const report = await judged(join(root, "modules/one"), ["lifecycle/initialize-resolves"]);
    expect(outcomeOf(report, "lifecycle/initialize-resolves")).toMatchObject({
      kind: "error",
      message: expect.stringContaining("without emitDecoratorMetadata"),
    });
  });
});

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
