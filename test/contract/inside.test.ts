// Where a column of an expression stands in YAML, however that quotes it.
import { expect, it } from "vitest";
import { inside } from "../../src/contract/inside.ts";

const code = 'a == "x" && b.c == 1';
const offset = code.indexOf("b.c");

it.each([
  ["plain in single quotes", `holds: 'a == "x" && b.c == 1'`],
  ["escaped in double quotes", `holds: "a == \\"x\\" && b.c == 1"`],
  ["folded", `holds: >-\n  a == "x" &&\n  b.c == 1`],
])("%s", (_, yaml) => {
  const lines = `first: line\n${yaml}`.split("\n");
  const line = lines.findIndex((one) => one.includes("b.c"));
  const found = inside({ file: "c.yaml", line: 2 }, lines.join("\n"), code, offset);
  expect(found).toEqual({ file: "c.yaml", line: line + 1, column: (lines[line] ?? "").indexOf("b.c") + 1 });
});
