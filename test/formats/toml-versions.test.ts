// TOML 1.1 keeps its places and is told apart; dates that no calendar has are refused. Answers of tomllib (Python 3.11) beside them.
import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/formats/documents/document.ts";

describe("TOML versions", () => {
  it.each([
    ["a = {b = 1,\n c = 2}\n", 2],
    ["a = {b = 1,}\n", 1],
    ['x = 1\na = "\\e"\n', 2],
    ['a = "\\x41"\n', 1],
    ["a = 12:30\n", 1],
  ])("%j is TOML 1.1, which tomllib refuses", async (text, line) => {
    const { problem, warnings, places } = await parseDocument(text, "toml");
    expect(problem).toBeUndefined();
    expect(warnings).toMatchObject([{ kind: "toml-1.1", line }]);
    expect(places.get("/a")).toBeDefined();
  });

  it.each(["a = 2025-02-30\n", "a = 2025-02-29\n", "a = 2025-04-31T00:00:00\n", "a = 2025-13-01\n", "a = 24:00:00\n"])(
    "%j is no date",
    async (text) => {
      const { problem, data } = await parseDocument(text, "toml");
      expect(problem).toMatchObject({ line: 1 });
      expect(data).toBeUndefined();
    },
  );

  it.each(["a = 2024-02-29\n", "a = {b = 1}\n", 'a = "\\u0041"\n', "a = 12:30:00\n", "[a]\nb = [\n 1,\n]\n"])(
    "%j is TOML 1.0",
    async (text) => {
      expect(await parseDocument(text, "toml")).toMatchObject({ warnings: [] });
    },
  );
});
