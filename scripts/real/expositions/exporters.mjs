// Exporters of npm libraries: each on its own port, called as its documentation shows.
import { createServer } from "node:http";
import client from "prom-client";

const tell = (name, port, path = "/metrics") => console.log(`${name} http://127.0.0.1:${port}${path}`);
const listening = (server) =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));

function registry(type) {
  const r = new client.Registry(type);
  client.collectDefaultMetrics({ register: r });
  const labelNames = ["path", "code"];
  const counter = new client.Counter({
    name: "http_requests_total",
    help: 'Requests\\by "path"\nand code.',
    labelNames,
    registers: [r],
    enableExemplars: type !== undefined,
  });
  const histogram = new client.Histogram({
    name: "request_duration_seconds",
    help: "Durations.",
    labelNames: ["path"],
    registers: [r],
    enableExemplars: type !== undefined,
  });
  if (type === undefined) {
    counter.inc({ path: '/a "b"\\c\n', code: "200" }, 3);
    for (let i = 0; i < 20; i++) histogram.observe({ path: "/" }, i / 20);
  } else {
    counter.inc({ labels: { path: '/a "b"\\c\n', code: "200" }, value: 3, exemplarLabels: { trace_id: "abc123" } });
    for (let i = 0; i < 20; i++)
      histogram.observe({ labels: { path: "/" }, value: i / 20, exemplarLabels: { trace_id: `${i}` } });
  }
  new client.Summary({ name: "response_size_bytes", help: "Sizes.", registers: [r] }).observe(120);
  new client.Gauge({ name: "queue_length", help: "Waiting.", registers: [r] }).set(-2.5);
  return r;
}

const exporters = {
  async promClient() {
    for (const [name, type] of [
      ["prom-client", undefined],
      ["prom-client-openmetrics", client.Registry.OPENMETRICS_CONTENT_TYPE],
    ]) {
      const r = registry(type);
      const server = createServer(async (_, answer) => {
        const body = await r.metrics();
        answer.setHeader("Content-Type", r.contentType).end(body);
      });
      tell(name, await listening(server));
    }
  },
  async express() {
    const { default: express } = await import("express");
    const { default: bundle } = await import("express-prom-bundle");
    const app = express();
    app.use(
      bundle({ includeMethod: true, includePath: true, includeUp: true, promClient: { collectDefaultMetrics: {} } }),
    );
    app.get("/hello", (_, answer) => answer.send("hi"));
    const port = await listening(createServer(app));
    await fetch(`http://127.0.0.1:${port}/hello`);
    tell("express-prom-bundle", port);
  },
  async fastify() {
    const { default: fastify } = await import("fastify");
    const { default: metrics } = await import("fastify-metrics");
    const app = fastify();
    await app.register(metrics.default ?? metrics, { endpoint: "/metrics", clearRegisterOnInit: true });
    app.get("/hello", async () => "hi");
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address();
    await fetch(`http://127.0.0.1:${port}/hello`);
    tell("fastify-metrics", port);
  },
  async openTelemetry() {
    const { PrometheusExporter } = await import("@opentelemetry/exporter-prometheus");
    const { MeterProvider } = await import("@opentelemetry/sdk-metrics");
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    const exporter = new PrometheusExporter({ port, host: "127.0.0.1" });
    const meter = new MeterProvider({ readers: [exporter] }).getMeter("example.com/meter");
    meter
      .createCounter("http.server.requests", { unit: "{request}", description: "Requests." })
      .add(3, { "http.method": "GET" });
    meter.createHistogram("http.server.duration", { unit: "ms" }).record(12.5, { "http.method": "GET" });
    meter.createUpDownCounter("queue.size", { unit: "By" }).add(-4);
    tell("opentelemetry-js", port);
  },
  async promjs() {
    const { default: prom } = await import("promjs");
    const r = prom();
    r.create("counter", "requests_total", "Requests.").inc({ path: "/" });
    r.create("gauge", "queue_length", "Waiting.").set(2);
    r.create("histogram", "request_duration_seconds", "Durations.", [0.1, 1]).observe(0.3);
    const server = createServer((_, answer) =>
      answer.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8").end(r.metrics()),
    );
    tell("promjs", await listening(server));
  },
  async prometheusApiMetrics() {
    client.register.clear();
    const { default: express } = await import("express");
    const { default: apiMetrics } = await import("prometheus-api-metrics");
    const app = express();
    app.use(apiMetrics());
    app.get("/hello", (_, answer) => answer.send("hi"));
    const port = await listening(createServer(app));
    await fetch(`http://127.0.0.1:${port}/hello`);
    tell("prometheus-api-metrics", port);
  },
};

for (const [name, start] of Object.entries(exporters))
  await start().catch((error) => console.error(`${name}: ${error.message}`));
console.log("READY");
