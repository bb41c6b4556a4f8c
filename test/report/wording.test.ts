// Wording: facts to sentences, escaping, cutting.
import { describe, expect, test } from "vitest";
import type { Finding, Result } from "../../src/base/judged.ts";
import { harmless, visible, visibleJson, visibleLines } from "../../src/base/visible.ts";
import {
  contrast,
  count,
  cut,
  duration,
  findingLine,
  grouped,
  levelsText,
  moment,
  placeText,
  reasonLine,
  relativeFile,
  stateOf,
  valueText,
} from "../../src/report/reporters/wording.ts";
import { pass, result, verdictOf } from "./cases.ts";

const fail: Result["outcome"] = { kind: "fail", findings: [{ at: "a", expected: 200, actual: 500, events: [] }] };

describe("visible", () => {
  test.each([
    ["\u001b[31mred\u0007", "\\u001b[31mred\\u0007"],
    ["a\r\n\tb", "a\\r\\n\\tb"],
    ["\u202eabc\u2066", "\\u202eabc\\u2066"],
    ["\ud800 \udc00", "\\ud800 \\udc00"],
    ["\ufffe\uffff\ufdd0", "\\ufffe\\uffff\\ufdd0"],
    ["\u007f\u009b", "\\u007f\\u009b"],
    ["zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"],
    ["tag\u{e0041}", "tag\\u{e0041}"],
    ["plain ünïcode 漢字 😀", "plain ünïcode 漢字 😀"],
  ])("%j", (text, expected) => expect(visible(text)).toBe(expected));

  test("lines and tabs stay where there may be lines", () => {
    expect(visibleLines("a\n\tb\r\n\u001b")).toBe("a\n\tb\\r\n\\u001b");
  });

  test("JSON text keeps its value", () => {
    const value = { "\u202e": "\ud800 \u009b \u{e0041} ##vso[x] é" };
    const text = visibleJson(JSON.stringify(value, null, 1));
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[\u202e\u009b]|##vso/);
  });
});

test.each([
  ["::error::x", "\\u003a:error::x"],
  ["   ::add-mask::x", "   \\u003a:add-mask::x"],
  ["a ::1 b", "a ::1 b"],
  ["x ##[group]y", "x \\u0023#[group]y"],
  ["##vso[task.x]", "\\u0023#vso[task.x]"],
  ["##teamcity[x]", "\\u0023#teamcity[x]"],
  ["## heading", "## heading"],
])("harmless %j", (line, expected) => expect(harmless(line)).toBe(expected));

describe("values", () => {
  test.each([
    [7, "7"],
    ["7", '"7"'],
    ["1.2.3", "1.2.3"],
    ["1.2", '"1.2"'],
    ["", '""'],
    [" x", '" x"'],
    ["null", '"null"'],
    [null, "null"],
    ["status 200 or 503", "status 200 or 503"],
    ["a\nb", '"a\\nb"'],
    ["a\\nb", '"a\\\\nb"'],
    ["text like ^[0-9]+\\.[0-9]+$", "text like ^[0-9]+\\.[0-9]+$"],
    ["{}", '"{}"'],
    [{ a: ["\u001b"] }, '{"a":["\\u001b"]}'],
    ['"q"', '"\\"q\\""'],
  ])("%j", (value, text) => expect(valueText(value)).toBe(text));

  test("a cut says how much is missing and halves no character", () => {
    expect(cut("abcdef", 6)).toBe("abcdef");
    const tail = "-".repeat(100);
    // A notice longer than what it hides would be silly.
    expect(cut("abcdefgh", 3)).toBe("abcdefgh");
    expect(cut(`abcdefgh${tail}`, 3)).toBe("abc… [105 of 108 characters cut]");
    expect(cut(`ab${"😀".repeat(3)}${tail}`, 3)).toBe("ab… [106 of 108 characters cut]");
    expect(cut(`ab\\u001bcdefgh${tail}`, 5)).toBe("ab… [112 of 114 characters cut]");
  });

  test("long values that begin alike are cut around their first difference", () => {
    const finding = { at: "", expected: `${"x".repeat(1000)}A tail`, actual: `${"x".repeat(1000)}B tail`, events: [] };
    const { expected, actual } = contrast({ ...finding, actual: `${finding.actual}${"y".repeat(200)}` }, 100);
    expect(expected).toBe(`[975 characters alike] …${"x".repeat(25)}A tail`);
    expect(actual).toMatch(/^\[975 characters alike\] …x{25}B taily+… \[131 of 231 characters cut\]$/);
  });
});

test("places never show an absolute path", () => {
  expect(placeText({ file: "manifest.toml", line: 3, column: 7 })).toBe("manifest.toml:3:7");
  expect(placeText({ file: "manifest.toml" })).toBe("manifest.toml");
  for (const file of ["/home/ada/m/manifest.toml", "C:\\m\\manifest.toml", "../../m/manifest.toml", "~/manifest.toml"])
    expect(relativeFile(file)).toBe("manifest.toml");
});

test("numbers", () => {
  expect([0, 999, 1000, 1234567].map(grouped)).toEqual(["0", "999", "1,000", "1,234,567"]);
  expect([count(1, "requirement"), count(2, "requirement")]).toEqual(["1 requirement", "2 requirements"]);
  expect([0, 4, 999, 3210, 125_000, Number.NaN, -1].map(duration)).toEqual([
    "0 ms",
    "4 ms",
    "999 ms",
    "3.2 s",
    "2 min 5 s",
    "0 ms",
    "0 ms",
  ]);
  expect(moment(1.2034)).toBe("+1.203 s");
});

test("states: a warning is no failure and a failure is no warning", () => {
  const must = result("a/b", "MUST", "x", fail);
  const should = result("a/b", "SHOULD", "x", fail);
  expect(stateOf(must)).toBe("fail");
  expect(stateOf(should)).toBe("warning");
  expect(stateOf({ ...should, binding: true })).toBe("fail");
  expect(stateOf({ ...must, binding: false, baseline: { reason: "r" } })).toBe("known");
  expect(stateOf(result("a/b", "MAY", "x", fail))).toBe("info");
  const verdict = verdictOf([must, should, result("a/c", "SHOULD", "x", pass)], "nonconformant", []);
  expect(levelsText(verdict, false)).toBe("MUST 1 failed; SHOULD 1 warning, 1 passed");
  expect(levelsText(verdict, true)).toBe("MUST 1 failed; SHOULD 1 failed, 1 passed");
});

test("reasons in one line", () => {
  const finding: Finding = { at: "x", expected: "a", actual: "b", events: [] };
  expect(findingLine(finding, 200)).toBe("expected a, got b");
  const several: Result["outcome"] = { kind: "fail", findings: [finding, finding], omitted: 1000 };
  expect(reasonLine(result("a/b", "MUST", "x", several), 200)).toBe("expected a, got b (and 1,001 more)");
  expect(reasonLine(result("a/b", "MUST", "x", { kind: "blocked", by: "a/c" }), 200)).toBe("waits for a/c");
  expect(reasonLine(result("a/b", "MUST", "x", { kind: "skipped", reason: "not declared" }), 200)).toBe("not declared");
});
