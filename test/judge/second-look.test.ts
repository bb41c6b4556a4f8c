// The second look: what fails while the machine is crowded is observed once more before anybody is accused.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { EventData, EventKind, ExitInfo, TranscriptEvent } from "../../src/base/events.ts";
import type { Outcome } from "../../src/base/judged.ts";
import { lastLooks } from "../../src/base/looks.ts";
import type { Contract, Requirement, StepStatus } from "../../src/base/types.ts";
import { doubter, doubtful, secondLookRemarks } from "../../src/judge/second-look.ts";
import { anEvent } from "../an-event.ts";
import { theCli, tinyContract } from "../cli/the-cli.ts";

const fail: Outcome = { kind: "fail", findings: [{ at: "x", expected: 1, actual: 2, events: [1] }] };
const pass: Outcome = { kind: "pass", events: [1] };
const reason = "it came too late while it had to wait for a CPU";

const event = <K extends EventKind>(n: number, scenario: string, kind: K, data: Partial<EventData[K]> = {}) =>
  anEvent(n, kind, data, { scenario });

/** A step `name` of one second that ended at `n`. */
function step(n: number, place: string, status: StepStatus, stalled_ms?: number, seen: object = {}): TranscriptEvent {
  const [scenario = "", name = ""] = place.split(".");
  const data = {
    verb: "await",
    status,
    from: n - 1,
    value: { ok: status === "done", ...seen },
    ...(stalled_ms ? { stalled_ms } : {}),
  };
  return anEvent(n, "step", data, { scenario, step: name });
}

const ended = (n: number, scenario: string, data: Partial<ExitInfo>, proc = "main"): TranscriptEvent => ({
  ...event(n, scenario, "exit", { code: 1, ...data }),
  proc,
});

describe("what deserves a second look", () => {
  const contract = {
    scenarios: [
      {
        name: "main",
        steps: [
          { name: "x", verb: "await", arg: {} },
          { name: "other", verb: "exit", arg: { of: "second" } },
        ],
      },
    ],
    requirements: [
      { id: "a/one", level: "MUST", on: ["main.x", "main.y"] },
      { id: "a/two", level: "SHOULD", on: ["other.x"] },
      { id: "a/three", level: "MUST", on: ["calm.x", "main.z"] },
      { id: "a/four", level: "MAY", on: ["other.y"] },
    ],
  } as unknown as Contract;
  const ends = [
    step(11, "main.w", "failed", 600),
    step(12, "other.w", "failed", 600),
    step(13, "calm.x", "failed", 100),
  ];
  const outcomes = (one: Outcome, two: Outcome, three: Outcome) =>
    new Map([
      ["a/one", one],
      ["a/two", two],
      ["a/three", three],
      ["a/four", fail],
    ]);
  const doubtfulScenarios = (events: TranscriptEvent[], ...all: Parameters<typeof outcomes>) => [
    ...doubtful(contract, outcomes(...all), events).keys(),
  ];

  it("is what failed or could not be told where a step came to no good end and lacked a CPU, each with the ids that doubt it", () => {
    expect(doubtful(contract, outcomes(fail, pass, fail), ends)).toEqual(
      new Map([["main", { reason, patience: 3, requirements: ["a/one", "a/three"] }]]),
    );
    expect(doubtfulScenarios(ends, pass, { kind: "error", message: "" }, pass)).toEqual(["other"]);
  });

  it("is what could not be judged because its scenario ended early, and nothing that has had its second look", () => {
    const early: Outcome = { kind: "blocked", by: "other.ready", reason: 'scenario other ended at its step "ready"' };
    expect(doubtfulScenarios(ends, fail, early, pass)).toEqual(["main", "other"]);
    const seen = [...ends, event(14, "main", "again"), step(15, "main.w", "failed", 900)];
    expect(doubtfulScenarios(seen, fail, early, pass)).toEqual(["other"]);
  });

  it("is nothing that passed, waits for another requirement, was skipped or is a MAY, and nothing that had a CPU", () => {
    const blocked: Outcome = { kind: "blocked", by: "a/one" };
    expect(doubtfulScenarios(ends, pass, blocked, { kind: "skipped", reason: "" })).toEqual([]);
    const calm = [step(11, "main.w", "failed", 200), step(12, "other.w", "failed")];
    expect(doubtfulScenarios(calm, fail, fail, fail)).toEqual([]);
  });

  it("is no wrong answer that came: only what the requirement reads, where that came slowly", () => {
    const came = [step(11, "main.w", "done", 900), step(12, "other.x", "done", 900)];
    expect(doubtfulScenarios(came, fail, pass, pass)).toEqual([]);
    expect(doubtfulScenarios(came, pass, fail, pass)).toEqual(["other"]);
  });

  it("is nothing that a process did by itself: its end counts", () => {
    const died = (...exit: Parameters<typeof ended>) => [step(11, "main.x", "failed", 900), ended(...exit)];
    expect(doubtfulScenarios(died(10, "main", {}), fail, pass, pass)).toEqual([]);
    expect(doubtfulScenarios(died(10, "main", { code: null, signal: "SIGSEGV" }), fail, pass, pass)).toEqual([]);
    expect(doubtfulScenarios(died(12, "main", {}), fail, pass, pass), "after its deadline").toEqual(["main"]);
    expect(doubtfulScenarios(died(10, "main", { by: "conform", reason: "SIGTERM" }), fail, pass, pass)).toEqual([
      "main",
    ]);
    expect(doubtfulScenarios(died(10, "main", {}, "second"), fail, pass, pass), "another process").toEqual(["main"]);
    const other = [step(11, "main.other", "failed", 900), ended(10, "main", {}, "second")];
    expect(doubtfulScenarios(other, fail, pass, pass)).toEqual([]);
  });

  it("is no call of a hosted module that was rejected or threw, however late; one that did not settle is", () => {
    const call = (outcome: string) => step(11, "main.w", "failed", 900, { outcome });
    for (const outcome of ["rejected", "threw", "absent", "not-function"])
      expect(doubtfulScenarios([call(outcome)], fail, pass, pass)).toEqual([]);
    for (const outcome of ["pending", "stuck"])
      expect(doubtfulScenarios([call(outcome)], fail, pass, pass)).toEqual(["main"]);
  });

  it("is what conform says it had no time to look at, however short it was", () => {
    const seen = step(11, "main.x", "failed");
    const blind = step(11, "main.x", "failed", undefined, { blind: true });
    const unknown: Outcome = { kind: "error", message: "not looked at" };
    expect(doubtfulScenarios([blind], unknown, pass, pass)).toEqual(["main"]);
    expect(doubtfulScenarios([seen], unknown, pass, pass)).toEqual([]);
  });

  it("has as many times the patience as makes up for what the first look lacked, up to twenty", () => {
    const patienceAfter = (stalled: number) =>
      doubtful(contract, outcomes(fail, pass, pass), [step(11, "main.w", "failed", stalled)]).get("main")?.patience;
    expect([300, 600, 800, 999].map(patienceAfter)).toEqual([3, 3, 6, 20]);
  });

  it("has three times the patience, and is doubted again only where it had next to nothing of it", () => {
    const second = (stalled: number) => [
      ...ends,
      event(14, "main", "again", { patience: 3 }),
      step(15, "main.x", "failed", stalled),
    ];
    const main = contract.requirements[0] as Requirement;
    expect(doubter(contract, second(700))(main, fail)).toEqual([]);
    expect(doubter(contract, second(800))(main, fail)).toHaveLength(1);
  });
});

describe("a module whose scenarios disturb each other", () => {
  it("gets a second look for whatever failed, however idle the machine", () => {
    const contract = { requirements: [{ id: "a/one", level: "MUST", on: ["main.x"] }] } as Contract;
    const said = (status: StepStatus) => [
      event(1, "other", "step", { verb: "note", status, value: { ok: true, text: "one port", disturbs: 4100 } }),
      event(2, "main", "scenario", {}),
    ];
    const reason = "instances of this module get into each other's way";
    expect(doubtful({ ...contract, scenarios: [] }, new Map([["a/one", fail]]), said("done"))).toEqual(
      new Map([["main", { reason, requirements: ["a/one"] }]]),
    );
    expect(doubtful({ ...contract, scenarios: [] }, new Map([["a/one", fail]]), said("skipped")).size).toBe(0);
  });
});

describe("a transcript with a second look", () => {
  const events = [
    event(1, "main", "step"),
    event(2, "other", "step"),
    event(3, "main", "scenario"),
    event(4, "main", "again", { reason, requirements: ["a/one", "a/two"] }),
    event(5, "main", "step"),
  ];

  it("counts from there for its scenario, and wholly for the others", () => {
    expect(lastLooks(events).map(({ n }) => n)).toEqual([2, 4, 5]);
    expect(lastLooks(events.slice(0, 3)).map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(lastLooks(events, new Set(["main"])).map(({ n }) => n)).toEqual([1, 2, 3]);
  });

  it("is told in the report, with the failures that it took back", () => {
    expect(secondLookRemarks(events, new Map([["a/one", pass]]))).toEqual([
      "1 scenario was looked at once more, one at a time, because it came too late while it had to wait for a CPU. Failed at first and passed then: a/one.",
    ]);
    expect(secondLookRemarks(events, new Map([["a/one", fail]]))).toEqual([]);
    expect(secondLookRemarks(events.slice(0, 3), new Map())).toEqual([]);
  });
});

const notCounted = existsSync("/proc/self/schedstat") ? "" : " (this system does not count how long processes wait)";

describe(`on a crowded machine${notCounted}`, () => {
  const cli = theCli();
  afterAll(() => cli.close());
  const burners: ChildProcess[] = [];
  afterEach(() => {
    for (const burner of burners.splice(0)) burner.kill("SIGKILL");
  });
  const hasty = join(cli.folder, "hasty");
  cpSync(tinyContract, hasty, { recursive: true });
  const text = readFileSync(join(hasty, "contract.yaml"), "utf8").replaceAll("within: 5s", "within: 1s");
  writeFileSync(join(hasty, "contract.yaml"), text);

  /** Keeps twice as many processes busy as there are CPUs; each in a session of its own, for Linux shares CPUs out by session. */
  function crowd(): void {
    for (let i = 0; i < 2 * availableParallelism(); i++)
      burners.push(spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore", detached: true }));
  }

  /** A module that does `first` at its first start, `later` at every other, and greets. */
  function moodyModule(name: string, first: string, later = ""): string {
    const folder = join(cli.folder, name);
    mkdirSync(folder);
    const started = join(cli.folder, `${name}.started`);
    const script = `#!/usr/bin/env node
const { existsSync, writeFileSync } = require("node:fs");
const spin = (ms) => { for (const end = Date.now() + ms; Date.now() < end; ); };
const isFirst = !existsSync(${JSON.stringify(started)});
writeFileSync(${JSON.stringify(started)}, "");
let hello = "world";
if (isFirst) { ${first} } else { ${later} }
console.log(JSON.stringify({ hello, mood: "bright" }));
process.stdin.resume();
`;
    writeFileSync(join(folder, "module"), script, { mode: 0o755 });
    writeFileSync(join(folder, "tiny.json"), '{ "name": "moody", "version": "1.0.0", "licence": "MIT" }');
    return folder;
  }

  const judging = ["--contract", hasty, "--reporter", "text"];
  const run = async (module: string, ...more: string[]) => {
    crowd();
    const { code, stdout } = await cli.run([module, ...judging, "--transcript", `${module}.ndjson`, ...more]);
    return { code, stdout: stdout.replace(/\s+/g, " "), transcript: readFileSync(`${module}.ndjson`, "utf8") };
  };
  const timeout = 60_000;

  it.skipIf(notCounted !== "")(
    "lateness that does not repeat is taken back and told; judging the transcript agrees",
    { timeout },
    async () => {
      const module = moodyModule("once", "spin(3000)");
      const { code, stdout } = await run(module);
      expect(stdout).toContain("Failed at first and passed then: greeting/is-said");
      expect(code).toBe(0);
      const saved = await cli.run(["judge", `${module}.ndjson`, ...judging]);
      expect(saved.stdout.replace(/\s+/g, " ")).toContain("Failed at first and passed then: greeting/is-said");
      expect(saved.code).toBe(0);
    },
  );

  it.skipIf(notCounted !== "")("a module that dies once is not excused", { timeout }, async () => {
    const { code, stdout, transcript } = await run(moodyModule("dies", "spin(300); process.exit(1)"));
    expect(transcript).not.toContain('"kind":"again"');
    expect(stdout).toContain("greeting/is-said");
    expect(code).toBe(1);
  });

  it.skipIf(notCounted !== "")(
    "nor is one that greets wrongly once, or that never says a word",
    { timeout },
    async () => {
      expect((await run(moodyModule("wrong", 'hello = "moon"'))).code).toBe(1);
      const hang = "setInterval(() => {}, 1000); return;";
      expect((await run(moodyModule("silent", hang, hang))).code).toBe(1);
    },
  );

  it("--no-second-look takes the first look as it is", { timeout }, async () => {
    const { code, stdout } = await run(moodyModule("unasked", "spin(3000)"), "--no-second-look");
    expect(stdout).not.toContain("looked at once more");
    expect(code).toBe(1);
  });
});
