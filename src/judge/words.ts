// Findings as sentences: what one shows is never the inside of an observation.

import { type Fields, inWords } from "../base/in-words.ts";
import type { Finding } from "../base/judged.ts";
import { observationWords } from "./evidence.ts";
import type { FoundFault } from "./expect/expectation.ts";

/** The finding with sentences for values. */
export function toldFinding({ redirect: _, ...finding }: FoundFault): Finding {
  return { ...finding, expected: inWords(finding.expected, observed), actual: inWords(finding.actual, observed) };
}

/** What a step saw, in words; undefined for a value of the module's. */
function observed(value: Fields): string | undefined {
  const { waited_ms, ok, n, t, from, step, proc, ...facts } = value;
  const isExchange =
    typeof value.method === "string" && typeof value.path === "string" && typeof value.url === "string";
  if (typeof ok !== "boolean" && typeof waited_ms !== "number" && !isExchange) return undefined;
  const rest = Object.values(facts).filter((item) => item !== null && item !== "" && item !== false);
  if (rest.length === 0 && typeof waited_ms === "number" && ok !== true)
    return `nothing within ${Math.round(waited_ms)} ms`;
  return observationWords(value, []);
}
