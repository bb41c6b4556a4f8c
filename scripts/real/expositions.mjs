// Scrapes real exporters and client libraries and judges each body beside promtool and Prometheus' own parsers; by hand, outside CI.
//   node scripts/real/expositions.mjs [folder to build and keep things in]
// Needs what it finds of: npm, python3, go, cargo, mvn and javac, apt-get (Debian). The dated result stands in docs/real-modules.md.
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("expositions", import.meta.url));
const conform = fileURLToPath(new URL("../../dist/conform.cjs", import.meta.url));
const work = resolve(process.argv[2] ?? mkdtempSync(join(tmpdir(), "expositions-")));

const NPM =
  "prom-client@15.1.3 express@5 express-prom-bundle@8.0.0 fastify@5 fastify-metrics@14.1.0 promjs@0.4.2 prometheus-api-metrics@4.0.0 @opentelemetry/exporter-prometheus@0.301.0 @opentelemetry/sdk-metrics";
const PYPI =
  "prometheus-client==0.26.0 starlette-exporter==0.24.0 prometheus-fastapi-instrumentator==8.1.0 fastapi uvicorn flask prometheus-flask-exporter==0.23.2 django django-prometheus==2.5.0 opentelemetry-sdk opentelemetry-exporter-prometheus==0.66b2 aioprometheus==23.12.0 aiohttp prometheus-async==26.1.0";
const GO =
  "github.com/prometheus/client_golang@v1.25.0 github.com/VictoriaMetrics/metrics@v1.45.0 go.opentelemetry.io/otel/exporters/prometheus@v0.69.0 github.com/uber-go/tally/v4@v4.1.17 github.com/hashicorp/go-metrics@v0.7.0";
const CARGO = `[package]
name = "exporters"
version = "0.1.0"
edition = "2021"

[dependencies]
prometheus = { version = "=0.14.0", default-features = false }
prometheus-client = "=0.26.0"
metrics = "0.24"
metrics-exporter-prometheus = { version = "=0.18.3", default-features = false }

[profile.dev]
debug = false
`;
const DEBIAN =
  "prometheus-node-exporter prometheus-blackbox-exporter prometheus-pushgateway prometheus-alertmanager prometheus-process-exporter prometheus-redis-exporter prometheus-snmp-exporter prometheus-apache-exporter prometheus caddy etcd-server";

/** Each ecosystem: what must be there afterwards, how to build it in its folder, which files to copy, and what starts the exporters. */
const ECOSYSTEMS = {
  npm: {
    copy: ["exporters.mjs"],
    built: "node_modules",
    build: `echo '{"type":"module","private":true}' > package.json; npm install --legacy-peer-deps --no-audit --no-fund ${NPM}`,
    start: [process.execPath, "exporters.mjs"],
  },
  pypi: {
    copy: ["exporters.py"],
    built: "v/bin/python",
    build: `python3 -m venv v && v/bin/pip install -q ${PYPI}`,
    start: ["v/bin/python", "exporters.py"],
  },
  go: {
    copy: ["main.go"],
    built: "exporters",
    build: `go mod init real; go get ${GO} && go mod tidy && go build -o exporters .`,
    start: ["./exporters"],
  },
  crates: {
    copy: ["main.rs"],
    built: "target/debug/exporters",
    build: "mkdir -p src && cp main.rs src/ && cargo build --quiet",
    files: { "Cargo.toml": CARGO },
    start: ["target/debug/exporters"],
  },
  maven: {
    copy: ["Exporters.java", "pom.xml"],
    built: "out/Exporters.class",
    build: "mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib && javac -cp 'lib/*' -d out Exporters.java",
    start: ["java", "-cp", "lib/*:out", "Exporters"],
  },
  parser: {
    copy: ["parser.go"],
    built: "parser",
    build:
      "go mod init parser; go get github.com/prometheus/prometheus@v0.316.0 && go mod tidy && go build -o parser parser.go",
  },
  debian: { copy: [], built: "root", build: `apt-get download ${DEBIAN} && for d in *.deb; do dpkg -x $d root; done` },
};

/** Programs of Debian: arguments for a port. */
const DAEMONS = {
  "usr/bin/prometheus-node-exporter": (port) => [`--web.listen-address=127.0.0.1:${port}`],
  "usr/bin/prometheus-blackbox-exporter": (port) => [
    `--web.listen-address=127.0.0.1:${port}`,
    "--config.file=etc/prometheus/blackbox.yml",
  ],
  "usr/bin/prometheus-pushgateway": (port) => [`--web.listen-address=127.0.0.1:${port}`],
  "usr/bin/prometheus-alertmanager": (port) => [
    `--web.listen-address=127.0.0.1:${port}`,
    "--config.file=etc/prometheus/alertmanager.yml",
    "--storage.path=data-am",
    "--cluster.listen-address=",
  ],
  "usr/bin/prometheus-process-exporter": (port) => [`-web.listen-address=127.0.0.1:${port}`, "-procnames=node"],
  "usr/bin/prometheus-redis-exporter": (port) => [`--web.listen-address=127.0.0.1:${port}`],
  "usr/bin/prometheus-snmp-exporter": (port) => [
    `--web.listen-address=127.0.0.1:${port}`,
    "--config.file=etc/prometheus/snmp.yml",
  ],
  "usr/bin/prometheus-apache-exporter": (port) => [
    `--web.listen-address=127.0.0.1:${port}`,
    "--telemetry.endpoint=/metrics",
  ],
  "usr/bin/prometheus": (port) => [
    `--web.listen-address=127.0.0.1:${port}`,
    "--config.file=etc/prometheus/prometheus.yml",
    "--storage.tsdb.path=data-prom",
  ],
  "usr/bin/etcd": (port) => [
    "--data-dir=data-etcd",
    `--listen-client-urls=http://127.0.0.1:${port}`,
    `--advertise-client-urls=http://127.0.0.1:${port}`,
    "--listen-peer-urls=http://127.0.0.1:0",
  ],
};

const children = [];

function start(argv, cwd) {
  const child = spawn(argv[0], argv.slice(1), { cwd, stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  return child;
}

/** Exporters `[name, url]` of one ecosystem, running. */
async function exporters(name) {
  const cwd = join(work, name);
  if (name === "debian") return debian(join(cwd, "root"));
  const child = start(ECOSYSTEMS[name].start, cwd);
  const found = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "READY") break;
    const [, what, url] = /^(\S+) (http:\S+)$/.exec(line) ?? [];
    if (url !== undefined) found.push([what, url]);
  }
  child.stdout.resume();
  return found;
}

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

async function debian(root) {
  const found = [];
  for (const [program, argv] of Object.entries(DAEMONS)) {
    if (!existsSync(join(root, program))) continue;
    const port = await freePort();
    start([join(root, program), ...argv(port)], root).stdout.resume();
    const url = `http://127.0.0.1:${port}/metrics`;
    const answers =
      spawnSync("curl", ["-fsS", "-o", "/dev/null", "--retry", "15", "--retry-delay", "1", "--retry-all-errors", url])
        .status === 0;
    if (answers) found.push([`debian ${program.split("/").at(-1)}`, url]);
    else console.error(`${program}: does not answer`);
  }
  return found;
}

function build(name) {
  const { copy, built, build: command, files = {} } = ECOSYSTEMS[name];
  const cwd = join(work, name);
  mkdirSync(cwd, { recursive: true });
  for (const file of copy) copyFileSync(join(here, file), join(cwd, file));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(cwd, file), text);
  if (existsSync(join(cwd, built))) return true;
  const { status } = spawnSync("bash", ["-c", command], { cwd, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) console.error(`${name}: not built, left out`);
  return status === 0;
}

const ACCEPTS = {
  text: "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.3",
  openmetrics:
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7,application/openmetrics-text;version=0.0.1;q=0.6,text/plain;version=0.0.4;q=0.4",
  "openmetrics@2":
    "application/openmetrics-text;version=2.0.0;escaping=allow-utf-8;q=0.7,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3",
};

/** One connection for each request: small servers close idle ones without a word. */
function ask(url, accept) {
  return new Promise((done, reject) => {
    get(url, { agent: false, headers: { accept, "accept-encoding": "identity" } }, async (answer) => {
      const chunks = await answer.toArray();
      done({ type: answer.headers["content-type"] ?? "", body: Buffer.concat(chunks) });
    }).once("error", reject);
  });
}

/** One row for each different kind of answer that the exporter gives. */
async function judge(name, url, { promtool, parser }) {
  const rows = [];
  const seen = new Set();
  for (const accept of Object.values(ACCEPTS)) {
    const { type, body } = await ask(url, accept);
    const kind = type.includes("openmetrics") ? (/version=2/.test(type) ? "openmetrics@2" : "openmetrics") : "text";
    if (seen.has(kind)) continue;
    seen.add(kind);
    const file = join(work, "bodies", `${name.replace(/\W+/g, "-")}.${kind.replace("@", "")}.txt`);
    writeFileSync(file, body);
    writeFileSync(`${file}.type`, `${type}\n`);
    const format = { text: "prometheus", openmetrics: "openmetrics@1", "openmetrics@2": "openmetrics@2" }[kind];
    const argv = [conform, "metrics", url, "--format", format, "--reporter", "json"];
    const report = JSON.parse(spawnSync(process.execPath, argv, { maxBuffer: 1 << 28 }).stdout);
    const findings = report.expositions.flatMap((one) => one.findings);
    const ids = (level) =>
      [...new Set(findings.filter((one) => one.level === level && !LINT.has(one.id)).map(({ id }) => id))].sort();
    const lints = new Set(
      findings.filter(({ id }) => LINT.has(id)).map(({ family, message }) => `${family} ${message}`),
    );
    const unlisted = findings.filter(({ id }) => LINT.has(id)).reduce((sum, { more = 0 }) => sum + more, 0);
    const tool =
      kind === "text" && promtool !== undefined
        ? spawnSync(promtool, ["check", "metrics"], { input: body, encoding: "utf8" })
        : undefined;
    const complaints =
      tool === undefined
        ? undefined
        : tool.status === 1
          ? "refuses"
          : new Set(tool.stderr.trim().split("\n").filter(Boolean));
    const parsed =
      parser === undefined ? undefined : spawnSync(parser, [type], { input: body, encoding: "utf8" }).stdout.trim();
    rows.push({
      name,
      kind,
      lines: body.toString().split("\n").length - 1,
      must: ids("MUST"),
      should: ids("SHOULD"),
      lint: difference(lints, unlisted, complaints),
      parsed,
    });
  }
  return rows;
}

const LINT = new Set(
  "no-help base-unit counter-total non-counter-total reserved-bucket reserved-count reserved-sum reserved-le reserved-quantile type-in-name colon metric-camel-case label-camel-case unit-abbreviation duplicate-metric".split(
    " ",
  ),
);

/** How the lint pass and promtool differ, in words. Reports list 50 findings of one rule and count the others. */
function difference(own, unlisted, theirs) {
  const count = own.size + unlisted;
  if (theirs === undefined) return `${count}`;
  if (theirs === "refuses") return "promtool refuses the body";
  const more = [...own].filter((one) => !theirs.has(one));
  const less = [...theirs].filter((one) => !own.has(one));
  if (more.length === 0 && less.length === unlisted) return `${count} = promtool`;
  return `${count}; only ours: ${more.join("; ")}; only promtool: ${less.join("; ")}`;
}

mkdirSync(join(work, "bodies"), { recursive: true });
try {
  const parser = build("parser") ? join(work, "parser/parser") : undefined;
  const promtool = process.env.CONFORM_PROMTOOL;
  if (promtool === undefined) console.error("CONFORM_PROMTOOL names no promtool: its column is left out");
  const rows = [];
  for (const name of Object.keys(ECOSYSTEMS).filter((one) => one !== "parser" && build(one)))
    for (const [what, url] of await exporters(name)) rows.push(...(await judge(what, url, { promtool, parser })));
  console.log(
    "| exporter | answers | lines | MUST | SHOULD | lint | Prometheus' parser |\n| --- | --- | --- | --- | --- | --- | --- |",
  );
  for (const { name, kind, lines, must, should, lint, parsed } of rows)
    console.log(`| ${[name, kind, lines, must.join(", "), should.join(", "), lint, parsed].join(" | ")} |`);
  console.log(`\n${rows.length} bodies, kept in ${readdirSync(work).length > 0 ? join(work, "bodies") : work}`);
} finally {
  for (const child of children) child.kill("SIGKILL");
}
