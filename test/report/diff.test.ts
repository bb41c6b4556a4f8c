// What a change did: every pair of outcomes, the pairing of modules, what a reviewer reads, the exit code.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Outcome, Result } from "../../src/base/judged.ts";
import type { Level } from "../../src/base/types.ts";
import { verdictOf, verdictOfAll } from "../../src/judge/verdict.ts";
import { deltaOf, shortNames } from "../../src/report/diff.ts";
import { commentMarker, deltaMarkdown, deltaText } from "../../src/report/reporters/diff-text.ts";
import type { ModuleReport, Report } from "../../src/report/types.ts";
import { theCli } from "../cli/the-cli.ts";
import { moduleOf, pass, reportOf, result } from "./cases.ts";
import { markdownToHtml } from "./readers.ts";

const fail: Outcome = {
  kind: "fail",
  findings: [{ at: "main.greeted", expected: "world", actual: "moon", events: [3] }],
};
const blocked: Outcome = { kind: "blocked", by: "a/root" };
const skipped: Outcome = { kind: "skipped", reason: "not declared" };
const error: Outcome = { kind: "error", message: "conform broke" };
const known = { binding: false, baseline: { owner: "me", reason: "because" } };

function module(name: string, results: Result[], more: Partial<ModuleReport> = {}): ModuleReport {
  return { ...moduleOf(name, results, verdictOf(results)), ...more };
}
function one(outcome: Outcome, more: Partial<Result> = {}, level: Level = "MUST"): Result {
  return result("a/x", level, "It does x.", outcome, more);
}
function report(...modules: ModuleReport[]): Report {
  return reportOf(modules, verdictOfAll(modules.map(({ verdict }) => verdict)));
}
function turn(before: Result | undefined, after: Result, more: Partial<ModuleReport> = {}) {
  const base = report(module("./m", before === undefined ? [] : [before]));
  const delta = deltaOf(base, report(module("./m", [after], more)));
  const found = delta.modules[0]?.turns[0];
  return [found?.change, found?.worse];
}

test.each<[string, Result | undefined, Result, string, boolean]>([
  ["passed, fails", one(pass), one(fail), "broken", true],
  ["failed, fails", one(fail), one(fail), "unchanged", false],
  ["failed, passes", one(fail), one(pass), "fixed", false],
  ["passed, passes", one(pass), one(pass), "unchanged", false],
  ["passed, waits", one(pass), one(blocked), "lost", true],
  ["passed, conform cannot tell", one(pass), one(error), "lost", true],
  ["passed, no longer declared", one(pass), one(skipped), "unmeasured", false],
  ["failed, waits", one(fail), one(blocked), "unmeasured", false],
  ["unknown, passes", undefined, one(pass), "measured", false],
  ["unknown, fails", undefined, one(fail), "measured", false],
  ["not declared, declared and broken", one(skipped), one(fail), "broken", true],
  ["not declared, declared and works", one(skipped), one(pass), "measured", false],
  ["waited, fails", one(blocked), one(fail), "measured", false],
  ["could not tell, passes", one(error), one(pass), "measured", false],
  ["waited, waits", one(blocked), one(blocked), "unchanged", false],
  ["passed, fails but excused", one(pass), one(fail, known), "excused", false],
  ["failed, fails but excused", one(fail), one(fail, known), "excused", false],
  ["excused, no longer excused", one(fail, known), one(fail), "broken", true],
  ["excused, passes", one(fail, known), one(pass), "fixed", false],
  ["SHOULD passed, fails", one(pass, {}, "SHOULD"), one(fail, {}, "SHOULD"), "warned", false],
  ["SHOULD passed, fails, strict", one(pass, {}, "SHOULD"), one(fail, { binding: true }, "SHOULD"), "broken", true],
  ["SHOULD passed, waits", one(pass, {}, "SHOULD"), one(blocked, {}, "SHOULD"), "unmeasured", false],
  ["SHOULD failed, now a MUST", one(fail, {}, "SHOULD"), one(fail), "measured", false],
])("%s", (_, before, after, change, worse) => {
  expect(turn(before, after)).toEqual([change, worse]);
});

test("skipped before and failing now is not the module's doing when conditions differ", () => {
  const contract = { name: "pywatt", version: "1.1.0", title: "PyWatt module", digest: "other" };
  expect(turn(one(skipped), one(fail), { contract })).toEqual(["measured", false]);
  expect(turn(one(skipped), one(fail), { profile: "quick" })).toEqual(["measured", false]);
  expect(turn(one(skipped), one(fail), { target: { kind: "url", label: "http://x" } })).toEqual(["measured", false]);
});

test("a requirement that the head does not know is told, not counted", () => {
  const delta = deltaOf(report(module("m", [one(pass)])), report(module("m", [])));
  expect(delta.modules[0]?.turns).toMatchObject([{ id: "a/x", change: "unmeasured", before: "pass", worse: false }]);
});

test("modules are paired by name, alone, or without the folder they share; others are new or gone", () => {
  const pairsOf = (base: string[], head: string[]) =>
    deltaOf(
      report(...base.map((name) => module(name, [one(pass)]))),
      report(...head.map((name) => module(name, [one(pass)]))),
    ).modules.map(({ name, state }) => [name, state]);
  expect(pairsOf(["./old"], ["./new"])).toEqual([["./new", "both"]]);
  expect(pairsOf(["base/m/a", "base/m/b"], ["head/m/b", "head/m/c"])).toEqual([
    ["head/m/b", "both"],
    ["head/m/c", "added"],
    ["base/m/a", "removed"],
  ]);
  expect(pairsOf(["m/a", "m/b"], ["m/b", "m/c"])).toEqual([
    ["m/b", "both"],
    ["m/c", "added"],
    ["m/a", "removed"],
  ]);
  expect(shortNames(["a"])).toEqual(["a"]);
  expect(shortNames(["x/a", "x/a/b"])).toEqual(["a", "a/b"]);
});

const before = report(
  module("base/one", [
    result("a/x", "MUST", "It does x.", pass),
    result("a/y", "MUST", "It does y.", fail),
    result("a/z", "SHOULD", "It does z.", pass),
  ]),
  module("base/two", [result("a/x", "MUST", "It does x.", pass)]),
);
const after = report(
  module("head/one", [
    result("a/x", "MUST", "It does x.", fail, { hint: "Look @here | `there`." }),
    result("a/y", "MUST", "It does y.", pass),
    result("a/z", "SHOULD", "It does z.", fail),
  ]),
  module("head/two", [result("a/x", "MUST", "It does x.", pass)]),
);

test("text names what broke, why, and how to repeat it, worst first; unchanged modules are not listed", () => {
  const text = deltaText(deltaOf(before, after));
  const order = [
    "Newly broken: 1",
    "MUST   a/x  pass -> fail",
    "expected world, got moon",
    "repeat: conform",
    "New warnings",
    "Fixed: 1",
    "WORSE: 1 requirement got worse",
  ];
  const places = order.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect([...places].sort((a, b) => a - b)).toEqual(places);
  expect(text).not.toContain("two");
  expect(deltaText(deltaOf(after, after))).toBe(
    "NOT WORSE: nothing got worse · 4 unchanged; 1 binding failure in the head\n",
  );
});

test("Markdown is one table and what is worse unfolded, and calls nobody", () => {
  const text = deltaMarkdown(deltaOf(before, after));
  const page = markdownToHtml(text);
  expect(page.match(/<tr>/g)).toHaveLength(4);
  expect(page).toContain("<td>newly broken</td>");
  expect(page.match(/<details open/g)).toHaveLength(1);
  expect(text.startsWith(`${commentMarker}\n\n## ❌ WORSE: 1 requirement got worse`)).toBe(true);
  const hostile = report(module("m", [result("a/x", "MUST", "@all <b>#1 | x\n::error::y", fail)]));
  const shown = deltaMarkdown(deltaOf(report(module("m", [result("a/x", "MUST", "t", pass)])), hostile));
  expect(shown).not.toMatch(/@all|#1\b|<b>#|\n\s*::error/);
});

test("a delta of thousands stays below what GitHub takes in a comment", () => {
  const many = (outcome: Outcome) =>
    report(
      module(
        "m",
        Array.from({ length: 3000 }, (_, i) => result(`a/r-${i}`, "MUST", "x".repeat(500), outcome)),
      ),
    );
  const text = deltaMarkdown(deltaOf(many(pass), many(fail)));
  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain("cut here");
});

const cli = theCli();
afterAll(() => cli.close());

test("exit codes and mistakes of the command", async () => {
  const file = (name: string, content: unknown) => {
    writeFileSync(join(cli.folder, name), typeof content === "string" ? content : JSON.stringify(content));
    return name;
  };
  const [base, head] = [file("base.json", before), file("head.json", after)];
  const unjudged = file("unjudged.json", report(module("m", [one(skipped)])));
  const code = async (...args: string[]) => (await cli.run(["diff", ...args])).code;
  expect(await code(base, head)).toBe(1);
  expect(await code(head, base)).toBe(1);
  expect(await code(head, head)).toBe(0);
  expect(await code(head, head, "--fail-on", "any")).toBe(1);
  expect(await code(base, unjudged)).toBe(3);
  const json = await cli.run(["diff", base, head, "--reporter", "json", "--reporter", "markdown=d/c.md"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    format: 1,
    worse: 1,
    counts: { broken: 1, fixed: 1, warned: 1, unchanged: 1 },
  });
  for (const [args, message] of [
    [[base], "missing required argument 'head.json'"],
    [[base, "no.json"], "conform: cannot read no.json: no such file or folder\n"],
    [[base, file("x.json", "{")], "conform: x.json is not JSON"],
    [[base, file("y.json", "{}")], "conform: y.json: not a report of conform"],
    [[base, head, "--reporter", "txt"], 'conform diff has no reporter "txt"; did you mean "text"?'],
    [[base, head, "--reporter", "text", "--reporter", "json"], "two reporters cannot share standard output"],
    [[base, head, "--fail-on", "all"], "Allowed choices are new, any"],
  ] as const) {
    const { code, stderr, stdout } = await cli.run(["diff", ...args]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  }
});
