// How long steps take at least, as their verbs tell.
import { expect, it } from "vitest";
import type { Json } from "../../src/base/types.ts";
import { lastsMs } from "../../src/contract/vocabulary.ts";
import { verbWords } from "../../src/contract/words/verbs.ts";
import { verbs } from "../../src/drive/verbs/registry.ts";

it.each<[verb: string, arg: Json, ms: number]>([
  ["wait", { for: "2s" }, 2000],
  ["watch", { for: 250 }, 250],
  ["watch-listeners", { for: "1m" }, 60_000],
  ["let-be", { for: "300ms" }, 300],
  [
    "session",
    { steps: [{ one: { "let-be": { for: "1s" } } }, { two: { "let-be": { for: 5 }, optional: true } }] },
    1005,
  ],
  ["wait", { for: "${vars.long}" }, 0],
  ["await", { line: "true", within: "9s" }, 0],
  ["get", { path: "/for", headers: { for: "9s" } }, 0],
])("%s %j: %d ms", (verb, arg, ms) => expect(lastsMs(verbWords.get(verb), arg)).toBe(ms));

it("every verb of the vocabulary does something, and nothing else does", () => {
  expect([...verbs.keys()].sort()).toEqual([...verbWords.keys()].sort());
});
