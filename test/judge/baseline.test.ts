// Known failures: the truth table, what makes an entry stale, what a file may not say.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ContractError, UsageError } from "../../src/base/errors.ts";
import type { Outcome, Result } from "../../src/base/judged.ts";
import { readContractFiles } from "../../src/contract/files.ts";
import { applyBaseline, baselineJsonSchema, overlaps, parseBaseline } from "../../src/judge/baseline.ts";
import { pruned, updated } from "../../src/judge/baseline-edit.ts";
import { verdictOf } from "../../src/judge/verdict.ts";
import { loadContract } from "../../src/session/contracts.ts";
import { tinyContract } from "../cli/the-cli.ts";
import { moduleOf, pass, result } from "../report/cases.ts";

const contract = loadContract(readContractFiles(tinyContract));
const today = "2030-06-15";
const fails: Outcome = { kind: "fail", findings: [{ at: "x", expected: 1, actual: 2, events: [] }] };
const outcomes: Record<string, Outcome> = {
  pass,
  fail: fails,
  blocked: { kind: "blocked", by: "greeting/is-said" },
  skipped: { kind: "skipped", reason: "not selected" },
  error: { kind: "error", message: "conform broke" },
};

/** Results of the whole contract, all passing but those given. */
function results(some: Record<string, Outcome>): Result[] {
  return contract.requirements.map(({ id, level, text }) => result(id, level, text, some[id] ?? pass));
}

function applied(known: string, some: Record<string, Outcome>, head = "") {
  const { results: judged, stale } = applyBaseline(results(some), parseBaseline(`${head}known:\n${known}`, "b.yaml"), {
    contract,
    today,
  });
  return { stale, results: judged, verdict: verdictOf(judged, { staleBaseline: stale }) };
}

const entry = (id: string, more = "") => `- { id: "${id}", owner: me, reason: because${more} }\n`;
const id = "greeting/names-world";

test.each([
  ["fail", true, "conformant", 0],
  ["fail", false, "nonconformant", 1],
  ["pass", true, "nonconformant", 1],
  ["pass", false, "conformant", 0],
  ["skipped", true, "conformant", 0],
  ["skipped", false, "conformant", 0],
  ["error", true, "inconclusive", 3],
  ["error", false, "inconclusive", 3],
])("%s, listed %s: %s", (kind, listed, verdict, exit) => {
  const other = entry("ending/leaves");
  const { verdict: found } = applied(listed ? other + entry(id) : other, {
    "ending/leaves": fails,
    [id]: outcomes[kind] ?? pass,
  });
  expect([found.kind, found.exit]).toEqual([verdict, exit]);
});

test("blocked by a known failure is explained, blocked otherwise is not", () => {
  const cause = { "greeting/is-said": fails, [id]: outcomes.blocked ?? pass };
  expect(applied(entry("greeting/is-said"), cause).verdict.kind).toBe("conformant");
  const loose: Outcome = { kind: "blocked", by: "main.started" };
  expect(applied(entry(id), { [id]: loose }).verdict.kind).toBe("inconclusive");
});

test("an excused failure keeps who, why and until when, and is counted", () => {
  const { results: judged, verdict } = applied(entry(id, ", issue: '#7', expires: 2030-06-15"), { [id]: fails });
  const found = judged.find((one) => one.id === id);
  expect(found?.baseline).toEqual({ owner: "me", reason: "because", issue: "#7", expires: "2030-06-15" });
  expect(found?.binding).toBe(false);
  expect(verdict.baselined).toBe(1);
});

test("a glob excuses what fails and is stale for what passes; aliases and full ids count", () => {
  const both = { [id]: fails, "greeting/is-said": fails, "greeting/has-mood": fails };
  expect(applied(entry("greeting/*"), both).stale).toEqual([]);
  expect(applied(entry("greeting/*"), { [id]: fails }).stale).toEqual([
    "greeting/*: greeting/is-said, greeting/has-mood pass now; narrow or remove the entry (b.yaml:2)",
  ]);
  expect(applied(entry("greeting/hello-world"), { [id]: fails }).verdict.kind).toBe("conformant");
  expect(applied(entry(`tiny:${id}`), { [id]: fails }).verdict.kind).toBe("conformant");
});

test.each([
  [", expires: 2030-06-14", "expired on 2030-06-14"],
  [", contract: tiny@2", "written for tiny@2, judged under tiny@1.0.0; look at it again"],
  [", contract: tiny@1.0.1", "written for tiny@1.0.1, judged under tiny@1.0.0; look at it again"],
])("%s excuses nothing and says so", (more, why) => {
  const { stale, verdict } = applied(entry(id, more), { [id]: fails });
  expect(stale).toEqual([`${id}: ${why} (b.yaml:2)`]);
  expect(verdict).toMatchObject({ kind: "nonconformant", exit: 1, baselined: 0 });
});

test("what matches nothing names the nearest; entries of other contracts are left alone", () => {
  const { stale, verdict } = applied(entry("greeting/names-wold"), {});
  expect(stale[0]).toContain('did you mean "greeting/names-world"?');
  expect(verdict.exit).toBe(1);
  expect(applied(entry("nonsense/x", ", contract: other"), {}).verdict.exit).toBe(0);
  expect(applied(entry("nonsense/x"), {}, "contract: other@1\n").verdict.exit).toBe(0);
  expect(applied(entry(id), { [id]: fails }, "contract: tiny@1\n").verdict.exit).toBe(0);
});

test("two entries for one requirement are refused", () => {
  const twice = parseBaseline(`known:\n${entry("greeting/*")}${entry(id)}`, "b.yaml");
  expect(overlaps(twice, contract)).toEqual([
    {
      place: { file: "b.yaml", line: 3, column: 3 },
      message: `"${id}" covers ${id}, and so does "greeting/*" in line 2`,
    },
  ]);
  const apart = `${entry("greeting/*")}${entry(id, ", contract: other@1")}`;
  expect(overlaps(parseBaseline(`known:\n${apart}`, "b.yaml"), contract)).toEqual([]);
});

test.each([
  ["known:\n- { id: a/b, reason: x }", "b.yaml:2:3: known.0.owner: must be a text"],
  ["known:\n- { id: a/b, owner: me, resaon: x }", 'unknown key "resaon" in known.0; did you mean "reason"?'],
  [`known:\n${entry("a/b", ", expires: soon")}`, "b.yaml:2:53: known.0.expires: must be a date such as 2030-01-31"],
  [`known:\n${entry("a/b", ", expires: 2030-02-31")}`, "must be a date such as 2030-01-31"],
  [`known:\n${entry("a/b", ", contract: '>=1'")}`, "must be a contract's name"],
  ["- a/b", "b.yaml:1:1"],
  ["known: a/b", "known: must be a list of entries"],
  ["known: [", "b.yaml:"],
])("%j is refused", (text, message) => {
  expect(() => parseBaseline(text, "b.yaml")).toThrow(ContractError);
  expect(() => parseBaseline(text, "b.yaml")).toThrow(message);
});

const module = (some: Record<string, Outcome>) => {
  const judged = results(some);
  return moduleOf("./m", judged, verdictOf(judged), { started: `${today}T09:00:00.000Z` });
};
const given = { owner: "@team", reason: "why", expiresDefault: "2030-09-13" };

test("update adds, narrows, removes and keeps comments; a second update changes nothing", () => {
  const before = `# ours\nknown:\n  # the mood\n  - { id: "greeting/*", owner: me, reason: "x" }\n${entry("file/has-name").replace(/^/, "  ")}`;
  const judged = module({ [id]: fails, "greeting/is-said": fails, "ending/leaves": fails });
  const first = updated(before, judged, contract, given);
  expect(first.changes).toEqual([
    "narrowed greeting/* to greeting/is-said, greeting/names-world",
    "removed file/has-name: passes now",
    "added ending/leaves",
  ]);
  expect(first.text).toContain("# ours");
  const { entries } = parseBaseline(first.text, "b.yaml");
  expect(entries.map((one) => [one.id, one.owner, one.expires, one.contract])).toEqual([
    ["greeting/is-said", "me", undefined, undefined],
    [id, "me", undefined, undefined],
    ["ending/leaves", "@team", "2030-09-13", "tiny@1.0.0"],
  ]);
  expect(updated(first.text, judged, contract, given)).toEqual({ text: first.text, changes: [] });
  const again = applyBaseline(judged.results, parseBaseline(first.text, "b.yaml"), { contract, today });
  expect([again.stale, verdictOf(again.results).kind]).toEqual([[], "conformant"]);
});

test("update starts a file, demands an owner, never takes an error; prune adds nothing", () => {
  expect(() => updated(undefined, module({ [id]: fails }), contract, { expiresDefault: today })).toThrow(UsageError);
  const made = updated(undefined, module({ [id]: fails, "file/has-name": outcomes.error ?? pass }), contract, given);
  expect(parseBaseline(made.text, "b.yaml").entries.map((one) => one.id)).toEqual([id]);
  expect(pruned(made.text, module({ "ending/leaves": fails, [id]: fails }), contract).changes).toEqual([]);
  const gone = pruned(made.text, module({}), contract);
  expect(parseBaseline(gone.text, "b.yaml").entries).toEqual([]);
});

test("update confirms another version and renews what expired, when a day is given", () => {
  const old = `known:\n${entry(id, ", contract: tiny@0.9, expires: 2030-01-01")}`;
  const { text, changes } = updated(old, module({ [id]: fails }), contract, { ...given, expires: "2030-12-31" });
  expect(changes).toEqual([`confirmed ${id} for tiny@1.0.0`, `renewed ${id} until 2030-12-31`]);
  expect(parseBaseline(text, "b.yaml").entries[0]).toMatchObject({ contract: "tiny@1.0.0", expires: "2030-12-31" });
});

test("specs/conform.baseline.schema.json is generated from the shape", () => {
  const file = new URL("../../specs/conform.baseline.schema.json", import.meta.url);
  const text = `${JSON.stringify(baselineJsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_GOLDENS === "1") writeFileSync(file, text);
  expect(readFileSync(file, "utf8")).toBe(text);
});
