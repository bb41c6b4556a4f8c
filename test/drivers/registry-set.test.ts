// The reference registry and what stands around it: order, cycles, names, lifecycle; placeholders; imports; neighbours.
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fillPlaceholders } from "../../src/contract/placeholders.ts";
import { findNeighbours } from "../../src/drivers/files/neighbours.ts";
import { scanImports } from "../../src/drivers/host/imports.ts";
import { findCycle, OrderError, Registry, requirementOrder } from "../../src/drivers/host/registry.ts";
import { folderOf } from "./hosted.ts";

const items = (graph: Record<string, string[]>) =>
  Object.entries(graph).map(([name, requires]) => ({ name, requires }));

describe("order", () => {
  it("puts requirements first and keeps the order of registration otherwise", () => {
    expect(requirementOrder(items({ a: ["c"], b: [], c: [], d: ["a", "b"] }))).toEqual(["c", "a", "b", "d"]);
  });
  it("names both modules when one is absent", () => {
    expect(() => requirementOrder(items({ a: ["nobody"] }))).toThrow(
      new OrderError('"a" requires "nobody", which is not registered'),
    );
  });
  it("lists a cycle", () => {
    expect(() => requirementOrder(items({ a: ["b"], b: ["c"], c: ["b"] }))).toThrow("circular dependency: b -> c -> b");
  });
  it("finds the shortest cycle through a module, and no loop of one", () => {
    expect(findCycle(items({ a: ["b", "c"], b: ["c"], c: ["a"] }), "a")).toEqual(["a", "c", "a"]);
    expect(findCycle(items({ a: ["a"], b: ["a"] }), "a")).toBeUndefined();
    expect(findCycle(items({ a: ["b"], b: ["c"], c: ["b"] }), "a")).toBeUndefined();
  });
});

interface Fake {
  name: string;
  type: string;
  requires: string[];
  fails?: "up" | "down";
}

function aRegistry(...modules: Fake[]) {
  const calls: string[] = [];
  const registry = new Registry<Fake>({
    nameOf: ({ name }) => name,
    typeOf: ({ type }) => type,
    requiresOf: ({ requires }) => requires,
    up: async (one) => {
      calls.push(`up ${one.name}`);
      if (one.fails === "up") throw new Error(`${one.name} cannot`);
    },
    down: async (one) => {
      calls.push(`down ${one.name}`);
      if (one.fails === "down") throw new Error(`${one.name} will not`);
    },
  });
  for (const one of modules) registry.register(one);
  return { registry, calls };
}

const service = (name: string, requires: string[] = [], fails?: "up" | "down"): Fake => ({
  name,
  type: "service",
  requires,
  ...(fails === undefined ? {} : { fails }),
});

describe("registry", () => {
  it("initializes in order and shuts down in reverse", async () => {
    const { registry, calls } = aRegistry(service("a", ["b"]), service("b"));
    await registry.initializeAll();
    await registry.shutdownAll();
    expect(calls).toEqual(["up b", "up a", "down a", "down b"]);
    expect(registry.get("a")).toBeUndefined();
  });
  it("refuses a second module of one name, and finds by name and type", () => {
    const { registry } = aRegistry(service("a"), { ...service("b"), type: "daemon" }, service("c"));
    expect(() => registry.register(service("a"))).toThrow('"a" is already registered');
    expect(registry.get("a")?.name).toBe("a");
    expect(registry.get("z")).toBeUndefined();
    expect(registry.getByType("service").map(({ name }) => name)).toEqual(["a", "c"]);
  });
  it("takes down what is up when one fails, and initializes nothing without an order", async () => {
    const { registry, calls } = aRegistry(service("a"), service("b", ["a"]), service("c", ["b"], "up"), service("d"));
    await expect(registry.initializeAll()).rejects.toThrow("c cannot");
    expect(calls).toEqual(["up a", "up b", "up c", "down b", "down a"]);
    const cyclic = aRegistry(service("a", ["b"]), service("b", ["a"]), service("c"));
    await expect(cyclic.registry.initializeAll()).rejects.toThrow(OrderError);
    expect(cyclic.calls).toEqual([]);
  });
  it("calls every shutdown before it tells the errors", async () => {
    const { registry, calls } = aRegistry(service("a", [], "down"), service("b", [], "down"), service("c"));
    await registry.initializeAll();
    const errors = await registry.shutdownAll().catch((error: AggregateError) => error.errors.map(String));
    expect(calls.slice(3)).toEqual(["down c", "down b", "down a"]);
    expect(errors).toEqual(["Error: b will not", "Error: a will not"]);
  });
});

describe("placeholders", () => {
  it("are filled from what is known, then from their default", () => {
    const value = { a: "${A}/x", b: ["${B:-two}"], c: "${C}", d: 1, e: "${A:-z}", f: "${KV-X}" };
    expect(fillPlaceholders(value, { A: "one" })).toEqual({
      value: { a: "one/x", b: ["two"], c: "", d: 1, e: "one", f: "${KV-X}" },
      unresolved: ["C"],
    });
  });
});

describe("imports", () => {
  it("leaves out what is for types only and says where the rest leads", async () => {
    const folder = folderOf({
      "index.ts": [
        "import { readFileSync } from 'node:fs';",
        "import { Face } from '../../../src/faces.js';",
        "import type { Other } from './nowhere.js';",
        "import { a } from './a.js';",
        "import { sibling } from '../other/index.js';",
        "import chalk from 'no-such-package';",
        "export class X implements Face { o?: Other; run() { return [readFileSync, a, sibling, chalk]; } late() { return import('@/lib/x.js'); } }",
      ].join("\n"),
      "a.ts": "import { b } from './b.js';\nexport const a = () => b;\n",
      "b.ts": "import { a } from './a.js';\nimport { gone } from './gone.js';\nexport const b = [a, gone];\n",
    });
    const plan = { folder, entries: ["index.ts"], siblings: ["^\\.\\./([^./][^/]*)/"], provided: [] };
    const { imports, cycles, problems } = await scanImports(plan);
    expect(problems).toEqual([]);
    expect(
      imports.map(({ file, specifier, leads, to, found, line }) => [file, line, specifier, leads, to, found]),
    ).toEqual([
      ["a.ts", 1, "./b.js", "inside", "b.ts", true],
      ["b.ts", 1, "./a.js", "inside", "a.ts", true],
      ["b.ts", 2, "./gone.js", "inside", "gone.js", false],
      ["index.ts", 1, "node:fs", "builtin", "node:fs", true],
      ["index.ts", 4, "./a.js", "inside", "a.ts", true],
      ["index.ts", 5, "../other/index.js", "sibling", "other", false],
      ["index.ts", 6, "no-such-package", "package", "no-such-package", false],
      ["index.ts", 7, "@/lib/x.js", "outside", "@/lib/x.js", false],
    ]);
    expect(cycles).toEqual([["a.ts", "b.ts", "a.ts"]]);
  });
});

describe("neighbours", () => {
  it("are the peers and the folders with a manifest, each once and without the module itself", async () => {
    const root = folderOf({
      "one/module.yaml": "name: one\n",
      "two/module.yaml": "name: two\nname: again\n",
      "three/readme.md": "",
      "four/module.yaml": "name: four\n",
    });
    const at = (name: string) => path.join(root, name);
    const plan = { folder: at("one"), peers: [at("four")], below: root, file: "module.yaml", bytesMax: 10_000 };
    const { found } = await findNeighbours(plan);
    expect(found.map(({ key, peer, data }) => [key, peer, data])).toEqual([
      ["four", true, { name: "four" }],
      ["two", false, { name: "again" }],
    ]);
    expect(found[1]?.problem).toMatch(/keys/i);
    expect((await findNeighbours({ ...plan, below: at("none") })).problem).toContain("no folder");
  });
});
