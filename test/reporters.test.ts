// Reporters: golden files, validity of each format, what must be in it and what must not.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { memoryPages, validateXML } from "xmllint-wasm";
import { loadReporter, type RenderOptions, reporterNames } from "../src/reporters/registry.ts";
import type { Report } from "../src/types.ts";
import { broken, HOSTILE } from "./report-broken.ts";
import { conforming, empty, many } from "./report-cases.ts";

const cases: { [name: string]: Report } = {
  conforming: conforming(),
  broken: broken(),
  empty: empty(),
  many: many(broken()),
};

const variants: { file: string; reporter: string; options: RenderOptions }[] = [
  { file: "text.txt", reporter: "text", options: { out: "reports/latest", more: "conform ./module -v" } },
  { file: "text-narrow.txt", reporter: "text", options: { width: 60 } },
  { file: "text-color.txt", reporter: "text", options: { color: true } },
  { file: "text-quiet.txt", reporter: "text", options: { verbosity: "quiet" } },
  { file: "text-verbose.txt", reporter: "text", options: { verbosity: "verbose" } },
  { file: "report.json", reporter: "json", options: {} },
  { file: "junit.xml", reporter: "junit", options: {} },
  { file: "junit-rich.xml", reporter: "junit", options: { junitDialect: "rich" } },
];

const schemas = ["windyroad-JUnit.xsd", "jenkins-junit-10.xsd", "jest-junit-junit-4.xsd"];

describe.each(Object.keys(cases))("golden files of %s", (name) => {
  test.each(variants)("$file", async ({ file, reporter, options }) => {
    const report = cases[name];
    if (report === undefined) throw new Error(name);
    const text = (await loadReporter(reporter)).render(report, options);
    const path = new URL(`../reports/golden/${name}/${file}`, import.meta.url);
    if (process.env["UPDATE_GOLDENS"] === "1") {
      mkdirSync(new URL(".", path), { recursive: true });
      writeFileSync(path, text);
    }
    expect(text).toBe(readFileSync(path, "utf8"));
  });
});

describe("junit", () => {
  const junit = (report: Report, options: RenderOptions = {}) =>
    loadReporter("junit").then((reporter) => reporter.render(report, options));

  test.each(schemas)("the portable dialect is valid under %s", async (schema) => {
    for (const [name, report] of Object.entries(cases)) {
      const { valid, errors } = await validate(await junit(report), schema);
      expect({ name, valid, errors }).toEqual({ name, valid: true, errors: [] });
    }
  });
});

function validate(xml: string, schema: string) {
  return validateXML({
    xml: { fileName: "junit.xml", contents: xml },
    schema: {
      fileName: schema,
      contents: readFileSync(new URL(`../fixtures/junit-xsd/${schema}`, import.meta.url), "utf8"),
    },
    maxMemoryPages: memoryPages.GiB,
  });
}
