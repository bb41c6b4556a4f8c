// One cause, one failure: a redirect is named with where it leads, and what is behind it is judged.
import { expect, test } from "vitest";
import type { TranscriptEvent } from "../../src/base/events.ts";
import type { Transcript } from "../../src/base/transcript.ts";
import type { Json } from "../../src/base/types.ts";
import { judge } from "../../src/judge/judge.ts";
import { loadContract } from "../../src/session/contracts.ts";

const yaml = (redirects: string) => `
contract: small
version: 1.0.0
title: Small
targets: [folder]
redirects: ${redirects}
sources: { note: { title: Note } }
areas: { a: An area. }
scenarios:
  main:
    steps:
      - refused: { post: "http://127.0.0.1:1/run" }
      - taken: { post: "http://127.0.0.1:1/run" }
      - told: { get: "http://127.0.0.1:1/told" }
requirements:
  - { id: a/refuses, level: MUST, text: It refuses., source: note, on: main.refused, expect: { status: 401 } }
  - { id: a/takes, level: MUST, text: It takes., source: note, on: main.taken, expect: { status: 200 } }
  - { id: a/says, level: MUST, text: It says., source: note, on: main.taken, needs: [a/takes], expect: { that: { holds: 'it.json.id == "x"', expected: an id } } }
  - { id: a/tells, level: MUST, text: It tells., source: note, on: main.told, expect: { status: 200 } }
  - { id: a/json, level: SHOULD, text: In JSON., source: note, on: main.told, expect: { media-type: application/json } }
`;

type Answers = Record<"refused" | "taken" | "told", { [key: string]: Json }>;

function outcomes(redirects: "show" | "follow", answers: Answers) {
  const contract = loadContract({ folder: "small", files: new Map([["contract.yaml", yaml(redirects)]]), digest: "0" });
  const events = Object.entries(answers).map(([step, answer], index): TranscriptEvent => {
    const value = {
      ok: true,
      method: step === "told" ? "GET" : "POST",
      path: step === "told" ? "/told" : "/run",
      ...answer,
    };
    const url = `http://127.0.0.1:9${value.path}`;
    const data = { verb: "get", status: "done" as const, from: index, value: { url, ...value } };
    return { n: index + 1, t: index, scenario: "main", step, kind: "step", data };
  });
  events.push({ n: 4, t: 4, scenario: "main", kind: "scenario", data: { status: "ran", from: 0 } });
  const ids = contract.requirements.map(({ id }) => id);
  const transcript: Transcript = {
    header: {
      format: 1,
      tool: { name: "conform", version: "0" },
      contract: { name: "small", version: "1.0.0", digest: "0" },
      target: { kind: "folder", label: "m" },
      started: "2026-01-01T00:00:00.000Z",
      params: {},
      plan: { scenarios: ["main"], requirements: ids },
    },
    events,
  };
  return Object.fromEntries(judge({ contract, transcript, selected: new Set(ids) }));
}

const to = (location: string): { [key: string]: Json } => ({ status: 307, headers: [["location", location]] });
const behind = (path: string, status: number, more: { [key: string]: Json } = {}): { [key: string]: Json } => ({
  status,
  headers: [["content-type", "application/json"]],
  redirects: [{ method: "POST", path, status: 307, to: `${path}/` }],
  ...more,
});
const told = { status: 200, headers: [["content-type", "application/json"]] as Json };

test("a redirect that was followed is one failure; what is behind it is judged", () => {
  const seen = outcomes("follow", {
    refused: behind("/run", 401),
    taken: behind("/run", 200, { body: '{"id":"x"}' }),
    told: behind("/told", 200),
  });
  const kinds = Object.entries(seen).map(([id, { kind }]) => `${id} ${kind}`);
  expect(kinds).toEqual(["a/refuses pass", "a/takes fail", "a/says pass", "a/tells pass", "a/json pass"]);
  expect(seen["a/takes"]).toMatchObject({
    findings: [
      { at: "POST /run", expected: "200", actual: "307, a redirect to /run/, where the answer is 200" },
      { at: "GET /told", actual: "307, a redirect to /told/, where the answer is 200" },
    ],
  });
});

test("what is wrong behind a redirect is a failure of its own", () => {
  const seen = outcomes("follow", { refused: behind("/run", 200), taken: behind("/run", 200, { body: "{}" }), told });
  expect(seen["a/refuses"]).toMatchObject({
    findings: [{ expected: "401", actual: "307, a redirect to /run/, where the answer is 200" }],
  });
  expect(seen["a/takes"]?.kind).toBe("fail");
  expect(seen["a/says"]?.kind).toBe("error");
});

test("a redirect elsewhere is one failure that the others wait for", () => {
  const https = (path: string) => to(`https://me:secret@example.com${path}`);
  const seen = outcomes("show", { refused: https("/run"), taken: https("/run"), told: https("/told") });
  const reason = "POST /run answered 307, a redirect to https://example.com/run";
  expect(seen).toMatchObject({
    "a/refuses": { kind: "blocked", by: "a/takes", reason },
    "a/takes": { kind: "fail" },
    "a/says": { kind: "blocked", by: "a/takes" },
    "a/tells": { kind: "blocked", by: "a/takes" },
  });
  expect(JSON.stringify(seen)).not.toContain("secret");
});

test("two redirects of different rules are two failures", () => {
  const seen = outcomes("show", { refused: { status: 401 }, taken: to("/run/"), told: to("/login?next=%2Ftold") });
  expect(seen["a/takes"]).toMatchObject({ findings: [{ actual: "307, a redirect to /run/" }] });
  expect(seen["a/tells"]).toMatchObject({ findings: [{ actual: "307, a redirect to /login?next=%2Ftold" }] });
});
