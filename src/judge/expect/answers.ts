// Expectations about one HTTP answer: `status`, `header`, `media-type`, `body`; and `answered` / `came` for any step.

import * as z from "zod";
import { headerOf } from "../../base/headers.ts";
import { isObject } from "../../base/json.ts";
import type { Json, Observation } from "../../base/types.ts";
import type { Evidences, ExpectationKind, FoundFault } from "./expectation.ts";
import { finding } from "./finding.ts";
import { redirectOf, redirectWords } from "./redirect.ts";

const statusWord = z.union([
  z.number().int(),
  z.string().regex(/^[1-5]xx$/, 'must be a status or a class such as "2xx"'),
]);
const statusShape = z.union([
  statusWord,
  z.array(statusWord).min(1),
  z.strictObject({ not: z.array(statusWord).min(1) }),
]);
type Status = z.infer<typeof statusShape>;

/** The answers behind `it`: itself, or all repetitions. */
function answersOf(evidence: Evidences): Observation[] {
  const all = evidence.it?.all;
  return Array.isArray(all) ? (all as unknown as Observation[]) : evidence.it === undefined ? [] : [evidence.it];
}

function fits(status: Json | undefined, words: z.infer<typeof statusWord>[]): boolean {
  return words.some((word) => (typeof word === "number" ? status === word : String(status).startsWith(word.charAt(0))));
}

function seen(answer: Observation): Json {
  const redirect = redirectOf(answer);
  return redirect === undefined ? (answer.status ?? answer.problem ?? null) : redirectWords(redirect);
}
const where = (evidence: Evidences, answer: Observation): string =>
  typeof answer.path === "string" ? `${String(answer.method ?? "GET")} ${answer.path}` : evidence.at;

/** Status code of every answer. No answer at all is a finding, never a pass. */
export const status: ExpectationKind<Status> = {
  name: "status",
  about: "The answer has (one of) these status codes; `2xx` names a class; `not` refuses codes.",
  schema: statusShape,
  check(arg, evidence) {
    const refused = isObject(arg) ? arg.not : undefined;
    const wanted = refused === undefined ? (Array.isArray(arg) ? arg : [arg as z.infer<typeof statusWord>]) : [];
    const expected = refused === undefined ? wanted.join(" or ") : `an answer other than ${refused.join(", ")}`;
    return answersOf(evidence).flatMap((answer): FoundFault[] => {
      const fitting = refused === undefined ? fits(answer.status, wanted) : !fits(answer.status, refused);
      const redirect = redirectOf(answer);
      // What was demanded of this path stands at another: callers who do not follow get something else.
      const moved = refused === undefined && redirect?.behind !== undefined;
      if (answer.ok === true && fitting && !moved) return [];
      const found = finding(where(evidence, answer), expected, seen(answer), evidence.events);
      return [moved && answer.ok === true && fitting ? { ...found, redirect: { ...redirect, met: true } } : found];
    });
  },
};

const headerShape = z.strictObject({
  name: z.string(),
  matches: z.string().optional().describe("regular expression, case-insensitive"),
  present: z.boolean().optional(),
});

/** One response header. */
export const header: ExpectationKind<z.infer<typeof headerShape>> = {
  name: "header",
  about: "A response header is present, absent, or matches a regular expression.",
  schema: headerShape,
  check(arg, evidence) {
    return answersOf(evidence).flatMap((answer) => {
      const value = headerOf(answer.headers, arg.name);
      const good =
        arg.matches !== undefined
          ? value !== undefined && new RegExp(arg.matches, "i").test(value)
          : (value !== undefined) === (arg.present ?? true);
      const expected =
        arg.matches !== undefined
          ? `header ${arg.name} matching ${arg.matches}`
          : `header ${arg.name} ${arg.present === false ? "absent" : "present"}`;
      return good && answer.ok
        ? []
        : [finding(where(evidence, answer), expected, value ?? (answer.ok ? null : seen(answer)), evidence.events)];
    });
  },
};

/** Media type of the answer. */
export const mediaType: ExpectationKind<string | string[]> = {
  name: "media-type",
  about: "The Content-Type of the answer, without parameters, is one of these.",
  schema: z.union([z.string(), z.array(z.string()).min(1)]),
  check(arg, evidence) {
    const wanted = typeof arg === "string" ? [arg] : arg;
    return answersOf(evidence).flatMap((answer) => {
      const value = headerOf(answer.headers, "content-type");
      const type = (value?.split(";")[0] ?? "").trim().toLowerCase();
      return answer.ok && wanted.includes(type)
        ? []
        : [
            finding(
              where(evidence, answer),
              `Content-Type ${wanted.join(" or ")}`,
              value ?? (answer.ok ? null : seen(answer)),
              evidence.events,
            ),
          ];
    });
  },
};

/** Whether the step came to its good end: the awaited line arrived, an answer came, the process ended in time. */
export const came: ExpectationKind<boolean | string> = {
  name: "came",
  about: "The step came to its good end: the awaited thing arrived (`true`, or words that say what should have come).",
  schema: z.union([z.boolean(), z.string()]),
  check(arg, evidence) {
    const wanted = arg !== false;
    return answersOf(evidence)
      .filter((answer) => answer.ok !== wanted)
      .map((answer) =>
        finding(
          where(evidence, answer),
          typeof arg === "string" ? arg : wanted ? "comes to its good end" : "does not come",
          problemOf(answer),
          evidence.events,
        ),
      );
  },
};

function problemOf(answer: Observation): Json {
  const kept = ["problem", "detail", "status", "text", "code", "signal", "waited_ms", "ms"].filter(
    (key) => answer[key] !== undefined && answer[key] !== null,
  );
  if (kept.length === 0) return answer.ok ? "it came" : "nothing came";
  return Object.fromEntries(kept.map((key) => [key, answer[key] ?? null]));
}
