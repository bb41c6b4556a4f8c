// What a stored report says of itself is worked out again: each lie is found, and what a run writes holds.
import { expect, test } from "vitest";
import type { Result } from "../../src/base/judged.ts";
import { contradictionsOf } from "../../src/judge/consistent.ts";
import { verdictOf, verdictOfAll } from "../../src/judge/verdict.ts";
import type { ModuleReport, Report } from "../../src/report/types.ts";
import { moduleOf, pass, reportOf, result } from "../report/cases.ts";

const failed = {
  kind: "fail",
  findings: [{ at: "x", expected: 1, actual: 2, events: [] }],
} satisfies Result["outcome"];
const results = [result("a/one", "MUST", "One.", failed), result("a/two", "SHOULD", "Two.", pass)];
const module = moduleOf("./m", results, verdictOf(results));
const reported = (changed: Partial<ModuleReport>): Report => {
  const one = { ...module, ...changed };
  return reportOf([one], verdictOfAll([one.verdict]));
};

test.each([
  ["as it is", {}],
  ["interrupted", { partial: "interrupted by SIGHUP", verdict: verdictOf(results, { interrupted: "SIGHUP" }) }],
  ["broken off", { partial: "the transcript breaks off", verdict: verdictOf(results, { truncated: true }) }],
  ["not reached", { partial: "no answer", results: [], verdict: verdictOf([], { unreachable: "no answer" }) }],
] satisfies [string, Partial<ModuleReport>][])("%s: nothing contradicts", (_, changed) => {
  expect(contradictionsOf(reported(changed))).toEqual([]);
});

const green = { ...module.verdict, kind: "conformant", exit: 0 } as const;
test.each([
  ["a failure called conformant", { verdict: green }, "it says conformant, its results say nonconformant"],
  ["exit 0", { verdict: { ...module.verdict, exit: 0 } }, "it says exit 0, its results say 1"],
  ["counts", { verdict: { ...module.verdict, baselined: 1 } }, "its counts are not those of its results"],
  [
    "a MUST that does not bind",
    { results: results.map((one) => ({ ...one, binding: false })) },
    "a/one is a MUST and says binding: false",
  ],
  ["one id twice", { results: [...results, ...results] }, "a/one is there twice"],
  [
    "excused by nobody",
    { results: results.map((one) => ({ ...one, binding: false, baseline: { reason: "known" } })) },
    "a/one is excused by a baseline that the run did not have",
  ],
] satisfies [string, Partial<ModuleReport>, string][])("%s is found", (_, changed, line) => {
  expect(contradictionsOf(reported(changed))).toContain(`./m: ${line}`);
});

test("the verdict of the whole run is worked out too", () => {
  expect(contradictionsOf({ ...reported({}), verdict: green })).toEqual([
    "the verdict of the run: it says conformant, its results say nonconformant",
    "the verdict of the run: it says exit 0, its results say 1",
  ]);
});
