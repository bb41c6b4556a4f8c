// The JUnit file as programs that people feed it to read it: two parsers of consumers, both dialects.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse as junit2json } from "junit2json";
import { parseV2 } from "test-results-parser";
import { afterAll, describe, expect, test } from "vitest";
import { loadReporter } from "../../src/report/reporters/registry.ts";
import type { Report } from "../../src/report/types.ts";
import { broken } from "./broken.ts";
import { conforming, empty, many } from "./cases.ts";

const folder = mkdtempSync(join(tmpdir(), "conform-junit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cases: { name: string; report: Report; failed: number; errors: number; skipped: number; passed: number }[] = [
  { name: "conforming", report: conforming(), failed: 0, errors: 0, skipped: 1, passed: 13 },
  { name: "broken", report: broken(), failed: 4, errors: 1, skipped: 6, passed: 3 },
  { name: "empty", report: empty(), failed: 0, errors: 1, skipped: 0, passed: 0 },
  { name: "many", report: many(broken()), failed: 4, errors: 1, skipped: 9, passed: 42 },
];

describe.each(["portable", "rich"] as const)("the %s dialect", (junitDialect) => {
  const render = async (report: Report) => (await loadReporter("junit")).render(report, { junitDialect });

  test.each(cases)("of $name is read by junit2json", async ({ report, failed, errors, skipped, passed }) => {
    const suites = await junit2json(await render(report));
    if (suites === null || suites === undefined || !("testsuite" in suites)) throw new Error("no testsuites");
    const all = (suites.testsuite ?? []).flatMap((suite) => suite.testcase ?? []);
    const kinds = {
      failed: all.filter((one) => one.failure).length,
      errors: all.filter((one) => one.error).length,
      skipped: all.filter((one) => one.skipped).length,
      passed: all.filter((one) => !one.failure && !one.error && !one.skipped).length,
    };
    expect(kinds).toEqual({ failed, errors, skipped, passed });
    expect(new Set(all.map((one) => `${one.classname} ${one.name}`)).size).toBe(all.length);
  });

  test.each(cases)(
    "of $name is read by test-results-parser",
    async ({ name, report, failed, errors, skipped, passed }) => {
      const file = join(folder, `${name}-${junitDialect}.xml`);
      writeFileSync(file, await render(report));
      const { result, errors: complaints } = parseV2({ type: "junit", files: [file] });
      expect(complaints).toEqual([]);
      const status = result.suites.flatMap((suite) => suite.cases.map((one) => one.status));
      const of = (word: string) => status.filter((one) => one === word).length;
      expect({ fail: of("FAIL"), skip: of("SKIP"), pass: of("PASS") }).toEqual({
        fail: failed + errors,
        skip: skipped,
        pass: passed,
      });
      expect(result.status).toBe(report.verdict.kind === "conformant" ? "PASS" : "FAIL");
    },
  );

  test("a failure's message and text arrive whole, hostile text as text", async () => {
    const file = join(folder, `text-${junitDialect}.xml`);
    writeFileSync(file, await render(broken()));
    const { result } = parseV2({ type: "junit", files: [file] });
    const all = result.suites.flatMap((suite) => suite.cases);
    expect(all.find((one) => one.name === "announce/listen-answers")).toMatchObject({
      failure: "expected a connection to 127.0.0.1:4100, got ECONNREFUSED",
      stack_trace: expect.stringContaining("repeat: conform ./broken --only announce/listen-answers"),
    });
    const hostile = all.find((one) => one.name === "stdout/json-only")?.stack_trace;
    expect(hostile).toContain("\\u001b[31mred\\u001b]8;;http://evil.example/\\u0007link");
    expect(hostile).toContain(']]> <script>alert(1)</script> & "quoted"');
    expect(all.flatMap((one) => one.attachments)).toEqual([]);
  });
});
