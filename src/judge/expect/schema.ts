// `schema`: a value fits a JSON Schema of the contract; one finding per violation, on its line where the value came from a file.

import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import * as z from "zod";
import { ContractError } from "../../base/errors.ts";
import { isObject } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import { expand } from "../../contract/template.ts";
import type { ExpectationKind } from "./expectation.ts";
import { expressionLint, finding, jsonOf } from "./finding.ts";

const shape = z.strictObject({
  of: z.string().describe("CEL: the value"),
  file: z.string().optional().describe("schema file beside contract.yaml"),
  inline: z.json().optional(),
  at: z.string().optional().describe("only violations whose pointer begins with this"),
  place: z.string().optional().describe("CEL: the observation (a read file) the value came from; default `it`"),
  root: z.string().optional().describe("JSON pointer of the value in that file; may hold ${CEL}"),
});

const validators = new Map<string, ValidateFunction>();

/** Validity under JSON Schema 2020-12 (draft-07 schemas are accepted too). */
export const schema: ExpectationKind<z.infer<typeof shape>> = {
  name: "schema",
  about: "A value fits a JSON Schema (2020-12), inline or a file beside contract.yaml.",
  schema: shape,
  lint(arg, contract) {
    const faults = expressionLint(arg.of, arg.place);
    if (arg.file !== undefined && !Object.hasOwn(contract.schemas, arg.file))
      return [...faults, `no schema file "${arg.file}"`];
    try {
      validator((arg.file === undefined ? arg.inline : contract.schemas[arg.file]) as Json);
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
    }
    return faults;
  },
  check(arg, evidence) {
    const value = evidence.evaluate(arg.of);
    const validate = validator((arg.file === undefined ? arg.inline : evidence.schema(arg.file)) as Json);
    if (validate(jsonOf(value))) return [];
    const document = arg.place === undefined ? evidence.it : evidence.evaluate(arg.place);
    const root = arg.root === undefined ? "" : String(expand(arg.root, (code) => evidence.evaluate(code)));
    return (validate.errors ?? [])
      .filter(
        (error) => !["if", "anyOf", "oneOf", "not"].includes(error.keyword) || (validate.errors ?? []).length === 1,
      )
      .map((error) => ({ error, pointer: `${error.instancePath}${extraKey(error)}` }))
      .filter(({ pointer }) => arg.at === undefined || pointer.startsWith(arg.at))
      .slice(0, 200)
      .map(({ error, pointer }) => {
        const full = `${root}${pointer}`;
        return finding(
          full === "" ? "/" : full,
          wanted(error),
          seen(error, value),
          evidence.events,
          evidence.place(document, full),
        );
      });
  },
};

function validator(schema: Json): ValidateFunction {
  const key = JSON.stringify(schema);
  let validate = validators.get(key);
  if (validate === undefined) {
    const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: true });
    formats.default(ajv);
    try {
      const { $schema, ...rest } = schema as { [key: string]: Json };
      validate = ajv.compile(typeof $schema === "string" && $schema.includes("draft-07") ? rest : (schema as object));
    } catch (error) {
      throw new ContractError(`bad JSON Schema: ${error instanceof Error ? error.message : String(error)}`);
    }
    validators.set(key, validate);
  }
  return validate;
}

function extraKey(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const extra = params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName;
  return typeof extra === "string" ? `/${extra.replaceAll("~", "~0").replaceAll("/", "~1")}` : "";
}

function wanted(error: ErrorObject): Json {
  const params = error.params as Record<string, Json>;
  if (error.keyword === "enum")
    return `one of ${Array.isArray(params.allowedValues) ? params.allowedValues.join(", ") : "other values"}`;
  if (error.keyword === "pattern") return `text matching ${String(params.pattern)}`;
  if (error.keyword === "required") return `key "${String(params.missingProperty)}"`;
  if (error.keyword === "type") return `type ${String(params.type)}`;
  return error.message ?? error.keyword;
}

function seen(error: ErrorObject, root: unknown): unknown {
  if (error.keyword === "required") return "absent";
  let at: unknown = root;
  for (const part of error.instancePath.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    at = isObject(at) ? (at as Record<string, unknown>)[name] : undefined;
  }
  return at === null ? "null" : at;
}
