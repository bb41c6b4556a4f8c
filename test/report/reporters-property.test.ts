// One result, many views: for random reports every format parses, counts as the verdict does, loses nothing silently and shows nothing private.
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Result } from "../../src/base/judged.ts";
import { scrubber } from "../../src/base/secrecy/private-paths.ts";
import { parseReport } from "../../src/report/read.ts";
import { loadReporter, reporterNames } from "../../src/report/reporters/registry.ts";
import type { RenderOptions, Reporter } from "../../src/report/reporters/reporter.ts";
import { type State, stateOf } from "../../src/report/reporters/wording.ts";
import { scrubReport } from "../../src/report/scrub.ts";
import type { Report } from "../../src/report/types.ts";
import { anyReport, bigReport, SECRETS } from "./arbitrary.ts";
import {
  ctrfComplaints,
  harComplaints,
  junitComplaints,
  junitCounts,
  junitSchemas,
  markdownToHtml,
  readTap,
  reportComplaints,
  xmlComplaints,
} from "./readers.ts";

vi.setConfig({ testTimeout: 60_000 });

const scrub = scrubber({ cwd: SECRETS.module, home: SECRETS.home, host: SECRETS.host });
const reporters = new Map<string, Reporter>();
beforeAll(async () => {
  for (const name of reporterNames) reporters.set(name, await loadReporter(name));
});

/** The report as a reporter gets it and what the reporter makes of it. */
function render(name: string, raw: Report, options: RenderOptions = {}): { report: Report; output: string } {
  const reporter = reporters.get(name);
  if (reporter === undefined) throw new Error(name);
  const report = scrubReport(raw, scrub);
  return { report, output: reporter.render(report, options) };
}

const check = (property: (report: Report) => Promise<void> | void, numRuns: number) =>
  fc.assert(
    fc.asyncProperty(anyReport, async (report) => property(report)),
    { numRuns },
  );

const resultsOf = (report: Report): Result[] => report.modules.flatMap((module) => module.results);
const countOf = (report: Report, ...some: State[]) => resultsOf(report).filter((r) => some.includes(stateOf(r))).length;
/** Modules that must not look green although no result in them is red. */
const runCases = (report: Report) =>
  report.modules.length === 0
    ? Number(report.verdict.kind !== "conformant")
    : report.modules.filter(
        ({ partial, verdict, results }) =>
          partial !== undefined ||
          (verdict.kind !== "conformant" && !results.some((r) => ["fail", "error"].includes(stateOf(r)))),
      ).length;

test("same report, same bytes, and the report is left alone", async () => {
  await check((raw) => {
    const before = structuredClone(raw);
    for (const name of reporterNames) {
      const first = render(name, raw).output;
      expect(render(name, structuredClone(raw)).output).toBe(first);
    }
    expect(raw).toEqual(before);
  }, 60);
});

test("nothing private appears in any format, and no character that a terminal would act on", async () => {
  await check((raw) => {
    for (const name of reporterNames)
      for (const options of [{}, { junitDialect: "rich", verbosity: "verbose" } as const]) {
        const { output } = render(name, raw, options);
        for (const secret of Object.values(SECRETS)) expect(output).not.toContain(secret);
        expect(output).not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|(?<!\\)\p{Cs}/u,
        );
        expect(output.endsWith("\n")).toBe(true);
        if (name !== "json" && name !== "ndjson") expect(output).not.toMatch(/\/etc\/secret|\.\.\/up\.toml|C:\\m/);
        if (name !== "github")
          expect(output.split("\n").filter((line) => /^\s*::|##[a-z.]*\[/i.test(line))).toEqual([]);
      }
  }, 100);
});

function junitCountsRight(raw: Report): void {
  const { report, output } = render("junit", raw);
  const { elements, attributes } = junitCounts(output);
  expect(attributes).toEqual(elements);
  expect(elements.tests).toBe(resultsOf(report).length + runCases(report));
  expect(elements.failures + elements.errors).toBe(countOf(report, "fail", "error") + runCases(report));
  expect(elements.skipped).toBe(countOf(report, "known", "blocked", "skipped"));
  expect(junitCounts(render("junit", raw, { junitDialect: "rich" }).output).elements).toEqual(elements);
}

describe("each format read back", () => {
  test("json and ndjson are the report", async () => {
    await check((raw) => {
      const { report, output } = render("json", raw);
      expect(parseReport(JSON.parse(output))).toEqual(report);
      expect(reportComplaints(JSON.parse(output))).toEqual([]);
      const lines = render("ndjson", raw)
        .output.trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines.filter(({ type }) => type === "result").map(({ id }) => id)).toEqual(
        resultsOf(report).map(({ id }) => id),
      );
      expect(lines.at(-1)).toMatchObject({ type: "verdict", counts: report.verdict.counts });
    }, 100);
  });

  test("junit is valid and counts right", async () => {
    // Ten at a time: starting the validator is what takes long.
    const reports = fc.array(anyReport, { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(reports, async (raws) => {
        for (const raw of raws) junitCountsRight(raw);
        const portable = raws.map((raw) => render("junit", raw).output);
        for (const schema of junitSchemas) expect(await junitComplaints(portable, schema)).toEqual([]);
        const rich = raws.map((raw) => render("junit", raw, { junitDialect: "rich" }).output);
        expect(await xmlComplaints(rich)).toEqual([]);
      }),
      { numRuns: 4 },
    );
  }, 60_000);

  test("ctrf is valid and counts right", async () => {
    await check((raw) => {
      const { report, output } = render("ctrf", raw);
      const ctrf = JSON.parse(output);
      expect(ctrfComplaints(ctrf)).toEqual([]);
      const runs = report.modules.length === 0 ? 0 : runCases(report);
      expect(ctrf.results.summary).toMatchObject({
        tests: resultsOf(report).length + runs,
        passed: countOf(report, "pass"),
        failed: countOf(report, "fail", "error") + runs,
        skipped: countOf(report, "known", "skipped"),
        pending: countOf(report, "blocked"),
        other: countOf(report, "warning", "info"),
      });
    }, 100);
  });

  test("tap is read by a harness and counts right", async () => {
    await check(async (raw) => {
      const { report, output } = render("tap", raw);
      const tap = await readTap(output);
      expect(tap.failures.filter(({ tapError }) => tapError)).toEqual([]);
      expect(tap.count).toBe(resultsOf(report).length + runCases(report));
      expect(tap.todo).toBe(countOf(report, "warning", "info", "known"));
      expect(tap.skip).toBe(countOf(report, "blocked", "skipped"));
      expect(tap.asserts.filter(({ ok, todo }) => !ok && !todo)).toHaveLength(
        countOf(report, "fail", "error") + runCases(report),
      );
    }, 100);
  });

  test("html has every requirement once, balanced and without foreign tags", async () => {
    await check((raw) => {
      const { report, output } = render("html", raw);
      for (const state of ["fail", "error", "warning", "info", "known", "blocked", "skipped", "pass"] as const)
        expect(output.split(`<details class="req ${state}"`).length - 1).toBe(countOf(report, state));
      expect(unbalanced(output)).toEqual([]);
      const ids = [...output.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, href] of output.matchAll(/ href="#([^"]*)"/g))
        if (href !== "requirements") expect(ids).toContain(href);
    }, 100);
  });

  test("markdown has every problem, and no HTML but its own", async () => {
    await check((raw) => {
      const { report, output } = render("markdown", raw);
      const page = markdownToHtml(output);
      expect(page).not.toMatch(/<(script|a|img|iframe|style)\b/i);
      const problems = countOf(report, "fail", "error", "warning", "info", "known");
      expect(output.match(/^<details(?: open)?><summary><b>/gm)?.length ?? 0).toBe(problems);
    }, 100);
  });

  test("github annotates ten of each kind at most and says how many are left", async () => {
    await check((raw) => {
      const { report, output } = render("github", raw);
      const errors = countOf(report, "fail", "error") + (report.modules.length === 0 ? 0 : runCases(report));
      for (const [kind, n] of [
        ["error", errors],
        ["warning", countOf(report, "warning")],
        ["notice", countOf(report, "info")],
      ] as const) {
        expect(output.match(new RegExp(`^::${kind} `, "gm"))?.length ?? 0).toBe(Math.min(10, n));
        if (n > 10) expect(output).toContain(`${n - 10} more ${kind}${n > 11 ? "s" : ""} without annotation`);
      }
      expect(output).not.toMatch(/^(?!::(?:error|warning|notice) )\s*::/m);
    }, 100);
  });

  test("har without transcripts is a valid empty one", async () => {
    await check((raw) => {
      expect(harComplaints(JSON.parse(render("har", raw).output))).toEqual([]);
    }, 20);
  });

  test("text has every requirement with -v and every failure without", async () => {
    await check((raw) => {
      const { report, output } = render("text", raw, { verbosity: "verbose" });
      const normal = render("text", raw).output;
      for (const result of resultsOf(report)) {
        expect(output).toContain(result.id);
        if (stateOf(result) === "fail" || stateOf(result) === "error") expect(normal).toContain(result.id);
      }
      expect(normal.match(/^ {2}FAIL {2}/gm)?.length ?? 0).toBe(countOf(report, "fail"));
      expect(normal.match(/^ {2}warn {2}/gm)?.length ?? 0).toBe(countOf(report, "warning"));
      expect(normal).toMatch(/^(CONFORMANT|NOT CONFORMANT|INCONCLUSIVE) /m);
    }, 100);
  });
});

test.each([0, 1, 5000])(
  "%i requirements in every format",
  async (size) => {
    const raw = bigReport(size);
    for (const name of reporterNames) {
      const { report, output } = render(name, raw, { verbosity: "verbose" });
      if (name === "har") continue;
      const seen = new Set(output.match(/[a-z]+\/id-\d+-x/g));
      const limited = name === "markdown" || name === "github";
      const missing = resultsOf(report).filter((r) => (!limited || stateOf(r) === "fail") && !seen.has(r.id));
      if (missing.length === 0) continue;
      // Only formats with a limit leave anything out, and they say how much.
      expect(limited).toBe(true);
      expect(output).toMatch(name === "markdown" ? /parts cut here/ : /more errors without annotation/);
    }
    const junit = render("junit", raw).output;
    for (const schema of junitSchemas) expect(await junitComplaints(junit, schema)).toEqual([]);
  },
  60_000,
);

test("what is cut is said, the rest is whole", async () => {
  const raw = bigReport(300);
  const { report } = render("json", raw);
  const long = {
    ...report,
    modules: report.modules.map((module) => ({ ...module, results: module.results.map(lengthened) })),
  };
  for (const name of ["text", "junit", "html", "ctrf", "tap", "markdown"]) {
    const { output } = render(name, long);
    expect(output.includes("y".repeat(20_000))).toBe(false);
    const cuts = output.replace(/\s+/g, " ").match(/of 2\d,\d{3} characters cut\]/g)?.length ?? 0;
    const failed = name === "text" ? 50 : countOf(long, "fail");
    expect(cuts).toBeGreaterThanOrEqual(Math.min(failed, 40));
  }
});

function lengthened(result: Result): Result {
  if (result.outcome.kind !== "fail") return result;
  const [first, ...rest] = result.outcome.findings;
  return {
    ...result,
    outcome: { ...result.outcome, findings: [{ ...first, actual: `x${"y".repeat(20_000)}` }, ...rest] },
  };
}

/** Tags that are not closed or not opened. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const body = html.replace(/<(script|style)>.*?<\/\1>/gs, "").replace(/<!doctype html>/, "");
  for (const [, slash, name = "", rest = ""] of body.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/gi)) {
    if (["meta", "input"].includes(name) || rest.endsWith("/")) continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}
