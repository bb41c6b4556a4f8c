// The two dialects of globs, and what they share.
import { describe, expect, it } from "vitest";
import { globMatcher, globPattern, namePattern } from "../../src/base/glob.ts";

describe("over paths", () => {
  it.each([
    ["*.json", "a.json", true],
    ["*.json", "b/a.json", false],
    ["*", ".env", true],
    ["**/*.json", "a.json", true],
    ["**/*.json", "b/c/a.json", true],
    ["src/**", "src/b/c", true],
    ["?.ts", "a.ts", true],
    ["?.ts", "ab.ts", false],
    ["[!a].ts", "b.ts", true],
    ["[!a].ts", "a.ts", false],
    ["[a-c].ts", "b.ts", true],
    ["*.{yml,yaml}", "x.yaml", true],
    ["./src/a.ts", "src/a.ts", true],
    ["/v1/*/items", "v1/3/items", true],
    ["(group)/a+b.ts", "(group)/a+b.ts", true],
    ["{a", "{a", true],
    ["a.b", "axb", false],
    ["*.ts", "a\nb.ts", true],
    ["", "a", false],
  ])("%s %s %s", (glob, path, fits) => expect(globPattern(glob).test(path)).toBe(fits));

  it("`!` takes out of what the others, or all, let in", () => {
    expect(["a.ts", "b.ts", "c.js"].filter(globMatcher(["*.ts", "!b.*"]))).toEqual(["a.ts"]);
    expect(["a.ts", "b.ts", "c.js"].filter(globMatcher(["!b.*"]))).toEqual(["a.ts", "c.js"]);
  });
});

describe("over names", () => {
  it.each([
    ["metrics/*", "metrics/naming", true],
    ["*", "metrics/naming", true],
    ["*naming", "metrics/naming", true],
    ["pywatt:metrics/?aming", "pywatt:metrics/naming", true],
    ["metrics/{a,b}", "metrics/a", false],
    ["a[b]", "a[b]", true],
    ["a(b)", "a(b)", true],
    ["a.b", "axb", false],
    ["metrics", "metrics/naming", false],
  ])("%s %s %s", (glob, name, fits) => expect(namePattern(glob).test(name)).toBe(fits));
});
