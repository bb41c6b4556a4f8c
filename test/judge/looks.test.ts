// Outcomes where scenarios were looked at twice: what counts of the first look, and what neither look can tell.
import { describe, expect, it } from "vitest";
import type { StepData, TranscriptEvent } from "../../src/base/events.ts";
import type { Transcript } from "../../src/base/transcript.ts";
import type { Contract } from "../../src/base/types.ts";
import { judgeLooks } from "../../src/judge/looks.ts";
import { anEvent } from "../an-event.ts";

const contract = {
  name: "looks",
  canaries: [],
  define: {},
  vars: {},
  schemas: {},
  scenarios: [{ name: "main", steps: [], targets: ["command"] }],
  requirements: [
    {
      id: "a/comes",
      level: "MUST",
      text: "It is so.",
      on: ["main.came"],
      needs: [],
      targets: [],
      expect: [{ kind: "came", value: true }],
    },
    {
      id: "a/right",
      level: "MUST",
      text: "It is so.",
      on: ["main.word"],
      needs: [],
      targets: [],
      expect: [{ kind: "that", value: 'it.text == "right"' }],
    },
  ],
} as unknown as Contract;

/** One look at the scenario: an awaited thing that came or not, and a word, each after a second. */
function look(from: number, came: boolean, text: string, stalled = 0): TranscriptEvent[] {
  const step = (n: number, name: string, ok: boolean, more: Partial<StepData>): TranscriptEvent =>
    anEvent(n, "step", { verb: "await", status: ok ? "done" : "failed", from: n - 1, ...more }, { step: name });
  return [
    step(from, "came", came, { value: { ok: came }, ...(stalled > 0 ? { stalled_ms: stalled } : {}) }),
    step(from + 1, "word", true, { value: { ok: true, text } }),
    { n: from + 2, t: from + 2, scenario: "main", kind: "scenario", data: { status: "ran", from: from - 1 } },
  ];
}

const again: TranscriptEvent = {
  n: 4,
  t: 4,
  scenario: "main",
  kind: "again",
  data: { reason: "it came too late while it had to wait for a CPU", requirements: ["a/comes"], patience: 3 },
};

function kinds(events: TranscriptEvent[], header: Partial<Transcript["header"]> = {}) {
  const full = {
    target: { kind: "command", label: "x" },
    params: {},
    plan: { scenarios: ["main"], requirements: [] },
    ...header,
  };
  const transcript = { header: full, events } as unknown as Transcript;
  const outcomes = judgeLooks({ contract, transcript, selected: new Set(["a/comes", "a/right"]) });
  return [...outcomes.values()].map((outcome) => outcome.kind);
}

describe("outcomes of two looks", () => {
  it("are those of the second one where the first was late", () => {
    expect(kinds([...look(1, false, "right", 900), again, ...look(5, true, "right")])).toEqual(["pass", "pass"]);
    expect(kinds([...look(1, false, "right", 900), again, ...look(5, true, "wrong")])).toEqual(["pass", "fail"]);
  });

  it("keep what the first one showed and no waiting explains", () => {
    const events = [...look(1, false, "wrong", 900), again, ...look(5, true, "right")];
    // The step that was missed says nothing of the word; but both stand in one scenario, and nobody can tell what else was late.
    expect(kinds(events)).toEqual(["pass", "pass"]);
    const died = anEvent(1, "exit", { code: 1 }, { t: 0.5, proc: "main" });
    const slow = look(2, false, "wrong", 900);
    expect(kinds([died, ...slow, { ...again, n: 5, t: 5 }, ...look(6, true, "right")])).toEqual(["fail", "fail"]);
  });

  it("are unknown where the second look was too late as well, or had no time", () => {
    expect(kinds([...look(1, false, "right", 900), again, ...look(5, false, "right", 900)])).toEqual(["error", "pass"]);
    expect(kinds([...look(1, false, "right", 900), again, ...look(5, false, "right", 500)])).toEqual(["fail", "pass"]);
    expect(kinds(look(1, false, "right", 900))).toEqual(["error", "pass"]);
    expect(kinds(look(1, false, "right", 900), { second_look: false })).toEqual(["fail", "pass"]);
  });
});
