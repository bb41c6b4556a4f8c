// Content types by RFC 9110: what is malformed, what was not asked for, what the body says against them.
import { expect, test } from "vitest";
import { parseExposition, validate } from "../../src/formats/exposition/exposition.ts";
import { readMediaType } from "../../src/formats/exposition/media-type.ts";

const OPEN = "application/openmetrics-text";

test.each([
  "text/plain",
  "Text/Plain ; Version=0.0.4;charset=utf-8",
  'text/plain; version="0.0.4"; ; x="a\\"b,;c"',
  "text/plain;",
])("%s is well-formed", (text) => expect(readMediaType(text)).toBeTypeOf("object"));

test.each([
  "",
  "text",
  "text/",
  "text/plain; version",
  "text/plain; version=",
  "text/plain; version = 0.0.4",
  'text/plain; version="0.0.4',
  "text/plain; version=0.0.4 charset=utf-8",
  "text/plain; version=0.0.4, text/plain",
  "text/plain; version=0.0.4; version=1.0.0",
  "text/plain version=0.0.4",
])("%s is malformed", (text) => expect(readMediaType(text)).toBeTypeOf("string"));

const legacy = "a 1\n";
const quoted = '{"a.b"} 1\n';
const asked = `${OPEN};version=1.0.0;escaping=allow-utf-8,text/plain;version=1.0.0;escaping=allow-utf-8,*/*;q=0.1`;

test.each([
  ["text/html", legacy, ["content-type MUST"]],
  ["", legacy, ["content-type MUST"]],
  ["text/plain; version=1.0.0", legacy, ["content-type-escaping MUST"]],
  ["text/plain; version=1.0.0; escaping=none", legacy, ["content-type-escaping MUST"]],
  ["text/plain; version=1.0.0; escaping=dots", legacy, ["content-type-escaping SHOULD"]],
  ["text/plain; version=1.0.0; escaping=allow-utf-8", quoted, []],
  ["text/plain; version=0.0.4", quoted, ["content-type-version SHOULD", "escaping-names SHOULD"]],
  [
    `${OPEN}; version=1.0.0; charset=utf-8; escaping=underscores`,
    `${quoted}# EOF\n`,
    ["content-type-escaping SHOULD", "escaping-names MUST"],
  ],
  [`${OPEN}; version=2.0.0; charset=utf-8`, `${legacy}# EOF\n`, ["content-type-version MUST"]],
  ["text/plain; charset=iso-8859-1", legacy, ["content-type-charset MUST"]],
])("%s", (contentType, body, expected) => {
  const found = validate(parseExposition(Buffer.from(body), { contentType, asked }));
  expect(found.map(({ id, level }) => `${id} ${level}`)).toEqual(expected);
});

test("a version without rules is unchecked, not judged", () => {
  const exposition = parseExposition(Buffer.from("broken"), { contentType: `${OPEN}; version=3.0.0; charset=utf-8` });
  expect(exposition.unchecked).toContain("3.0.0");
  expect(validate(exposition)).toEqual([]);
});
