// Bodies of real exporters, made small, that were judged wrongly once: each gets its right verdict, and nothing beside it.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { lint, parseExposition, validate } from "../../src/formats/exposition/exposition.ts";

const caseSchema = z.object({
  id: z.string(),
  format: z.enum(["prometheus", "openmetrics"]),
  content_type: z.string().optional(),
  body: z.string(),
  /** Ids that may not, or must, be among the findings. */
  never: z.array(z.string()).optional(),
  some: z.array(z.string()).optional(),
  never_level: z.string().optional(),
  verdict: z.string(),
  why: z.string(),
});

const cases = readFileSync(new URL("../../fixtures/expositions/found-wrong.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => caseSchema.parse(JSON.parse(line)));

/** Errors of each case, by id, where more than none are right. */
const ERRORS: { [id: string]: string[] } = {
  "refused-line-is-not-absence": ["timestamp"],
  "om2-declared-om1-body": ["om1-body"],
  "content-type-comma": ["content-type"],
  "content-type-missing-semicolon": ["content-type"],
  "om-clash-after-total": ["name-clash"],
  "exemplar-outside-bucket": ["exemplar-bucket"],
};

test.each(cases)("$id: $verdict", (known) => {
  const exposition = parseExposition(Buffer.from(known.body), {
    format: known.format,
    ...(known.content_type !== undefined && { contentType: known.content_type }),
  });
  const found = validate(exposition);
  const ids = [...found, ...lint(exposition)].map(({ id }) => id);
  for (const id of known.never ?? []) expect(ids).not.toContain(id);
  for (const id of known.some ?? []) expect(ids).toContain(id);
  const errors = found.filter(({ level }) => level === "MUST").map(({ id }) => id);
  expect(errors).toEqual(ERRORS[known.id] ?? []);
  if (known.id === "foreign-sample-in-histogram") expect(found).toMatchObject([{ id: "sample-name", line: 5 }]);
});
