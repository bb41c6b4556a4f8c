// Regular expressions: RE2 in linear time, and ECMAScript's syntax told to it.
import { describe, expect, it } from "vitest";
import { ecmaRegex, re2 } from "../../src/base/regex.ts";

describe("re2", () => {
  it("finds matches with their groups and places", () => {
    expect(re2("(\\w+)=(\\d+)?").first("a b=1")).toEqual({ index: 2, text: "b=1", groups: ["b", "1"] });
    expect(
      re2("(\\w)=(\\d)?")
        .all("a=1 b=")
        .map(({ groups }) => groups),
    ).toEqual([
      ["a", "1"],
      ["b", undefined],
    ]);
    expect(re2("^x$", "m").all("x\nx\ny").length).toBe(2);
    expect(re2("a").all("aaaa", 2).length).toBe(2);
    expect(re2("É", "i").test("é")).toBe(true);
  });

  it("replaces with groups, the match and dollar signs", () => {
    expect(re2("(a)(b)?").replace("xabxa", "[$1$2|$&|$$|$3]")).toBe("x[ab|ab|$|$3]x[a|a|$|$3]");
  });

  it("comes to its end where a backtracking engine does not", () => {
    expect(re2("^(a+)+$").test(`${"a".repeat(200_000)}b`)).toBe(false);
    expect(re2("(x+x+)+y").first("x".repeat(5_000))).toBeUndefined();
  });

  it("says so when all matches take too long", () => {
    expect(() => re2("a.*b|a").all("a".repeat(60_000))).toThrow("finding all matches took more than 1000 ms");
  });

  it.each([
    ["^(?!x)", "look-ahead and look-behind are not in RE2"],
    ["(?<=x)y", "look-ahead and look-behind are not in RE2"],
    ["(a)\\1", "back-references are not in RE2"],
    ["a{1001}", "(at most 1000)"],
    ["(", "missing closing"],
  ])("refuses %s in words", (pattern, words) => {
    expect(() => re2(pattern)).toThrow(words);
    expect(() => ecmaRegex(pattern)).toThrow(words);
  });
});

describe("ecmaRegex means what JavaScript means", () => {
  const patterns = [
    "^\\S+$",
    "^[\\s]$",
    "^.$",
    "^[^]$",
    "[]",
    "\\u00e9",
    "\\u{1F600}",
    "^\\uD83D\\uDE00$",
    "^\\p{Letter}$",
    "^\\p{Script=Greek}$",
    "^\\cJ$",
    "^[\\[a]$",
    "^[\\d-]$",
    "^\\/$",
    "\\bfoo\\b",
    "^(?<name>a)$",
    "^[\\b]$",
  ];
  const texts = [
    "",
    "a",
    "é",
    "😀",
    "\u00a0",
    "\u2028",
    "\n",
    "\v",
    "\ufeff",
    "α",
    "[",
    "-",
    "5",
    "/",
    "a foo.",
    "\b",
    "\0",
  ];
  it.each(patterns)("%s", (pattern) => {
    const theirs = new RegExp(pattern, "u");
    for (const text of texts) expect([text, ecmaRegex(pattern).test(text)]).toEqual([text, theirs.test(text)]);
  });
});
