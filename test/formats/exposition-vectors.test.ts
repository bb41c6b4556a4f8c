// Every vector of fixtures/expositions gets its verdict; what conform decides otherwise is in disagreements.json.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { lint, parseExposition, parses, validate } from "../../src/formats/exposition/exposition.ts";

const vectorSchema = z.object({
  name: z.string(),
  format: z.enum(["prometheus", "openmetrics", "openmetrics@2"]),
  input: z.string().optional(),
  input_b64: z.string().optional(),
  valid: z.boolean(),
  lint: z.array(z.object({ metric: z.string(), text: z.string() })).optional(),
});
type Vector = z.infer<typeof vectorSchema>;

const disagreements = z
  .array(
    z.object({
      name: z.string(),
      format: z.string().optional(),
      findings: z.array(z.string()),
      parses: z.boolean().optional(),
      reason: z.string().min(20),
    }),
  )
  .parse(JSON.parse(read("disagreements.json")));

function read(file: string): string {
  return readFileSync(new URL(`../../fixtures/expositions/${file}`, import.meta.url), "utf8");
}

function vectors(file: string): Vector[] {
  return read(file)
    .trimEnd()
    .split("\n")
    .map((line) => vectorSchema.parse(JSON.parse(line)));
}

function parsed({ format, input, input_b64 }: Vector) {
  return parseExposition(input_b64 === undefined ? Buffer.from(input ?? "") : Buffer.from(input_b64, "base64"), {
    format,
  });
}

const tables = ["expfmt-text", "promlint", "prometheus", "openmetrics", "openmetrics2", "musts"].map((table) => ({
  table,
  list: vectors(`${table}.jsonl`),
}));

describe.each(tables)("$table", ({ list }) => {
  test.each(list)("$name", (vector) => {
    const exposition = parsed(vector);
    const errors = [
      ...new Set(
        validate(exposition)
          .filter(({ level }) => level === "MUST")
          .map(({ id }) => id),
      ),
    ].sort();
    const other = disagreements.find(
      ({ name, format = vector.format }) => name === vector.name && format === vector.format,
    );
    if (other === undefined) expect({ valid: errors.length === 0, errors }).toMatchObject({ valid: vector.valid });
    else {
      expect(errors).toEqual(other.findings);
      expect(parses(exposition)).toBe(other.parses ?? vector.valid);
    }
    if (vector.lint === undefined) return;
    const found = new Set(lint(exposition).map(({ family, message }) => `${family} ${message}`));
    expect([...found].sort()).toEqual([...new Set(vector.lint.map(({ metric, text }) => `${metric} ${text}`))].sort());
  });
});

test("every disagreement is about a vector that exists", () => {
  const names = new Set(tables.flatMap(({ list }) => list.map(({ name }) => name)));
  expect(disagreements.filter(({ name }) => !names.has(name))).toEqual([]);
});
