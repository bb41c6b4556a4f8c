// Reporters: golden files, validity of each format, what must be in it and what must not.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import type { Outcome } from "../../src/base/judged.ts";
import { parseReport } from "../../src/report/read.ts";
import { loadReporter, reporterNames } from "../../src/report/reporters/registry.ts";
import type { RenderOptions } from "../../src/report/reporters/reporter.ts";
import type { Report } from "../../src/report/types.ts";
import { broken } from "./broken.ts";
import { conforming, empty, many, moduleOf, reportOf, result, verdictOf } from "./cases.ts";
import { junitComplaints, junitSchemas, xmlComplaints } from "./readers.ts";

vi.setConfig({ testTimeout: 60_000 });

const cases: { [name: string]: Report } = {
  conforming: conforming(),
  broken: broken(),
  empty: empty(),
  many: many(broken()),
};

const variants: { file: string; reporter: string; options: RenderOptions }[] = [
  { file: "text.txt", reporter: "text", options: { out: "reports/latest", more: "conform ./module -v" } },
  { file: "text-narrow.txt", reporter: "text", options: { width: 60 } },
  { file: "text-color.txt", reporter: "text", options: { color: true } },
  { file: "text-quiet.txt", reporter: "text", options: { verbosity: "quiet" } },
  { file: "text-verbose.txt", reporter: "text", options: { verbosity: "verbose" } },
  { file: "report.json", reporter: "json", options: {} },
  { file: "junit.xml", reporter: "junit", options: {} },
  { file: "junit-rich.xml", reporter: "junit", options: { junitDialect: "rich" } },
  { file: "report.html", reporter: "html", options: {} },
  { file: "report.md", reporter: "markdown", options: {} },
  { file: "github.txt", reporter: "github", options: {} },
  { file: "ctrf.json", reporter: "ctrf", options: {} },
  { file: "report.tap", reporter: "tap", options: {} },
  { file: "report.ndjson", reporter: "ndjson", options: {} },
];

describe.each(Object.keys(cases))("golden files of %s", (name) => {
  test.each(variants)("$file", async ({ file, reporter, options }) => {
    const report = cases[name];
    if (report === undefined) throw new Error(name);
    const text = (await loadReporter(reporter)).render(report, options);
    const path = new URL(`../../reports/golden/${name}/${file}`, import.meta.url);
    if (process.env.UPDATE_GOLDENS === "1") {
      mkdirSync(new URL(".", path), { recursive: true });
      writeFileSync(path, text);
    }
    expect(text).toBe(readFileSync(path, "utf8"));
  });
});

describe("junit", () => {
  const junit = (report: Report, options: RenderOptions = {}) =>
    loadReporter("junit").then((reporter) => reporter.render(report, options));

  test.each(junitSchemas)("the portable dialect is valid under %s", async (schema) => {
    for (const [name, report] of Object.entries(cases))
      expect({ name, errors: await junitComplaints(await junit(report), schema) }).toEqual({ name, errors: [] });
  });

  test("every code point that XML forbids survives as visible text", async () => {
    const forbidden: number[] = [];
    for (let c = 0; c <= 0xffff; c++)
      if ((c < 0x20 && c !== 9 && c !== 10 && c !== 13) || (c >= 0xd800 && c <= 0xdfff) || c >= 0xfffe)
        forbidden.push(c);
    expect(forbidden.length).toBe(2079);
    const results = forbidden.map((c) => {
      const text = `<${String.fromCharCode(c)}>`;
      return result(`area/c-${c.toString(16)}`, "MUST", text, {
        kind: "fail",
        findings: [{ at: text, expected: text, actual: { [text]: text }, events: [1] }],
      });
    });
    const verdict = verdictOf(results, "nonconformant", ["all failed"]);
    for (const options of [{}, { junitDialect: "rich" as const }]) {
      const xml = await junit(reportOf([moduleOf("./m", results, verdict)], verdict), options);
      expect(new Set(xml.match(/&lt;\\u[0-9a-f]{4}&gt;/g)).size).toBe(forbidden.length);
      for (const schema of options.junitDialect === "rich" ? [] : junitSchemas)
        expect(await junitComplaints(xml, schema)).toEqual([]);
      expect(await xmlComplaints(xml)).toEqual([]);
    }
  });

  test("it is red exactly when the verdict is not conformant", async () => {
    for (const report of Object.values(cases)) {
      const red = /<(failure|error) /.test(await junit(report));
      expect(red).toBe(report.verdict.kind !== "conformant");
    }
    const none = reportOf([], verdictOf([], "inconclusive", ["no module"]));
    expect(await junit(none)).toContain('<error type="inconclusive" message="no module">');
    const cut = conforming();
    const partial = { ...cut, modules: cut.modules.map((module) => ({ ...module, partial: "interrupted by SIGINT" })) };
    expect(await junit(partial)).toContain("the run did not come to its end: interrupted by SIGINT");
  });

  test("modules of one name are told apart", async () => {
    const xml = await junit(reportOf([...conforming().modules, ...conforming().modules], conforming().verdict));
    const names = [...xml.matchAll(/<testsuite name="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(names).size).toBe(2);
  });

  test("the rich dialect names file, line and level, and is well-formed", async () => {
    const xml = await junit(broken(), { junitDialect: "rich" });
    expect(xml).toContain('file="broken/manifest.toml" line="4"');
    expect(xml).toContain('<property name="level" value="SHOULD"/>');
    expect(await xmlComplaints(xml)).toEqual([]);
  });

  test("names are unique over all modules; times are those of the steps; what was not selected is no case of the rich dialect", async () => {
    const pass: Outcome = { kind: "pass", events: [1] };
    const results = [
      { ...result("a/x", "MUST", "x", pass), duration_ms: 1234, flaky: true as const },
      result("a/y", "MUST", "y", { kind: "skipped", reason: "not selected", left_out: "selection" }),
      result("a/z", "MUST", "z", { kind: "skipped", reason: "does not apply" }),
    ];
    const verdict = verdictOf(results, "partial", []);
    const report = reportOf([moduleOf("./one", results, verdict), moduleOf("./two", results, verdict)], verdict);
    const portable = await junit(report);
    const names = [...portable.matchAll(/<testcase name="([^"]*)"/g)].map(([, name]) => name);
    expect([names.length, new Set(names).size]).toEqual([6, 6]);
    expect(portable).toMatch(/<testcase name="a\/x \[[^"]*" classname="[^"]*" time="1.234"/);
    expect(portable).not.toContain("flakyFailure");
    const rich = await junit(report, { junitDialect: "rich" });
    expect(rich).toContain('<testsuites name="conform" tests="4" failures="0" errors="0" skipped="2"');
    expect(
      rich.match(/<flakyFailure type="MUST" message="failed at first, passed at the second look"\/>/g),
    ).toHaveLength(2);
    const ctrf = JSON.parse((await loadReporter("ctrf")).render(report, {}));
    expect(ctrf.results.tests[0]).toMatchObject({ status: "passed", flaky: true, duration: 1234 });
    for (const name of ["text", "markdown", "html", "tap", "github"])
      expect((await loadReporter(name)).render(report, {})).toMatch(/flaky/i);
  });

  test("ten thousand huge failures stay below 8 MB, and the cut is stated", async () => {
    const huge = "x".repeat(20_000);
    const results = Array.from({ length: 10_000 }, (_, i) =>
      result(`area/r-${i}`, "MUST", "A sentence.", {
        kind: "fail",
        findings: [{ at: huge, expected: huge, actual: huge, events: [i] }],
      }),
    );
    const verdict = verdictOf(results, "nonconformant", ["all failed"]);
    const xml = await junit(reportOf([moduleOf("./m", results, verdict)], verdict));
    expect(Buffer.byteLength(xml)).toBeLessThan(8_000_000);
    expect(xml.match(/characters cut\]/g)?.length).toBeGreaterThan(9_999);
    expect(xml.match(/<testcase /g)?.length).toBe(10_000);
  });
});

describe("text", () => {
  const text = (report: Report, options: RenderOptions = {}) =>
    loadReporter("text").then((reporter) => reporter.render(report, options));

  test("nothing reaches the terminal but text, line ends and our own colours", async () => {
    for (const report of Object.values(cases))
      for (const options of [{}, { verbosity: "verbose" as const }, { color: true }]) {
        const plain = (await text(report, options)).replace(options.color ? /\u001b\[[0-9;]+m/g : /(?!)/g, "");
        expect(plain).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066]/);
        expect(plain).not.toMatch(/^\s*::|##[a-z]*\[/m);
      }
  });

  test("no line is wider than the terminal but commands to copy", async () => {
    const lines = (await text(broken(), { width: 60 })).split("\n");
    expect(lines.filter((line) => line.length > 60 && !/^ {8}(repeat| {6}) /.test(line))).toEqual([]);
  });

  test("failed, warned, noted and known are different words", async () => {
    const out = await text(broken());
    for (const line of ["FAIL  MUST   announce/listen-answers", "warn  SHOULD metrics/help-text"])
      expect(out).toContain(line);
    for (const line of ["note  MAY    metrics/units", "known MUST   manifest/licence"]) expect(out).toContain(line);
    expect(out).toContain("3 requirements wait for announce/listen-answers");
  });
});

test("json is the report", async () => {
  const json = await loadReporter("json");
  for (const report of Object.values(cases)) expect(parseReport(JSON.parse(json.render(report, {})))).toEqual(report);
});

test("an unknown reporter is a mistake with the nearest name", async () => {
  await expect(loadReporter("juint")).rejects.toThrow('no reporter "juint"; did you mean "junit"?');
  await expect(loadReporter("toString")).rejects.toThrow('no reporter "toString"');
  for (const name of reporterNames) expect((await loadReporter(name)).name).toBe(name);
});
