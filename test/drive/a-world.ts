// A scenario's world for testing verbs alone: real clock, real limits, CEL over given names; records what is recorded.

import { milliseconds } from "../../src/base/duration.ts";
import { ContractError } from "../../src/base/errors.ts";
import type { Json, Target } from "../../src/base/types.ts";
import { evaluate } from "../../src/contract/cel.ts";
import { newScenarioView } from "../../src/contract/view.ts";
import type { World } from "../../src/drive/verbs/verb.ts";

export const limits: World["limits"] = {
  lineBytesMax: 1 << 20,
  streamBytesMax: 1 << 24,
  linesMax: 10_000,
  bodyBytesMax: 1 << 20,
  headerBytesMax: 16_384,
  fileBytesMax: 1 << 20,
  eventsMax: 10_000,
  processesMax: 256,
  memoryBytesMax: 2 ** 31,
  serviceRequestsMax: 600,
};

export interface TestWorld extends World {
  recorded: { kind: string; data: { [key: string]: Json } }[];
}

export function aWorld(target: Target, more: Partial<World> & { baseUrl?: string } = {}): TestWorld {
  const start = performance.now();
  const recorded: TestWorld["recorded"] = [];
  const wait = (given: string | number | undefined, fallback: string | number) => milliseconds(given ?? fallback);
  return {
    scenario: {
      name: "main",
      targets: ["command"],
      vars: {},
      answers: [],
      standIns: {},
      steps: [],
      at: { file: "contract.yaml" },
    },
    target,
    limits,
    view: newScenarioView("main"),
    watchers: new Set(),
    env: {},
    headers: {},
    unsafeProbes: false,
    processes: new Map(),
    signal: new AbortController().signal,
    now: () => (performance.now() - start) / 1000,
    deadline: wait,
    pause: wait,
    record: (kind, data) => recorded.push({ kind, data }),
    evaluate: (code, extra) => evaluate(code, { ...extra }),
    base: () => {
      const base = more.baseUrl ?? target.url;
      if (base === undefined) throw new ContractError("no base URL yet");
      return base;
    },
    impostor: () => undefined,
    folder: () => Promise.reject(new Error("no folder in this test")),
    onEnd: () => undefined,
    random: (n) => "0".repeat(n),
    recorded,
    ...more,
  };
}
