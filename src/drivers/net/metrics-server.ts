// A small HTTP server: /metrics for Prometheus, /health, and a page that says where these are. Nothing else.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { UsageError } from "../../base/errors.ts";
import { hasParts } from "../../base/json.ts";

export interface MetricsServer {
  /** `http://127.0.0.1:9464`. */
  url: string;
  close(): Promise<void>;
}

/** `127.0.0.1:9464`, `[::1]:0`, `:9464` (loopback). Throws UsageError. */
export function parseListen(text: string): { host: string; port: number } {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]*):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw new UsageError(`--listen ${text}: expected an address and a port such as 127.0.0.1:9464`);
  const host = (match[1] ?? "").replace(/^\[|\]$/g, "");
  return { host: host === "" ? "127.0.0.1" : host, port };
}

/** Serves until closed. Throws UsageError when the address cannot be had. */
export async function serveMetrics(
  listen: { host: string; port: number },
  source: { text(): Promise<string>; contentType: string },
): Promise<MetricsServer> {
  const server = createServer((request, response) => void answer(request, response, source));
  server.requestTimeout = 10_000;
  server.headersTimeout = 10_000;
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "the port is in use" : (error.code ?? error.message);
      reject(new UsageError(`--listen ${listen.host}:${listen.port}: ${why}`));
    });
    server.listen(listen.port, listen.host, resolve);
  });
  const address = server.address();
  const port = hasParts(address) ? address.port : listen.port;
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  source: { text(): Promise<string>; contentType: string },
): Promise<void> {
  const path = (request.url ?? "/").split("?")[0];
  const send = (status: number, type: string, body: string, more: Record<string, string> = {}): void => {
    const head = { "content-type": type, "content-length": String(Buffer.byteLength(body)), ...more };
    response.writeHead(status, { ...head, "x-content-type-options": "nosniff" });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  const plain = "text/plain; charset=utf-8";
  if (request.method !== "GET" && request.method !== "HEAD")
    return send(405, plain, "only GET and HEAD\n", { allow: "GET, HEAD" });
  if (path === "/metrics") return send(200, source.contentType, await source.text());
  if (path === "/health") return send(200, plain, "ok\n");
  if (path === "/") return send(200, plain, "conform monitor: /metrics, /health\n");
  send(404, plain, "not found; there are /metrics and /health\n");
}
