// `openapi`: an answer keeps what the module's own OpenAPI document (3.0 or 3.1) says of that path, method and status.

import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import * as z from "zod";
import { escapeRegex } from "../../base/escape.ts";
import { isObject, parseJson } from "../../base/json.ts";
import type { Finding } from "../../base/judged.ts";
import type { Json } from "../../base/types.ts";
import type { ExpectationKind } from "./expectation.ts";

type Obj = { [key: string]: Json };

const argSchema = z.strictObject({
  /** CEL: the document as a JSON value. */
  document: z.string(),
  /** CEL: the answer or answers; default `it`. */
  of: z.string().optional(),
  /** Default: those of the answer. */
  method: z.string().optional(),
  path: z.string().optional(),
  /** A status that the document does not mention is a finding. Default false: documents rarely list refusals. */
  "declared-status": z.boolean().optional(),
});

export const openapi: ExpectationKind<z.infer<typeof argSchema>> = {
  name: "openapi",
  about: "The answer keeps what the module's own OpenAPI document says of that path, method and status.",
  schema: argSchema,
  check(arg, evidence) {
    const document = evidence.evaluate(arg.document) as Json;
    if (!isObject(document)) return { skip: "the module serves no OpenAPI document" };
    const problem = documentProblem(document);
    const events = evidence.events;
    if (problem !== undefined)
      return [{ at: "OpenAPI document", expected: "OpenAPI 3.0 or 3.1 with paths", actual: problem, events }];
    const given = arg.of === undefined ? evidence.it : evidence.evaluate(arg.of);
    const answers = [given].flat().filter(isAnswer);
    if (answers.length === 0) return { undecidable: "there is no answer to compare with the OpenAPI document" };
    return answers.flatMap((answer) => {
      const method = (arg.method ?? answer.method).toLowerCase();
      const path = (arg.path ?? answer.path).split("?")[0] ?? "";
      return checkAnswer(document, { ...answer, method, path }, arg["declared-status"] === true).map(
        (finding): Finding => ({
          ...finding,
          at: `${method.toUpperCase()} ${path} ${answer.status}${finding.at}`,
          events: evidence.eventsOf(given),
        }),
      );
    });
  },
};

interface Answer {
  method: string;
  path: string;
  status: number;
  headers: Json;
  body?: string;
}

type Fact = Pick<Finding, "at" | "expected" | "actual">;

/** What contradicts the document; `at` is a pointer into the body. */
export function checkAnswer(document: Obj, answer: Answer, declaredStatus: boolean): Fact[] {
  const paths = object(document.paths);
  const template = pathTemplate(Object.keys(paths), answer.path);
  if (template === undefined) return [];
  const operation = resolve(document, object(paths[template])[answer.method]);
  if (!isObject(operation)) return [];
  const responses = object(operation.responses);
  const status = String(answer.status);
  const response = resolve(document, responses[status] ?? responses[`${status[0]}XX`] ?? responses.default);
  if (!isObject(response))
    return declaredStatus
      ? [{ at: "", expected: `one of ${Object.keys(responses).join(", ")}`, actual: answer.status }]
      : [];
  const contents = object(response.content);
  if (Object.keys(contents).length === 0) return [];
  const type = mediaType(answer.headers);
  const key = Object.keys(contents).find((declared) => mediaMatches(declared, type));
  if (key === undefined)
    return [{ at: "", expected: `content type ${Object.keys(contents).join(" or ")}`, actual: type }];
  const schema = object(contents[key]).schema;
  if (!/[/+]json$/.test(type) || schema === undefined) return [];
  const { value, problem } = parseJson(answer.body ?? "");
  if (problem !== undefined || value === undefined)
    return [{ at: "", expected: "a JSON body", actual: problem ?? "none" }];
  return contradictions(document, schema, value);
}

/** Exact paths win over templates, longer templates over shorter ones. */
export function pathTemplate(templates: string[], path: string): string | undefined {
  if (templates.includes(path)) return path;
  return templates
    .filter((template) =>
      new RegExp(
        `^${template
          .split(/\{[^}]*\}/)
          .map(escapeRegex)
          .join("[^/]+")}$`,
      ).test(path),
    )
    .sort((a, b) => b.replace(/\{[^}]*\}/g, "").length - a.replace(/\{[^}]*\}/g, "").length)[0];
}

function contradictions(document: Obj, schema: Json, value: Json): Fact[] {
  const old = String(document.openapi).startsWith("3.0");
  const convert = (part: Json) => (old ? fromOpenApi30(part) : part);
  const root = {
    ...object(convert({ components: document.components ?? {} })),
    "x-checked": convert(schema),
    $ref: "#/x-checked",
  };
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, logger: false });
  formats.default(ajv);
  try {
    const validate = ajv.compile(root);
    validate(value);
    return (validate.errors ?? []).slice(0, 20).map((error) => fact(error, value));
  } catch (error) {
    return [
      {
        at: "",
        expected: "a usable schema in the OpenAPI document",
        actual: error instanceof Error ? error.message : String(error),
      },
    ];
  }
}

function fact(error: ErrorObject, value: Json): Fact {
  const detail = Object.values(error.params as Obj).map((part) =>
    typeof part === "string" ? part : JSON.stringify(part),
  );
  return {
    at: error.instancePath,
    expected: [error.message ?? error.keyword, ...(error.keyword === "enum" ? detail : [])].join(" "),
    actual: valueAt(value, error.instancePath),
  };
}

function valueAt(value: Json, pointer: string): Json {
  let at: Json | undefined = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    at = Array.isArray(at) ? at[Number(key)] : object(at)[key];
  }
  const text = JSON.stringify(at ?? null);
  return text.length > 500 ? `${text.slice(0, 500)}…` : (at ?? null);
}

/** OpenAPI 3.0's own dialect of JSON Schema in 2020-12: `nullable`, boolean exclusive bounds. */
function fromOpenApi30(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(fromOpenApi30);
  if (!isObject(schema)) return schema;
  const { nullable, exclusiveMinimum, exclusiveMaximum, example: _, ...rest } = schema;
  const out: Obj = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, fromOpenApi30(part)]));
  if (isObject(example(schema))) out.example = fromOpenApi30(example(schema));
  bound(out, "Minimum", exclusiveMinimum);
  bound(out, "Maximum", exclusiveMaximum);
  if (nullable !== true) return out;
  if (typeof out.type === "string" && out.enum === undefined) return { ...out, type: [out.type, "null"] };
  return { anyOf: [out, { type: "null" }] };
}

/** A property that happens to be called `example` is a schema, an example is a value. */
function example(schema: Obj): Json {
  const value = schema.example;
  return isObject(value) && ("type" in value || "$ref" in value) ? value : null;
}

function bound(out: Obj, which: "Minimum" | "Maximum", exclusive: Json | undefined): void {
  const plain = which.toLowerCase();
  if (exclusive === true && out[plain] !== undefined) {
    out[`exclusive${which}`] = out[plain];
    delete out[plain];
  } else if (typeof exclusive === "number") out[`exclusive${which}`] = exclusive;
  else if (isObject(exclusive ?? null)) out[`exclusive${which}`] = exclusive ?? null;
}

function documentProblem(document: Obj): string | undefined {
  if (!/^3\.[01]\./.test(String(document.openapi))) return `openapi: ${JSON.stringify(document.openapi ?? null)}`;
  return isObject(document.paths) ? undefined : "no paths";
}

/** Follows local references, a few deep. */
function resolve(document: Obj, value: Json | undefined): Json | undefined {
  let at = value;
  for (let i = 0; i < 8 && isObject(at) && typeof at.$ref === "string"; i++)
    at = at.$ref.startsWith("#/") ? valueIn(document, at.$ref.slice(2)) : undefined;
  return at;
}

function valueIn(document: Obj, pointer: string): Json | undefined {
  return pointer
    .split("/")
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<Json | undefined>((at, key) => object(at)[key], document);
}

function mediaType(headers: Json): string {
  const pair = (Array.isArray(headers) ? headers : []).find(
    (entry) => Array.isArray(entry) && entry[0] === "content-type",
  );
  return (Array.isArray(pair) ? String(pair[1]) : "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function mediaMatches(declared: string, actual: string): boolean {
  const [type = ""] = declared.toLowerCase().split(";");
  const wanted = type.trim();
  return wanted === "*/*" || wanted === actual || (wanted.endsWith("/*") && actual.startsWith(wanted.slice(0, -1)));
}

function isAnswer(value: unknown): value is Answer {
  return (
    isObject(value as Json) && typeof (value as Obj).status === "number" && typeof (value as Obj).path === "string"
  );
}

function object(value: Json | undefined): Obj {
  return isObject(value) ? value : {};
}
