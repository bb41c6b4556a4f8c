// What the HTTP driver says of servers that break HTTP, never end, or send too much (catalogue numbers H42 to H64).
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type Answer, ask, drip, pour } from "./hostile-server.ts";

const ok = (body: string, headers = "") => `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("a broken answer", () => {
  test.each<[name: string, problem: string, detail: RegExp, answer: Answer]>([
    ["H49 headers of 20 KB", "header-overflow", /16384/, (s) => s.write(`HTTP/1.1 200 OK\r\nX: ${"a".repeat(20_000)}`)],
    ["H49 endless headers", "header-overflow", /16384/, (s) => pour(s, "HTTP/1.1 200 OK\r\n", "a:b\r\n")],
    ["H51 endless 103", "too-many-1xx", /5/, (s) => pour(s, "", "HTTP/1.1 103 Early\r\n\r\n")],
    ["H51 endless 100", "too-many-1xx", /5/, (s) => pour(s, "", "HTTP/1.1 100 Continue\r\n\r\n")],
    ["H52 101 uninvited", "unexpected-upgrade", /101/, (s) => s.write("HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n")],
    ["H53 HTTP/0.9", "malformed", /<html>/, (s) => s.write("<html>hi</html>")],
    ["H53 SSH", "malformed", /SSH-2\.0/, (s) => s.write("SSH-2.0-OpenSSH_9.2\r\n")],
    ["H53 TLS alert", "malformed", /\\u0015\\u0003/, "\x15\x03\x01\x00\x02\x02\x46"],
    ["H53 HTTP/2 preface", "malformed", /PRI/, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["H53 HTTP/2 in words", "malformed", /HTTP\/2\.0/, "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ["H54 body cut", "truncated", /3 of 10 bytes/, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"],
    ["H54 chunks cut", "truncated", /without the last chunk/, `${chunked}5\r\nab`],
    [
      "H54 chunks cut, connection: close",
      "truncated",
      /last chunk/,
      `${chunked.replace("\r\n", "\r\nConnection: close\r\n")}5\r\nab`,
    ],
    ["H55 bytes after the body", "extra-bytes", /4 bytes after/, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcdef"],
    ["H55 a second answer", "extra-bytes", /bytes after/, `${ok("a")}${ok("b")}`],
    ["H55 bytes after the last chunk", "extra-bytes", /3 bytes after/, `${chunked}1\r\nx\r\n0\r\n\r\nabc`],
    [
      "H56 length and chunks",
      "framing",
      /Content-Length/,
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    ],
    [
      "H56 two lengths",
      "framing",
      /Content-Length/,
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    ],
    ["H56 negative length", "framing", /Content-Length/, "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab"],
    [
      "H56 gzip, chunked",
      "framing",
      /gzip, chunked/,
      `${chunked.replace("chunked", "gzip, chunked")}2\r\nab\r\n0\r\n\r\n`,
    ],
    ["H56 a chunk size that is none", "framing", /chunk size/, `${chunked}zz\r\nab\r\n0\r\n\r\n`],
    ["H61 reset at once", "reset", /ECONNRESET/, (s) => s.resetAndDestroy()],
    ["H61 closed at once", "closed", /without an answer/, (s) => s.end()],
    ["H61 closed in the head", "closed", /after 20 bytes/, "HTTP/1.1 200 OK\r\nX-a"],
    [
      "H62 chunk extensions without end",
      "wire-overflow",
      /on the wire/,
      (s) => pour(s, chunked, `1;${"a".repeat(40_000)}\r\nx\r\n`),
    ],
    ["H62 trailers without end", "header-overflow", /trailers/, (s) => pour(s, `${chunked}0\r\n`, "a:b\r\n")],
    ["H63 folded header", "malformed", /whitespace/, "HTTP/1.1 200 OK\r\nX-a: b\r\n  c\r\nContent-Length: 0\r\n\r\n"],
    [
      "H63 escape in a header",
      "malformed",
      /header value/,
      "HTTP/1.1 200 OK\r\nX: \x1b[31m\r\nContent-Length: 0\r\n\r\n",
    ],
    ["H63 NUL in a header", "malformed", /header value/, "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n"],
    ["H63 bare LF", "malformed", /CR/, "HTTP/1.1 200 OK\nContent-Length: 1\n\nx"],
    ["H64 status 099", "malformed", /099/, "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"],
    ["H64 status of two digits", "malformed", /status/, "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"],
    [
      "H64 204 with a body",
      "extra-bytes",
      /3 bytes of body .* 204/,
      "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc",
    ],
  ])("%s: %s", async (_name, problem, detail, answer) => {
    const seen = await ask(answer);
    expect(seen).toMatchObject({ ok: false, problem, detail: expect.stringMatching(detail) });
    expect(seen.ms).toBeLessThan(2000);
    expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
  });

  test("H64 HEAD with a body", async () => {
    expect(await ask(ok("abc"), { method: "HEAD" })).toMatchObject({ ok: false, problem: "extra-bytes" });
    const bare = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
    expect(await ask(bare, { method: "HEAD" })).toMatchObject({ ok: true, status: 200, bytes: 0 });
  });

  test("H61 reset in the body keeps what had come apart", async () => {
    const cut = (head: string) =>
      ask((s) => s.write(`${head}\r\nabc`, () => setTimeout(() => s.resetAndDestroy(), 20)));
    const promised = await cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n");
    expect(promised).toMatchObject({
      ok: false,
      problem: "reset",
      phase: "body",
      partial: { status: 200, body: "abc" },
    });
    expect(await cut("HTTP/1.1 200 OK\r\n")).toMatchObject({ ok: false, problem: "reset", phase: "body" });
  });
});

describe("bounds", () => {
  const deadlineMs = 250;
  test.each<[name: string, phase: string, answer: Answer]>([
    ["H42 accepts and is silent", "headers", () => undefined],
    ["H47 head byte by byte", "headers", (s) => drip(s, "", "HTTP/1.1 200 OK\r\nX: a")],
    ["H48 body byte by byte", "body", (s) => drip(s, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "a")],
  ])("%s: the deadline is total", async (_name, phase, answer) => {
    const seen = await ask(answer, { deadlineMs });
    expect(seen).toMatchObject({ ok: false, problem: "timeout", phase });
    expect(seen.ms).toBeGreaterThanOrEqual(deadlineMs - 5);
    expect(seen.ms).toBeLessThan(deadlineMs + 1000);
  });

  test("H57 an endless body is no answer; its beginning is kept", async () => {
    const seen = await ask((s) => pour(s, chunked, `1000\r\n${"a".repeat(4096)}\r\n`), {
      bodyBytesMax: 1000,
    });
    expect(seen).toMatchObject({ ok: false, problem: "body-overflow", partial: { body: "a".repeat(1000) } });
    expect(seen).toMatchObject({
      detail: expect.stringMatching(/^the body has at least \d+ bytes; conform reads no more than 1000$/),
    });
  });

  test("a body exactly as long as the bound is whole", async () => {
    expect(await ask(ok("abcd"), { bodyBytesMax: 4 })).toMatchObject({ ok: true, truncated: false, body: "abcd" });
    expect(await ask(ok("abcde"), { bodyBytesMax: 4 })).toMatchObject({ ok: false, problem: "body-overflow" });
    const cut = { ok: true, truncated: true, body: "abcd" };
    expect(await ask(ok("abcde"), { bodyBytesMax: 4, mayCut: true })).toMatchObject(cut);
  });

  test("H58 gzip is undone on demand, up to a bound", async () => {
    const zipped = (text: string) => {
      const body = gzipSync(text);
      return `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n${body.toString("latin1")}`;
    };
    expect(await ask(zipped("up 1\n"), { gunzipBytesMax: 100 })).toMatchObject({
      ok: true,
      body: "up 1\n",
      decoded: "gzip",
    });
    const bomb = await ask(zipped("a".repeat(5_000_000)), { gunzipBytesMax: 1000 });
    expect(bomb).toMatchObject({ ok: false, problem: "encoding", detail: expect.stringContaining("1000") });
    const lie = await ask(ok("plain", "Content-Encoding: gzip\r\n"), { gunzipBytesMax: 100 });
    expect(lie).toMatchObject({ ok: false, problem: "encoding" });
  });

  test("an abort ends it at once", async () => {
    const control = new AbortController();
    const seen = await ask(() => control.abort(), { signal: control.signal });
    expect(seen).toMatchObject({ ok: false, problem: "aborted" });
    expect(await ask(ok(""), { signal: control.signal })).toMatchObject({
      ok: false,
      problem: "aborted",
      phase: "connect",
    });
  });
});
