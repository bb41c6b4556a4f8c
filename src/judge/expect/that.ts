// `that`: a CEL condition over observations; `each`: the same for every element of a list.
import * as z from "zod";
import { inWords } from "../../base/in-words.ts";
import type { Finding } from "../../base/judged.ts";
import type { Json } from "../../base/types.ts";
import type { Evidences, ExpectationKind } from "./expectation.ts";
import { expressionLint, finding, jsonOf } from "./finding.ts";

const thatShape = z.union([
  z.string().describe("CEL condition"),
  z.strictObject({
    holds: z.string().describe("CEL condition"),
    expected: z.string().describe("what the condition demands, in words; `${...}` allowed"),
    actual: z.string().optional().describe("CEL: what was seen instead; default `it`"),
    at: z.string().optional().describe("what is concerned, in words; `${...}` allowed"),
    pointer: z.string().optional().describe("JSON pointer into the document that `it` read, for the line"),
    place: z
      .string()
      .optional()
      .describe("CEL: the observation (a read file) that `pointer` points into; default `it`"),
  }),
]);
type That = z.infer<typeof thatShape>;

/** A condition that must hold. */
export const that: ExpectationKind<That> = {
  name: "that",
  about: "A CEL condition over the observations holds.",
  schema: thatShape,
  lint: (arg) => (typeof arg === "string" ? expressionLint(arg) : expressionLint(arg.holds, arg.actual, arg.place)),
  check(arg, evidence) {
    const rule = typeof arg === "string" ? { holds: arg, expected: evidence.sentence } : arg;
    return judge(rule, evidence, {});
  },
};

const eachShape = z.strictObject({
  in: z.string().describe("CEL list; its elements are named `each`"),
  holds: z.string().describe("CEL condition over `each`"),
  expected: z.string(),
  actual: z.string().optional().describe("CEL: what was seen instead"),
  at: z.string().optional(),
  pointer: z.string().optional(),
  place: z.string().optional(),
  "at-least": z.number().int().min(0).optional().describe("fewer elements than this is a failure; default 0"),
  "otherwise-skip": z.string().optional().describe("reason to skip when the list is empty"),
});
type Each = z.infer<typeof eachShape>;

/** A condition that must hold for every element. */
export const each: ExpectationKind<Each> = {
  name: "each",
  about: "A CEL condition holds for every element of a list.",
  schema: eachShape,
  lint: (arg) => expressionLint(arg.in, arg.holds, arg.actual, arg.place),
  check(arg, evidence) {
    const elements = evidence.evaluate(arg.in);
    if (!Array.isArray(elements)) return { undecidable: `\`${arg.in}\` is not a list` };
    if (elements.length === 0 && arg["otherwise-skip"] !== undefined) return { skip: arg["otherwise-skip"] };
    const least = arg["at-least"] ?? 0;
    if (elements.length < least) {
      return [
        finding(evidence.at, `at least ${least} to look at: ${evidence.sentence}`, elements.length, evidence.events),
      ];
    }
    return elements.flatMap((element) => judge(arg, evidence, { each: element }));
  },
};

interface Rule {
  holds: string;
  expected: string;
  actual?: string | undefined;
  at?: string | undefined;
  pointer?: string | undefined;
  place?: string | undefined;
}

function judge(rule: Rule, evidence: Evidences, extra: Record<string, unknown>): Finding[] {
  const holds = evidence.evaluate(rule.holds, extra);
  if (holds === true) return [];
  const words = (template: string): string => fill(template, (code) => evidence.evaluate(code, extra));
  const actual = rule.actual === undefined ? shortened(evidence.it) : evidence.evaluate(rule.actual, extra);
  const document = rule.place === undefined ? evidence.it : evidence.evaluate(rule.place, extra);
  const place = rule.pointer === undefined ? undefined : evidence.place(document, words(rule.pointer));
  const events = [...new Set([...evidence.events, ...evidence.eventsOf(extra.each), ...evidence.eventsOf(actual)])];
  return [finding(rule.at === undefined ? evidence.at : words(rule.at), words(rule.expected), actual, events, place)];
}

function fill(template: string, evaluate: (code: string) => unknown): string {
  return template.replace(/\$\{([^}]*)\}/g, (_, code: string) => {
    const value = evaluate(code);
    return String(inWords(jsonOf(value)));
  });
}

/** An observation without its bulk. */
function shortened(it: Evidences["it"]): Json {
  if (it === undefined) return null;
  const kept = Object.entries(it).filter(([key]) => !["positions", "headers", "body_b64", "all"].includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, value ?? null]));
}
