// Steps and answers of a whole scenario against a real process: what a contract gets to see.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { judgeModule, prepare } from "../../src/session/session.ts";

const root = mkdtempSync(join(tmpdir(), "conform-verbs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const program = `#!/usr/bin/env node
const words = process.argv.slice(2);
const say = (value) => process.stdout.write(JSON.stringify(value) + "\\n");
if (words[0] === "ask") {
  process.stdin.on("data", (data) => say({ got: String(data).trim() }));
  say({ ask: words[1] });
}
if (words[0] === "busy") for (;;);
if (words[0] === "late") {
  const until = Date.now() + 1200;
  while (Date.now() < until);
  process.stdout.write(JSON.stringify({ late: true }, undefined, 2) + "\\n");
}
setInterval(() => {}, 1000);
`;

const contract = `contract: verbs
version: 1.0.0
title: Verbs
sources: { here: { title: This test } }
targets: [command]
areas: { answers: Replies., waits: Times., watches: Lines., remarks: Words. }
params: { pass: { description: A secret, secret: true } }
answers:
  - { when: 'get(line, "json.ask", "") == "name"', send: { name: "\${line.proc}" } }
  - { when: 'get(line, "json.ask", "") == "broken"', send: { value: "\${run.nothing.at_all}" } }
scenarios:
  answers:
    steps:
      - one: { spawn: { args: [ask, name] } }
      - two: { spawn: { as: second, args: [ask, name] } }
      - first: { await: 'has(line.json.got)', within: 20s }
      - second_got: { await: 'has(line.json.got)', of: second, within: 20s }
  broken:
    steps:
      - one: { spawn: { args: [ask, broken] } }
      - asked: { await: 'has(line.json.ask)', within: 20s }
      - pause: { wait: 200ms }
  waits:
    steps:
      - busy: { spawn: { args: [busy] } }
      - spinning: { wait: 1s }
      - idle: { spawn: { as: idle, args: [idle] } }
      - begun: { watch: 1ms, of: idle, settle: 20s }
      - resting: { wait: 1s, of: idle }
  watches:
    steps:
      - late: { spawn: { args: [late] } }
      - seen: { watch: 1ms, settle: 20s, joined: true, line: 'get(line, "json.late", false)' }
  remarks:
    steps:
      - told: { note: "It is \${params.pass == '' ? 'empty' : 'given'}." }
      - untold: { note: "Nobody reads this.", if: "false" }
requirements:
  - { id: answers/each, level: MUST, text: Each process is answered., source: here, on: answers.second_got, expect: { that: { holds: 'run.first.json.got == "{\\"name\\":\\"main\\"}" && it.json.got == "{\\"name\\":\\"second\\"}"', expected: x } } }
  - { id: answers/broken, level: MUST, text: A broken answer is no crash., source: here, on: broken.pause, expect: { that: { holds: it.alive, expected: x } } }
  - { id: waits/busy, level: MUST, text: Busy processes are told from idle ones., source: here, on: waits.resting, expect: { that: { holds: run.spinning.busy >= 0.9 && it.busy <= 0.2, expected: x, actual: "[run.spinning.busy, it.busy]" } } }
  - { id: watches/settle, level: MUST, text: A watch waits until the process has settled., source: here, on: watches.seen, expect: { that: { holds: it.count == 1, expected: x } } }
  - { id: remarks/told, level: MUST, text: Remarks., source: here, on: remarks.told, expect: { that: { holds: it.ok, expected: x } } }
`;

describe("a scenario", () => {
  it("answers every process, tells busy from idle, waits for a settled process, remarks", {
    timeout: 120_000,
  }, async () => {
    const folder = join(root, "verbs");
    const module = join(root, "module");
    mkdirSync(folder);
    writeFileSync(join(folder, "contract.yaml"), contract);
    writeFileSync(module, program);
    chmodSync(module, 0o755);
    const prepared = prepare(module, { contract: folder, params: { pass: "hunter2-hunter2" }, jobs: 2 });
    const { report, transcript } = await judgeModule(prepared, {});
    expect(report.results.map(({ id, outcome }) => [id, outcome.kind, JSON.stringify(outcome)])).toEqual(
      ["answers/each", "answers/broken", "waits/busy", "watches/settle", "remarks/told"].map((id) => [
        id,
        "pass",
        expect.anything(),
      ]),
    );
    expect(report.notes.filter((note) => !note.startsWith("limit"))).toEqual(["It is given."]);
    expect(JSON.stringify(transcript)).toContain("no answer: ");
    expect(JSON.stringify([report, transcript])).not.toContain("hunter2");
  });
});
