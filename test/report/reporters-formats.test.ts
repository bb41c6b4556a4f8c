// The formats beside text, json and junit, read back by parsers and validators of their own.
import { describe, expect, test } from "vitest";
import type { Transcript } from "../../src/base/transcript.ts";
import type { Json } from "../../src/base/types.ts";
import { loadReporter } from "../../src/report/reporters/registry.ts";
import type { RenderOptions } from "../../src/report/reporters/reporter.ts";
import type { Report } from "../../src/report/types.ts";
import { anEvent } from "../an-event.ts";
import { broken } from "./broken.ts";
import { conforming, empty, many, moduleOf, reportOf, result, verdictOf } from "./cases.ts";
import { ctrfComplaints, harComplaints, markdownToHtml, readTap } from "./readers.ts";

const cases: { [name: string]: Report } = {
  conforming: conforming(),
  broken: broken(),
  empty: empty(),
  many: many(broken()),
  nothing: reportOf([], verdictOf([], "inconclusive", ["no module"])),
};
const reports = Object.entries(cases);

const render = (name: string, report: Report, options: RenderOptions = {}) =>
  loadReporter(name).then((reporter) => reporter.render(report, options));

describe("ctrf", () => {
  test.each(reports)("%s is valid under CTRF's schema", async (_, report) => {
    const ctrf = JSON.parse(await render("ctrf", report));
    expect(ctrfComplaints(ctrf)).toEqual([]);
  });

  test("a warning is neither passed nor failed, what waits is pending", async () => {
    const { summary, tests } = JSON.parse(await render("ctrf", broken())).results;
    expect(summary).toMatchObject({ tests: 14, passed: 1, failed: 5, skipped: 2, pending: 4, other: 2 });
    const status = Object.fromEntries(tests.map((t: { name: string; status: string }) => [t.name, t.status]));
    expect(status["metrics/help-text"]).toBe("other");
    expect(status["endpoints/ping"]).toBe("pending");
    const manifest = tests.find((t: { name: string }) => t.name === "manifest/version");
    expect(manifest).toMatchObject({ filePath: "broken/manifest.toml", line: 4, rawStatus: "fail" });
  });
});

describe("tap", () => {
  test.each(reports)("%s is read without complaint", async (_, report) => {
    const tap = await readTap(await render("tap", report));
    expect(tap.failures.filter((failure) => failure.tapError)).toEqual([]);
    expect(tap.ok).toBe(report.verdict.kind === "conformant");
  });

  test("warnings and known failures are TODO, details come back as data", async () => {
    const { asserts, count, skip, todo } = await readTap(await render("tap", broken()));
    expect({ count, skip, todo }).toEqual({ count: 14, skip: 5, todo: 3 });
    const help = asserts.find(({ name }) => name.startsWith("metrics/help-text"));
    expect(help).toMatchObject({ ok: false, todo: "warning: a SHOULD that does not count" });
    const counters = asserts.find(({ name }) => name.startsWith("metrics/counters-monotonic"));
    expect(counters?.diag).toMatchObject({
      level: "MUST",
      cut: "196 more findings",
      findings: [{ actual: "7" }, {}, {}, {}],
    });
  });
});

describe("github", () => {
  test("ten annotations of a kind at most, root causes first, on the manifest's line", async () => {
    const fail = (i: number) =>
      result(`area/r-${i}`, "MUST", "A sentence, with: signs 100%.", {
        kind: "fail",
        findings: [
          { at: "x", expected: 1, actual: 2, events: [], place: { file: "manifest.toml", line: i, column: 2 } },
        ],
      });
    const results = [
      ...Array.from({ length: 30 }, (_, i) => fail(i + 1)),
      result("area/waits", "MUST", "Waits.", { kind: "blocked", by: "area/r-29" }),
    ];
    const verdict = verdictOf(results, "nonconformant", ["30 failed"]);
    const lines = (await render("github", reportOf([moduleOf("./m", results, verdict)], verdict))).split("\n");
    expect(lines.filter((line) => line.startsWith("::error "))).toHaveLength(10);
    expect(lines[0]).toMatch(
      /^::error file=m\/manifest.toml,line=29,col=2,title=MUST area\/r-29%3A A sentence%2C with%3A signs 100%25\.::/,
    );
    expect(lines[0]).toContain("1 requirement waits for this.");
    expect(lines).toContain("20 more errors without annotation: GitHub shows 10. The job summary has them.");
  });

  test.each(reports)("%s gives GitHub no command but ours", async (_, report) => {
    for (const line of (await render("github", report)).trimEnd().split("\n")) {
      const command = /^::(error|warning|notice) ((?:file|line|col|title)=[^:\n]*?)::([^\r\n]*)$/.exec(line);
      if (command === null) expect(line).not.toMatch(/^\s*::|##[a-z.]*\[/i);
      else expect(decodeURIComponent((command[3] ?? "").replace(/%(?!25|0A|0D)/g, "%25"))).not.toMatch(/##[a-z.]*\[/i);
    }
  });

  test("the job summary is the markdown report", async () => {
    const github = await loadReporter("github");
    expect(github.summary?.(broken(), {})).toBe(await render("markdown", broken()));
  });
});

describe("markdown", () => {
  test.each(reports)("%s holds no HTML, link or picture of foreign text", async (_, report) => {
    const html = markdownToHtml(await render("markdown", report));
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/gi)].map((match) => match[1]));
    for (const tag of ["script", "a", "img"]) expect([...tags]).not.toContain(tag);
    expect(html.match(/<details/g)?.length).toBe(html.match(/<\/details>/g)?.length);
  });

  test("text that looks like markdown comes out as text", async () => {
    const text = "a | b `c` ```d``` **e** [f](http://g.example) <b>h</b> @octocat #12 ~~~ ![i](j) $k$ _l_";
    const one = result("area/x", "MUST", text, {
      kind: "fail",
      findings: [{ at: text, expected: text, actual: text, events: [] }],
    });
    const two = result("area/y", "MUST", text, { kind: "blocked", by: text, reason: text });
    const verdict = verdictOf([one, two], "nonconformant", [text]);
    const module = moduleOf(text, [one, two], verdict, { notes: [text], filtered: text });
    const markdown = await render("markdown", reportOf([module, module], verdict));
    const html = markdownToHtml(markdown);
    for (const tag of ["<a ", "<img", "<strong>e", "<em>", "<b>h", "<del>"]) expect(html).not.toContain(tag);
    expect(html.match(/<td><code>a \| b `c`/g)).toHaveLength(2);
    // A comment between the sign and the name: GitHub calls nobody.
    const outside = html.replace(/<(code|pre)[^>]*>.*?<\/\1>/gs, "");
    expect(outside).toContain("@<!-- -->octocat #<!-- -->12");
    expect(outside).not.toMatch(/@octocat|#12/);
  });

  test("it is cut at the size given, with the number of parts that are missing", async () => {
    const results = Array.from({ length: 5000 }, (_, i) =>
      result(`area/r-${i}`, "MUST", "A sentence.", {
        kind: "fail",
        findings: [{ at: "x", expected: "y".repeat(900), actual: "z".repeat(900), events: [] }],
      }),
    );
    const verdict = verdictOf(results, "nonconformant", ["all failed"]);
    const report = reportOf([moduleOf("./m", results, verdict)], verdict);
    const text = await render("markdown", report);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(Buffer.byteLength(text)).toBeGreaterThan(900_000);
    const shown = text.match(/<details/g)?.length ?? 0;
    const cut = Number(/\*\*([\d,]+) parts cut here\*\*/.exec(text)?.[1]?.replace(",", ""));
    // All requirements, the table of areas and the last line.
    expect(shown + cut).toBe(5000 + 2);
    expect(Buffer.byteLength(await render("markdown", report, { bytesMax: 65_000 }))).toBeLessThan(65_000);
  });
});

describe("har and ndjson", () => {
  const exchange = { ok: true, method: "GET", url: "http://127.0.0.1:4100/a?b=c&d=", path: "/a?b=c&d=", ms: 12.5 };
  const answer = {
    ...exchange,
    status: 200,
    reason: "OK",
    http: "1.1",
    headers: [
      ["content-type", "text/plain"],
      ["x", "1"],
    ],
    body: "hi\u202e",
    connect_ms: 1,
    ttfb_ms: 10,
  };
  const refused = {
    ...exchange,
    ok: false,
    problem: "refused",
    detail: "connection refused",
    phase: "connect",
    bytes: 0,
  };
  const step = (n: number, name: string, value: { [key: string]: Json }) =>
    anEvent(n, "step", { verb: "get", value }, { t: n / 10, step: name });
  const transcript: Transcript = {
    header: {
      format: 1,
      tool: { name: "conform", version: "0.1.0" },
      contract: { name: "c", version: "1", digest: "d" },
      target: { kind: "folder", label: "./my-module" },
      started: "2026-03-01T09:30:00.000Z",
      params: {},
      plan: { scenarios: ["main"], requirements: [] },
    },
    events: [
      anEvent(1, "line", { text: "::error::x" }, { t: 0.05, proc: "main" }),
      step(2, "one", answer),
      step(3, "many", { ok: false, count: 2, all: [{ ...answer, body_b64: "AAEC", body: null }, refused] }),
    ],
  };
  const options = { transcripts: { "./my-module": transcript } };

  test("every exchange is an entry of a valid HAR", async () => {
    const har = JSON.parse(await render("har", conforming(), options));
    expect(harComplaints(har)).toEqual([]);
    const [one, two, three] = har.log.entries;
    expect(har.log.entries).toHaveLength(3);
    expect(one).toMatchObject({
      startedDateTime: "2026-03-01T09:30:00.187Z",
      time: 12.5,
      request: {
        method: "GET",
        queryString: [
          { name: "b", value: "c" },
          { name: "d", value: "" },
        ],
      },
      response: { status: 200, statusText: "OK", content: { size: 5, mimeType: "text/plain", text: "hi\u202e" } },
      timings: { connect: 1, send: 0, wait: 9, receive: 2.5 },
    });
    expect(two.response.content).toMatchObject({ text: "AAEC", encoding: "base64", size: 3 });
    expect(three).toMatchObject({ response: { status: 0 }, _error: "refused: connection refused" });
    expect(har.log.pages).toHaveLength(1);
  });

  test("a request has its headers and its body", async () => {
    const sent = { headers: { "content-type": "application/json", "x-a": "b" }, body: '{"a":"é"}' };
    const posted = { ...answer, method: "POST", sent };
    const posts = {
      ...transcript,
      events: [step(1, "post", posted), step(2, "bytes", { ...posted, sent: { headers: {}, body_b64: "AAEC" } })],
    };
    const har = JSON.parse(await render("har", conforming(), { transcripts: { "./my-module": posts } }));
    expect(harComplaints(har)).toEqual([]);
    const [one, two] = har.log.entries;
    expect(one.request.headers.slice(1)).toEqual([
      { name: "content-type", value: "application/json" },
      { name: "x-a", value: "b" },
    ]);
    expect(one.request.headers[0].name).toBe("host");
    expect(one.request).toMatchObject({ bodySize: 10, postData: { mimeType: "application/json", text: sent.body } });
    expect(two.request).toMatchObject({ bodySize: 3, postData: { text: "AAEC", comment: "base64" } });
  });

  test("without a transcript the HAR says so", async () => {
    const har = JSON.parse(await render("har", broken()));
    expect(harComplaints(har)).toEqual([]);
    expect(har.log.comment).toBe("no transcript was given, so no exchange is known");
  });

  test("ndjson is one JSON object per line and ends with the verdict", async () => {
    for (const [, report] of reports) {
      const text = await render("ndjson", report, options);
      expect(text.endsWith("\n")).toBe(true);
      const lines = text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines[0]).toMatchObject({ type: "run", format: 1 });
      expect(lines.at(-1)).toMatchObject({ type: "verdict", kind: report.verdict.kind, counts: report.verdict.counts });
      const results = report.modules.flatMap((module) => module.results);
      expect(lines.filter(({ type }) => type === "result").map(({ id }) => id)).toEqual(results.map(({ id }) => id));
    }
    expect((await render("ndjson", conforming(), options)).match(/^\{"type":"event"/gm)).toHaveLength(3);
  });
});
