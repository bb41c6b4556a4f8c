// sameForm: what a service that answers everything says of two paths has one form; what a module says of its own has another.
import { expect, test } from "vitest";
import { evaluate } from "../../src/contract/cel.ts";

type Answer = Record<string, unknown>;

function answer(path: string, type: string, body: string, status = 200): Answer {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    json = undefined;
  }
  return { ok: true, status, path, headers: [["content-type", type]], body, ...(json === undefined ? {} : { json }) };
}

const same = (a: Answer, b: Answer): unknown => evaluate("sameForm(a, b)", { a, b });

const page = (words: string): string =>
  `<!doctype html><html><head><title>${words}</title></head><body><p class="${words}">${words}</p></body></html>`;

const pairs: [string, Answer, Answer, boolean][] = [
  ["one page for all", answer("/health", "text/html", page("app")), answer("/x", "text/html", page("app")), true],
  [
    "an error page that names the path",
    answer("/health", "text/html; charset=utf-8", page("/health was not found (ray 8a7)")),
    answer("/x", "text/html", page("/x was not found (ray 9b1c)")),
    true,
  ],
  [
    "a page without its type",
    answer("/health", "", page("/health")),
    answer("/x", "", page("/x").replaceAll("p>", "P>")),
    true,
  ],
  [
    "JSON that says what was asked",
    answer("/health", "application/json", '{"ok":true,"path":"/health","id":"k3jx","args":[{"a":1}]}'),
    answer("/x", "application/json", '{"args":[{"a":2},{"a":3}],"path":"/x","ok":true,"id":"zzzz"}'),
    true,
  ],
  [
    "a line that says what was asked",
    answer("/health", "text/plain", "GET /health at 12:30 by req-71f"),
    answer("/x", "text/plain", "GET /x at 12:31 by req-8"),
    true,
  ],
  ["nothing at all", answer("/health", "", ""), answer("/x", "", ""), true],
  [
    "a redirection to a portal that is told the path",
    { ...answer("/health", "", "", 302), headers: [["location", "http://portal.test/login?to=/health"]] },
    { ...answer("/x", "text/html", "", 302), headers: [["location", "http://portal.test/login?to=/x"]] },
    true,
  ],
  [
    "a redirection to the same path elsewhere",
    { ...answer("/health", "", "", 301), headers: [["location", "https://host.test/health"]] },
    { ...answer("/x", "", "", 301), headers: [["location", "https://host.test/x"]] },
    true,
  ],
  [
    "another redirection",
    { ...answer("/health", "", "", 301), headers: [["location", "/health/"]] },
    { ...answer("/x", "", "", 301), headers: [["location", "/login"]] },
    false,
  ],
  ["another status", answer("/health", "text/html", page("a")), answer("/x", "text/html", page("a"), 404), false],
  ["another media type", answer("/health", "application/json", "{}"), answer("/x", "text/html", page("a")), false],
  [
    "other keys",
    answer("/health", "application/json", '{"status":"ok"}'),
    answer("/x", "application/json", '{"error":"no such path"}'),
    false,
  ],
  [
    "other types",
    answer("/health", "application/json", '{"status":"ok"}'),
    answer("/x", "application/json", '{"status":404}'),
    false,
  ],
  ["other words", answer("/health", "text/plain", "OK"), answer("/x", "text/plain", "pong"), false],
  ["other tags", answer("/health", "text/html", page("a")), answer("/x", "text/html", "<h1>no</h1>"), false],
];

test.each(pairs)("%s", (_, a, b, expected) => {
  expect(same(a, b)).toBe(expected);
  expect(same(b, a)).toBe(expected);
});

test("what is no answer has no form", () => {
  const failed = { ok: false, problem: "refused", path: "/x" };
  expect(evaluate("sameForm(a, a)", { a: failed })).toBe(false);
  expect(evaluate("sameForm(a, null)", { a: answer("/", "", "") })).toBe(false);
});
