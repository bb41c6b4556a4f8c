// Which steps a run of some requirements leaves out.
import { expect, it } from "vitest";
import type { Contract, Requirement, Scenario, Step } from "../../src/base/types.ts";
import { stepsLeftOut } from "../../src/session/trim.ts";

type Given = [name: string, verb: string, more?: Partial<Step>];

function scenario(name: string, steps: Given[]): Scenario {
  return {
    name,
    vars: {},
    answers: [],
    standIns: {},
    steps: steps.map(([step, verb, more]) => ({ name: step, verb, arg: null, otherwise: "stop", ...more })),
  } as unknown as Scenario;
}

const goOn = { otherwise: "go-on" } as const;
const main = scenario("main", [
  ["facts", "read", goOn],
  ["kept", "set", goOn],
  ["gate", "set"],
  ["started", "spawn"],
  ["ask", "get", goOn],
  ["counted", "set", { ...goOn, arg: { value: "${size(run.lines)}" } }],
  ["post", "post", { ...goOn, arg: { path: "${run.kept.value}" } }],
  ["last", "get", goOn],
]);
const late = scenario("late", [
  ["first", "set", { ...goOn, arg: { value: "${runs.main.ask.status}" } }],
  ["second", "set", goOn],
]);
const contract = { scenarios: [main, late], define: { said: "run.lines.size()" }, vars: {} } as unknown as Contract;

function leftOut(on: string[], value: string, more: object = {}): Record<string, string[]> {
  const requirement = { on, expect: [{ kind: "that", value: { holds: value, ...more } }] } as unknown as Requirement;
  const out = stepsLeftOut(contract, contract.scenarios, [requirement]);
  return Object.fromEntries([...out].map(([name, steps]) => [name, [...steps]]));
}

it("what comes after the last step that is read", () => {
  expect(leftOut(["main.facts"], "it.ok")).toEqual({
    main: ["kept", "gate", "started", "ask", "counted", "post", "last"],
  });
});

it("before it, only what does nothing to the module, and no gate; a request stays, for it may be the stimulus", () => {
  expect(leftOut(["main.ask"], "it.ok").main).toEqual(["facts", "kept", "counted", "post", "last"]);
});

it("what a step that stays builds on stays", () => {
  expect(leftOut(["main.post"], "it.ok").main).toEqual(["facts", "counted", "last"]);
});

it("a step that looks at all that was so far keeps all that was before it", () => {
  expect(leftOut(["main.counted"], "it.ok").main).toEqual(["post", "last"]);
});

it("nothing where a scenario's lines are read, also by a definition", () => {
  expect(leftOut(["main.started"], "run.lines.size() == 0")).toEqual({});
  expect(leftOut(["main.started"], "def.said == 0")).toEqual({});
  expect(leftOut(["main"], "true")).toEqual({});
});

it("words that only tell do not keep what comes later", () => {
  expect(leftOut(["main.started"], "it.ok", { actual: "joined(run.lines, ' ')" }).main).toEqual([
    "facts",
    "kept",
    "ask",
    "counted",
    "post",
    "last",
  ]);
  expect(leftOut(["main.started"], "def.said == 0", { actual: "def.said" })).toEqual({});
});

it("what a step reads of another scenario stays there", () => {
  expect(leftOut(["late.first"], "it.ok")).toEqual({
    main: ["facts", "kept", "counted", "post", "last"],
    late: ["second"],
  });
});

it.each<[string, Partial<Scenario>]>([
  ["base URL", { base: "http://127.0.0.1:${run.kept.value}" }],
  ["condition", { if: "run.kept.ok" }],
  ["replies", { answers: [{ when: "true", send: { port: "${run.kept.value}" }, after_ms: 0, limit: 1 }] }],
  ["stand-ins", { standIns: { peer: { body: "${run.kept.value}" } } }],
])("what the scenario's %s builds on stays", (_, more) => {
  const given = { ...main, ...more };
  const requirement = {
    on: ["main.ask"],
    expect: [{ kind: "that", value: { holds: "it.ok" } }],
  } as unknown as Requirement;
  const out = stepsLeftOut({ ...contract, scenarios: [given, late] }, [given], [requirement]);
  expect([...(out.get("main") ?? [])]).toEqual(["facts", "counted", "post", "last"]);
});
