// Verdict, counts and exit codes from literals.
import { describe, expect, it } from "vitest";
import type { Outcome, Result } from "../../src/base/judged.ts";
import type { Level } from "../../src/base/types.ts";
import { verdictOf, verdictOfAll } from "../../src/judge/verdict.ts";

const fail: Outcome = { kind: "fail", findings: [{ at: "x", expected: 1, actual: 2, events: [1] }] };
const pass: Outcome = { kind: "pass", events: [1] };

const unselected: Outcome = { kind: "skipped", reason: "not selected", left_out: "selection" };
const hidden: Outcome = { kind: "skipped", reason: "needs the module's folder", left_out: "target" };

function result(id: string, level: Level, outcome: Outcome, binding = level === "MUST"): Result {
  return { id, area: "a", level, text: id, sources: [], outcome, binding, evidence: [], repeat: [], scenarios: [] };
}

describe("a part is never called conformant", () => {
  const half = [result("a/1", "MUST", pass), result("a/2", "MUST", unselected), result("a/3", "MAY", pass)];
  it.each([
    [{ filtered: "--only a/1" }, 0, ["2 of 3 requirements judged: --only a/1"]],
    [{ profile: "quick" }, 0, ["2 of 3 requirements judged: profile quick"]],
    [{}, 0, ["1 of 2 MUST judged: the rest cannot be seen on this kind of target"]],
    [
      { filtered: "--only a/1", requireComplete: true },
      3,
      [expect.stringContaining("--require-complete"), expect.any(String)],
    ],
  ])("%o", (circumstances, exit, reasons) => {
    expect(verdictOf(half, circumstances)).toMatchObject({ kind: "partial", exit, reasons });
  });

  it("the whole is conformant with --require-complete too", () => {
    expect(verdictOf([result("a/1", "MUST", pass)], { requireComplete: true })).toMatchObject({
      kind: "conformant",
      exit: 0,
    });
  });
});

it("--fail-on-flaky: what passed only at the second look fails", () => {
  const flaky: Result[] = [{ ...result("a/1", "MUST", pass), flaky: true }];
  expect(verdictOf(flaky)).toMatchObject({ kind: "conformant", exit: 0 });
  expect(verdictOf(flaky, { failOnFlaky: true })).toMatchObject({ kind: "nonconformant", exit: 1 });
});

describe("one module", () => {
  const table: [what: string, results: Result[], kind: string, exit: number][] = [
    ["all pass", [result("a/1", "MUST", pass), result("a/2", "SHOULD", pass)], "conformant", 0],
    ["a MUST fails", [result("a/1", "MUST", fail), result("a/2", "MUST", pass)], "nonconformant", 1],
    ["a SHOULD fails", [result("a/1", "MUST", pass), result("a/2", "SHOULD", fail)], "conformant", 0],
    [
      "a SHOULD fails and binds",
      [result("a/1", "MUST", pass), result("a/2", "SHOULD", fail, true)],
      "nonconformant",
      1,
    ],
    ["a MAY fails", [result("a/1", "MUST", pass), result("a/2", "MAY", fail)], "conformant", 0],
    ["nothing is judged", [], "inconclusive", 3],
    ["everything is skipped", [result("a/1", "MUST", { kind: "skipped", reason: "x" })], "inconclusive", 3],
    ["only a MAY passes", [result("a/1", "MAY", pass)], "inconclusive", 3],
    [
      "conform could not tell",
      [result("a/1", "MUST", { kind: "error", message: "x" }), result("a/2", "MUST", pass)],
      "inconclusive",
      3,
    ],
    [
      "an error at SHOULD does not bind",
      [result("a/1", "SHOULD", { kind: "error", message: "x" }), result("a/2", "MUST", pass)],
      "conformant",
      0,
    ],
    [
      "a block explained by a failure",
      [result("a/1", "MUST", fail), result("a/2", "MUST", { kind: "blocked", by: "a/1" })],
      "nonconformant",
      1,
    ],
    [
      "a block that nothing explains",
      [result("a/1", "MUST", pass), result("a/2", "MUST", { kind: "blocked", by: "main.x" })],
      "inconclusive",
      3,
    ],
    ["a MUST was not selected", [result("a/1", "MUST", pass), result("a/2", "MUST", unselected)], "partial", 0],
    ["a MUST that a URL hides", [result("a/1", "MUST", pass), result("a/2", "MUST", hidden)], "partial", 0],
    ["a SHOULD that a URL hides", [result("a/1", "MUST", pass), result("a/2", "SHOULD", hidden)], "conformant", 0],
    ["the same with --strict", [result("a/1", "MUST", pass), result("a/2", "SHOULD", hidden, true)], "partial", 0],
    ["a failure in a part", [result("a/1", "MUST", fail), result("a/2", "MUST", hidden)], "nonconformant", 1],
    ["nothing but what is hidden", [result("a/2", "MUST", hidden)], "inconclusive", 3],
    [
      "a failure outweighs an error",
      [result("a/1", "MUST", fail), result("a/2", "MUST", { kind: "error", message: "x" })],
      "nonconformant",
      1,
    ],
  ];
  it.each(table)("%s", (_, results, kind, exit) => {
    expect(verdictOf(results)).toMatchObject({ kind, exit });
  });

  it("a MUST blocked by a failed SHOULD is not conformant", () => {
    const results = [
      result("a/1", "SHOULD", fail),
      result("a/2", "MUST", { kind: "blocked", by: "a/1" }),
      result("a/3", "MUST", pass),
    ];
    expect(verdictOf(results).kind).not.toBe("conformant");
  });

  it("interruption, truncation, stale baseline", () => {
    const good = [result("a/1", "MUST", pass)];
    expect(verdictOf(good, { interrupted: "SIGINT" })).toMatchObject({ kind: "inconclusive", exit: 130 });
    expect(verdictOf(good, { interrupted: "SIGTERM" })).toMatchObject({ kind: "inconclusive", exit: 143 });
    expect(verdictOf(good, { truncated: true })).toMatchObject({ kind: "inconclusive", exit: 3 });
    expect(verdictOf(good, { unreachable: "down" })).toMatchObject({ kind: "inconclusive", exit: 3 });
    expect(verdictOf(good, { staleBaseline: ["a/9: matches nothing"] })).toMatchObject({
      kind: "nonconformant",
      exit: 1,
    });
  });

  it("counts by outcome and level", () => {
    const verdict = verdictOf([
      result("a/1", "MUST", pass),
      result("a/2", "MUST", fail),
      result("a/3", "SHOULD", pass),
    ]);
    expect(verdict.counts).toEqual({ pass: 2, fail: 1, blocked: 0, skipped: 0, error: 0 });
    expect(verdict.levels.MUST).toMatchObject({ pass: 1, fail: 1 });
    expect(verdict.reasons).toEqual(["MUST a/2 failed"]);
  });
});

describe("many modules", () => {
  const good = verdictOf([result("a/1", "MUST", pass)]);
  const bad = verdictOf([result("a/1", "MUST", fail)]);
  const open = verdictOf([]);
  it("the worst decides", () => {
    expect(verdictOfAll([good, good])).toMatchObject({ kind: "conformant", exit: 0 });
    expect(verdictOfAll([good, open])).toMatchObject({ kind: "inconclusive", exit: 3 });
    expect(verdictOfAll([open, bad, good])).toMatchObject({ kind: "nonconformant", exit: 1 });
    expect(verdictOfAll([])).toMatchObject({ kind: "inconclusive", exit: 3 });
  });
  it("counts add up", () => {
    expect(verdictOfAll([good, bad]).counts).toEqual({ pass: 1, fail: 1, blocked: 0, skipped: 0, error: 0 });
  });
});
