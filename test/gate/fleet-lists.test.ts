// Lists of modules, what is reused of earlier runs, and how modules are shared out.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedSeconds, parts } from "../../src/gate/fleet/balance.ts";
import { listFacts, moreThanNames, parseList } from "../../src/gate/fleet/list.ts";
import { type Now, stands } from "../../src/gate/fleet/reuse.ts";
import type { RecordHead } from "../../src/report/shard-file.ts";

const hex = "ab".repeat(32);

describe("a list", () => {
  test("is one target a line, or NDJSON; empty lines and comments are nothing", () => {
    const text = `\ufeff# ours\r\n./a\r\n\n  http://127.0.0.1:4100  \n{"target":"b c","contract":"tiny@1","parameters":{"n":1},"digest":"sha256:${hex}"}`;
    expect(parseList(text, "l.txt")).toEqual([
      { target: "./a", place: "l.txt:2" },
      { target: "http://127.0.0.1:4100", place: "l.txt:4" },
      { target: "b c", contract: "tiny@1", parameters: { n: 1 }, digest: `sha256:${hex}`, place: "l.txt:5" },
    ]);
  });

  test.each([
    ["", "l.txt names no module"],
    ["./a\n./b\n./a", "l.txt:3: ./a is named twice (first in l.txt:1)"],
    ['{"target":"a"', "l.txt:1: not JSON"],
    ['{"target":"a","contrat":"x"}', 'l.txt:1: unknown key "contrat"; did you mean "contract"?'],
    ['{"contract":"x"}', 'l.txt:1: "target" must be'],
    ['{"target":"a","parameters":[1]}', '"parameters" must be a map'],
    ['{"target":"a","digest":"md5:1"}', '"digest" must be sha256:'],
    ["a\0b", "l.txt:1: there is a NUL in it"],
  ])("%j is refused with its line", (text, message) => {
    expect(() => parseList(text, "l.txt")).toThrow(message);
  });

  test("is named by digest and count, whatever its order; what it says beyond names counts too", () => {
    expect(listFacts(["b", "a"])).toEqual(listFacts(["a", "b"]));
    expect(listFacts(["a"]).sha256).not.toBe(listFacts(["b"]).sha256);
    const plain = { name: "a", target: "a" };
    expect(moreThanNames([plain])).toBeUndefined();
    expect(moreThanNames([{ ...plain, contract: "x" }])).not.toBe(moreThanNames([{ ...plain, contract: "y" }]));
  });
});

describe("sharing out", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 40 });

  test("every module is in one part, with and without timings, whatever the order of the list", () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 9 }), fc.boolean(), (list, count, timed) => {
        const timings = timed ? new Map(list.slice(1).map((name, i) => [name, (i * 37) % 11])) : undefined;
        const lists = parts(list, count, timings);
        expect(lists).toHaveLength(count);
        expect(lists.flat().sort()).toEqual([...list].sort());
        const other = parts([...list].reverse(), count, timings);
        expect(other.map((one) => [...one].sort())).toEqual(lists.map((one) => [...one].sort()));
      }),
    );
  });

  test("the longest come first, and no part is much longer than it must be", () => {
    const timings = new Map(Array.from({ length: 100 }, (_, i) => [`m${i}`, i < 3 ? 30_000 : 1000]));
    const lists = parts([...timings.keys(), "new"], 4, timings);
    for (const list of lists.slice(0, 3)) expect(timings.get(list[0] ?? "")).toBe(30_000);
    const seconds = expectedSeconds(lists, timings);
    const least = seconds.reduce((a, b) => a + b) / 4;
    expect(Math.max(...seconds)).toBeLessThanOrEqual(least * (4 / 3));
  });
});

describe("an earlier verdict", () => {
  const head: RecordHead = {
    name: "a",
    contract: { name: "tiny", version: "1.0.0", digest: "c" },
    digest: "d",
    asked: "q",
    kind: "nonconformant",
    duration_ms: 1,
    open: 0,
  };
  const now: Now = { contractDigest: "c", digest: "d", asked: "q", outlives: true };

  test("stands while nothing changed that it was made of", () => {
    for (const how of ["resume", "since"] as const) expect(stands(head, now, how)).toBe(true);
  });

  test.each<[string, Partial<RecordHead>, Partial<Now>]>([
    ["another text of the contract", {}, { contractDigest: "x" }],
    ["another module", {}, { digest: "x" }],
    ["another program", { program: "p" }, { program: "x" }],
    ["asked something else", {}, { asked: "x" }],
    ["cut short", { partial: true }, {}],
    ["conform could not tell", { kind: "inconclusive" }, {}],
  ])("does not stand: %s", (_, was, is) => {
    for (const how of ["resume", "since"] as const)
      expect(stands({ ...head, ...was }, { ...now, ...is }, how)).toBe(false);
  });

  test("of a running service stands within its run only, and so does one that depends on other modules", () => {
    const { digest: _, ...service } = head;
    const { digest: _d, ...there } = now;
    expect([stands(service, there, "resume"), stands(service, there, "since")]).toEqual([true, false]);
    expect([
      stands(head, { ...now, outlives: false }, "resume"),
      stands(head, { ...now, outlives: false }, "since"),
    ]).toEqual([true, false]);
  });
});
