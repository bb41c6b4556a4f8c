// TOML 1.1 keeps its places and is told apart; dates that no calendar has are refused. Answers of tomllib (Python 3.11) beside them.
import { readFileSync } from "node:fs";
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

  it("takes what tomllib takes, of 400 texts all but whole numbers above 64 bits", async () => {
    const file = new URL("../../fixtures/deployment/toml.jsonl", import.meta.url);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    const apart: string[] = [];
    for (const { text, taken } of lines.map((line) => JSON.parse(line) as { text: string; taken: boolean })) {
      const { problem, warnings } = await parseDocument(text, "toml");
      const ours = problem === undefined && !warnings.some(({ kind }) => kind === "toml-1.1" || kind === "year-0");
      if (ours !== taken) apart.push(text);
    }
    expect(lines.length).toBe(400);
    expect(apart).toEqual(["a = 9223372036854775808\n", "a = -9223372036854775809\n"]);
  });
});
