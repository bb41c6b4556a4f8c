// `conform report` and what every command shares in writing reports, as a user starts it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseReport } from "../../src/report/read.ts";
import type { Report } from "../../src/report/types.ts";
import { broken } from "../report/broken.ts";
import { conforming, moduleOf, reportOf, result, verdictOf } from "../report/cases.ts";
import { harComplaints, readTap } from "../report/readers.ts";

const conform = new URL("../../dist/conform.cjs", import.meta.url).pathname;
const golden = (file: string) => new URL(`../../reports/golden/${file}`, import.meta.url);
const folder = realpathSync(mkdtempSync(join(tmpdir(), "conform-report-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let runs = 0;

/** Starts conform in its own folder, where report.json lies. */
function start(args: string[], options: { report?: Report | string; env?: Record<string, string> } = {}) {
  const cwd = join(folder, String(++runs));
  mkdirSync(cwd);
  const { report = broken() } = options;
  writeFileSync(join(cwd, "report.json"), typeof report === "string" ? report : JSON.stringify(report));
  const { PATH = "" } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [conform, "report", ...args], {
    cwd,
    encoding: "utf8",
    env: { PATH, ...options.env },
  });
  return { status, stdout, stderr, cwd, read: (file: string) => readFileSync(join(cwd, file), "utf8") };
}

describe("conform report", () => {
  test("without reporters it prints the text report", () => {
    const { status, stdout, stderr } = start(["report.json"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("FAIL  MUST   announce/listen-answers");
    expect(stdout).toMatch(/^NOT CONFORMANT {2}.*\.\/broken, pywatt 1\.0\.0/m);
  });

  test("files get their default names below --out, each as the reporter made it", () => {
    const names = ["html", "markdown", "junit", "ctrf", "tap", "ndjson", "json"];
    const { status, stderr, cwd } = start([
      "report.json",
      "--out",
      "made",
      ...names.flatMap((name) => ["--reporter", name]),
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "conform: not conformant: 4 MUST requirements failed\n" });
    for (const file of ["report.html", "report.md", "junit.xml", "ctrf.json", "report.tap"])
      expect(readFileSync(join(cwd, "made", file), "utf8")).toBe(readFileSync(golden(`broken/${file}`), "utf8"));
    // Keys may change their order when a report is read back.
    expect(parseReport(JSON.parse(readFileSync(join(cwd, "made/report.json"), "utf8")))).toEqual(broken());
    expect(readFileSync(join(cwd, "made/report.ndjson"), "utf8").trimEnd().split("\n")).toHaveLength(17);
  });

  test("a reporter may be sent to standard output or another file; the dialect is a flag", async () => {
    const args = ["report.json", "--reporter", "tap=-", "--reporter", "junit=deep/er/j.xml", "--junit-dialect", "rich"];
    const { stdout, read } = start(args);
    expect((await readTap(stdout)).count).toBe(14);
    expect(read("deep/er/j.xml")).toBe(readFileSync(golden("broken/junit-rich.xml"), "utf8"));
  });

  test("-q and -v", () => {
    expect(start(["report.json", "-q"]).stdout).toBe(readFileSync(golden("broken/text-quiet.txt"), "utf8"));
    expect(start(["report.json", "-v"]).stdout).toBe(readFileSync(golden("broken/text-verbose.txt"), "utf8"));
  });

  test("the transcript of the run makes the HAR", () => {
    const cwd = join(folder, "transcripts");
    mkdirSync(cwd);
    const header = {
      format: 1,
      tool: { name: "conform", version: "0.1.0" },
      contract: { name: "pywatt", version: "1.0.0", digest: "d" },
      target: { kind: "folder", label: "./my-module" },
      started: "2026-03-01T09:30:00.000Z",
      params: {},
      plan: { scenarios: ["main"], requirements: [] },
    };
    const value = {
      ok: true,
      method: "GET",
      url: "http://127.0.0.1:4100/",
      path: "/",
      status: 200,
      headers: [],
      ms: 2,
    };
    const event = {
      n: 1,
      t: 1,
      scenario: "main",
      step: "get",
      kind: "step",
      data: { verb: "get", status: "done", from: 0, value },
    };
    const file = join(cwd, "t.ndjson");
    writeFileSync(file, `${JSON.stringify({ kind: "header", ...header })}\n${JSON.stringify(event)}\n`);
    const { status, stderr, read } = start(["report.json", "--reporter", "har=x.har", "--transcript", file], {
      report: conforming(),
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("conform: conformant") });
    const har = JSON.parse(read("x.har"));
    expect(harComplaints(har)).toEqual([]);
    expect(har.log.entries).toHaveLength(1);
  });
});

test.each([
  [["nowhere.json"], "conform: cannot read nowhere.json: no such file or folder\n"],
  [["report.json", "--reporter", "htlm"], 'conform: no reporter "htlm"; did you mean "html"?'],
  [["report.json", "--reporter", "tap=-", "--reporter", "text"], "conform: two reporters cannot share standard output"],
  [
    ["report.json", "--reporter", "tap=-", "--reporter", "github"],
    "conform: two reporters cannot share standard output",
  ],
])("mistakes are one line and exit 2: %j", (args, message) => {
  const { status, stdout, stderr } = start(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr.startsWith(message)).toBe(true);
  expect(stderr.trimEnd()).not.toContain("\n");
});

test.each([
  ["not json", "conform: report.json is not JSON; expected a report written by --reporter json\n"],
  ["{}", 'conform: report.json: not a report of conform (no "format")\n'],
  ['{"format":9}', "conform: report.json: report format 9 is not known; this conform reads 1\n"],
])("a file that is no report: %s", (report, message) => {
  expect(start(["report.json"], { report })).toMatchObject({ status: 2, stderr: message });
});

test("under GitHub Actions the job summary is appended, the annotations go before the text", () => {
  const summary = join(folder, "summary.md");
  writeFileSync(summary, "before\n");
  const { stdout } = start(["report.json", "--reporter", "text", "--reporter", "github"], {
    env: { GITHUB_STEP_SUMMARY: summary },
  });
  expect(readFileSync(summary, "utf8")).toBe(`before\n${readFileSync(golden("broken/report.md"), "utf8")}\n`);
  expect(stdout.indexOf("::error ")).toBe(0);
  expect(stdout.indexOf("\nRoot causes\n")).toBeGreaterThan(stdout.lastIndexOf("::notice "));
});

test("where things lie on this machine is not in any report", () => {
  const cwd = join(folder, "private");
  mkdirSync(cwd);
  const text = `${cwd}/module/index.js, started from ${cwd}`;
  const one = result("area/x", "MUST", "A sentence.", {
    kind: "fail",
    findings: [{ at: "x", expected: "y", actual: text, events: [1] }],
  });
  const verdict = verdictOf([one], "nonconformant", ["failed"]);
  writeFileSync(join(cwd, "report.json"), JSON.stringify(reportOf([moduleOf("./m", [one], verdict)], verdict)));
  const run = spawnSync(process.execPath, [conform, "report", "report.json", "--reporter", "json=clean.json"], { cwd });
  expect(run.status).toBe(0);
  expect(existsSync(join(cwd, "clean.json"))).toBe(true);
  const clean = parseReport(JSON.parse(readFileSync(join(cwd, "clean.json"), "utf8")));
  expect(clean.modules[0]?.results[0]?.outcome).toMatchObject({
    findings: [{ actual: "./module/index.js, started from ." }],
  });
});
