// The command as a user starts it: dist/conform.cjs as a process, its exit codes, its one-line errors.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepare } from "../../fixtures/modules/pywatt/variants.mjs";

const conform = resolve("dist/conform.cjs");
const reference = resolve("fixtures/modules/pywatt/reference");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "conform-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function run(args: string[], options: { env?: Record<string, string>; cwd?: string } = {}): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [conform, ...args], {
      cwd: options.cwd ?? folder,
      env: { ...process.env, ...options.env },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    child.once("error", failed);
    child.once("close", (code) => done({ code, stdout, stderr }));
  });
}

const quickly = ["--time-scale", "0.5", "--only", "endpoints/*", "--only", "handshake/accepts-untagged-init"];

describe.concurrent("verdicts", () => {
  it("0: a conforming module; reports lie in --out", { timeout: 60_000 }, async () => {
    const out = join(folder, "good");
    const { code, stdout, stderr } = await run([reference, ...quickly, "--out", out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^PARTLY JUDGED {2}\d+ of \d+ requirements, no failure · /m);
    expect(readFileSync(join(out, "junit.xml"), "utf8")).toContain("<testsuite");
    expect(JSON.parse(readFileSync(join(out, "report.json"), "utf8"))).toMatchObject({
      format: 1,
      verdict: { kind: "partial", exit: 0 },
    });
  });

  it("1: a broken module, naming the requirement", { timeout: 60_000 }, async () => {
    const module = join(folder, "broken");
    prepare("endpoints-health-exists", module);
    const { code, stdout } = await run([module, ...quickly, "--reporter", "text"]);
    expect(code).toBe(1);
    expect(stdout).toContain("MUST   endpoints/health-exists");
    expect(stdout).toContain("NOT CONFORMANT");
  });

  it("judge gives the same verdict from the transcript; one cut off is inconclusive", { timeout: 60_000 }, async () => {
    const file = join(folder, "run.ndjson");
    const first = await run([reference, ...quickly, "--transcript", file, "--reporter", "json=-"]);
    const again = await run(["judge", file, "--reporter", "json=-"]);
    expect(again.code).toBe(first.code);
    const outcomes = (text: string) =>
      JSON.parse(text).modules[0].results.map((one: { id: string; outcome: unknown }) => [one.id, one.outcome]);
    expect(outcomes(again.stdout)).toEqual(outcomes(first.stdout));
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    writeFileSync(`${file}.cut`, `${lines.slice(0, -1).join("\n")}\n`);
    expect(await run(["judge", `${file}.cut`])).toMatchObject({ code: 3 });
  });

  it("a command after --, and a binary", { timeout: 60_000 }, async () => {
    const command = await run([
      "--contract",
      "pywatt",
      ...quickly,
      "--reporter",
      "text",
      "--",
      process.execPath,
      join(reference, "module.mjs"),
    ]);
    expect(command).toMatchObject({ code: 0 });
    expect(await run([join(reference, "module"), ...quickly, "--reporter", "text"])).toMatchObject({ code: 0 });
  });

  it("130: Ctrl-C ends the module and writes a partial report", { timeout: 60_000 }, async () => {
    const out = join(folder, "interrupted");
    const child = spawn(
      process.execPath,
      [conform, reference, "--only", "lifecycle/stays-up", "--out", out, "--transcript", join(out, "t.ndjson")],
      { cwd: folder, stdio: "ignore" },
    );
    const closed = new Promise<number | null>((done) => child.once("close", done));
    await until(
      () => existsSync(join(out, "t.ndjson")) && readFileSync(join(out, "t.ndjson"), "utf8").includes('"verb":"await"'),
    );
    child.kill("SIGINT");
    expect(await closed).toBe(130);
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
    expect(report.modules[0]).toMatchObject({ partial: "interrupted by SIGINT", verdict: { kind: "inconclusive" } });
  });
});

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error("it did not happen within 20 s");
    await new Promise((done) => setTimeout(done, 25));
  }
}

describe.concurrent("3: inconclusive", () => {
  it("a URL that nobody answers, in one line, with a report", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };
    await new Promise((done) => server.close(done));
    const out = join(folder, "unreachable");
    const { code, stdout } = await run([`http://127.0.0.1:${port}`, "--contract", "pywatt", "--out", out]);
    expect(code).toBe(3);
    expect(stdout).toContain("does not answer");
    expect(JSON.parse(readFileSync(join(out, "report.json"), "utf8")).verdict.kind).toBe("inconclusive");
  });
});

describe.concurrent("2: mistakes are one line with the likely fix", () => {
  const table: [what: string, args: () => string[], message: RegExp][] = [
    ["nothing to judge", () => [], /nothing to judge; name a module's folder/],
    ["a missing file", () => ["./nowhere"], /^conform: \.\/nowhere: no such file or folder\n$/],
    [
      "an address without scheme",
      () => ["localhost:4100"],
      /no such file or folder; for a running service write http:\/\/localhost:4100/,
    ],
    [
      "a folder that no contract fits",
      () => [made("empty")],
      /no contract fits this folder; choose one with --contract\. Known: .*pywatt \(manifest\.toml\)/,
    ],
    ["a file without run bit", () => [file("script.sh", "#!/bin/sh\n")], /has no run bit; run `chmod \+x/],
    [
      "a folder that nobody knows how to start",
      () => [moduleWithoutStart()],
      /does not know how to start this module; name the command with --run/,
    ],
    ["an unknown contract", () => [reference, "--contract", "pywat"], /no contract "pywat"; did you mean "pywatt"\?/],
    ["an unknown version", () => [reference, "--contract", "pywatt@9"], /no version 9 of contract pywatt/],
    ["an unknown flag", () => [reference, "--strickt"], /unknown option '--strickt'\n\(Did you mean --strict\?\)/],
    ["an unknown reporter", () => [reference, "--reporter", "junti"], /no reporter "junti"; did you mean "junit"\?/],
    ["an unknown profile", () => [reference, "--profile", "quik"], /has no profile "quik"; did you mean "quick"\?/],
    [
      "a glob that matches nothing",
      () => [reference, "--only", "metric/*"],
      /no requirement of pywatt matches "metric\/\*"/,
    ],
    ["a bad level", () => [reference, "--level", "most"], /Allowed choices are must, should, may/],
    ["a bad number", () => [reference, "--jobs", "many"], /expected a number above 0/],
    ["a parameter that is not there", () => [reference, "--set", "prot=1"], /contract pywatt has no parameter "prot"/],
    ["credentials in a URL", () => ["http://me:secret@127.0.0.1:1"], /credentials do not belong in the URL/],
    ["a URL of another kind", () => ["ftp://127.0.0.1"], /only http and https URLs can be probed/],
    [
      "a bad configuration",
      () => [configured("strickt: true\n")],
      /conform\.yaml:1:1: unknown key "strickt"; did you mean "strict"\?/,
    ],
    [
      "a requirement that is not there",
      () => ["explain", "metrics/exist"],
      /no requirement "metrics\/exist"; did you mean "metrics\/exists"\?/,
    ],
    ["a transcript that is none", () => ["judge", file("no.ndjson", "{}\n")], /no\.ndjson|not a transcript|header/],
    ["a command that is not there", () => ["--contract", "pywatt", "--", "./nowhere"], /nowhere: no such file/],
  ];
  it.each(table)("%s", async (_, args, message) => {
    const { code, stdout, stderr } = await run(args());
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

function made(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o644);
  return path;
}

function moduleWithoutStart(): string {
  const path = made("no-start");
  writeFileSync(join(path, "manifest.toml"), 'name = "x"\n');
  return path;
}

function configured(text: string): string {
  const path = made("configured");
  writeFileSync(join(path, "manifest.toml"), 'name = "x"\n');
  writeFileSync(join(path, "conform.yaml"), text);
  return path;
}

describe.concurrent("offline commands", () => {
  it("--version, also as JSON", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    const ask = (...args: string[]) => spawnSync(process.execPath, [conform, ...args], { encoding: "utf8" });
    expect(ask("--version")).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(JSON.parse(ask("--version", "--json").stdout)).toMatchObject({ conform: version, node: process.version });
  });

  it("--help of each command has an example", async () => {
    for (const command of [[], ["list"], ["explain"], ["contracts"], ["judge"], ["metrics"], ["report"]]) {
      const { code, stdout } = await run([...command, "--help"]);
      expect(code).toBe(0);
      expect(stdout, command.join(" ")).toMatch(/Examples?:/);
    }
  });

  it("list, explain, contracts", async () => {
    const listed = JSON.parse((await run(["list", "--contract", "pywatt", "--json"])).stdout);
    expect(listed[0].requirements.length).toBeGreaterThan(80);
    const explained = await run(["explain", "pywatt:metrics/counters-monotonic"]);
    expect(explained.stdout).toMatch(/MUST {2}pywatt:metrics\/counters-monotonic\n {2}No counter falls/);
    expect((await run(["contracts"])).stdout).toContain("pywatt@1.0.0");
  });
});
