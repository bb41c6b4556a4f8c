// `no-secrets`: no marker of a secret in what was observed. The recorder has put markers where secrets stood.

import * as z from "zod";
import { isScalar } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import type { ExpectationKind } from "./expectation.ts";
import { expressionLint, finding } from "./finding.ts";

const shape = z.strictObject({
  in: z.array(z.string()).min(1).describe("CEL expressions whose values must hold no secret"),
  names: z.array(z.string()).optional().describe("only these secrets (globs with *); default all"),
});

const marker = /‹secret:([^:›]+)(?::([^›]+))?›/g;

/** Every place where a secret shows, without showing it. */
export const noSecrets: ExpectationKind<z.infer<typeof shape>> = {
  name: "no-secrets",
  about: "No secret that conform handed out shows in these values, in any encoding.",
  schema: shape,
  lint: (arg) => expressionLint(...arg.in),
  check(arg, evidence) {
    const names = (arg.names ?? ["*"]).map((glob) => new RegExp(`^${glob.replaceAll("*", ".*")}$`));
    return arg.in.flatMap((expression) => {
      const value = evidence.evaluate(expression);
      return leaks(value as Json, expression)
        .filter(({ name }) => names.some((pattern) => pattern.test(name)))
        .slice(0, 50)
        .map(({ at, name, form, events, line }) =>
          finding(at, "no secret", inWords(name, form, line), events.length > 0 ? events : evidence.events),
        );
    });
  },
};

/** Around the secret, without the backslashes of a text in a text. */
function inWords(name: string, form: string, around: string): string {
  return `the secret "${name}"${form === "plain" ? "" : ` as ${form}`}, here: ${around.replace(/\\+(?=["\\])/g, "")}`;
}

interface Leak {
  at: string;
  name: string;
  form: string;
  line: string;
  events: number[];
}

function leaks(value: Json | undefined, at: string, events: number[] = []): Leak[] {
  if (typeof value === "string") {
    if (!value.includes("‹secret:")) return [];
    return [...value.matchAll(marker)].map((match) => ({
      at,
      name: match[1] ?? "",
      form: match[2] ?? "plain",
      line: value.slice(Math.max(0, match.index - 40), match.index + match[0].length + 20),
      events,
    }));
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => leaks(item, `${at}[${index}]`, events));
  if (isScalar(value)) return [];
  const own = typeof value.n === "number" ? [value.n] : events;
  const place = placeOf(value);
  return Object.entries(value).flatMap(([key, item]) => {
    if (key === "json") return [];
    const where = place === undefined ? `${at}.${key}` : value.stream !== undefined ? place : `${place}, ${key}`;
    return [...leaks(key, where, own), ...leaks(item, where, own)];
  });
}

/** A line of output or an HTTP answer as people call it: `stderr`, `stdout of flag`, `GET /health`. */
function placeOf({ stream, proc, method, path }: { [key: string]: Json }): string | undefined {
  if (typeof stream === "string") return proc === "main" || proc === null ? stream : `${stream} of ${String(proc)}`;
  return typeof method === "string" && typeof path === "string" ? `${method} ${path}` : undefined;
}
