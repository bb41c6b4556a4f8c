// Events in words.
import { describe, expect, test } from "vitest";
import type { EventData, EventFrame, EventKind, TranscriptEvent } from "../../src/base/events.ts";
import type { Json } from "../../src/base/types.ts";
import { eventWords, evidenceOf } from "../../src/judge/evidence.ts";
import { anEvent } from "../an-event.ts";

const event = <K extends EventKind>(kind: K, data: Partial<EventData[K]>, more: Partial<EventFrame> = {}) =>
  anEvent(1, kind, data, { t: 0, step: "one", ...more });
const step = (value: { [key: string]: Json }, verb = "get") => event("step", { verb, value });

describe("events in words", () => {
  const answer = {
    ok: true,
    method: "GET",
    path: "/health",
    status: 500,
    reason: "Oops",
    ms: 3.2,
    bytes: 4,
    body: "down",
  };
  test.each<[string, TranscriptEvent, string]>([
    ["line", event("line", { stream: "stdout", text: "hi" }), "module stdout: hi"],
    ["exit", event("exit", { code: 3, signal: null }), "module ended: exit code 3"],
    ["signal", event("exit", { code: null, signal: "SIGKILL" }, { proc: "second" }), "second ended: signal SIGKILL"],
    [
      "answer",
      step({ ...answer, headers: [["content-type", "text/plain"]] }),
      "GET /health -> 500 Oops in 3 ms, 4 bytes text/plain: down",
    ],
    ["answer of lines", step({ ...answer, body: "a\nb" }), "GET /health -> 500 Oops in 3 ms, 4 bytes:\na\nb"],
    [
      "no answer",
      step({ ok: false, method: "GET", path: "/", problem: "refused", detail: "by peer", ms: 1 }),
      "GET / -> refused by peer after 1 ms",
    ],
    [
      "repeated",
      step({ ok: true, count: 2, all: [answer, answer] }),
      "2 times; last: GET /health -> 500 Oops in 3 ms, 4 bytes: down",
    ],
    ["awaited", step({ ok: true, line: 4, t: 1, text: '{"op":1}', json: { op: 1 } }), '{"op":1}'],
    ["timeout", step({ ok: false, problem: "timeout", waited_ms: 15000 }), "timeout after 15000 ms"],
    [
      "facts",
      step({ ok: true, exited: true, code: 0, signal: null, waited_ms: 659 }),
      "exited true, code 0 after 659 ms",
    ],
    ["nothing", step({ ok: true }), "done"],
  ])("%s", (_, one, words) => expect(eventWords(one)).toBe(words));
});

test("of a long body the lines that a finding speaks of are shown", () => {
  const body = `${Array.from({ length: 60 }, (_, i) => `family_${i}_total ${i}`).join("\n")}\n`;
  const answer = { ok: true, method: "GET", path: "/metrics", status: 200, ms: 1, bytes: body.length, body };
  const one = step(answer);
  const finding = { at: "scrape 2, line 8: family_7_total", expected: ">= 8", actual: 7, events: [1] };
  const [evidence] = evidenceOf([finding], { events: [one] });
  expect(evidence?.text).toBe(
    `GET /metrics -> 200 in 1 ms, ${body.length} bytes; of its 60 lines:\nline 8: family_7_total 7`,
  );
  const [all] = evidenceOf([{ ...finding, at: "family_ nothing_else" }], { events: [one] });
  expect(all?.text).toContain("family_0_total 0\nfamily_1_total 1");
});
