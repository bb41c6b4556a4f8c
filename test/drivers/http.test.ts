// The HTTP driver against servers that keep or break HTTP in one way each (raw TCP, nothing mocked).
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { literalLoopback } from "../../src/drivers/net/connect.ts";
import { exchange } from "../../src/drivers/net/http.ts";
import { type Answer, ask, serve } from "./hostile-server.ts";

const ok = (body: string, headers = "") => `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("a good answer", () => {
  test("is observed whole, with timings in order", async () => {
    const seen = await ask(ok("hello", "X-A: 1\r\nx-a: 2\r\n"));
    expect(seen).toMatchObject({
      ok: true,
      method: "GET",
      path: "/x?y=1",
      status: 200,
      reason: "OK",
      http: "1.1",
      headers: [
        ["x-a", "1"],
        ["x-a", "2"],
        ["content-length", "5"],
      ],
      body: "hello",
      bytes: 5,
      truncated: false,
      sha256: createHash("sha256").update("hello").digest("hex"),
    });
    if (!seen.ok) throw new Error("not ok");
    expect(seen.connect_ms).toBeLessThanOrEqual(seen.ttfb_ms);
    expect(seen.ttfb_ms).toBeLessThanOrEqual(seen.ms);
  });

  test("is asked for plainly, on a connection of its own", async () => {
    const server = await serve(ok("x"));
    const request = { method: "GET", url: server.base, deadlineMs: 5000, bodyBytesMax: 100, headerBytesMax: 16_384 };
    await exchange(request);
    await exchange({ ...request, headers: { Accept: null, "User-Agent": "mine" } });
    expect(server.connections()).toBe(2);
    expect(server.requests[0]).toMatch(
      /^GET \/ HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nconnection: close\r\nuser-agent: conform\/\S+\r\naccept: \*\/\*\r\naccept-encoding: identity\r\n\r\n$/,
    );
    expect(server.requests[1]).toContain("user-agent: mine");
    expect(server.requests[1]).not.toContain("accept:");
    await server.close();
  });

  test.each<[string, Answer, object]>([
    ["HTTP/1.0 that ends with the connection", "HTTP/1.0 200\r\n\r\nhello", { http: "1.0", body: "hello" }],
    ["a 100 that nobody asked for", `HTTP/1.1 100 Continue\r\n\r\n${ok("x")}`, { body: "x", interim: [100] }],
    [
      "five 103",
      `${"HTTP/1.1 103 Early\r\nLink: a\r\n\r\n".repeat(5)}${ok("x")}`,
      { interim: [103, 103, 103, 103, 103] },
    ],
    ["trailers", `${chunked}1\r\nx\r\n0\r\nT: v\r\n\r\n`, { body: "x", trailers: [["t", "v"]] }],
    ["chunk extensions", `${chunked}1;a=b\r\nx\r\n0\r\n\r\n`, { body: "x" }],
    [
      "304 that names the length it would have",
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
      { status: 304, bytes: 0 },
    ],
    [
      "a redirect, not followed",
      "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
      { status: 302 },
    ],
    ["a status nobody knows", "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", { status: 999, reason: "What" }],
    ["a body that is no UTF-8", "HTTP/1.1 200 OK\r\n\r\n\xff\xfe", { body_b64: "//4=" }],
    [
      "a Latin-1 header",
      "HTTP/1.1 200 OK\r\nX: \xe9\r\nContent-Length: 0\r\n\r\n",
      {
        headers: [
          ["x", "é"],
          ["content-length", "0"],
        ],
      },
    ],
    ["an encoding nobody asked for, left as it is", ok("\x1f\x8b", "Content-Encoding: gzip\r\n"), { body_b64: "H4s=" }],
  ])("%s", async (_name, answer, expected) => {
    expect(await ask(answer)).toMatchObject({ ok: true, ...expected });
  });

  test("3,000 tiny headers are all there, the last one too", async () => {
    const seen = await ask(ok("x", "a:b\r\n".repeat(3000)));
    expect(seen).toMatchObject({ ok: true, body: "x" });
    expect(seen.ok && seen.headers.length).toBe(3001);
  });

  test("split at every byte says the same", async () => {
    const text = `HTTP/1.1 103 Early\r\n\r\n${chunked}2\r\nab\r\n0\r\n\r\n`;
    const seen = await ask((socket) => {
      socket.setNoDelay(true);
      let i = 0;
      const next = () => (i < text.length ? socket.write(text[i++] ?? "", () => setImmediate(next)) : socket.end());
      next();
    });
    expect(seen).toMatchObject({ ok: true, status: 200, reason: "OK", body: "ab", interim: [103] });
  });

  test("counts although the peer resets right after it", async () => {
    expect(await ask((socket) => socket.write(ok("abc"), () => socket.resetAndDestroy()))).toMatchObject({
      ok: true,
      body: "abc",
    });
  });

  test("and no close after it costs no more than the settling time", async () => {
    const seen = await ask((socket) => socket.write(ok("abc")), { settleMs: 10 });
    expect(seen).toMatchObject({ ok: true, body: "abc" });
  });
});

describe("connecting", () => {
  test("a closed port is refused, a mistake is named, nothing is thrown", async () => {
    const server = await serve("");
    await server.close();
    const request = { method: "GET", url: server.base, deadlineMs: 5000, bodyBytesMax: 10, headerBytesMax: 16_384 };
    expect(await exchange(request)).toMatchObject({ ok: false, problem: "refused", phase: "connect" });
    expect(await exchange({ ...request, url: "ftp://x/" })).toMatchObject({ problem: "bad-request" });
    expect(await exchange({ ...request, url: "no url" })).toMatchObject({ problem: "bad-request" });
    expect(await exchange({ ...request, headers: { "a b": "c" } })).toMatchObject({ problem: "bad-request" });
    expect(await exchange({ ...request, headers: { a: "b\r\nc: d" } })).toMatchObject({ problem: "bad-request" });
    expect(await exchange({ ...request, method: "BAD METHOD" })).toMatchObject({ problem: "bad-request" });
    expect(await exchange({ ...request, url: "http://does-not-exist.invalid/" })).toMatchObject({
      ok: false,
      phase: "connect",
    });
  });

  test("connectTo keeps the URL's host in the request; credentials become a header and are not shown", async () => {
    const server = await serve(ok("x"));
    const seen = await exchange({
      method: "GET",
      url: "http://us%40er:pass@module.example:81/p",
      connectTo: { host: "127.0.0.1", port: server.port },
      loopbackOnly: true,
      deadlineMs: 5000,
      bodyBytesMax: 10,
      headerBytesMax: 16_384,
    });
    await server.close();
    expect(seen).toMatchObject({ ok: true, url: "http://module.example:81/p" });
    expect(server.requests[0]).toContain("host: module.example:81\r\n");
    expect(server.requests[0]).toContain(`authorization: Basic ${Buffer.from("us@er:pass").toString("base64")}`);
  });

  test("TLS spoken to a plain server", async () => {
    const server = await serve(ok("x"));
    const request = {
      method: "GET",
      url: `https://127.0.0.1:${server.port}`,
      deadlineMs: 5000,
      bodyBytesMax: 10,
      headerBytesMax: 9000,
    };
    expect(await exchange(request)).toMatchObject({ ok: false, phase: "connect", problem: "tls" });
    await server.close();
  });

  test.each(["http://127.0.0.1:80/", "http://127.255.0.9", "http://[::1]:1/", "127.0.0.1", "::1", "[::1]"])(
    "H40 %s is loopback",
    (url) => expect(literalLoopback(url)).toBe(true),
  );

  test.each([
    "http://169.254.169.254/",
    "http://localhost/",
    "http://127.0.0.1@evil.example/",
    "http://evil.example#@127.0.0.1/",
    "http://evil.example\\@127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::1%25eth0]/",
    "http://127.0.0.1.evil.example/",
    "http://0.0.0.0/",
    "0.0.0.0",
  ])("H40 %s is not, and nothing is sent", async (url) => {
    expect(literalLoopback(url)).toBe(false);
    const request = { method: "GET", url, loopbackOnly: true, deadlineMs: 1000, bodyBytesMax: 10, headerBytesMax: 10 };
    const seen = await exchange(request);
    expect(["not-loopback", "bad-request"]).toContain(seen.ok ? "" : seen.problem);
  });
});

describe("bodies sent", () => {
  test("arrive whole, with their length", async () => {
    const server = await serve(ok("x"));
    const request = { method: "POST", url: server.base, deadlineMs: 5000, bodyBytesMax: 10, headerBytesMax: 16_384 };
    await exchange({ ...request, body: "äb" });
    await exchange(request);
    expect(server.requests[0]).toMatch(/content-length: 3\r\n\r\nÃ¤b$/);
    expect(server.requests[1]).toMatch(/content-length: 0\r\n\r\n$/);
    await server.close();
  });

  test("wait for 100 Continue, and stay when the answer is final", async () => {
    const go = await ask(
      (socket) => {
        socket.write("HTTP/1.1 100 Continue\r\n\r\n");
        socket.once("data", (body) => socket.end(ok(body.toString())));
      },
      { method: "POST", body: "BODY", expectContinueMs: 5000 },
    );
    expect(go).toMatchObject({ ok: true, body: "BODY", interim: [100] });
    let body = "";
    const no = await ask(
      (socket, head) => {
        expect(head).toContain("expect: 100-continue");
        socket.on("data", (data) => {
          body += data;
        });
        socket.end("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
      },
      { method: "POST", body: "BODY", expectContinueMs: 5000 },
    );
    expect(no).toMatchObject({ ok: true, status: 417 });
    expect(body).toBe("");
  });

  test("an early refusal of a large body is read", async () => {
    const seen = await ask((s) => s.end("HTTP/1.1 413 Big\r\nContent-Length: 0\r\n\r\n"), {
      method: "POST",
      body: "x".repeat(3_000_000),
    });
    expect(seen).toMatchObject({ ok: true, status: 413 });
  });
});
