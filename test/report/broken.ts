// A badly broken module as a report: fails at all levels, root causes, an error, a baseline, hostile text.

import type { Evidence } from "../../src/base/judged.ts";
import type { Report } from "../../src/report/types.ts";
import { moduleOf, pass, reportOf, result, verdictOf } from "./cases.ts";

/** Text that attacks terminals, XML, HTML, markdown and CI logs. */
export const HOSTILE =
  '\u001b[31mred\u001b]8;;http://evil.example/\u0007link\u001b]52;c;aGk=\u0007 \u202eevil\u2066 ]]> <script>alert(1)</script> & "quoted" | `tick` **bold** \ud800 \ufffe \u0000 \u009b31m\r\n::error file=x::injected\n##vso[task.complete result=Failed;] ##teamcity[buildStop] [[ATTACHMENT|/etc/passwd]] \u{e0041}';

const seen = (event: number, step: string, text: string, t = event / 37): Evidence => ({
  event,
  t,
  scenario: "main",
  step,
  text,
});

const results = [
  result(
    "handshake/reads-init",
    "MUST",
    "The module reads its init message from the first line of standard input.",
    pass,
  ),
  result(
    "handshake/rejects-malformed-json",
    "MUST",
    "A first line that is no JSON ends the module with a non-zero status.",
    {
      kind: "error",
      message: "the expectation could not be evaluated: no such key: exit",
    },
  ),
  result(
    "announce/listen-answers",
    "MUST",
    "The announced address accepts connections when it is announced.",
    {
      kind: "fail",
      findings: [
        { at: "main.health", expected: "a connection to 127.0.0.1:4100", actual: "ECONNREFUSED", events: [9, 14] },
      ],
    },
    {
      hint: "The module announces before its server listens. Announce in the server's listen callback.",
      why: "The orchestrator sends traffic as soon as it has read the announce.",
      evidence: [
        seen(9, "announced", 'stdout  {"listen":"127.0.0.1:4100","endpoints":[]}'),
        seen(14, "health", "GET http://127.0.0.1:4100/health  connection refused after 1 ms"),
      ],
      repeat: ["curl -sS http://127.0.0.1:4100/health", "conform ./broken --only announce/listen-answers"],
    },
  ),
  result("endpoints/health-ok", "MUST", "GET /health answers 200, or 503 while the module is degraded.", {
    kind: "blocked",
    by: "announce/listen-answers",
  }),
  result("endpoints/ping", "MUST", "GET /ping answers 200.", { kind: "blocked", by: "announce/listen-answers" }),
  result("endpoints/ping-json", "SHOULD", "GET /ping answers JSON.", { kind: "blocked", by: "endpoints/ping" }),
  result("lifecycle/rotation", "MUST", "A rotation is acknowledged.", {
    kind: "blocked",
    by: "rotate.acked",
    reason: "the step did not come to its good end: no line within 5 s",
  }),
  result(
    "metrics/counters-monotonic",
    "MUST",
    "A counter never falls between two scrapes of one run.",
    {
      kind: "fail",
      findings: [
        { at: "scrape-2", expected: 'http_requests_total{path="/health"} >= 12', actual: 7, events: [41, 58] },
        { at: "scrape-2", expected: 'http_requests_total{path="/ping"} >= 3', actual: 0, events: [41, 58] },
        { at: "scrape-2", expected: "jobs_total >= 5", actual: "5", events: [41, 58] },
        { at: "scrape-2", expected: "errors_total >= 1", actual: null, events: [41, 58] },
      ],
      omitted: 196,
    },
    {
      hint: "The counter is probably recreated per request or per worker.",
      sources: ['Module Template, "Metrics"', "Prometheus text format, counters"],
      evidence: [
        seen(41, "scrape-1", 'http_requests_total{path="/health"} 12'),
        seen(58, "scrape-2", 'http_requests_total{path="/health"} 7'),
      ],
      repeat: ["curl -sS http://127.0.0.1:4100/metrics", "conform ./broken --only metrics/counters-monotonic"],
    },
  ),
  result("metrics/help-text", "SHOULD", "Every family has a help text.", {
    kind: "fail",
    findings: [{ at: "jobs_total", expected: "# HELP jobs_total ...", actual: "no HELP line", events: [41] }],
  }),
  result("metrics/units", "MAY", "Names of metrics end in their unit.", {
    kind: "fail",
    findings: [{ at: "job_duration", expected: "a suffix such as _seconds", actual: "job_duration", events: [41] }],
  }),
  result(
    "manifest/version",
    "MUST",
    "The manifest's version is a semantic version.",
    {
      kind: "fail",
      findings: [
        {
          at: "/module/version",
          expected: "a semantic version such as 1.2.3",
          actual: "1.2",
          events: [2],
          place: { file: "manifest.toml", line: 4, column: 11 },
        },
      ],
    },
    { scenarios: ["files"] },
  ),
  result(
    "manifest/licence",
    "MUST",
    "The manifest names a licence.",
    {
      kind: "fail",
      findings: [
        { at: "/module", expected: "a licence", actual: null, events: [2], place: { file: "manifest.toml", line: 2 } },
      ],
    },
    {
      binding: false,
      baseline: { reason: "licence is being cleared", owner: "ada", issue: "#12", expires: "2026-06-30" },
    },
  ),
  result(
    "stdout/json-only",
    "MUST",
    `Standard output carries JSON lines only. ${HOSTILE}`,
    {
      kind: "fail",
      findings: [
        { at: HOSTILE, expected: "one JSON object per line", actual: HOSTILE, events: [17] },
        { at: "line 18", expected: { op: "announce" }, actual: { [HOSTILE]: [HOSTILE, 1, true, null] }, events: [] },
        { at: "line 19", expected: `${"a".repeat(5000)}b`, actual: `${"a".repeat(5000)}c`, events: [18] },
      ],
    },
    {
      hint: HOSTILE,
      evidence: [seen(17, "announced", `stdout  ${HOSTILE}`), seen(18, "announced", `stdout  ${"x".repeat(9000)}`)],
      repeat: [`printf '%s' '${HOSTILE}' | ./broken`],
    },
  ),
  result("channels/tcp", "SHOULD", "A declared TCP channel is connected.", {
    kind: "skipped",
    reason: "not declared in the manifest",
  }),
];

export function broken(): Report {
  const verdict = verdictOf(results, "nonconformant", [
    "4 MUST requirements failed",
    "1 requirement could not be judged by an error of conform or the contract",
  ]);
  const module = moduleOf("./broken", results, verdict, {
    profile: "http",
    notes: [`the module printed ${HOSTILE}`],
    baseline: { file: "conform.baseline.yaml", entries: 2 },
    staleBaseline: ["manifest/name: passes now"],
    scenarios: [
      {
        name: "main",
        title: "An ordinary life: init, announce, probes, end",
        status: "ran",
        from: 0.011,
        to: 3.12,
        steps: [
          { name: "start", from: 0.011, to: 0.05, status: "done" },
          { name: "announced", from: 0.05, to: 0.31, status: "done" },
          { name: "health", from: 0.31, to: 0.38, status: "failed" },
          { name: "scrape-1", from: 0.38, to: 1.108, status: "done" },
          { name: "scrape-2", from: 1.2, to: 1.6, status: "done" },
          { name: "ended", from: 1.6, to: 3.12, status: "done" },
        ],
      },
      {
        name: "rotate",
        title: "A secret is rotated",
        status: "stopped",
        reason: "acked: no line within 5 s",
        from: 0.012,
        to: 2.2,
        steps: [
          { name: "start", from: 0.012, to: 0.06, status: "done" },
          { name: "acked", from: 0.06, to: 2.2, status: "failed" },
          { name: "ended", from: 2.2, to: 2.2, status: "not-run" },
        ],
      },
      { name: "describe", status: "skipped", reason: "the module has no --describe", from: 0, to: 0, steps: [] },
      { name: "files", status: "error", reason: HOSTILE, from: 0.01, to: 0.02, steps: [] },
    ],
  });
  return reportOf([module], verdict);
}
