#!/usr/bin/env node
// The smallest conforming module for the bench: reads the init line, announces, serves, ends on TERM.
const http = require("node:http");

let text = "";
process.stdin.on("data", (chunk) => {
  text += chunk;
  if (!text.includes("\n")) return;
  process.stdin.removeAllListeners("data");
  const [host, port] = JSON.parse(text).listen.split(":");
  const server = http.createServer((request, response) => {
    const body = { "/health": "OK", "/ping": "pong", "/metrics": "# TYPE up gauge\nup 1\n" }[request.url.split("?")[0]];
    if (request.method !== "GET" || body === undefined) response.statusCode = 404;
    response.setHeader("content-type", "text/plain");
    response.end(body);
  });
  server.listen(Number(port), host, () =>
    process.stdout.write(`${JSON.stringify({ listen: `${host}:${port}`, endpoints: [] })}\n`),
  );
});
process.on("SIGTERM", () => process.exit(0));
