// Forty mistakes of authors: each is found when the contract loads, with file, line and column inside the expression, and the nearest word.
import { describe, expect, it } from "vitest";
import { loadContract } from "../../src/index.ts";

const sound = `contract: greeter
version: 1.0.0
title: Greeter
sources: { readme: { title: Readme } }
targets: [command]
base: "http://127.0.0.1:\${run.port.port}"
params: { revision: { description: a revision, default: 1 } }
canaries: [token]
vars: { patience: 5 }
define: { ready: "run.lines.exists(l, l.text == 'ready')" }
areas: { hello: The one endpoint. }
scenarios:
  main:
    steps:
      - port: { pick-port: { from: 20000, to: 20999 } }
      - started: { spawn: { env: { PORT: "\${run.port.port}", T: "\${canary.token}" } } }
      - said: { await: { line: "line.text.startsWith('ready') && line.stream == 'stdout'", within: 5s } }
      - heard: { watch: { for: 100ms, line: "line.n > 0" } }
      - hello: { get: /hello, until: it.ok, within: 5s }
      - gone: { exit: 5s, if: "run.hello.status == 200", otherwise: go-on }
requirements:
  - id: hello/answers
    level: MUST
    text: It answers.
    source: readme#One
    on: main.hello
    when: params.revision == 1
    expect:
      - that: it.status == 200 && def.ready
      - that: { holds: "run.heard.count == 0 || it.ms < vars.patience * 1000", expected: quick, actual: it.body }
      - known: { if: "runs.main.gone.exited", because: it must have ended }
      - each: { in: "run.lines.map(l, l.text)", holds: "size(each) < 100", expected: short lines }
`;

function complaints(text: string): string[] {
  const files = new Map([["contract.yaml", text]]);
  try {
    loadContract({ folder: "greeter", files, digest: "" });
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
}

/** What is replaced, by what, the word that is complained of (its place is demanded), and words of the complaint. */
const mistakes: [from: string, to: string, wrong: string, words: string][] = [
  ["it.status == 200 && def", "itt.status == 200 && def", "itt", 'unknown name "itt"; did you mean "it"?'],
  ["it.status == 200 && def", "it.statsu == 200 && def", "statsu", 'did you mean "status"?'],
  ["def.ready", "def.redy", "redy", 'def has no "redy"; did you mean "ready"?'],
  ["def.ready", "deff.ready", "deff", 'did you mean "def"?'],
  ["params.revision", "params.revison", "revison", 'did you mean "revision"?'],
  ["params.revision", "parms.revision", "parms", 'did you mean "params"?'],
  ["params.revision == 1", "params.revision === 1", "= 1", "unexpected"],
  ["vars.patience", "vars.patiance", "patiance", 'did you mean "patience"?'],
  ["run.heard.count", "run.heard.conut", "conut", 'did you mean "count"?'],
  ["run.heard.count", "run.herd.count", "herd", 'did you mean "heard"?'],
  ["run.heard.count", "rum.heard.count", "rum", 'did you mean "run"?'],
  ["runs.main.gone.exited", "runs.mian.gone.exited", "mian", 'did you mean "main"?'],
  ["runs.main.gone.exited", "runs.main.gon.exited", "gon", 'did you mean "gone"?'],
  ["runs.main.gone.exited", "runs.main.gone.exitted", "exitted", 'did you mean "exited"?'],
  ["runs.main.gone.exited", "runs.main.gone.exited &&", "runs", "unexpected end"],
  ['run.port.port}", T', 'run.prot.port}", T', "prot", 'did you mean "port"?'],
  ["canary.token", "canary.tokn", "tokn", 'did you mean "token"?'],
  ["canary.token", "canari.token", "canari", 'did you mean "canary"?'],
  ["line.text.starts", "line.txt.starts", "txt", 'did you mean "text"?'],
  ["line.text.starts", "lines.text.starts", "lines", 'did you mean "line"?'],
  ["startsWith('ready')", "startWith('ready')", "startWith", 'did you mean "startsWith"?'],
  ["startsWith('ready')", "startsWith('ready', 1)", "startsWith", "takes 1 argument, not 2"],
  ["startsWith('ready')", "startsWith(1)", "startsWith", "does not take (string, int)"],
  ["line.stream == 'stdout'", "line.stream == 1", "==", "string == int is always false"],
  ["line.stream == 'stdout'", "line.sream == 'stdout'", "sream", 'did you mean "stream"?'],
  ["line.n > 0", "line.n > 'a'", ">", "no > between int and string"],
  ["line.n > 0", "line.n + 'a' > 0", "+", "no + between int and string"],
  ["until: it.ok", "until: itt.ok", "itt", 'unknown name "itt"'],
  ['run.hello.status == 200"', 'run.helo.status == 200"', "helo", 'did you mean "hello"?'],
  ["size(each)", "sise(each)", "sise", 'did you mean "size"?'],
  ["size(each)", "size(eech)", "eech", 'did you mean "each"?'],
  ["size(each)", "size(each, 1)", "size", "size takes"],
  ["run.lines.map", "run.linse.map", "linse", 'did you mean "lines"?'],
  ["run.lines.map", "run.lines.mapp", "mapp", 'did you mean "map"?'],
  ["run.lines.map(l, l.text)", "run.lines.map(l, k.text)", "k", 'unknown name "k"'],
  ["run.lines.map(l, l.text)", "run.lines.map(l, l.tetx)", "tetx", 'did you mean "text"?'],
  ["actual: it.body", "actual: it.bdoy", "bdoy", 'did you mean "body"?'],
  ["exists(l, l.text == 'ready')", "exists(l, 'ready')", "'ready'", "exists takes a condition, not string"],
  ["exists(l, l.text == 'ready')", "exist(l, l.text == 'ready')", "exist", 'did you mean "exists"?'],
  ["exists(l, l.text == 'ready')", "exists(l, l.text = 'ready')", "=", "unexpected character"],
];

describe("names are checked when the contract loads", () => {
  it("a sound contract has no complaint", () => expect(complaints(sound)).toEqual([]));

  it.each(mistakes)("%s -> %s", (from, to, wrong, words) => {
    expect(sound).toContain(from);
    const text = sound.replace(from, () => to);
    const found = complaints(text);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join("\n")).toContain(words);
    if (/unexpected/.test(words)) return; // Of syntax the column inside the expression is told.
    const at = text.indexOf(to) + Math.max(to.indexOf(wrong), 0);
    const before = text.slice(0, at).split("\n");
    expect(found[0]).toContain(`greeter/contract.yaml:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: `);
  });

  it.each([
    ["level: MUST", "level: should", 'level: must be one of MUST, SHOULD, MAY; did you mean "SHOULD"?'],
    ["    source: readme#One\n", "", "source: is missing"],
    ["within: 5s", "within: soon", 'must be a duration such as "250ms"'],
    ["/hello, until", '"/hello${run.port.port", until', "template without closing brace"],
    ['if: "runs.main.gone.exited"', 'if: "runs.main.gone.exited("', "unexpected end"],
  ])("%s -> %s", (from, to, words) => {
    expect(sound).toContain(from);
    const found = complaints(sound.replace(from, () => to)).join("\n");
    expect(found).toContain(words);
    expect(found).toMatch(/greeter\/contract\.yaml:\d+:\d+: /);
  });
});
