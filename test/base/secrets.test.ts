// Secrets are found in every usual encoding, and nothing else is touched.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeRedactor } from "../../src/base/secrecy/secrets.ts";
import { userSecrets } from "../../src/base/secrecy/user.ts";

const value = 'cnry/5f"é+x 9<\\k';
const simple = "cnry-0123456789abcdef0123456789abcdef";
const { redact, redactJson } = makeRedactor([
  { name: "api", value },
  { name: "db", value: simple },
]);
const bytes = (text: string) => Buffer.from(text, "utf8");
const utf16 = (text: string) =>
  [...Array(text.length).keys()].map((i) => text.charCodeAt(i).toString(16).padStart(4, "0"));

/** Every way in which a program may write a secret, and what the marker calls it. */
const encodings: [name: string, form: string, encode: (secret: string) => string][] = [
  ["as it is", "", (s) => s],
  ["in JSON", "json?", (s) => JSON.stringify(s).slice(1, -1)],
  ["in JSON within JSON", "json?", (s) => JSON.stringify(JSON.stringify(s)).slice(3, -3)],
  [
    "in JSON, all \\u",
    "json",
    (s) =>
      utf16(s)
        .map((unit) => `\\u${unit.toUpperCase()}`)
        .join(""),
  ],
  ["in JSON with \\/", "json?", (s) => JSON.stringify(s).slice(1, -1).replaceAll("/", "\\/")],
  ["percent", "percent?", encodeURIComponent],
  ["percent twice", "percent?", (s) => encodeURIComponent(encodeURIComponent(s))],
  ["percent, every byte", "percent", (s) => [...bytes(s)].map((b) => `%${b.toString(16).padStart(2, "0")}`).join("")],
  ["as a form field", "percent?", (s) => new URLSearchParams({ s }).toString().slice(2)],
  ["in HTML", "html?", (s) => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")],
  ["in HTML numbers", "html", (s) => [...s].map((c) => `&#x${(c.codePointAt(0) ?? 0).toString(16)};`).join("")],
  ["base64", "base64", (s) => bytes(s).toString("base64")],
  ["base64 after one byte", "base64", (s) => bytes(`u${s}`).toString("base64")],
  ["base64 after two bytes", "base64", (s) => bytes(`us${s}`).toString("base64")],
  ["base64 within", "base64", (s) => bytes(`user:${s}\nmore`).toString("base64")],
  ["base64url", "base64", (s) => bytes(s).toString("base64url")],
  ["base64url within", "base64", (s) => bytes(`a:${s}:b`).toString("base64url")],
  ["base64 in a URL", "base64", (s) => encodeURIComponent(bytes(s).toString("base64"))],
  ["base64 in JSON with \\/", "base64", (s) => bytes(s).toString("base64").replaceAll("/", "\\/")],
  ["hex", "hex", (s) => bytes(s).toString("hex")],
  ["HEX", "hex", (s) => bytes(s).toString("hex").toUpperCase()],
  [
    "hex with colons",
    "hex",
    (s) =>
      bytes(s)
        .toString("hex")
        .replace(/..(?=.)/g, "$&:"),
  ],
  ["hex with \\x", "hex", (s) => bytes(s).toString("hex").replace(/../g, "\\x$&")],
  ["hex numbers", "hex", (s) => [...bytes(s)].map((b) => `0x${b.toString(16).padStart(2, "0")}`).join(", ")],
  ["numbers", "bytes", (s) => `[${[...bytes(s)].join(",")}]`],
  ["numbers, pretty", "bytes", (s) => JSON.stringify([...bytes(s)], null, 2)],
];

test.each(encodings)("%s", (_name, form, encode) => {
  for (const [name, secret] of [
    ["api", value],
    ["db", simple],
  ] as const) {
    const out = redact(`before ${encode(secret)} after`);
    const expected = form.endsWith("?") ? `(:${form.slice(0, -1)})?` : form === "" ? "" : `:${form}`;
    expect(out).toMatch(new RegExp(`‹secret:${name}${expected}›`));
    expect(out.startsWith("before ") && out.endsWith(" after")).toBe(true);
    expect(out).not.toContain(encode(secret));
  }
});

test("surroundings stay; several are replaced; markers stay as they are", () => {
  expect(redact(`{"a":"${simple}","b":["${simple}x"]}`)).toBe('{"a":"‹secret:db›","b":["‹secret:db›x"]}');
  expect(redact(redact(`x${simple}`))).toBe("x‹secret:db›");
  const odd = makeRedactor([{ name: "a:b", value: "secret" }]);
  expect(odd.redact(odd.redact("my secret"))).toBe("my ‹secret:a-b›");
  expect(odd.redact("‹secret:other›")).toBe("‹‹secret:a-b›:other›");
});

test("the longer of two goes first; part of a secret is none", () => {
  const two = makeRedactor([
    { name: "short", value: "abcdefgh" },
    { name: "long", value: "abcdefghijkl" },
  ]);
  expect(two.redact("abcdefghijkl abcdefghij")).toBe("‹secret:long› ‹secret:short›ij");
  expect(redact(simple.slice(0, -1))).toBe(simple.slice(0, -1));
  expect(redact(simple.toUpperCase())).toBe(simple.toUpperCase());
  expect(redact("199,110,114")).toBe("199,110,114");
});

test("short secrets are replaced as they are only; of fewer than 4 characters there is none", () => {
  const short = makeRedactor([
    { name: "pin", value: "4711" },
    { name: "flag", value: "1" },
    { name: "none", value: "" },
  ]);
  expect(short.redact(`4711 1 ${bytes("4711").toString("base64")}`)).toBe("‹secret:pin› 1 NDcxMQ==");
  expect(short.redactJson({ n: 4711 })).toEqual({ n: 4711 });
});

describe("JSON values", () => {
  test("strings, keys, numbers and bytes", () => {
    const pin = makeRedactor([
      { name: "pin", value: "48151623" },
      { name: "db", value: simple },
    ]);
    expect(
      pin.redactJson({
        [`k-${simple}`]: [null, true, 48151623, 1.5],
        nested: { a: `<${simple}>` },
        body: [1, 2, ...bytes(simple), 3],
      }),
    ).toEqual({
      "k-‹secret:db›": [null, true, "‹secret:pin›", 1.5],
      nested: { a: "<‹secret:db›>" },
      body: [1, 2, "‹secret:db:bytes›", 3],
    });
    expect(pin.redactJson([...bytes(JSON.stringify({ a: bytes(simple).toString("base64") }))])).toEqual([
      '{"a":"‹secret:db:base64›"}',
    ]);
  });

  test("what holds no secret is the same object", () => {
    const data = { a: [1, { b: "x\\u0063%63&amp;" }], c: { d: null }, bytes: [...bytes("nothing here")] };
    expect(redactJson(data)).toBe(data);
    const half = { a: data, b: simple };
    expect(redactJson(half)).toEqual({ a: data, b: "‹secret:db›" });
    const own = JSON.parse(`{"__proto__": {"x": "${simple}"}}`);
    expect(Object.keys(redactJson(own) as object)).toEqual(["__proto__"]);
  });
});

const anyText = fc.string({ unit: "binary", maxLength: 40 });
const planted = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 6, maxLength: 24 }),
  fc.string({ unit: fc.constantFrom(..."ab\\/\"'%+& <é\n=-_1"), minLength: 6, maxLength: 24 }),
  fc.stringMatching(/^[a-f0-9]{8,40}$/),
);

test("a planted secret never survives, whatever stands around it", () => {
  fc.assert(
    fc.property(planted, fc.constantFrom(...encodings), anyText, anyText, (secret, [, , encode], before, after) => {
      fc.pre(!/[\ud800-\udfff]/u.test(secret) && !"‹secret:x:base64›percenthtmljsonhexbytes".includes(secret));
      const one = makeRedactor([{ name: "x", value: secret }]);
      const written = encode(secret);
      const out = one.redact(`${before}${written}${after}`);
      expect(out).toMatch(/‹secret:x(:[a-z0-9]+)?›/);
      // Once more finds nothing: no copy was left.
      expect(one.redact(out)).toBe(out);
    }),
    { numRuns: 400 },
  );
});

test("text without the secret is returned as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      fc.pre(!text.includes(simple));
      expect(redact(text)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test("hostile texts take no longer than their length deserves", () => {
  const many = makeRedactor(
    Array.from({ length: 30 }, (_, i) => ({ name: `s${i}`, value: `cnry-${String(i).repeat(16)}` })),
  );
  for (const unit of ["\\", "%25", "&amp;", "cnry-", "1, ", "&#0", "\\u0063", "636e7279", "99,"]) {
    const text = unit.repeat(Math.ceil(300_000 / unit.length));
    const start = performance.now();
    expect(many.redact(text)).toBe(text);
    expect(performance.now() - start).toBeLessThan(8000);
  }
  const odd = makeRedactor([{ name: "odd", value: "\\\\ \\\\ \\\\++" }]);
  for (const unit of ["\\", "\\ ", "\\\\ \\\\ "]) {
    const start = performance.now();
    odd.redact(unit.repeat(20_000));
    expect(performance.now() - start).toBeLessThan(8000);
  }
});

test("what users hand over: values of telling names, not every header", () => {
  const basic = `Basic ${bytes("me:hunter22").toString("base64")}`;
  expect(
    userSecrets({
      headers: {
        Accept: "application/json",
        Authorization: "Bearer abcdef123",
        "Proxy-Authorization": basic,
        Cookie: "a=1; sid=s3ss10n",
      },
      env: { API_KEY: "k-123456", MODE: "production", TOKEN: "1" },
      url: "https://user:p%40ssword@example.org/",
    }),
  ).toEqual([
    { name: "header-authorization", value: "abcdef123" },
    { name: "header-proxy-authorization", value: basic.slice(6) },
    { name: "header-proxy-authorization", value: "hunter22" },
    { name: "header-cookie", value: "s3ss10n" },
    { name: "env-api_key", value: "k-123456" },
    { name: "url-password", value: "p%40ssword" },
    { name: "url-password", value: "p@ssword" },
  ]);
});
