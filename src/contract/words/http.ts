// Words of a contract: asking over HTTP. What they do: drive/verbs/http.ts.
import * as z from "zod";
import { durationShape, json } from "../shape.ts";
import { says } from "../vocabulary.ts";

const template = z.string().includes("${");

const duration = z.union([z.number().min(0), durationShape, template]);

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const fields = {
  path: z.string().optional().describe("below the base URL; default /"),
  url: z.string().optional().describe("absolute URL instead of `path`, on the target's host or loopback"),
  query: z.record(z.string(), scalar).optional().describe("added to the path; null leaves a name out"),
  headers: z
    .union([z.record(z.string(), scalar), template])
    .optional()
    .describe("win over the user's headers and conform's own; null takes one away"),
  json: json.optional().describe("body, sent as application/json"),
  form: z.record(z.string(), scalar).optional().describe("body, sent as application/x-www-form-urlencoded"),
  body: z.string().optional().describe("body as text"),
  "body-b64": z.string().optional().describe("body as base64"),
  anonymous: z.boolean().optional().describe("leave out the headers given by the user, such as authorization"),
  gzip: z.boolean().optional().describe("offer gzip and undo it; default asks for identity and undoes nothing"),
  "expect-continue": z.boolean().optional().describe("send `Expect: 100-continue` and wait up to 1 s before the body"),
  settle: duration.optional().describe("how long to look for bytes after the answer; default 25ms"),
  "body-max": z
    .union([z.number().int().positive(), template])
    .optional()
    .describe("a longer body is no answer, in bytes"),
  within: duration.optional().describe("deadline, from the start of the (first) connection; default 5s"),
  until: z.string().min(1).optional().describe("CEL over `it`: ask again until it is true; an error counts as false"),
  collect: z
    .string()
    .min(1)
    .optional()
    .describe("with `until`: CEL over `it`; its distinct values over all tries are `collected`"),
  every: duration.optional().describe("with `until`: from one try's start to the next; default 100ms"),
  "try-within": duration.optional().describe("with `until`: deadline of one try; default all that is left"),
};

const argument = z.strictObject(fields);

const requestArgument = z.strictObject({
  ...fields,
  method: z.union([z.string().regex(/^[A-Za-z][A-Za-z-]*$/), template]),
});

export type HttpArg = z.infer<typeof argument> & { method?: string };

const methods = ["get", "head", "post", "put", "patch", "delete", "options"] as const;

const sees =
  "status: int, headers: list<dyn>, trailers: dyn, body: string, body_b64: dyn, body_bytes: dyn, json: dyn, ms: number, sent: dyn, url: dyn, method: dyn, tries: dyn, collected: dyn, stopped: dyn, phase: dyn, bytes: dyn, path: dyn, error: dyn, http: dyn, excess: dyn, count: dyn, all: dyn, media_type: dyn, truncated: dyn, redirects: dyn, slowest_ms: dyn, first_ok_ms: dyn";

/** `get`, `head`, `post`, `put`, `patch`, `delete`, `options`. */
export const methodWords = methods.map((name) =>
  says({
    name,
    about: `Sends ${name.toUpperCase()} and observes the answer; with \`until\`, again and again.`,
    schema: argument,
    targets: ["command", "folder", "url"],
    primary: "path",
    sees,
  }),
);

export const requestWords = says({
  name: "request",
  about: "Sends a request with any method and observes the answer; with `until`, again and again.",
  schema: requestArgument,
  targets: ["command", "folder", "url"],
  primary: "path",
  sees,
});
