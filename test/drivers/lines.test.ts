// The line splitter from literals: every way of cutting a stream into chunks gives the same lines; limits are exact.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LimitSeen } from "../../src/base/events.ts";
import { type LineSeen, LineSplitter } from "../../src/drivers/process/lines.ts";

const wide = { lineBytesMax: 1000, streamBytesMax: 1_000_000, linesMax: 10_000 };

function split(chunks: Uint8Array[], limits = wide, stream: "stdout" | "stderr" = "stdout") {
  const lines: LineSeen[] = [];
  const crossed: LimitSeen[] = [];
  const onLine = (line: LineSeen): void => void lines.push(line);
  const splitter = new LineSplitter({ stream, limits, onLine, onLimit: (limit) => void crossed.push(limit) });
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return { lines, crossed, totals: splitter.totals };
}

const one = (text: string | Uint8Array, stream?: "stderr"): LineSeen | undefined =>
  split([Buffer.from(text)], wide, stream).lines[0];

describe("one line", () => {
  test.each<[string, string | Uint8Array, Partial<LineSeen>]>([
    ["JSON", '{"a":1}\n', { text: '{"a":1}', json: { a: 1 }, bytes: 7 }],
    ["a JSON number", "42\n", { json: 42 }],
    ["null is JSON", "null\n", { json: null }],
    ["text", "starting\n", { text: "starting", problem: "not-json" }],
    ["nothing", "\n", { text: "", problem: "not-json", bytes: 0 }],
    ["CRLF", '{"a":1}\r\n', { text: '{"a":1}', json: { a: 1 }, problem: "crlf", bytes: 8 }],
    ["a lone CR stays", '{"a":1}\r{"b":2}\n', { text: '{"a":1}\r{"b":2}', problem: "not-json" }],
    ["U+2028 ends no line", '"a\u2028b"\n', { json: "a\u2028b" }],
    ["byte order mark", '\ufeff{"a":1}\n', { text: '\ufeff{"a":1}', problem: "bom" }],
    ["no newline", '{"a":1}', { json: { a: 1 }, problem: "unterminated" }],
    ["NUL inside a string", '"\0"\n', { text: '"\0"', problem: "not-json" }],
    ["number out of range", '{"a":1e400}\n', { text: '{"a":1e400}', problem: "not-finite" }],
    ["64 levels", `${"[".repeat(64)}${"]".repeat(64)}\n`, { bytes: 128 }],
    ["65 levels", `${"[".repeat(65)}${"]".repeat(65)}\n`, { problem: "too-deep" }],
    ["brackets in strings are no levels", `"${"[".repeat(99)}"\n`, { json: "[".repeat(99) }],
    ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22, 0x0a]), { b64: "Iv8i", problem: "not-utf8", bytes: 3 }],
    ["surrogates in UTF-8", new Uint8Array([0xed, 0xa0, 0x80, 0x0a]), { b64: "7aCA", problem: "not-utf8" }],
  ])("%s", (_, bytes, wanted) => {
    const line = one(bytes);
    expect(line).toMatchObject({ stream: "stdout", ...wanted });
    for (const key of ["json", "problem", "text", "b64"] as const)
      if (!(key in wanted) && key !== "text" && key !== "json") expect(line).not.toHaveProperty(key);
    if (wanted.problem !== undefined && !("json" in wanted)) expect(line).not.toHaveProperty("json");
  });

  test("__proto__ is a key like others", () => {
    const line = one('{"__proto__":{"admin":true}}\n');
    expect(Object.keys(line?.json as object)).toEqual(["__proto__"]);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test("stderr may be anything; objects are read", () => {
    expect(one("Traceback\n", "stderr")).toEqual({ stream: "stderr", bytes: 9, text: "Traceback" });
    expect(one("{broken\n", "stderr")).toEqual({ stream: "stderr", bytes: 7, text: "{broken" });
    expect(one("42\n", "stderr")).not.toHaveProperty("json");
    expect(one('{"level":"info"}\n', "stderr")).toMatchObject({ json: { level: "info" } });
  });
});

describe("any cutting gives the same", () => {
  const streams = fc.array(
    fc.oneof(
      fc
        .constantFrom("\n", "\r\n", "\r", '{"a":1}\n', "äöü€𝄞", "\ufeff", "[", "x".repeat(40))
        .map((s) => Buffer.from(s)),
      fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 30 },
  );
  const cut = (bytes: Buffer, at: number[]): Buffer[] => {
    const places = [0, ...at.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    return places.slice(1).map((to, i) => bytes.subarray(places[i], to));
  };

  test.each([
    ["wide", wide],
    ["narrow", { lineBytesMax: 20, streamBytesMax: 60, linesMax: 4 }],
  ])("%s limits", (_, limits) => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(), { maxLength: 12 }), (parts, at) => {
        const bytes = Buffer.concat(parts);
        expect(split(cut(bytes, at), limits)).toEqual(split([bytes], limits));
      }),
      { numRuns: 300 },
    );
  });

  test("every single place, and byte by byte", () => {
    const bytes = Buffer.from('log\n{"a":"äß𝄞"}\r\n\n{"b":2}\n{"c"');
    const whole = split([bytes]);
    expect(whole.lines).toHaveLength(5);
    for (let at = 0; at <= bytes.length; at++) {
      expect(split([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
    expect(split([...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  test("without limits reached, the lines are those of the text", () => {
    const text = fc.array(fc.string({ unit: "grapheme", maxLength: 20 }).map((s) => s.replace(/[\r\n]/g, "")));
    fc.assert(
      fc.property(text, (lines) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        expect(split([bytes]).lines.map((line) => line.text)).toEqual(lines);
      }),
    );
  });
});

describe("limits", () => {
  test("a line of exactly the limit passes, one byte more is cut", () => {
    expect(split([Buffer.from(`${"x".repeat(1000)}\n`)])).toMatchObject({ crossed: [], lines: [{ bytes: 1000 }] });
    const { lines, crossed } = split([Buffer.from(`${"x".repeat(1001)}\n"next"\n`)]);
    expect(lines[0]).toEqual({ stream: "stdout", bytes: 1001, text: "x".repeat(1000), problem: "too-long" });
    expect(lines[1]).toMatchObject({ json: "next" });
    expect(crossed).toEqual([{ limit: "lineBytesMax", bound: 1000, seen: 1001, stream: "stdout" }]);
  });

  test("the event comes before the line's end, and once", () => {
    const crossed: LimitSeen[] = [];
    const lines: LineSeen[] = [];
    const splitter = new LineSplitter({
      stream: "stderr",
      limits: wide,
      onLine: (line) => void lines.push(line),
      onLimit: (limit) => void crossed.push(limit),
    });
    for (let i = 0; i < 3; i++) splitter.push(Buffer.alloc(1000, "y"));
    expect([crossed.length, lines.length]).toEqual([1, 0]);
    splitter.push(Buffer.from(`\n${"z".repeat(2000)}\n`));
    expect([crossed.length, lines.length]).toEqual([1, 2]);
    expect(lines[0]).toMatchObject({ bytes: 3000, problem: "too-long" });
  });

  test("a cut never breaks a character", () => {
    for (let pad = 0; pad < 4; pad++) {
      const line = one(`${"x".repeat(pad)}${"𝄞".repeat(300)}\n`);
      expect(line).toMatchObject({ problem: "too-long", bytes: 1200 + pad });
      expect(line?.text).toMatch(/^x*(?:𝄞)+$/u);
    }
  });

  test("beyond the stream's limit: one event, then the last lines at the end", () => {
    const numbers = Array.from({ length: 40_000 }, (_, i) => `line ${i}`);
    const limits = { ...wide, streamBytesMax: 1000 };
    const { lines, crossed, totals } = split([Buffer.from(`${numbers.join("\n")}\n`)], limits);
    const head = lines.filter((line) => line.late === undefined);
    const tail = lines.filter((line) => line.late);
    expect(head.map((line) => line.text)).toEqual(numbers.slice(0, head.length));
    expect(head.reduce((sum, line) => sum + line.bytes + 1, 0)).toBeGreaterThanOrEqual(1000);
    expect(tail.map((line) => line.text)).toEqual(numbers.slice(-100));
    expect(crossed).toEqual([{ limit: "streamBytesMax", bound: 1000, seen: expect.any(Number), stream: "stdout" }]);
    expect(totals).toEqual({ bytes: totals.bytes, lines: 40_000, omitted: 40_000 - head.length - 100 });
  });

  test("a stream that stops at its limit crosses none", () => {
    const five = Buffer.from("1\n2\n3\n4\n5\n");
    expect(split([five], { ...wide, linesMax: 5 })).toMatchObject({ crossed: [], totals: { lines: 5, omitted: 0 } });
    const over = split([five, Buffer.from("6")], { ...wide, linesMax: 5 });
    expect(over.crossed).toEqual([{ limit: "linesMax", bound: 5, seen: 6, stream: "stdout" }]);
    expect(over.lines[5]).toMatchObject({ text: "6", problem: "unterminated", late: true });
  });

  test("the end of an endless line is kept too", () => {
    const { lines, totals } = split([Buffer.from("1\n"), Buffer.alloc(200_000, "x"), Buffer.from("END")], {
      ...wide,
      linesMax: 1,
    });
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ late: true, problem: "too-long" });
    expect(totals).toEqual({ bytes: 200_005, lines: 2, omitted: 0 });
  });
});
