// Joining shards is whole or refused, whatever their number and order.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../src/base/judged.ts";
import { listFacts } from "../../src/gate/fleet/list.ts";
import { type Blob, merged, type Slot, VerdictSum } from "../../src/gate/fleet/merge.ts";
import { partOf } from "../../src/gate/fleet/shard.ts";
import { verdictOf, verdictOfAll } from "../../src/judge/verdict.ts";
import { headOf, moduleLine, parseLine, parseModule, type RecordHead } from "../../src/report/shard-file.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { moduleOf, pass, result } from "../report/cases.ts";

const fail: Outcome = { kind: "fail", findings: [{ at: "x", expected: 1, actual: 2, events: [] }] };
const tool = { name: "conform", version: "0.1.0" };

function moduleNamed(name: string, outcome: Outcome = pass): ModuleReport {
  const results = [result("a/x", "MUST", "It does x.", outcome)];
  return { ...moduleOf(name, results, verdictOf(results)), target: { kind: "folder", label: name } };
}

/** A record that is at hand. */
interface Held {
  head: RecordHead;
  module: ModuleReport;
}

const held = (module: ModuleReport): Held => ({ head: headOf(module), module });
const modulesOf = (slots: readonly Slot<Held>[] = []) =>
  slots.map((slot) => ("record" in slot ? slot.record.module : slot.missing));

/** A whole run cut into `count` shards. */
function blobsOf(
  modules: readonly ModuleReport[],
  count: number,
): (Blob<Held> & { header: NonNullable<Blob["header"]> })[] {
  const names = modules.map(({ name }) => name).sort();
  return Array.from({ length: count }, (_, i) => {
    const own = modules.filter(({ name }) => partOf(name, count) === i + 1);
    return {
      file: `r/shard-${i + 1}-of-${count}.ndjson`,
      header: {
        format: 2,
        tool,
        shard: [i + 1, count],
        started: "2026-03-01T09:30:00.000Z",
        list: listFacts(names),
        selection: "",
        balance: "hash",
      },
      records: own.map(held),
      footer: { modules: own.length, duration_ms: 0, sha256: "" },
      faults: [],
    };
  });
}

const namesOf = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}(\/[a-z]{1,3})?$/), { minLength: 1, maxLength: 12 });

describe("merging", () => {
  test("any number of shards in any order gives the same bytes and the worst verdict", () => {
    fc.assert(
      fc.property(
        namesOf.chain((names) =>
          fc.record({
            names: fc.constant(names),
            bad: fc.subarray(names),
            count: fc.integer({ min: 1, max: 9 }),
            seed: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 9 }),
          }),
        ),
        ({ names, bad, count, seed }) => {
          const modules = names.map((name) => moduleNamed(name, bad.includes(name) ? fail : pass));
          const whole = merged(blobsOf(modules, 1));
          const blobs = blobsOf(modules, count);
          const parts = merged(seed.flatMap((i) => blobs[i] ?? []));
          expect(parts.refusals).toEqual([]);
          expect(parts.run).toEqual(whole.run);
          expect(modulesOf(parts.run?.slots)).toHaveLength(names.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("a missing, doubled, cut or emptied shard is never taken for a whole run", () => {
    fc.assert(
      fc.property(
        namesOf,
        fc.integer({ min: 2, max: 6 }),
        fc.nat(5),
        fc.constantFrom("missing", "doubled", "cut", "emptied"),
        (names, count, which, fault) => {
          const blobs: Blob<Held>[] = blobsOf(
            names.map((name) => moduleNamed(name)),
            count,
          );
          const at = which % count;
          const blob = blobs[at];
          if (blob === undefined) throw new Error("no such shard");
          if (fault === "missing") blobs.splice(at, 1);
          if (fault === "doubled") blobs.push({ ...blob, file: `again/${at}.ndjson` });
          if (fault === "cut") delete blob.footer;
          if (fault === "emptied") blobs[at] = { file: blob.file, records: [], faults: [] };
          const known = merged(blobs, names);
          for (const { refusals, incomplete } of [merged(blobs), known]) {
            expect(refusals.length).toBeGreaterThan(0);
            expect(incomplete).toBe(fault !== "doubled");
          }
          if (fault === "missing") {
            const lost = names.filter((name) => partOf(name, count) === at + 1);
            const missing = known.run?.slots.flatMap((slot) => ("missing" in slot ? [slot.name] : []));
            expect(missing).toEqual(lost.sort());
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  const two = () => blobsOf([moduleNamed("a"), moduleNamed("b"), moduleNamed("c"), moduleNamed("d")], 2);
  test.each<[string, (blobs: ReturnType<typeof two>) => unknown, string]>([
    [
      "version",
      ([a]) => Object.assign(a?.header ?? {}, { tool: { ...tool, version: "0.2.0" } }),
      "in the version of conform: 0.1.0, not 0.2.0",
    ],
    ["count", ([, b]) => Object.assign(b?.header ?? {}, { shard: [2, 3] }), "in the number of shards: 3, not 2"],
    [
      "selection",
      ([, b]) => Object.assign(b?.header ?? {}, { selection: "--only a/*" }),
      "in what was asked for: --only a/*, not everything",
    ],
    [
      "list",
      ([, b]) => Object.assign(b?.header ?? {}, { list: listFacts(["a", "b", "c", "e"]) }),
      "in the list of modules: 4 modules, sha256",
    ],
    [
      "sharing out",
      ([, b]) => Object.assign(b?.header ?? {}, { balance: "timings" }),
      "in how modules are shared out: timings, not hash",
    ],
    ["a module too many", ([a]) => a?.records.push(held(moduleNamed("f"))), "there are 5 modules, the list has 4"],
    [
      "a module for another",
      ([a]) => a?.records.splice(0, 1, held(moduleNamed("f"))),
      "the modules judged are not those of the list",
    ],
    ["module twice", ([a]) => a?.records.push(...a.records.slice(0, 1)), "twice"],
    [
      "module of the other",
      ([a, b]) => a?.records.push(...(b?.records.splice(0, 1) ?? [])),
      "which belongs to shard 2",
    ],
    [
      "other text of the contract",
      ([a]) => Object.assign(a?.records[0]?.head.contract ?? {}, { digest: "other" }),
      "judged under another text of contract pywatt@1.0.0",
    ],
    ["a module not judged", ([a]) => a?.records.shift(), "not judged: 1 of 4 modules (--modules-from LIST names them)"],
  ])("mixed: %s", (_, spoil, message) => {
    const blobs = two();
    spoil(blobs);
    expect(merged(blobs).refusals.join("\n")).toContain(message);
  });

  test("no files at all is no run", () => {
    expect(merged([])).toEqual({ refusals: ["there are no result files of shards"], incomplete: false });
  });

  test("a record stands in its line with its head first, and is taken for nothing else than its head says", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(pass, fail), (name, outcome) => {
        const module = moduleNamed(name, outcome);
        const line = Buffer.from(moduleLine(module).trimEnd());
        const parsed = parseLine(line);
        if (parsed.kind !== "module") throw new Error(parsed.kind);
        expect(parsed.head).toEqual(headOf(module));
        const text = line.toString("utf8", parsed.report, line.length - 1);
        expect(parseModule(text, parsed.head)).toEqual(module);
        expect(parseModule(text, { ...parsed.head, kind: "partial" })).toBeUndefined();
      }),
    );
  });

  test("the verdict on many is the same when they come one by one", () => {
    const some = Array.from({ length: 700 }, (_, i) => moduleNamed(`m${i}`, i % 300 === 7 ? fail : pass).verdict);
    const sum = new VerdictSum();
    for (const verdict of some) sum.add(verdict);
    expect(sum.verdict).toEqual(verdictOfAll(some));
  });

  test("foreign text in a file is read as data or refused, never trusted", () => {
    const read = (text: string) => parseLine(Buffer.from(text));
    expect(read("{")).toMatchObject({ kind: "fault" });
    expect(read('"x"')).toMatchObject({ kind: "fault", fault: "is no record" });
    expect(read('{"type":"novelty"}')).toEqual({ kind: "unknown" });
    expect(read('{"type":"header","format":1}')).toMatchObject({ fault: expect.stringContaining("an older conform") });
    expect(read('{"type":"header","format":3}')).toMatchObject({ fault: expect.stringContaining("format 3") });
    expect(read('{"type":"module","module":{"name":"a"}}')).toMatchObject({ kind: "fault" });
    expect(read('{"type":"module","name":"a","module":{"name":"a"}}')).toMatchObject({ kind: "fault" });
  });
});
