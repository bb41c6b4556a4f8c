// Values in words, and observations in findings.
import { expect, test } from "vitest";
import { inWords } from "../../src/base/in-words.ts";
import type { Json } from "../../src/base/types.ts";
import { toldFinding } from "../../src/judge/words.ts";

test.each<[Json, Json]>([
  ["text", "text"],
  [3, 3],
  [false, false],
  [null, "nothing"],
  [{}, "nothing"],
  [[], "none"],
  [["a", "b"], "a, b"],
  [{ debug: 1, error: 1 }, "debug: 1, error: 1"],
  [{ a: { b: 1, c: 2 }, d: [] }, "a: (b: 1, c: 2), d: none"],
  [[["content-type", "text/html"]], "content-type text/html"],
  [Array.from({ length: 25 }, (_, i) => i), expect.stringMatching(/19, and 5 more$/)],
])("%j", (value, words) => {
  expect(inWords(value)).toEqual(words);
});

test.each<[Json, string]>([
  [{ waited_ms: 2014 }, "nothing within 2014 ms"],
  [{ ok: false, waited_ms: 2014, n: 4 }, "nothing within 2014 ms"],
  [{ ok: true }, "done"],
  [{ ok: false, problem: "not-json", text: "hello" }, "not-json hello"],
  [
    { ok: true, method: "GET", path: "/x", url: "http://h/x", status: 500, ms: 3, body: "no" },
    "GET /x -> 500 in 3 ms, 2 bytes: no",
  ],
])("an observation: %j", (actual, words) => {
  expect(toldFinding({ at: "", expected: null, actual, events: [] }).actual).toBe(words);
});
