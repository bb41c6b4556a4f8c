// Functions that CEL does not have: what contracts need to know of observations, in a few words.
import { nearest } from "../../base/errors.ts";
import { hasParts, parseJson } from "../../base/json.ts";
import { re2 } from "../../base/regex.ts";
import type { Json } from "../../base/types.ts";
import { quantityOf } from "../../formats/documents/kubernetes.ts";
import { filledPath, isTemplate, pathsEnding } from "../../formats/documents/openapi-paths.ts";
import { sameForm } from "./same-form.ts";
import type { Definition } from "./types.ts";
import { CelMap, entriesOf, isHostMap, isMap, mapGet, numeric, toNumber, toPlain } from "./values.ts";

const list = (value: unknown): unknown[] =>
  Array.isArray(value)
    ? value
    : value instanceof CelMap
      ? entriesOf(value).map(([key]) => key)
      : value === null || value === undefined
        ? []
        : [value];
const record = (value: unknown): Record<string, unknown> =>
  value instanceof CelMap
    ? Object.fromEntries([...value.entries].map(([key, [, item]]) => [String(key), item]))
    : isHostMap(value)
      ? value
      : {};
const number = (value: unknown): number => (typeof value === "string" ? Number(value) : toNumber(value));
const key = (value: unknown): string => JSON.stringify(toPlain(value)) ?? "";
const text = (value: unknown): string => (typeof value === "string" ? value : key(value));

export const ownFunctions: Definition[] = [
  [
    "asRecords(dyn, string): list<dyn>",
    "a map name -> map as a list of maps that hold the name under this key; a list as it is",
    (value, name) =>
      Array.isArray(value)
        ? value
        : Object.entries(record(value)).map(([key, item]) => ({ [String(name)]: key, ...record(item) })),
  ],
  ["keys(dyn): list<dyn>", "keys of a map, in order", (m) => Object.keys(record(m))],
  ["values(dyn): list<dyn>", "values of a map, in order", (m) => Object.values(record(m))],
  [
    "entries(dyn): list<dyn>",
    "a map as a list of {key, value}",
    (m) => Object.entries(record(m)).map(([k, v]) => ({ key: k, value: v })),
  ],
  [
    "toMap(dyn): dyn",
    "a list of {key, value} as a map",
    (l) => Object.fromEntries(list(l).map((e) => [text(record(e).key), record(e).value])),
  ],
  ["merge(dyn, dyn): dyn", "two maps as one; the second wins", (a, b) => ({ ...record(a), ...record(b) })],
  [
    "unique(dyn): list<dyn>",
    "a list without repeated values",
    (l) => [...new Map(list(l).map((v) => [key(v), v])).values()],
  ],
  [
    "sorted(dyn): list<dyn>",
    "a list in order",
    (l) =>
      [...list(l)].sort((a, b) =>
        numeric(a) !== undefined && numeric(b) !== undefined ? toNumber(a) - toNumber(b) : text(a) < text(b) ? -1 : 1,
      ),
  ],
  ["flat(dyn): list<dyn>", "a list of lists as one list", (l) => list(l).flatMap(list)],
  ["asList(dyn): list<dyn>", "a list as it is, null as an empty one, anything else as a list of one", list],
  [
    "minus(dyn, dyn): list<dyn>",
    "what the first list has and the second has not",
    (a, b) => {
      const other = new Set(list(b).map(key));
      return list(a).filter((v) => !other.has(key(v)));
    },
  ],
  [
    "repeated(dyn): list<dyn>",
    "values that a list holds more than once",
    (l) => {
      const seen = new Map<string, number>();
      for (const v of list(l)) seen.set(key(v), (seen.get(key(v)) ?? 0) + 1);
      return [...new Map(list(l).map((v) => [key(v), v]))].filter(([k]) => (seen.get(k) ?? 0) > 1).map(([, v]) => v);
    },
  ],
  ["sum(dyn): double", "sum of a list of numbers", (l) => list(l).reduce<number>((a, b) => a + number(b), 0)],
  ["lowest(dyn): double", "smallest number of a list", (l) => Math.min(...list(l).map(number))],
  ["highest(dyn): double", "largest number of a list", (l) => Math.max(...list(l).map(number))],
  [
    "median(dyn): double",
    "median of a list of numbers",
    (l) => {
      const s = list(l)
        .map(number)
        .sort((a, b) => a - b);
      return ((s[(s.length - 1) >> 1] ?? Number.NaN) + (s[s.length >> 1] ?? Number.NaN)) / 2;
    },
  ],
  [
    "range(dyn, dyn): list<dyn>",
    "integers from the first (included) to the second (excluded)",
    (a, b) => Array.from({ length: Math.max(0, Math.min(100_000, number(b) - number(a))) }, (_, i) => number(a) + i),
  ],
  [
    "joined(dyn, string): string",
    "list elements as one text",
    (l, separator) => list(l).map(text).join(String(separator)),
  ],
  ["lower(dyn): string", "text in lower case", (s) => text(s).toLowerCase()],
  ["upper(dyn): string", "text in upper case", (s) => text(s).toUpperCase()],
  ["trimmed(dyn): string", "text without white space around it", (s) => text(s).trim()],
  [
    "repeatText(dyn, dyn): string",
    "a text n times",
    (s, n) => text(s).repeat(Math.max(0, Math.min(4_194_304, number(n)))),
  ],
  [
    "replaced(dyn, string, string): string",
    "every match of a regular expression replaced",
    (s, pattern, by) => re2(String(pattern)).replace(text(s), String(by)),
  ],
  [
    "found(dyn, string): list<dyn>",
    "all matches of a regular expression: its first group, else the whole match",
    (s, pattern) =>
      re2(String(pattern), "m")
        .all(text(s), 10_000)
        .map((m) => m.groups[0] ?? m.text),
  ],
  ["toJson(dyn): string", "a value as compact JSON", (v) => key(v)],
  ["fromJson(dyn): dyn", "text as a JSON value, null when it is none", (s) => parseJson(text(s)).value ?? null],
  ["isText(dyn): bool", "is it a string", (v) => typeof v === "string"],
  ["isNumber(dyn): bool", "is it a number", (v) => numeric(v) !== undefined],
  ["isInteger(dyn): bool", "is it a whole number", (v) => Number.isInteger(toNumber(v))],
  ["isBool(dyn): bool", "is it true or false", (v) => typeof v === "boolean"],
  ["isList(dyn): bool", "is it a list", (v) => Array.isArray(v)],
  ["isMap(dyn): bool", "is it a map", (v) => isMap(v)],
  ["number(dyn): double", "text or number as a number", number],
  [
    "quantity(dyn): dyn",
    "a Kubernetes resource quantity (250m, 1Gi) as a number, null when it is none",
    (v) => quantityOf(typeof v === "string" ? v : String(toPlain(v))) ?? null,
  ],
  [
    "header(dyn, string): string",
    "value of a response header, empty when absent",
    (obs, name) => headerOf(obs, String(name)),
  ],
  [
    "mediaType(dyn): string",
    "media type of a response in lower case, without parameters",
    (obs) => (headerOf(obs, "content-type").split(";")[0] ?? "").trim().toLowerCase(),
  ],
  [
    "sameForm(dyn, dyn): bool",
    "have two answers the same status, media type and form (tags of a page, keys of a document, words of a text, target of a redirection), whatever path was asked",
    sameForm,
  ],
  [
    "unixTime(dyn): double",
    "seconds since 1970 of a number or an ISO 8601 text (without a zone: UTC); 0 for anything else",
    (v) => {
      if (numeric(v) !== undefined) return toNumber(v);
      if (typeof v !== "string") return 0;
      if (/^\d+(\.\d+)?$/.test(v)) return Number(v);
      const iso = v.trim().replace(" ", "T");
      const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(iso) ? iso : `${iso}Z`);
      return Number.isNaN(ms) ? 0 : ms / 1000;
    },
  ],
  [
    "hostOf(dyn): string",
    "host of an address host:port or a URL",
    (s) => /^(?:[a-z]+:\/\/)?(\[[^\]]*\]|[^:/]*)/i.exec(text(s))?.[1] ?? "",
  ],
  [
    "portOf(dyn): double",
    "port of an address host:port or a URL, 0 when there is none",
    (s) => Number(/:(\d+)(?:\/.*)?$/.exec(text(s))?.[1] ?? 0),
  ],
  [
    "get(dyn, string, dyn): dyn",
    "value at a dotted path, the third argument when something on the way is missing",
    (root, path, otherwise) => valueAt(root, String(path)) ?? otherwise,
  ],
  [
    "told(dyn, string): dyn",
    "value at a dotted path of an answer; where it is missing, in words what came instead",
    (answer, path) => valueAt(answer, String(path)) ?? insteadOf(record(answer)),
  ],
  [
    "pathsEnding(dyn, string, string): list<dyn>",
    "paths of an OpenAPI document with this method (empty: any) that end like a template, also below the path of a server",
    (document, method, ending) => pathsEnding(toJson(document), String(method), String(ending)),
  ],
  [
    "filledPath(dyn, string): string",
    "a path with a value for every {name}, as an OpenAPI document says (example, default, enum, type), else `none`",
    (document, template) => filledPath(toJson(document), String(template)),
  ],
  [
    "isTemplate(dyn): bool",
    "does a path hold names that stand for values, such as {id}",
    (path) => isTemplate(text(path)),
  ],
  [
    "pascal(dyn): string",
    "words joined by hyphens as one word with capitals: my-service is MyService",
    (s) => text(s).replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  ],
  [
    "nearest(dyn, dyn): string",
    "the known word that differs from a text by a typing mistake, empty when there is none",
    (word, known) => nearest(text(word), list(known).map(text)) ?? "",
  ],
  [
    "leaves(dyn): list<dyn>",
    "everything in a value that is neither map nor list, as {pointer, value}",
    (value) => leavesOf(value, "").slice(0, 10_000),
  ],
];

function valueAt(root: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (at, name) => (isMap(at) ? mapGet(at, name) : Array.isArray(at) ? at[Number(name)] : undefined),
      root,
    );
}

/** A missing answer is not a wrong value. */
function insteadOf({ ok, problem, detail, status }: Record<string, unknown>): string {
  if (ok === false && typeof problem === "string" && problem !== "condition")
    return typeof detail === "string" ? detail : problem;
  return numeric(status) === undefined ? "nothing" : `an answer ${toNumber(status)} without it`;
}

const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(toPlain(value)) ?? "null") as Json;

function leavesOf(value: unknown, pointer: string): { pointer: string; value: unknown }[] {
  if (!hasParts(value)) return [{ pointer, value: value ?? null }];
  return Object.entries(value).flatMap(([name, item]) =>
    leavesOf(item, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
}

function headerOf(observation: unknown, name: string): string {
  const wanted = name.toLowerCase();
  const headers = list(record(observation).headers);
  return headers
    .map(list)
    .filter(([key]) => key === wanted)
    .map(([, value]) => text(value))
    .join(", ");
}
