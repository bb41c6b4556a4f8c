// Modules as they lie in projects of their own: compiler options, aliases, package imports, workspaces, neighbours.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { judged, manifest, open, outcomeOf, service, TYPE, write } from "./own-modules.ts";

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
