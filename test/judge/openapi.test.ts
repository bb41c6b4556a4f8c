// The `openapi` expectation on documents of 3.0 and 3.1 and on answers that keep or contradict them.
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/base/types.ts";
import type { Evidences } from "../../src/judge/expect/expectation.ts";
import { checkAnswer, openapi, pathTemplate } from "../../src/judge/expect/openapi.ts";

const schemas = {
  Task: {
    type: "object",
    required: ["task_id", "status"],
    properties: {
      task_id: { type: "string" },
      status: { enum: ["submitted", "completed"] },
      n: { $ref: "#/components/schemas/Count" },
    },
  },
};

const document31: { [key: string]: Json } = {
  openapi: "3.1.0",
  info: { title: "t", version: "1" },
  paths: {
    "/v1/tasks/{task_id}": {
      get: {
        responses: {
          "200": {
            description: "ok",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Task" } } },
          },
          "404": { $ref: "#/components/responses/Missing" },
        },
      },
    },
    "/v1/tasks/special": { get: { responses: { "2XX": { description: "no content" } } } },
    "/metrics": { get: { responses: { "200": { content: { "text/plain": { schema: { type: "string" } } } } } } },
  },
  components: {
    schemas: { ...schemas, Count: { type: ["integer", "null"], exclusiveMinimum: 0 } },
    responses: { Missing: { content: { "application/json": { schema: { type: "object", required: ["detail"] } } } } },
  },
};

const document30: { [key: string]: Json } = {
  ...document31,
  openapi: "3.0.3",
  components: {
    schemas: { ...schemas, Count: { type: "integer", nullable: true, minimum: 0, exclusiveMinimum: true, example: 5 } },
    responses: { Missing: { content: { "application/json": { schema: { type: "object", required: ["detail"] } } } } },
  },
};

function answer(path: string, status: number, body: Json, type = "application/json; charset=utf-8") {
  return { method: "get", path, status, headers: [["content-type", type]], body: JSON.stringify(body) };
}

function facts(document: { [key: string]: Json }, path: string, status: number, body: Json, type?: string) {
  return checkAnswer(document, answer(path, status, body, type), false).map(({ at, actual }) => [at, actual]);
}

describe.each([
  ["3.1", document31],
  ["3.0", document30],
])("a document of %s", (_, document) => {
  it("is kept by answers that fit", () => {
    expect(facts(document, "/v1/tasks/1", 200, { task_id: "1", status: "completed", n: 3, more: true })).toEqual([]);
    expect(facts(document, "/v1/tasks/1", 200, { task_id: "1", status: "completed", n: null })).toEqual([]);
    expect(facts(document, "/v1/tasks/1", 404, { detail: "no" })).toEqual([]);
  });

  it("is contradicted at the place in the body", () => {
    expect(facts(document, "/v1/tasks/1", 200, { task_id: 1, status: "cooking", n: 0 })).toEqual([
      ["/task_id", 1],
      ["/status", "cooking"],
      ["/n", 0],
    ]);
    expect(facts(document, "/v1/tasks/1", 404, {})).toEqual([["", {}]]);
  });

  it("binds the content type", () => {
    expect(facts(document, "/v1/tasks/1", 200, {}, "text/html")).toEqual([["", "text/html"]]);
    expect(facts(document, "/metrics", 200, "", "text/plain; version=0.0.4")).toEqual([]);
  });
});

it("prefers exact paths and longer templates", () => {
  expect(pathTemplate(["/a/{x}", "/a/b"], "/a/b")).toBe("/a/b");
  expect(pathTemplate(["/{x}/{y}", "/a/{y}"], "/a/c")).toBe("/a/{y}");
  expect(pathTemplate(["/a/{x}"], "/a/b/c")).toBeUndefined();
});

it("minds a status it does not mention only when asked", () => {
  expect(checkAnswer(document31, answer("/v1/tasks/1", 500, {}), false)).toEqual([]);
  expect(checkAnswer(document31, answer("/v1/tasks/1", 500, {}), true)).toMatchObject([{ actual: 500 }]);
});

describe("the expectation", () => {
  const evidence = (document: Json, it: Json): Evidences => ({
    it: it as unknown as Evidences["it"],
    sentence: "",
    at: "main.task",
    events: [7],
    evaluate: () => document,
    schema: () => null,
    eventsOf: () => [7],

    place: () => undefined,
  });
  const it1 = { ok: true, ...answer("/v1/tasks/1?x=1", 200, { task_id: "1" }) };

  it("names method, path, status and place", () => {
    expect(openapi.check({ document: "d" }, evidence(document31, it1))).toEqual([
      {
        at: "GET /v1/tasks/1 200",
        expected: "must have required property 'status'",
        actual: { task_id: "1" },
        events: [7],
      },
    ]);
  });

  it("does not apply without a document, and cannot tell without an answer", () => {
    expect(openapi.check({ document: "d" }, evidence(null, it1))).toHaveProperty("skip");
    expect(openapi.check({ document: "d" }, evidence(document31, { ok: false }))).toHaveProperty("undecidable");
  });

  it("refuses a document that is no OpenAPI 3, and reports a schema that cannot be used", () => {
    expect(openapi.check({ document: "d" }, evidence({ swagger: "2.0" }, it1))).toMatchObject([
      { at: "OpenAPI document" },
    ]);
    const broken = { ...document31, components: { schemas: { Task: { type: "sausage" } } } };
    expect(openapi.check({ document: "d" }, evidence(broken, it1))).toMatchObject([
      { expected: "a usable schema in the OpenAPI document" },
    ]);
  });
});
