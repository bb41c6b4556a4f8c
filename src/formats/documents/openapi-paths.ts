// Paths of an OpenAPI document: which it has, under which prefix, and a value for every name in a template.
import { isObject, isScalar } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";

type Obj = { [key: string]: Json };

/** A name in a path, as OpenAPI and FastAPI write it (`{id}`, `{file:path}`), Flask and aiohttp (`<int:id>`), Express (`:id`). */
const NAMES = /\{[^{}/]*\}|<[^<>/]*>|(?<=\/):[A-Za-z_]\w*/g;

/** Does a path hold names that stand for values? */
export function isTemplate(path: string): boolean {
  return path.search(NAMES) >= 0;
}

/** Paths that have this method and end like `ending`, whatever their parameters are called: as they are, then below the path of a server; shortest first. */
export function pathsEnding(document: Json, method: string, ending: string): string[] {
  const wanted = shapeOf(ending);
  const found = Object.entries(object(object(document).paths)).flatMap(([path, item]) =>
    (method === "" || object(item)[method.toLowerCase()] !== undefined) && endsSo(shapeOf(path), wanted) ? [path] : [],
  );
  found.sort((a, b) => a.length - b.length);
  const below = serverPaths(document).flatMap((prefix) => found.map((path) => `${prefix}${path}`));
  return [...found, ...below];
}

/** The path with a value for every name: what the document says of it (example, default, enum, type), else `none`. */
export function filledPath(document: Json, template: string): string {
  const names = template.match(NAMES) ?? [];
  const known = pathsEnding(document, "", template).map((path) => parametersOf(document, path));
  let index = 0;
  return template.replace(NAMES, () => {
    const place = index++ - names.length;
    const parameter = known.map((list) => list.at(place)).find((one) => one !== undefined);
    return parameter === undefined ? "none" : written(valueFor(document, parameter));
  });
}

/** Names are all alike, and a slash at the end says nothing. */
function shapeOf(path: string): string {
  return path.replace(NAMES, "{}").replace(/(?<=.)\/$/, "");
}

function endsSo(path: string, ending: string): boolean {
  return path === ending || path.endsWith(ending.startsWith("/") ? ending : `/${ending}`);
}

/** Paths of servers on the same host: `/api` of `{url: "/api"}`. */
function serverPaths(document: Json): string[] {
  const { servers } = object(document);
  return (Array.isArray(servers) ? servers : []).flatMap((server) => {
    const { url } = object(server);
    if (typeof url !== "string" || !URL.canParse(url, "http://module")) return [];
    const path = new URL(url, "http://module").pathname.replace(/\/+$/, "");
    return path === "" ? [] : [path];
  });
}

/** What is said of each name in the path, in the path's order. */
function parametersOf(document: Json, path: string): (Obj | undefined)[] {
  const bare = path in object(object(document).paths) ? path : serverless(document, path);
  const item = object(object(object(document).paths)[bare]);
  const lists = [item, ...Object.values(item).map(object)].map(({ parameters }) => parameters);
  const all = lists.flatMap((list) => (Array.isArray(list) ? list : [])).map((one) => object(resolved(document, one)));
  return (bare.match(NAMES) ?? []).map((name) => all.find((one) => one.in === "path" && one.name === wordIn(name)));
}

function serverless(document: Json, path: string): string {
  const prefix = serverPaths(document).find((one) => path.startsWith(one)) ?? "";
  return path.slice(prefix.length);
}

/** `id` of `{id}`, `{id:path}`, `<int:id>`, `:id`. */
function wordIn(name: string): string {
  const inner = name.replace(/^[{<:]|[}>]$/g, "");
  return name.startsWith("<") ? (inner.split(":").at(-1) ?? inner) : (inner.split(":")[0] ?? inner);
}

function valueFor(document: Json, parameter: Obj): Json {
  const schema = object(resolved(document, parameter.schema));
  const examples = Object.values(object(parameter.examples)).map((one) => object(resolved(document, one)).value);
  const given = [parameter.example, ...examples].find((value) => value !== undefined && value !== null);
  return given ?? valueBySchema(document, schema, 4);
}

/** What the schema names, else the plainest value of its type. */
function valueBySchema(document: Json, schema: Obj, depth: number): Json {
  const { example, examples, default: usual, const: only, enum: words } = schema;
  const named = [example, ...listOf(examples), usual, only, ...listOf(words)].find(
    (value) => value !== undefined && value !== null && isScalar(value),
  );
  if (named !== undefined) return named;
  const choices = [schema.anyOf, schema.oneOf, schema.allOf]
    .flatMap(listOf)
    .map((one) => object(resolved(document, one)));
  const choice = choices.find(({ type }) => type !== "null");
  if (choice !== undefined && depth > 0) return valueBySchema(document, choice, depth - 1);
  const type = listOf(schema.type).find((one) => one !== "null");
  if (type === "integer" || type === "number") return numberOf(schema);
  if (type === "boolean") return true;
  return textOf(schema);
}

function numberOf({ minimum, exclusiveMinimum, maximum }: Obj): number {
  if (typeof minimum === "number") return Math.ceil(minimum);
  if (typeof exclusiveMinimum === "number") return Math.floor(exclusiveMinimum) + 1;
  return typeof maximum === "number" ? Math.min(1, Math.floor(maximum)) : 1;
}

const formats: { [format: string]: string } = {
  uuid: "00000000-0000-4000-8000-000000000000",
  date: "2026-01-01",
  "date-time": "2026-01-01T00:00:00Z",
  time: "00:00:00Z",
  email: "nobody@example.com",
  hostname: "example.com",
  ipv4: "127.0.0.1",
  ipv6: "::1",
};

function textOf({ format, minLength }: Obj): string {
  const word = (typeof format === "string" ? formats[format] : undefined) ?? "none";
  return typeof minLength === "number" && minLength <= 256 ? word.padEnd(minLength, "0") : word;
}

/** One segment of a path. */
function written(value: Json): string {
  return encodeURIComponent(typeof value === "string" ? value : JSON.stringify(value));
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** Follows local references, a few deep. */
function resolved(document: Json, value: Json | undefined): Json {
  let at = value ?? null;
  for (let i = 0; i < 8; i++) {
    const { $ref } = object(at);
    if (typeof $ref !== "string") return at;
    if (!$ref.startsWith("#/")) return null;
    at = $ref
      .slice(2)
      .split("/")
      .reduce<Json>((part, key) => object(part)[key.replaceAll("~1", "/").replaceAll("~0", "~")] ?? null, document);
  }
  return at;
}

function object(value: Json | undefined): Obj {
  return isObject(value) ? value : {};
}
