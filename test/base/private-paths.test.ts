// Private texts never reach a report.
import { expect, test } from "vitest";
import { scrubber } from "../../src/base/secrecy/private-paths.ts";
import { parseReport } from "../../src/report/read.ts";
import { scrubReport, scrubTranscript } from "../../src/report/scrub.ts";
import { anEvent } from "../an-event.ts";
import { broken } from "../report/broken.ts";
import { conforming, moduleOf, reportOf, result, verdictOf } from "../report/cases.ts";

const scrub = scrubber({
  folders: [{ path: "/opt/vendor/other", shown: "../../../opt/vendor/other" }],
  cwd: "/home/ada/src/",
  home: "/home/ada",
  temp: "/tmp",
  host: "ada-laptop",
});

test.each([
  ["/home/ada/src/my-module/x.js:3", "./my-module/x.js:3"],
  ["file:///home/ada/other", "file://~/other"],
  ["in /home/ada.", "in ~."],
  ["/home/adams", "/home/adams"],
  ["PATH=/bin:/home/ada/bin", "PATH=/bin:~/bin"],
  ['{"cwd":"a\\n/home/ada/src"}', '{"cwd":"a\\n."}'],
  ["GET http://127.0.0.1:4100/home/ada", "GET http://127.0.0.1:4100/home/ada"],
  ["http://host.example/home/ada", "http://host.example/home/ada"],
  ["/opt/vendor/other/run", "../../../opt/vendor/other/run"],
  // One segment tells nothing.
  ["/tmp/conform-1", "/tmp/conform-1"],
  ["listening on Ada-Laptop:80", "listening on ‹host›:80"],
  ["ada-laptops", "ada-laptops"],
])("%j", (text, expected) => expect(scrub(text)).toBe(expected));

test("what tells nothing is left alone", () => {
  const open = scrubber({ cwd: "/app", home: "/", temp: "relative/folder", host: "metrics" });
  const text = "/app/x / relative/folder metrics";
  expect(open(text)).toBe(text);
  expect(scrubReport(broken(), open)).toEqual(broken());
  expect(scrubber({ host: "10.0.0.1" })("10.0.0.1")).toBe("10.0.0.1");
});

test("foreign texts are reached everywhere and the report stays one", () => {
  const text = "/home/ada/src/m on ada-laptop";
  const fail = result(
    "area/x",
    "MUST",
    "A sentence.",
    {
      kind: "fail",
      findings: [{ at: text, expected: { [text]: [text] }, actual: text, events: [1], place: { file: text } }],
    },
    { evidence: [{ event: 1, t: 0, scenario: "main", text }], repeat: [text] },
  );
  const others = [
    result("area/y", "MUST", "A sentence.", { kind: "blocked", by: "area/x", reason: text }),
    result("area/z", "MUST", "A sentence.", { kind: "skipped", reason: text }),
    result("area/w", "MUST", "A sentence.", { kind: "error", message: text }),
  ];
  const verdict = verdictOf([fail, ...others], "nonconformant", [text]);
  const module = moduleOf(text, [fail, ...others], verdict, {
    notes: [text],
    partial: text,
    filtered: text,
    scenarios: [{ name: "main", status: "error", reason: text, from: 0, to: 1, steps: [] }],
  });
  const clean = scrubReport(reportOf([module], verdict), scrub);
  expect(JSON.stringify(clean)).not.toMatch(/ada/);
  expect(parseReport(clean)).toEqual(clean);
  expect(scrubReport(conforming(), scrub)).toEqual(conforming());
});

test("a transcript's events are reached, its plan is not", () => {
  const header = {
    format: 1,
    tool: { name: "conform", version: "0.1.0" },
    contract: { name: "c", version: "1", digest: "d" },
    target: { kind: "folder", label: "/home/ada/src/m" },
    started: "2026-03-01T09:30:00.000Z",
    params: {},
    plan: { scenarios: ["main"], requirements: ["area/x"] },
  } as const;
  const events = [
    anEvent(1, "spawn", { argv: ["/home/ada/src/m/run"] }),
    anEvent(2, "note", { text: "in /home/ada", cwd: "/home/ada" }),
  ];
  const transcript = { header: { ...header, plan: { scenarios: ["main"], requirements: [] } }, events };
  const clean = scrubTranscript(transcript, scrub);
  expect(clean.header.target.label).toBe("./m");
  expect(clean.events.map(({ data }) => data)).toEqual([
    { pid: 0, argv: ["./m/run"] },
    { text: "in ~", cwd: "~" },
  ]);
});

test.each([
  ["reports in /srv/a/fleet-out", "reports in ../fleet-out"],
  ["/srv/a/fleet/x and /srv/a/fleet, too", "./x and ., too"],
  ["/srv/a/fleet.old/x", "../fleet.old/x"],
  ["/srv/a/fleet+1, /srv/a/fleet2", "../fleet+1, ../fleet2"],
  ['"/srv/a/fleet":1', '".":1'],
])("paths are shortened at their boundaries: %s", (text, shown) => {
  expect(scrubber({ cwd: "/srv/a/fleet" })(text)).toBe(shown);
});
