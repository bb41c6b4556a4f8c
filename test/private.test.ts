// Private texts never reach a report.
import { expect, test } from "vitest";
import { privateWords, replacer, withoutPrivate } from "../src/private.ts";
import { parseReport } from "../src/report-schema.ts";
import { broken } from "./report-broken.ts";
import { conforming, moduleOf, reportOf, result, verdictOf } from "./report-cases.ts";

const words = privateWords({
  module: "/home/ada/src/my-module/",
  cwd: "/home/ada/src",
  home: "/home/ada",
  temp: "/tmp",
  host: "ada-laptop",
});

test.each([
  ["/home/ada/src/my-module/x.js:3", "‹module›/x.js:3"],
  ["file:///home/ada/src/other", "file://‹cwd›/other"],
  ["in /home/ada.", "in ‹home›."],
  ["/home/adams", "/home/adams"],
  ["a\\n/home/ada\\n", "a\\n‹home›\\n"],
  ["/tmp/conform-1", "‹tmp›/conform-1"],
  ["listening on Ada-Laptop:80", "listening on ‹host›:80"],
  ["ada-laptops", "ada-laptops"],
])("%j", (text, expected) => expect(replacer(words)(text)).toBe(expected));

test("what is no secret is left alone", () => {
  expect(privateWords({ module: "/", cwd: "/x", home: "", host: "localhost" })).toEqual([]);
  expect(privateWords({ cwd: "relative/folder", host: "10.0.0.1" })).toEqual([]);
  expect(withoutPrivate(broken(), [])).toEqual(broken());
});

test("values and keys are reached everywhere and the report stays one", () => {
  const text = "/home/ada/src/my-module on ada-laptop";
  const one = result("area/x", "MUST", text, {
    kind: "fail",
    findings: [{ at: text, expected: { [text]: [text] }, actual: text, events: [1], place: { file: text } }],
  });
  const verdict = verdictOf([one], "nonconformant", [text]);
  const report = reportOf([moduleOf(text, [one], verdict, { notes: [text], partial: text })], verdict);
  const clean = withoutPrivate(report, words);
  expect(JSON.stringify(clean)).not.toMatch(/ada/);
  expect(parseReport(clean)).toEqual(clean);
  expect(withoutPrivate(conforming(), words)).toEqual(conforming());
});
