// JSON, YAML and TOML -> data and places: what is refused, what is read with a warning, and where things stand.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DocumentFormat,
  documentFormat,
  parseDocument,
  positionOf,
} from "../../src/formats/documents/document.ts";
import type { DocumentOptions } from "../../src/formats/documents/parsed.ts";

async function read(format: DocumentFormat, text: string, options: DocumentOptions = {}) {
  const { places, ...rest } = await parseDocument(text, format, options);
  expect(JSON.parse(JSON.stringify(rest))).toEqual(rest);
  return { ...rest, places: Object.fromEntries(places) };
}

const deep = (n: number) => "[".repeat(n) + "]".repeat(n);
const laughs = `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghij"].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]`).join("\n")}`;

test.each([
  ["a.json", "json"],
  ["b/Module.YML", "yaml"],
  ["module.yaml", "yaml"],
  ["manifest.toml", "toml"],
  ["README.md", "text"],
  ["json", "text"],
])("%s is %s", (file, format) => expect(documentFormat(file)).toBe(format));

describe("json", () => {
  test("data and places", async () => {
    const text = '{\n  "a": {"b": [1, "x"]},\n  "c/d": null\n}\n';
    const { data, places, warnings, problem } = await read("json", text);
    expect(problem).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(data).toEqual({ a: { b: [1, "x"] }, "c/d": null });
    expect(places).toEqual({
      "": [1, 1],
      "/a": [2, 3],
      "/a/b": [2, 9],
      "/a/b/0": [2, 15],
      "/a/b/1": [2, 18],
      "/c~1d": [3, 10],
    });
  });

  test.each<[name: string, text: string, kind: string, line: number, column: number, message: RegExp]>([
    ["nothing", "", "syntax", 1, 1, /ends where a value/],
    ["a comma too many", '{\n "a": 1,\n}', "syntax", 3, 1, /"}" where a key/],
    ["single quotes", "{'a': 1}", "syntax", 1, 2, /key in double quotes/],
    ["cut off", '{"a": [1,', "syntax", 1, 10, /ends where a value/],
    ["two values", "1 2", "syntax", 1, 3, /more after/],
    ["a comment", '{} // "x"', "syntax", 1, 4, /more after/],
    ["a leading zero", "[01]", "syntax", 1, 3, /"," or "]"/],
    ["NaN", '{"a": NaN}', "syntax", 1, 7, /"NaN}" where a value/],
    ["a line break in a string", '{"a": "x\ny"}', "syntax", 1, 7, /where a value/],
    ["a byte order mark", '\ufeff{"a": 1}', "syntax", 1, 1, /byte order mark/],
    ["H68 deep nesting", deep(100_000), "depth", 1, 65, /64/],
    ["H70 a key twice", '{"a": 1,\n "b": 2, "a": 3}', "duplicate-key", 2, 10, /"a" is there twice/],
    ["H70 a key twice, spelled differently", '{"a": 1, "\\u0061": 2}', "duplicate-key", 1, 10, /twice/],
    ["H71 1e400", '{"a": 1e400}', "number", 1, 7, /1e400/],
  ])("%s", async (_name, text, kind, line, column, message) => {
    const { problem, data } = await read("json", text);
    expect(problem).toMatchObject({ kind, line, column, message: expect.stringMatching(message) });
    expect(data === undefined).toBe(kind !== "duplicate-key");
  });

  test("64 levels are read; H69 __proto__ is a key like any other; H71 lost precision is said", async () => {
    expect((await read("json", deep(64))).problem).toBeUndefined();
    const { data, warnings } = await parseDocument('{"__proto__": {"x": 1}, "n": 9007199254740993, "m": -0}', "json");
    expect(Object.keys(data as object)).toEqual(["__proto__", "n", "m"]);
    expect(({} as { x?: number }).x).toBeUndefined();
    expect(warnings).toMatchObject([{ kind: "number", line: 1 }]);
  });

  test("agrees with JSON.parse on what is JSON", () => {
    const near = fc.oneof(
      fc.json(),
      fc.json().map((text) => JSON.stringify(JSON.parse(text), null, 2)),
      fc
        .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "\\", "0", "e", "\t", "\u0001"))
        .map(([text, at, c]) => {
          const i = at % (text.length + 1);
          return text.slice(0, i) + c + text.slice(i + (at % 2));
        }),
    );
    return fc.assert(
      fc.asyncProperty(near, async (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expected = undefined;
        }
        const { data, problem } = await parseDocument(text, "json");
        if (problem?.kind === "number") return;
        expect(data).toEqual(expected);
        if (expected === undefined) expect(problem?.kind).toBe("syntax");
      }),
      { numRuns: 300 },
    );
  });
});

describe("yaml", () => {
  test("data and places", async () => {
    const { data, places, problem } = await read("yaml", "name: kv\nrequires:\n  - a\n  - b: &x [1]\n    c: *x\n");
    expect(problem).toBeUndefined();
    expect(data).toEqual({ name: "kv", requires: ["a", { b: [1], c: [1] }] });
    expect(places).toMatchObject({
      "/name": [1, 7],
      "/requires": [2, 1],
      "/requires/0": [3, 5],
      "/requires/1": [4, 5],
      "/requires/1/b": [4, 5],
      "/requires/1/c": [5, 5],
    });
  });

  test("H81 follows YAML 1.2 core", async () => {
    const text =
      "a: no\nb: 1_000\nc: 0o17\nd: 017\ne: ~\nf: 2001-01-01\ng: True\nh: .nan\n1: x\n__proto__: {y: 1}\n<<: {m: 1}\ni: !foo z\n";
    const { data, warnings } = await parseDocument(text, "yaml");
    expect(Object.entries(data as object)).toEqual(
      Object.entries({
        1: "x",
        a: "no",
        b: "1_000",
        c: 15,
        d: 17,
        e: null,
        f: "2001-01-01",
        g: true,
        h: ".nan",
      }).concat([
        ["__proto__", { y: 1 } as never],
        ["<<", { m: 1 } as never],
        ["i", "z" as never],
      ]),
    );
    expect(warnings.map(({ kind, line }) => `${kind} ${line}`)).toEqual(["tag 12", "number 8", "key 9", "key 11"]);
    const merged = await read("yaml", "a: &a {x: 1, y: 1}\nb:\n  <<: *a\n  y: 2\n", { merge: true });
    expect(merged.data).toEqual({ a: { x: 1, y: 1 }, b: { x: 1, y: 2 } });
  });

  test.each<[name: string, text: string, kind: string, line: number]>([
    ["H81 a key twice", "a: 1\nb: 2\na: 3\n", "duplicate-key", 3],
    ["H81 an anchor that holds itself", "a: 1\nb: &b\n  c: *b\n", "alias", 3],
    ["an alias without anchor", "a: 1\nb: *x\n", "alias", 2],
    ["H80 a billion laughs", laughs, "alias", 6],
    ["H80 deep flow", `a: ${deep(10_000)}`, "depth", 1],
    ["H80 deep flow, moderate", `a: ${deep(100)}`, "depth", 1],
    ["H80 deep blocks", Array.from({ length: 100 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"), "depth", 64],
    ["tabs", "a:\n\tb: 1\n", "syntax", 2],
    ["an open bracket", "a: [1,\nb: 2\n", "syntax", 2],
    ["a Python string around it", '"""\na: 1\n"""\n', "syntax", 1],
    ["a second document", "a: 1\n---\nb: 2\n", "documents", 3],
  ])("%s", async (_name, text, kind, line) => {
    const start = performance.now();
    const { problem } = await read("yaml", text);
    expect(problem).toMatchObject({ kind, line });
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("a stream of documents, when asked for", async () => {
    const { documents, places, problem } = await read("yaml", "a: 1\n---\nb: [2]\n", { documents: true });
    expect(problem).toBeUndefined();
    expect(documents).toEqual([{ a: 1 }, { b: [2] }]);
    expect(places).toMatchObject({ "/0/a": [1, 4], "/1/b/0": [3, 5] });
    expect((await read("yaml", "", { documents: true })).documents).toEqual([]);
    expect((await read("yaml", "# nothing\n")).data).toBeNull();
  });
});

describe("toml", () => {
  test("data and places", async () => {
    const text = 'name = "kv"\n[a.b]\nc = [1, {d = 2}]\n"e/f".g = true\n[[list]]\nx = 1\n[[list]]\nx = 2\n';
    const { data, places, problem } = await read("toml", text);
    expect(problem).toBeUndefined();
    expect(data).toEqual({
      name: "kv",
      a: { b: { c: [1, { d: 2 }], "e/f": { g: true } } },
      list: [{ x: 1 }, { x: 2 }],
    });
    expect(places).toMatchObject({
      "/name": [1, 8],
      "/a": [2, 2],
      "/a/b": [2, 2],
      "/a/b/c": [3, 1],
      "/a/b/c/0": [3, 6],
      "/a/b/c/1/d": [3, 14],
      "/a/b/e~1f/g": [4, 11],
      "/list/1/x": [8, 5],
    });
  });

  test.each<[name: string, text: string, kind: string, line: number]>([
    ["H82 a key twice", "a = 1\na = 2\n", "duplicate-key", 2],
    ["H82 a table twice", "[a]\nx = 1\n[a]\n", "duplicate-key", 3],
    ["H82 deep arrays", `a = ${deep(100)}`, "depth", 1],
    ["H82 more than 64 bits", "a = 9223372036854775808\n", "number", 1],
    ["no value", "a = \n", "syntax", 1],
    ["bare words", "a = yes\n", "syntax", 1],
  ])("%s", async (_name, text, kind, line) => {
    const { problem, data } = await read("toml", text);
    expect(problem).toMatchObject({ kind, line });
    expect(data).toBeUndefined();
  });

  test("H82 what JSON has no word for", async () => {
    const { data, warnings } = await read(
      "toml",
      "a = nan\nb = -inf\nc = 9223372036854775807\nd = 1979-05-27T07:32:00Z\ne = 1979-05-27\n",
    );
    expect(data).toEqual({
      a: "nan",
      b: "-inf",
      c: 2 ** 63,
      d: "1979-05-27T07:32:00.000Z",
      e: "1979-05-27",
    });
    expect(warnings.map(({ line }) => line)).toEqual([1, 2, 3]);
    const own = await parseDocument("[__proto__]\nx = 1\n", "toml");
    expect(Object.keys(own.data as object)).toEqual(["__proto__"]);
    expect((await parseDocument(`[${Array(5000).fill("a").join(".")}]\n`, "toml")).problem).toMatchObject({
      kind: "depth",
    });
  });
});

test("the place of what is not there is the place around it", async () => {
  expect(await positionOf("a:\n  b: 1\n", "yaml", ["a", "c", 0])).toEqual([1, 1]);
  expect(await positionOf('{\n"a": [1]}', "json", ["a", 0])).toEqual([2, 7]);
  expect(await positionOf("x = 1\n[a]\nb = 2\n", "toml", ["a", "b"])).toEqual([3, 5]);
});

test("at most 2,000 places are kept", async () => {
  const parsed = await parseDocument(JSON.stringify(Array.from({ length: 5000 }, (_, i) => i)), "json");
  expect(parsed.places.size).toBe(2000);
  expect(parsed.placesCut).toBe(true);
});
