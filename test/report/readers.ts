// Reads reports back as their users do: real parsers and validators of each format.
import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { Parser } from "tap-parser";
import { memoryPages, validateXML } from "xmllint-wasm";

const fixtures = new URL("../../fixtures/", import.meta.url);
const readJson = (path: string | URL) => JSON.parse(readFileSync(path, "utf8"));

export const junitSchemas = ["windyroad-JUnit.xsd", "jenkins-junit-10.xsd", "jest-junit-junit-4.xsd"];

/** Complaints of xmllint; empty when the files are valid under the schema. */
export async function junitComplaints(xml: string | string[], schema: string): Promise<string[]> {
  const contents = readFileSync(new URL(`junit-xsd/${schema}`, fixtures), "utf8");
  return lint(xml, { fileName: schema, contents });
}

/** Complaints about well-formedness only. */
export async function xmlComplaints(xml: string | string[]): Promise<string[]> {
  const open = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="testsuites"/></xs:schema>';
  return lint(xml, { fileName: "any.xsd", contents: open });
}

async function lint(xml: string | string[], schema: { fileName: string; contents: string }): Promise<string[]> {
  const { errors } = await validateXML({
    xml: [xml].flat().map((contents, i) => ({ fileName: `junit-${i}.xml`, contents })),
    schema,
    maxMemoryPages: memoryPages.GiB,
  });
  return errors.map(({ message }) => message);
}

export interface JUnitCounts {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
}

/** Counts of the elements themselves, and of the suites' attributes. */
export function junitCounts(xml: string): { elements: JUnitCounts; attributes: JUnitCounts } {
  const number = (pattern: RegExp) => [...xml.matchAll(pattern)].length;
  const sum = (name: string) =>
    [...xml.matchAll(new RegExp(`<testsuite [^>]*?\\b${name}="(\\d+)"`, "g"))].reduce((n, m) => n + Number(m[1]), 0);
  return {
    elements: {
      tests: number(/<testcase /g),
      failures: number(/<failure /g),
      errors: number(/<error /g),
      skipped: number(/<skipped /g),
    },
    attributes: { tests: sum("tests"), failures: sum("failures"), errors: sum("errors"), skipped: sum("skipped") },
  };
}

/** Complaints of ajv under CTRF's own schema. */
export const ctrfComplaints = complaintsOf(() => {
  const ajv = new Ajv({ strict: false, allErrors: false });
  addFormats.default(ajv);
  return ajv.compile(readJson(new URL("ctrf/ctrf-schema-0.0.json", fixtures)));
});

/** Complaints of ajv under the HAR 1.2 schemas. */
export const harComplaints = complaintsOf(() => {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  for (const file of readdirSync(new URL("har-schema/", fixtures)).filter((name) => name.endsWith(".json"))) {
    const schema = readJson(new URL(`har-schema/${file}`, fixtures));
    // ajv 8 speaks draft 7, of which these draft 6 schemas are a part.
    delete schema.$schema;
    ajv.addSchema(schema);
  }
  const validate = ajv.getSchema("har.json#");
  if (validate === undefined) throw new Error("no har.json");
  return validate;
});

/** Complaints under conform's own published schema. */
export const reportComplaints = complaintsOf(() =>
  new Ajv2020({ strict: true, allowUnionTypes: true, strictTuples: false }).compile(
    readJson(new URL("../../reports/report.schema.json", import.meta.url)),
  ),
);

interface Validator {
  (value: unknown): unknown;
  errors?: object[] | null;
}

function complaintsOf(make: () => Validator): (value: unknown) => object[] {
  let validate: Validator | undefined;
  return (value) => {
    validate ??= make();
    return validate(value) === true ? [] : [...(validate.errors ?? [])];
  };
}

/** What a TAP harness makes of the file. */
export function readTap(text: string): Promise<{
  ok: boolean;
  count: number;
  fail: number;
  skip: number;
  todo: number;
  failures: { tapError?: string | null; name?: string; diag?: unknown }[];
  asserts: { name: string; ok: boolean; skip: unknown; todo: unknown; diag: unknown }[];
}> {
  return new Promise((resolve) => {
    const asserts: { name: string; ok: boolean; skip: unknown; todo: unknown; diag: unknown }[] = [];
    const parser = new Parser({ strict: true }, ({ ok, count, fail, skip, todo, failures }) =>
      resolve({ ok, count, fail, skip, todo, failures, asserts }),
    );
    parser.on("assert", ({ name, ok, skip, todo, diag }) => asserts.push({ name, ok, skip, todo, diag }));
    parser.end(text);
  });
}

/** Markdown as GitHub reads it, to HTML, with the raw HTML in it kept. */
export function markdownToHtml(text: string): string {
  return micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
}
