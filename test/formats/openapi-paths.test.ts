// Paths of OpenAPI documents: prefixes, and values for the names in a template.
import { describe, expect, test } from "vitest";
import type { Json } from "../../src/base/types.ts";
import { filledPath, isTemplate, pathsEnding } from "../../src/formats/documents/openapi-paths.ts";

type Obj = { [key: string]: Json };
const parameter = (name: string, schema: Obj, more: Obj = {}): Obj => ({ name, in: "path", schema, ...more });
const path = (parameters: Obj[], method = "get"): Obj => ({ [method]: { parameters } });
const document: Json = {
  openapi: "3.1.0",
  servers: [{ url: "/gate/" }, { url: "https://example.com" }],
  components: {
    schemas: { Kind: { type: "string", enum: ["blue", "red"] } },
    parameters: { n: parameter("n", { type: "integer", exclusiveMinimum: 4 }) },
  },
  paths: {
    "/api/v1/analyze": { post: {} },
    "/api/v1/tasks/{task_id}": path([parameter("task_id", { type: "string", format: "uuid" })]),
    "/kinds/{kind}/{n}": {
      parameters: [parameter("kind", { $ref: "#/components/schemas/Kind" })],
      ...path([{ $ref: "#/components/parameters/n" }]),
    },
    "/files/{file}": path([parameter("file", { type: "string" }, { example: "a b/c" })]),
    "/shown/{x}": path([parameter("x", {}, { examples: { one: { value: 7 } } })]),
    "/maybe/{x}": path([parameter("x", { anyOf: [{ type: "null" }, { type: "integer", minimum: 10 }] })]),
    "/old/{x}": path([parameter("x", { type: ["null", "boolean"] })]),
    "/long/{x}": path([parameter("x", { type: "string", minLength: 8 })]),
    "/usual/{x}": path([parameter("x", { type: "string", default: "main" })], "put"),
  },
};

describe("a value for every name", () => {
  test.each([
    ["/api/v1/tasks/{id}", "/api/v1/tasks/00000000-0000-4000-8000-000000000000"],
    ["/v1/tasks/{task_id}", "/v1/tasks/00000000-0000-4000-8000-000000000000"],
    ["/kinds/{a}/{b}", "/kinds/blue/5"],
    ["/files/{file:path}", "/files/a%20b%2Fc"],
    ["/shown/<int:x>", "/shown/7"],
    ["/maybe/:x", "/maybe/10"],
    ["/old/{x}/", "/old/true/"],
    ["/long/{x}", "/long/none0000"],
    ["/usual/{x}", "/usual/main"],
    ["/unknown/{x}/and/{y}", "/unknown/none/and/none"],
    ["/plain", "/plain"],
    ["/at:noon/x", "/at:noon/x"],
  ])("%s", (template, filled) => {
    expect(filledPath(document, template)).toBe(filled);
    expect(isTemplate(template)).toBe(template !== filled);
  });

  test("also where nothing describes it", () => {
    for (const nothing of [
      null,
      [],
      {},
      { paths: 3 },
      { paths: { "/x/{y}": null } },
      { paths: { "/x/{y}": { get: { parameters: [{ $ref: "#/a" }] } } } },
    ])
      expect(filledPath(nothing, "/x/{y}")).toBe("/x/none");
  });
});

test("paths under a prefix, shortest first, then below the server", () => {
  expect(pathsEnding(document, "POST", "/v1/analyze")).toEqual(["/api/v1/analyze", "/gate/api/v1/analyze"]);
  expect(pathsEnding(document, "get", "/v1/tasks/{x}/")).toEqual([
    "/api/v1/tasks/{task_id}",
    "/gate/api/v1/tasks/{task_id}",
  ]);
  expect(pathsEnding(document, "post", "/v1/tasks/{x}")).toEqual([]);
  expect(pathsEnding(document, "", "/1/analyze")).toEqual([]);
});
