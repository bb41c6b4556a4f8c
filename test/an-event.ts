// Transcript events for tests, made whole from what a test cares about.
import { type EventData, type EventFrame, type EventKind, newEvent, type TranscriptEvent } from "../src/base/events.ts";

const usual: EventData = {
  line: { stream: "stdout", text: "", bytes: 0 },
  spawn: { pid: 0, argv: [] },
  exit: { code: 0, signal: null, ms: 1, by: "module" },
  sent: { json: null, ok: true, answer: 0 },
  limit: { limit: "lineBytesMax", bound: 1, seen: 2 },
  request: { peer: "p", index: 1, method: "GET", path: "/", query: "", headers: {}, text: "", mode: "up", t: 0, at: 0 },
  incident: { kind: "exit-call" },
  note: { text: "" },
  step: { verb: "x", status: "done", from: 0 },
  scenario: { status: "ran", from: 0 },
  again: { reason: "", requirements: [] },
};

/** Event `n`, at second `n` of scenario `main` where nothing else is said. */
export function anEvent<K extends EventKind>(
  n: number,
  kind: K,
  data: Partial<EventData[K]> = {},
  { t = n, ...frame }: Partial<EventFrame> & { t?: number } = {},
): TranscriptEvent {
  return { n, t, ...newEvent({ scenario: "main", ...frame }, kind, { ...usual[kind], ...data }) };
}
