// Do two HTTP answers have the same form? What answers an invented path as it answers a known one has not shown that it knows the latter.
import { hasParts, isObject } from "../../base/json.ts";
import { re2 } from "../../base/regex.ts";

/** An answer as observed; what is absent is compared as empty. */
interface Answer {
  status?: unknown;
  headers?: unknown;
  path?: unknown;
  body?: unknown;
  json?: unknown;
}

/** So much of a body is compared. */
const charactersMax = 65_536;
const tagsMax = 2000;
const depthMax = 6;

/**
 * The same status and media type, and the same form: of a redirection its target, of a page its tags, of a JSON document its keys and types,
 * of any other text its words - each without the path that was asked, numbers and what looks random.
 */
export function sameForm(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return false;
  const [one, other]: [Answer, Answer] = [a, b];
  if (typeof one.status !== "number" || one.status !== other.status) return false;
  if (one.status >= 300 && one.status < 400) return targetOf(one) === targetOf(other);
  const type = typeOf(one);
  return type === typeOf(other) && formOf(one, type) === formOf(other, type);
}

function formOf(answer: Answer, type: string): string {
  if (answer.json !== undefined && answer.json !== null) return JSON.stringify(shapeOf(answer.json, 0));
  const body = typeof answer.body === "string" ? answer.body.slice(0, charactersMax) : "";
  if (/\bx?html\b/.test(type) || /^\s*<(!doctype html|html)\b/i.test(body)) return tagsOf(body);
  return plain(answer, body);
}

function tagsOf(page: string): string {
  return re2("<([a-zA-Z][a-zA-Z0-9-]*)")
    .all(page, tagsMax)
    .map(({ groups }) => (groups[0] ?? "").toLowerCase())
    .join(" ");
}

/** Keys and types; of a list what its elements are. */
function shapeOf(value: unknown, depth: number): unknown {
  if (!hasParts(value)) return value === null ? "null" : typeof value;
  if (depth === depthMax) return "...";
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item, depth + 1))))].sort();
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, shapeOf(item, depth + 1)]),
  );
}

function targetOf(answer: Answer): string {
  const target = headerOf(answer, "location").split("#")[0] ?? "";
  return plain(answer, target.split("?")[0] ?? "");
}

/** Without the asked path and every word that holds a digit. */
function plain({ path }: Answer, text: string): string {
  const asked = typeof path === "string" ? (path.split("?")[0] ?? "") : "";
  const rest = asked.length > 1 ? text.replaceAll(asked, "").replaceAll(encodeURIComponent(asked), "") : text;
  return re2("[A-Za-z_-]*[0-9][A-Za-z0-9_-]*").replace(rest, "0").trim();
}

const typeOf = (answer: Answer): string => (headerOf(answer, "content-type").split(";")[0] ?? "").trim().toLowerCase();

function headerOf({ headers }: Answer, name: string): string {
  if (!Array.isArray(headers)) return "";
  return headers.flatMap((field) => (Array.isArray(field) && field[0] === name ? [String(field[1])] : [])).join(", ");
}
