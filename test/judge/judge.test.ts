// Requirement x transcript -> outcome, from literals: blocked with its reason, secrets with their places, the last look that counts.
import { expect, test } from "vitest";
import type { EventData, EventKind, TranscriptEvent } from "../../src/base/events.ts";
import type { Transcript } from "../../src/base/transcript.ts";
import type { Json } from "../../src/base/types.ts";
import { judge } from "../../src/judge/judge.ts";
import { loadContract } from "../../src/session/contracts.ts";
import { anEvent } from "../an-event.ts";

const yaml = `
contract: small
version: 1.0.0
title: Small
targets: [folder]
sources: { note: { title: Note } }
canaries: [key]
areas: { a: An area. }
scenarios:
  main:
    steps:
      - started: { spawn: main }
      - fit: { require: run.started.ok, because: the module is of the wrong kind }
      - ready: { get: "http://127.0.0.1:1/health" }
      - said: { get: "http://127.0.0.1:1/said" }
requirements:
  - { id: a/says, level: MUST, text: It says., source: note, on: main.said, expect: { status: 200 } }
  - { id: a/keeps, level: MUST, text: It keeps., source: note, on: main, expect: { no-secrets: { in: [run.lines, run.ready] } } }
`;
const contract = loadContract({ folder: "small", files: new Map([["contract.yaml", yaml]]), digest: "0" });

const event = <K extends EventKind>(n: number, kind: K, data: Partial<EventData[K]>, step?: string) =>
  anEvent(n, kind, data, { proc: "main", ...(step === undefined ? {} : { step }) });
const step = (n: number, name: string, value: { [key: string]: Json }) =>
  event(n, "step", { verb: "x", status: value.ok === true ? "done" : "failed", from: n, value }, name);
const stopped = (n: number, at: string) => event(n, "scenario", { status: "stopped", step: at, from: 0 });

function outcomeOf(id: string, events: TranscriptEvent[]) {
  const transcript: Transcript = {
    header: {
      format: 1,
      tool: { name: "conform", version: "0" },
      contract: { name: "small", version: "1.0.0", digest: "0" },
      target: { kind: "folder", label: "m" },
      started: "2026-01-01T00:00:00.000Z",
      params: {},
      plan: { scenarios: ["main"], requirements: ["a/says", "a/keeps"] },
    },
    events,
  };
  return judge({ contract, transcript, selected: new Set(["a/says", "a/keeps"]) }).get(id);
}

test.each([
  [
    "what the step says of it",
    [step(1, "started", { ok: true }), step(2, "fit", { ok: false }), stopped(3, "fit")],
    "fit",
    'scenario main ended at its step "fit": the module is of the wrong kind',
  ],
  [
    "what was seen, and that the module had gone",
    [
      step(1, "started", { ok: true }),
      event(2, "exit", { code: 3, signal: null, by: "module" }),
      step(3, "ready", { ok: false, problem: "refused" }),
      stopped(4, "ready"),
    ],
    "ready",
    'scenario main ended at its step "ready": refused; the module had ended by itself with exit code 3',
  ],
  [
    "nothing more",
    [step(1, "ready", { ok: false }), stopped(2, "ready")],
    "ready",
    'scenario main ended at its step "ready"',
  ],
])("a step that ended its scenario blocks with a reason: %s", (_, events, at, reason) => {
  expect(outcomeOf("a/says", events)).toEqual({ kind: "blocked", by: `main.${at}`, reason });
});

test("a second look replaces what the first one saw", () => {
  const first = [step(1, "said", { ok: true, status: 500 }), event(2, "scenario", { status: "ran", from: 0 })];
  expect(outcomeOf("a/says", first)).toMatchObject({ kind: "fail" });
  const second = [
    ...first,
    event(3, "again", { reason: "the machine was crowded", requirements: ["a/says"] }),
    step(4, "said", { ok: true, status: 200 }),
    event(5, "scenario", { status: "ran", from: 3 }),
  ];
  expect(outcomeOf("a/says", second)).toEqual({ kind: "pass", events: [4] });
});

test("what the end of the run cut short is blocked, whatever its expectation makes of it", () => {
  const cut = { status: "stopped", reason: "the run was ended", step: "said", from: 0 } as const;
  for (const value of [
    { ok: false, problem: "interrupted" },
    { ok: true, status: "?" },
  ])
    expect(outcomeOf("a/says", [step(1, "said", value), event(2, "scenario", cut)])).toEqual({
      kind: "blocked",
      by: "scenario main",
      reason: "the run was ended",
    });
});

test("a leak is told by where it was seen, without the secret", () => {
  const outcome = outcomeOf("a/keeps", [
    event(1, "line", { stream: "stderr", text: "key is ‹secret:key:base64›" }),
    step(2, "ready", { ok: true, method: "GET", path: "/health", status: 200, headers: [["x-key", "‹secret:key›"]] }),
    event(3, "scenario", { status: "ran", from: 0 }),
  ]);
  const findings = outcome?.kind === "fail" ? outcome.findings : [];
  expect(findings.map(({ at, events }) => ({ at, events }))).toEqual([
    { at: "stderr", events: [1] },
    { at: "GET /health, headers[0][1]", events: [2] },
  ]);
});

test("a step that could not be worked out from what the module said is blocked, and says why", () => {
  const said = step(1, "said", { ok: false, problem: "not-worked-out", detail: "no such key: port" });
  const end = event(2, "scenario", { status: "ran", from: 0 });
  expect(outcomeOf("a/says", [said, end])).toEqual({ kind: "blocked", by: "main.said", reason: "no such key: port" });
});

test("what was seen before a scenario went wrong inside conform is judged", () => {
  const said = step(1, "said", { ok: true, status: 500 });
  const end = event(2, "scenario", { status: "error", reason: "a bug", from: 0 });
  expect(outcomeOf("a/says", [said, end])).toMatchObject({ kind: "fail" });
  expect(outcomeOf("a/says", [end])).toEqual({ kind: "error", message: "a bug" });
});
