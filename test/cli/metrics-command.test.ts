// `conform metrics` as a process: files, standard input, URLs, reporters, exit codes.
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { afterAll, describe, expect, test } from "vitest";
import { quietEnv, theCli } from "./the-cli.ts";

const cli = theCli();
afterAll(() => cli.close());

async function metrics(target: string, flags: string[] = [], input: string | Uint8Array = "") {
  const options = { reject: false, input, env: quietEnv(), extendEnv: false } as const;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [cli.file, "metrics", target, ...flags], options);
  return { exitCode, stdout, stderr };
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(cli.folder, name);
  await writeFile(path, content);
  return path;
}

const clean = "# HELP a_total x\n# TYPE a_total counter\na_total 1\n";
const warned = "# HELP a_ms x\n# TYPE a_ms gauge\na_ms 1\n";
const broken = "a 1\nb{ 2\nc x\n";

describe("exit codes", () => {
  test("0 clean, 0 warnings, 1 warnings with --strict, 1 errors", async () => {
    expect((await metrics(await file("clean", clean))).exitCode).toBe(0);
    const path = await file("warned", warned);
    expect((await metrics(path)).exitCode).toBe(0);
    expect((await metrics(path, ["--strict"])).exitCode).toBe(1);
    expect((await metrics(path, ["--strict", "--lint", "none"])).exitCode).toBe(0);
    expect((await metrics("-", [], broken)).exitCode).toBe(1);
  });

  test("2 for a missing file, an unknown rule, an unknown reporter", async () => {
    expect(await metrics(join(cli.folder, "nothing"))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("no file"),
    });
    expect(await metrics("-", ["--lint", "base-units"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('"base-unit"'),
    });
    expect(await metrics("-", ["--reporter", "xml"])).toMatchObject({ exitCode: 2 });
    expect(await metrics("-", ["--format", "protobuf"])).toMatchObject({ exitCode: 2 });
  });

  test("3 for a URL that does not answer, or not with 200", async () => {
    const url = await served((_, response) => response.writeHead(404).end("nothing"));
    expect(await metrics(url)).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("404") });
    expect((await metrics("http://127.0.0.1:1/metrics")).exitCode).toBe(3);
  });
});

describe("reporters", () => {
  test("text names place, rule and line", async () => {
    const { stdout } = await metrics("-", [], broken);
    expect(stdout).toMatch(/^error +2:4 +label-name +expected a label name, found "2"$/m);
    expect(stdout).toMatch(/^nonconformant: 2 errors, 1 warning$/m);
  });

  test("json is one value with every finding", async () => {
    const { stdout } = await metrics("-", ["--reporter", "json", "--extended"], broken);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: "nonconformant",
      expositions: [
        {
          format: "prometheus",
          parses: false,
          errors: 2,
          findings: [
            { id: "label-name", line: 2, column: 4 },
            { id: "number", line: 3, column: 3 },
            { id: "no-help", line: 1 },
          ],
          cardinality: [{ family: "a", series: 1 }],
        },
      ],
    });
  });

  test("junit has one case per rule", async () => {
    const { stdout } = await metrics("-", ["--reporter", "junit", "--lint", "no-help"], broken);
    expect(stdout).toMatch(/<testcase name="parse\/number"[^>]*>\s*<failure type="MUST"/);
    expect(stdout).toContain('<testcase name="lint/no-help"');
    expect(stdout).not.toContain("lint/base-unit");
  });

  test("no control character of a body reaches the terminal", async () => {
    const { stdout } = await metrics(
      "-",
      ["--extended"],
      'a{b="\u001b]0;x\u0007"} z\n\u001b[2J 1\na{c="\u009b1m"} 1\n',
    );
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

const servers: (() => void)[] = [];
afterAll(() => {
  for (const close of servers) close();
});

function served(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle);
  servers.push(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/metrics`);
    });
  });
}

describe("a URL", () => {
  test("that answers both formats is checked in both", async () => {
    const accepts: (string | undefined)[] = [];
    const url = await served((request, response) => {
      accepts.push(request.headers.accept);
      const open = request.headers.accept?.startsWith("application/openmetrics-text") === true;
      response.writeHead(200, { "content-type": open ? "application/openmetrics-text; version=1.0.0" : "text/plain" });
      response.end(open ? clean.replace("HELP a_total", "HELP a").replace("TYPE a_total", "TYPE a") : clean);
    });
    const { exitCode, stdout } = await metrics(url, ["--reporter", "json"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).expositions).toMatchObject([
      { format: "prometheus", valid: true },
      { format: "openmetrics", valid: false, findings: [{ id: "content-type-charset" }, { id: "eof" }] },
    ]);
    expect(accepts).toHaveLength(2);
  });

  test("that knows one format is checked once; its content type counts", async () => {
    const url = await served((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(clean));
    const { stdout } = await metrics(url, ["--reporter", "json"]);
    expect(JSON.parse(stdout).expositions).toMatchObject([
      { format: "prometheus", findings: [{ id: "content-type" }] },
    ]);
  });

  test("with a gzip body is read, with a cap on what comes out", async () => {
    const url = await served((_, response) =>
      response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" }).end(gzipSync(clean)),
    );
    expect((await metrics(url)).exitCode).toBe(0);
    const bomb = await served((_, response) =>
      response
        .writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" })
        .end(gzipSync("a 1\n".repeat(1_000_000))),
    );
    const { exitCode, stdout } = await metrics(bomb, ["--max-bytes", "100000"]);
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout.length).toBeLessThan(50_000);
  });

  test("with a body over the cap is checked in part: no fault of the module, but inconclusive", async () => {
    const url = await served((_, response) =>
      response
        .writeHead(200, { "content-type": "text/plain" })
        .end(clean + Array.from({ length: 50_000 }, (_, i) => `b${i} 1\n`).join("")),
    );
    const { exitCode, stdout } = await metrics(url, ["--max-bytes", "60", "--lint", "none"]);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^inconclusive: 0 errors, 0 warnings; checked in part: /m);
    const { exitCode: broken, stdout: said } = await metrics("-", ["--max-bytes", "8"], "a x\nb 1\nc 1\n");
    expect({ broken, said }).toMatchObject({ broken: 1, said: expect.stringContaining("checked in part") });
  });

  test("is followed through redirects on its host, and that is told; elsewhere and beyond five it is not", async () => {
    const url = await served(({ url: path = "" }, response) => {
      const hop = Number(/hop=(\d+)/.exec(path)?.[1] ?? 0);
      if (path.startsWith("/away")) response.writeHead(302, { location: "http://metrics.example/" }).end();
      else if (hop > 0) response.writeHead(307, { location: `/?hop=${hop - 1}` }).end();
      else response.writeHead(200, { "content-type": "text/plain" }).end(clean);
    });
    const five = await metrics(`${url}?hop=5`);
    expect(five).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("answered 307 with Location /?hop=4") });
    expect(await metrics(`${url}?hop=6`)).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("Location") });
    const away = await metrics(url.replace("/metrics", "/away"));
    expect(away).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("leads to another host") });
  });

  test("that fails in one format keeps the other one's result", async () => {
    const refusing = (status: number) =>
      served((request, response) => {
        const open = request.headers.accept?.startsWith("application/openmetrics-text") === true;
        response.writeHead(open ? status : 200, { "content-type": "text/plain" }).end(open ? "no" : clean);
      });
    const { exitCode, stdout } = await metrics(await refusing(500));
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^conformant: 0 errors/m);
    expect(stdout).toMatch(/OpenMetrics: answered 500/);
    expect((await metrics(await refusing(406))).exitCode).toBe(0);
  });

  test("is asked as Prometheus asks; protobuf and encodings that were not asked for are one finding", async () => {
    const asked: string[] = [];
    const url = await served((request, response) => {
      asked.push(request.headers.accept ?? "");
      response.writeHead(200, { "content-type": "application/vnd.google.protobuf; encoding=delimited" });
      response.end(Buffer.from([10, 5, 97, 98, 99, 0, 255, 10, 10]));
    });
    const { exitCode, stdout } = await metrics(url);
    expect(exitCode).toBe(1);
    expect(stdout.match(/^error/gm)).toHaveLength(1);
    expect(asked.at(-1)).toMatch(/^application\/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7,/);
    const brotli = await served((_, response) =>
      response.writeHead(200, { "content-type": "text/plain", "content-encoding": "br" }).end("\u0001\u0002\n"),
    );
    const { stdout: encoded } = await metrics(brotli, ["--format", "prometheus"]);
    expect(encoded.match(/^error/gm)).toHaveLength(1);
  });

  test("of a version nobody knows is inconclusive; 2.0 is asked for by its name", async () => {
    const asked: string[] = [];
    const url = await served((request, response) => {
      asked.push(request.headers.accept ?? "");
      const two = request.headers.accept?.includes("version=2.0.0") === true;
      const type = `application/openmetrics-text; version=${two ? "2.0.0" : "7.0.0"}; charset=utf-8`;
      response.writeHead(200, { "content-type": type });
      response.end("# TYPE s summary\ns {count:1,sum:1,quantile:[]} st@1\n# EOF\n");
    });
    const unknown = await metrics(url, ["--format", "openmetrics"]);
    expect(unknown).toMatchObject({ exitCode: 3, stdout: expect.stringContaining("inconclusive") });
    const two = await metrics(url, ["--format", "openmetrics@2", "--lint", "none"]);
    expect(two).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("OpenMetrics 2.0") });
    expect(asked.at(-1)).toContain("version=2.0.0;escaping=allow-utf-8");
  });
});

test("--version-info names the versions of formats and lint", async () => {
  expect(await metrics("--version-info")).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("1.25") });
});

test("a gzip file is opened", async () => {
  const { exitCode, stdout } = await metrics(await file("clean.gz", gzipSync(clean)));
  expect({ exitCode, opened: stdout.includes("gzip undone") }).toEqual({ exitCode: 0, opened: true });
});
