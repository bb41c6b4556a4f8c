// Joining shards is whole or refused, whatever their number and order.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../src/base/judged.ts";
import { type Blob, merged } from "../../src/gate/merge.ts";
import { partOf } from "../../src/gate/shard.ts";
import { verdictOf } from "../../src/judge/verdict.ts";
import { parseLine } from "../../src/report/shard-file.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { moduleOf, pass, result } from "../report/cases.ts";

const fail: Outcome = { kind: "fail", findings: [{ at: "x", expected: 1, actual: 2, events: [] }] };
const tool = { name: "conform", version: "0.1.0" };

function moduleNamed(name: string, outcome: Outcome = pass): ModuleReport {
  const results = [result("a/x", "MUST", "It does x.", outcome)];
  return { ...moduleOf(name, results, verdictOf(results)), target: { kind: "folder", label: name } };
}

/** A whole run cut into `count` shards. */
function blobsOf(modules: readonly ModuleReport[], count: number): (Blob & { header: NonNullable<Blob["header"]> })[] {
  const names = modules.map(({ name }) => name).sort();
  return Array.from({ length: count }, (_, i) => {
    const own = modules.filter(({ name }) => partOf(name, count) === i + 1);
    return {
      file: `r/shard-${i + 1}-of-${count}.ndjson`,
      header: {
        format: 1,
        tool,
        shard: [i + 1, count],
        started: "2026-03-01T09:30:00.000Z",
        modules: names,
        selection: "",
      },
      modules: own,
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
          expect(JSON.stringify(parts.report)).toBe(JSON.stringify(whole.report));
          expect(parts.report?.verdict.exit).toBe(bad.length > 0 ? 1 : 0);
          expect(parts.report?.modules).toHaveLength(names.length);
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
          const blobs: Blob[] = blobsOf(
            names.map((name) => moduleNamed(name)),
            count,
          );
          const at = which % count;
          const blob = blobs[at];
          if (blob === undefined) throw new Error("no such shard");
          if (fault === "missing") blobs.splice(at, 1);
          if (fault === "doubled") blobs.push({ ...blob, file: `again/${at}.ndjson` });
          if (fault === "cut") delete blob.footer;
          if (fault === "emptied") blobs[at] = { file: blob.file, modules: [], faults: [] };
          const { refusals, incomplete, report } = merged(blobs);
          expect(refusals.length).toBeGreaterThan(0);
          expect(incomplete).toBe(fault !== "doubled");
          if (fault === "missing") {
            const lost = names.filter((name) => partOf(name, count) === at + 1);
            expect(report?.verdict.exit).toBe(lost.length > 0 ? 3 : 0);
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
      ([, b]) => Object.assign(b?.header ?? {}, { modules: ["a", "b", "c", "e"] }),
      "in the list of modules: +e, -d",
    ],
    ["foreign module", ([a]) => a?.modules.push(moduleNamed("zz")), "has zz, which is not in its list of modules"],
    ["module twice", ([a]) => a?.modules.push(...a.modules.slice(0, 1)), "twice"],
    [
      "module of the other",
      ([a, b]) => a?.modules.push(...(b?.modules.splice(0, 1) ?? [])),
      "which belongs to shard 2",
    ],
    [
      "other text of the contract",
      ([a]) => Object.assign(a?.modules[0] ?? {}, { contract: { ...a?.modules[0]?.contract, digest: "other" } }),
      "judged under another text of contract pywatt@1.0.0",
    ],
    ["a module not judged", ([a]) => a?.modules.shift(), "not judged: "],
  ])("mixed: %s", (_, spoil, message) => {
    const blobs = two();
    spoil(blobs);
    expect(merged(blobs).refusals.join("\n")).toContain(message);
  });

  test("no files at all is no run", () => {
    expect(merged([])).toEqual({ refusals: ["there are no result files of shards"], incomplete: false });
  });

  test("foreign text in a file is read as data or refused, never trusted", () => {
    expect(parseLine("{")).toMatchObject({ kind: "fault" });
    expect(parseLine('"x"')).toMatchObject({ kind: "fault", fault: "is no record" });
    expect(parseLine('{"type":"novelty"}')).toEqual({ kind: "unknown" });
    expect(parseLine('{"type":"header","format":2}')).toMatchObject({ fault: expect.stringContaining("format 2") });
    expect(parseLine('{"type":"module","module":{"name":"a"}}')).toMatchObject({ kind: "fault" });
  });
});
