// The second look: what fails while the machine is crowded is observed once more before anybody is accused.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Contract, TranscriptEvent } from "../../src/base/types.ts";
import { doubtful, lastLooks, secondLookRemarks } from "../../src/drive/second-look.ts";
import type { Outcome } from "../../src/report/types.ts";
import { theCli, tinyContract } from "../cli/the-cli.ts";

const fail: Outcome = { kind: "fail", findings: [{ at: "x", expected: 1, actual: 2, events: [1] }] };
const pass: Outcome = { kind: "pass", events: [1] };

function event(n: number, scenario: string, kind: string, data: TranscriptEvent["data"] = {}): TranscriptEvent {
  return { n, t: n, scenario, kind, data };
}

describe("what deserves a second look", () => {
  const contract = {
    requirements: [
      { id: "a/one", level: "MUST", on: ["main.x", "main.y"] },
      { id: "a/two", level: "SHOULD", on: ["other.x"] },
      { id: "a/three", level: "MUST", on: ["calm.x", "main.z"] },
      { id: "a/four", level: "MAY", on: ["other.y"] },
    ],
  } as Contract;
  const ends = [
    event(1, "main", "scenario", { busy: 0.9 }),
    event(2, "other", "scenario", { busy: 0.9 }),
    event(3, "calm", "scenario", { busy: 0.1 }),
  ];
  const outcomes = (one: Outcome, two: Outcome, three: Outcome) =>
    new Map([
      ["a/one", one],
      ["a/two", two],
      ["a/three", three],
      ["a/four", fail],
    ]);

  it("is what failed or could not be told in a crowded scenario, each with the ids that doubt it", () => {
    expect(doubtful(contract, outcomes(fail, pass, fail), ends)).toEqual(
      new Map([["main", { reason: "the machine was crowded", requirements: ["a/one", "a/three"] }]]),
    );
    expect(doubtful(contract, outcomes(pass, { kind: "error", message: "" }, pass), ends)).toEqual(
      new Map([["other", { reason: "the machine was crowded", requirements: ["a/two"] }]]),
    );
  });

  it("is what could not be judged because its scenario ended early, and nothing that has had its second look", () => {
    const early: Outcome = { kind: "blocked", by: "other.ready", reason: 'scenario other ended at its step "ready"' };
    expect([...doubtful(contract, outcomes(fail, early, pass), ends).keys()]).toEqual(["main", "other"]);
    const seen = [...ends, event(4, "main", "again"), event(5, "main", "scenario", { busy: 0.9 })];
    expect([...doubtful(contract, outcomes(fail, early, pass), seen).keys()]).toEqual(["other"]);
  });

  it("is nothing that passed, waits for another requirement, was skipped or is a MAY, and no scenario that had the machine for itself", () => {
    const blocked: Outcome = { kind: "blocked", by: "a/one" };
    expect(doubtful(contract, outcomes(pass, blocked, { kind: "skipped", reason: "" }), ends).size).toBe(0);
    const calm = ends.map((end) => event(end.n, end.scenario, "scenario", { busy: 0.4 }));
    expect(doubtful(contract, outcomes(fail, fail, fail), calm).size).toBe(0);
  });
});

describe("a module whose scenarios disturb each other", () => {
  it("gets a second look for whatever failed, however idle the machine", () => {
    const contract = { requirements: [{ id: "a/one", level: "MUST", on: ["main.x"] }] } as Contract;
    const said = (status: string) => [
      event(1, "other", "step", { verb: "note", status, value: { ok: true, text: "one port", disturbs: 4100 } }),
      event(2, "main", "scenario", { busy: 0 }),
    ];
    const reason = "instances of this module get into each other's way";
    expect(doubtful(contract, new Map([["a/one", fail]]), said("done"))).toEqual(
      new Map([["main", { reason, requirements: ["a/one"] }]]),
    );
    expect(doubtful(contract, new Map([["a/one", fail]]), said("skipped")).size).toBe(0);
  });
});

describe("a transcript with a second look", () => {
  const events = [
    event(1, "main", "step"),
    event(2, "other", "step"),
    event(3, "main", "scenario"),
    event(4, "main", "again", { reason: "the machine was crowded", requirements: ["a/one", "a/two"] }),
    event(5, "main", "step"),
  ];

  it("counts from there for its scenario, and wholly for the others", () => {
    expect(lastLooks(events).map(({ n }) => n)).toEqual([2, 4, 5]);
    expect(lastLooks(events.slice(0, 3)).map(({ n }) => n)).toEqual([1, 2, 3]);
  });

  it("is told in the report, with the failures that it took back", () => {
    expect(secondLookRemarks(events, new Map([["a/one", pass]]))).toEqual([
      "1 scenario was looked at once more, one at a time, because the machine was crowded. Failed at first and passed then: a/one.",
    ]);
    expect(secondLookRemarks(events, new Map([["a/one", fail]]))).toEqual([]);
    expect(secondLookRemarks(events.slice(0, 3), new Map())).toEqual([]);
  });
});

const noPressure = existsSync("/proc/pressure/cpu") ? "" : " (this system does not count how long processes wait)";

describe(`on a crowded machine${noPressure}`, () => {
  const cli = theCli();
  afterAll(() => cli.close());
  const burners: ChildProcess[] = [];
  afterEach(() => {
    for (const burner of burners.splice(0)) burner.kill("SIGKILL");
  });

  /** Keeps one process more busy than there are CPUs. */
  function crowd(): void {
    for (let i = 0; i <= availableParallelism(); i++)
      burners.push(spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
  }

  /** A module that greets the wrong world at its first start, or at every one. */
  function moodyModule(name: string, always: boolean): string {
    const folder = join(cli.folder, name);
    mkdirSync(folder);
    const started = join(cli.folder, `${name}.started`);
    const script = `#!/bin/sh
sleep 0.5
if [ -e ${started} ] && ${!always}; then world=world; else world=moon; fi
touch ${started}
echo "{\\"hello\\":\\"$world\\",\\"mood\\":\\"bright\\"}"
cat > /dev/null
`;
    writeFileSync(join(folder, "module"), script, { mode: 0o755 });
    writeFileSync(join(folder, "tiny.json"), '{ "name": "moody", "version": "1.0.0", "licence": "MIT" }');
    return folder;
  }

  const unwrapped = (text: string): string => text.replace(/\s+/g, " ");
  const timeout = 60_000;
  const judging = ["--contract", tinyContract, "--reporter", "text", "--time-scale", "3"];

  it.skipIf(noPressure !== "")(
    "a failure that does not repeat is taken back and told; judging the transcript agrees",
    { timeout },
    async () => {
      crowd();
      const module = moodyModule("once", false);
      const { code, stdout } = await cli.run([module, ...judging, "--transcript", "run.ndjson"]);
      expect(unwrapped(stdout)).toContain("Failed at first and passed then: greeting/names-world");
      expect(code).toBe(0);
      const saved = await cli.run(["judge", "run.ndjson", "--contract", tinyContract, "--reporter", "text"]);
      expect(unwrapped(saved.stdout)).toContain("Failed at first and passed then: greeting/names-world");
      expect(saved.code).toBe(0);
      expect(readFileSync(join(cli.folder, "run.ndjson"), "utf8")).toContain('"hello\\":\\"moon');
    },
  );

  it.skipIf(noPressure !== "")("a failure that repeats stays one", { timeout }, async () => {
    crowd();
    const { code, stdout } = await cli.run([moodyModule("always", true), ...judging, "--transcript", "always.ndjson"]);
    expect(readFileSync(join(cli.folder, "always.ndjson"), "utf8")).toContain('"kind":"again"');
    expect(unwrapped(stdout)).not.toContain("looked at once more");
    expect(code).toBe(1);
  });

  it("--no-second-look takes the first look as it is", { timeout }, async () => {
    crowd();
    const { code, stdout } = await cli.run([moodyModule("unasked", false), ...judging, "--no-second-look"]);
    expect(stdout).not.toContain("crowded");
    expect(code).toBe(1);
  });
});
