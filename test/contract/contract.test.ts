// Loading a contract: every mistake is a complaint with its place, and the nearest known word.
import { describe, expect, it } from "vitest";
import { ContractError } from "../../src/base/errors.ts";
import { loadContract } from "../../src/session/contracts.ts";

const sound = `contract: demo
version: 1.0.0
title: Demo
sources: { readme: { title: README } }
targets: [command, url]
base: "http://127.0.0.1:1"
areas: { hello: Greeting }
scenarios:
  main:
    targets: [command, url]
    steps:
      - hello: { get: /hello, within: 5s }
      - again: { get: /hello }
requirements:
  - id: hello/answers
    level: MUST
    text: It answers.
    source: readme#Hello
    on: main.hello
    expect: { status: 200 }
  - id: hello/again
    level: SHOULD
    text: It answers again.
    source: readme
    needs: [hello/answers]
    on: main.again
    expect: { status: 200 }
`;

function load(text: string, more: Record<string, string> = {}) {
  return loadContract({
    folder: "demo",
    files: new Map(Object.entries({ "contract.yaml": text, ...more })),
    digest: "d",
  });
}

function complaints(text: string, more?: Record<string, string>): string[] {
  try {
    load(text, more);
  } catch (error) {
    if (error instanceof ContractError) return error.message.split("\n");
    throw error;
  }
  return [];
}

/** The sound contract with one piece of text replaced, which must be there. */
function broken(from: string, to: string): string {
  if (!sound.includes(from)) throw new Error(`the contract has no ${JSON.stringify(from)}`);
  return sound.replace(from, to);
}

describe("a sound contract", () => {
  it("loads with its defaults filled in", () => {
    const contract = load(sound);
    expect(contract.requirements.map(({ id, area, level }) => [id, area, level])).toEqual([
      ["hello/answers", "hello", "MUST"],
      ["hello/again", "hello", "SHOULD"],
    ]);
    expect(contract.scenarios[0]?.steps[0]).toMatchObject({
      name: "hello",
      verb: "get",
      arg: { path: "/hello", within: "5s" },
      otherwise: "stop",
    });
    expect(contract.requirements[0]?.sources).toEqual([{ document: "readme", section: "Hello" }]);
  });

  it("puts fragments and included files in", () => {
    const main = broken("scenarios:\n  main:", "include: [more.yaml]\nscenarios:\n  main:");
    const more = `fragments:\n  twice:\n    - one: { get: / }\n    - two: { get: / }\nscenarios:\n  other:\n    steps: [{ use: twice }]\n`;
    expect(
      load(main, { "more.yaml": more })
        .scenarios.find(({ name }) => name === "other")
        ?.steps.map(({ name }) => name),
    ).toEqual(["one", "two"]);
  });
});

describe("complaints", () => {
  const table: [what: string, from: string, to: string, message: string][] = [
    [
      "an unknown key",
      "title: Demo",
      "titel: Demo",
      'demo/contract.yaml:3:1: unknown key "titel"; did you mean "title"?',
    ],
    [
      "an unknown key of a requirement",
      "    text: It answers.\n",
      "    txt: It answers.\n",
      'demo/contract.yaml:17:5: unknown key "txt" in requirements.0; did you mean "text"?',
    ],
    [
      "a bad level",
      "level: MUST",
      "level: MUSTARD",
      "demo/contract.yaml:16:12: requirements.0.level: must be one of MUST, SHOULD, MAY",
    ],
    [
      "a bad id",
      "id: hello/answers",
      "id: Hello",
      "demo/contract.yaml:15:9: requirements.0.id: must be area/short-slug in lower case",
    ],
    [
      "a duplicate id",
      "id: hello/again",
      "id: hello/answers",
      'demo/contract.yaml:21:5: id "hello/answers" is used twice; first at line 15',
    ],
    [
      "an unknown need",
      "needs: [hello/answers]",
      "needs: [hello/answer]",
      'demo/contract.yaml:21:5: hello/again: needs unknown requirement "hello/answer"; did you mean "hello/answers"?',
    ],
    [
      "an unknown source",
      "source: readme#Hello",
      "source: readmi#Hello",
      'demo/contract.yaml:15:5: hello/answers: unknown source "readmi"; did you mean "readme"?',
    ],
    [
      "an unknown scenario",
      "on: main.hello",
      "on: mian.hello",
      'demo/contract.yaml:15:5: hello/answers: unknown scenario "mian"; did you mean "main"?',
    ],
    [
      "an unknown step",
      "on: main.hello",
      "on: main.helo",
      'demo/contract.yaml:15:5: hello/answers: scenario "main" has no step "helo"; did you mean "hello"?',
    ],
    [
      "an unknown verb",
      "{ get: /hello, within: 5s }",
      "{ gte: /hello, within: 5s }",
      'demo/contract.yaml:12:9: step "hello": unknown verb "gte"; did you mean "get"?',
    ],
    [
      "an unknown expectation",
      "on: main.hello\n    expect: { status: 200 }",
      "on: main.hello\n    expect: { statsu: 200 }",
      'demo/contract.yaml:15:5: hello/answers: unknown expectation "statsu"; did you mean "status"?',
    ],
    [
      "an unknown area",
      "areas: { hello: Greeting }",
      "areas: { hallo: Greeting }",
      'demo/contract.yaml:15:5: hello/answers: area "hello" is not in `areas`; did you mean "hallo"?',
    ],
    ["a verb's bad argument", "within: 5s }", "within: soon }", 'demo/contract.yaml:12:9: step "hello": get.within: '],
    [
      "two steps of one name",
      "- again: { get: /hello }",
      "- hello: { get: /hello }",
      'demo/contract.yaml:13:9: scenario "main" has two steps "hello"',
    ],
    [
      "a fragment that is not there",
      "- again: { get: /hello }",
      "- use: twice",
      'demo/contract.yaml:13:9: unknown fragment "twice"',
    ],
    [
      "a missing include",
      "areas:",
      "include: [rest.yaml]\nareas:",
      'demo/contract.yaml:7:11: no file "rest.yaml" in the contract\'s folder',
    ],
    ["broken YAML", "title: Demo", "title: [Demo", "demo/contract.yaml:"],
    [
      "a condition of `known` that does not compile",
      "expect: { status: 200 }\n  - id: hello/again",
      'expect: { known: { if: "it.ok &&", because: "no" } }\n  - id: hello/again',
      "demo/contract.yaml:15:5: hello/answers: known: in expression `it.ok &&`",
    ],
    [
      "an expression that does not compile",
      "expect: { status: 200 }\n  - id: hello/again",
      'expect: { that: "it.ok &&" }\n  - id: hello/again',
      "demo/contract.yaml:15:5: hello/answers: that: in expression `it.ok &&`",
    ],
    [
      "nothing to judge by",
      "    on: main.again\n    expect: { status: 200 }\n",
      "",
      "demo/contract.yaml:21:5: hello/again: has neither `expect` nor `untested`",
    ],
  ];
  it.each(table)("%s", (_, from, to, message) => {
    expect(complaints(broken(from, to)).join("\n")).toContain(message);
  });

  it("a cycle in needs", () => {
    const text = broken("    source: readme#Hello\n", "    source: readme#Hello\n    needs: [hello/again]\n").replace(
      "level: SHOULD",
      "level: MUST",
    );
    expect(complaints(text).join("\n")).toContain("cycle in needs: hello/answers -> hello/again -> hello/answers");
  });

  it("a MUST that needs a SHOULD", () => {
    const text = broken("    source: readme#Hello\n", "    source: readme#Hello\n    needs: [hello/again]\n").replace(
      "    needs: [hello/answers]\n",
      "",
    );
    expect(complaints(text)).toEqual([
      'demo/contract.yaml:15:5: hello/answers: a MUST must not need the SHOULD "hello/again": it could be blocked by what is not binding',
    ]);
  });

  it("bad JSON Schemas: no JSON, no such file, no schema", () => {
    const use = (file: string) =>
      broken(
        "on: main.hello\n    expect: { status: 200 }",
        `on: main.hello\n    expect: { schema: { of: it, file: ${file} } }`,
      );
    expect(complaints(use("s.json"), { "s.json": "{" }).join("\n")).toContain("demo/s.json: not JSON");
    expect(complaints(use("t.json"), { "s.json": "{}" }).join("\n")).toContain('no schema file "t.json"');
    expect(complaints(use("s.json"), { "s.json": '{"type": "objekt"}' }).join("\n")).toContain("bad JSON Schema");
  });

  it("a folder without contract.yaml", () => {
    expect(() => loadContract({ folder: "demo", files: new Map(), digest: "" })).toThrow(/no contract.yaml in demo/);
  });

  it("all complaints come at once", () => {
    expect(
      complaints(broken("needs: [hello/answers]", "needs: [x/y]").replace("on: main.hello", "on: nowhere")),
    ).toHaveLength(2);
  });
});
