// Which scenarios a requirement reads, from the syntax of its expressions.
import { expect, it } from "vitest";
import type { Contract, Json, Requirement } from "../../src/base/types.ts";
import { scenariosRead } from "../../src/contract/reads.ts";

const contract = {
  scenarios: ["main", "late", "two-instances", "files"].map((name) => ({ name, vars: {} })),
  define: { seen: "def.first && runs.late.exit.ok", first: 'get(runs, "files.manifest.ok", false)' },
  vars: { places: ["main.hello", "late.exit"], ready: "${runs.main.hello.ok}" },
} as unknown as Contract;

const read = (value: Json, more: Partial<Requirement> = {}) =>
  [...scenariosRead(contract, { on: [], expect: [{ kind: "that", value }], ...more } as Requirement)].sort();

it.each<[what: string, value: Json, names: string[]]>([
  ["a name", "runs.main.hello.ok && true", ["main"]],
  ["a name in brackets", 'runs["two-instances"].first.ok', ["two-instances"]],
  ["a path of get", 'get(runs, "files.manifest.ok", false)', ["files"]],
  ["definitions, in turn", "def.seen", ["files", "late"]],
  ["a variable's template", "vars.ready", ["main"]],
  ["a template in words", "is ${runs.late.exit.code}, not 0", ["late"]],
  ["deeper in the value", { in: "[1]", holds: { a: ["runs.files.x == each"] } }, ["files"]],
  ["a computed name, from texts of the expression", '["main", "x"].all(s, runs[s].ok)', ["main"]],
  ["a computed path, from a variable", "vars.places.all(p, get(runs, p, null) != null)", ["late", "main"]],
  ["all of them", "size(keys(runs)) > 1", ["files", "late", "main", "two-instances"]],
  ["none: the words are data", "it.text == 'see runs.main.hello'", []],
  ["none: no expression at all", "what runs.main says, in words", []],
])("%s", (_, value, names) => expect(read(value)).toEqual(names));

it("`on` and `when` count", () => {
  expect(read("true", { on: ["two-instances.first"], when: "has(runs.late)" })).toEqual(["late", "two-instances"]);
});
