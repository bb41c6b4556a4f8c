// Shared by the expectation kinds about metrics: an HTTP observation as an exposition, findings as facts.

import { Buffer } from "node:buffer";
import { headerOf } from "../../base/headers.ts";
import { hasParts, isObject } from "../../base/json.ts";
import type { Finding } from "../../base/judged.ts";
import type { Json } from "../../base/types.ts";
import {
  type Exposition,
  type FormatChoice,
  type MetricsFinding,
  parseExposition,
} from "../../formats/exposition/exposition.ts";

/** Why nothing can be said of a body that is not there as a whole. */
export const CUT = "the body is longer than the limit and was cut";

/** Several requirements read one scrape: it is parsed once. */
const parsed = new WeakMap<object, Map<string, Exposition>>();

/** The body of an HTTP observation, parsed; a string says why it cannot be. */
export function expositionOf(observation: unknown, format: FormatChoice = "auto"): Exposition | string {
  if (!hasParts(observation)) return "there is no scrape";
  const fields = new Map<string, unknown>(Object.entries(observation));
  const body = bodyOf(fields);
  if (body === undefined) return "the answer has no body";
  let known = parsed.get(observation);
  if (known === undefined) {
    known = new Map();
    parsed.set(observation, known);
  }
  let exposition = known.get(format);
  if (exposition === undefined) {
    const contentType = headerOf(fields.get("headers"), "content-type") ?? "";
    const encoding = encodingOf(fields);
    const cut = fields.get("truncated") === true;
    const asked = askedOf(fields);
    exposition = parseExposition(body, {
      format,
      contentType,
      cut,
      ...(asked !== undefined && { asked }),
      ...(encoding && { encoding }),
    });
    known.set(format, exposition);
  }
  return exposition.unchecked ?? exposition;
}

/** The Accept field of the request, where the contract or the user gave one; conform's own takes whatever comes. */
function askedOf(fields: Map<string, unknown>): string | undefined {
  const sent = fields.get("sent");
  const headers = isObject(sent) ? sent.headers : undefined;
  return isObject(headers) && typeof headers.accept === "string" ? headers.accept : undefined;
}

/** A content encoding that was not undone: what is left is no text. */
function encodingOf(fields: Map<string, unknown>): { name: string; undone: boolean } | undefined {
  const name = headerOf(fields.get("headers"), "content-encoding")?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity" || fields.get("decoded") !== undefined) return undefined;
  return { name, undone: false };
}

function bodyOf(fields: Map<string, unknown>): Buffer | undefined {
  const body = fields.get("body");
  if (typeof body === "string") return Buffer.from(body);
  const encoded = fields.get("body_b64");
  return typeof encoded === "string" ? Buffer.from(encoded, "base64") : undefined;
}

/** A finding of the engine as a fact: `counter-fell, line 3: http_requests_total{path="/"}`. */
export function factOf(finding: MetricsFinding, at: string, events: number[]): Finding {
  const { id, line, column, series, family, expected, actual, message, text, more } = finding;
  const where = line === undefined ? "" : `, line ${line}${column === undefined ? "" : `, column ${column}`}`;
  const what = series ?? family ?? text ?? "";
  return {
    at: `${at} ${id}${where}${what === "" ? "" : `: ${what}`}`,
    expected: jsonNumber(expected ?? "no such finding"),
    actual: jsonNumber(actual ?? message, more),
    events,
  };
}

/** JSON has no NaN and no infinities; words do. */
function jsonNumber(value: string | number, more?: number): Json {
  const suffix = more === undefined ? "" : ` (and ${more} more)`;
  if (suffix !== "" || (typeof value === "number" && !Number.isFinite(value))) return `${value}${suffix}`;
  return value;
}
