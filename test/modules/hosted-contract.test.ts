// The systemprompt contract at work: the document's own examples, messages with places, hostile modules, many modules in one run.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { prepare as copy } from "../../fixtures/modules/systemprompt/variants.mjs";
import type { Finding } from "../../src/base/judged.ts";
import { parseReport } from "../../src/report/read.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";
import { theCli } from "../cli/the-cli.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const made: string[] = [];
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "hosted-contract-"));
  made.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

async function judged(folder: string, only?: string[], timeScale = 1): Promise<ModuleReport> {
  const prepared = prepare(folder, { contract: "systemprompt@1", timeScale, ...(only === undefined ? {} : { only }) });
  return (await judgeModule(prepared, {})).report;
}

const failed = (report: ModuleReport, level?: string): string[] =>
  report.results
    .filter(({ outcome, level: own }) => outcome.kind === "fail" && (level === undefined || own === level))
    .map(({ id }) => id);

function findingsOf(report: ModuleReport, id: string): Finding[] {
  const outcome = report.results.find((result) => result.id === id)?.outcome;
  return outcome?.kind === "fail" ? outcome.findings : [];
}

describe("the document's own examples", () => {
  it.each(["my-service", "my-daemon"])(
    "%s lacks its README and tests, nothing else",
    { timeout: 120_000 },
    async (name) => {
      const report = await judged(fixture(`modules/systemprompt/seed/${name}`));
      expect(failed(report)).toEqual(["layout/readme-present", "layout/tests-present"]);
      expect(report.results.filter(({ outcome }) => outcome.kind === "error")).toEqual([]);
      expect(report.verdict.exit).toBe(1);
    },
  );
});

describe("findings", () => {
  it("point at line and column of the manifest", { timeout: 60_000 }, async () => {
    const { folder } = copy("manifest-singleton-type", temporary());
    const report = await judged(folder, ["manifest/*"]);
    expect(findingsOf(report, "manifest/singleton-type")).toMatchObject([
      { at: "/singleton", actual: "yes", place: { file: "module.yaml", line: 5, column: 12 } },
    ]);
  });

  it("point at the line where YAML cannot be read", { timeout: 60_000 }, async () => {
    const { folder } = copy("manifest-parses", temporary());
    const [finding] = findingsOf(await judged(folder, ["manifest/parses"]), "manifest/parses");
    expect(finding?.place).toMatchObject({ file: "module.yaml", line: 2 });
  });

  it("name the likely key", { timeout: 60_000 }, async () => {
    const { folder } = copy("manifest-unknown-keys", temporary());
    const [finding] = findingsOf(await judged(folder, ["manifest/unknown-keys"]), "manifest/unknown-keys");
    expect(finding).toMatchObject({ actual: "singelton", expected: "a known key; did you mean singleton?" });
  });

  it("show both places where manifest and class disagree", { timeout: 60_000 }, async () => {
    const { folder } = copy("identity-version-agrees", temporary());
    const report = await judged(folder, [
      "identity/version-agrees",
      "layout/index-present",
      "hygiene/no-absolute-paths",
    ]);
    expect(findingsOf(report, "identity/version-agrees")).toMatchObject([
      {
        expected: "1.0.0 as in module.yaml, line 3",
        actual: expect.stringMatching(/^1\.0\.1 in index\.ts, line \d+$/),
        place: { file: "module.yaml", line: 3 },
      },
    ]);
  });

  it("say what a module needs of its host instead of accusing it", { timeout: 60_000 }, async () => {
    const folder = join(temporary(), "kv-service");
    cpSync(fixture("modules/systemprompt/kv-service"), folder, { recursive: true });
    const index = join(folder, "index.ts");
    writeFileSync(index, `import { log } from '../../../src/log.js';\nlog('x');\n${readFileSync(index, "utf8")}`);
    const report = await judged(folder, ["exports/importable"]);
    const outcome = report.results.find(({ id }) => id === "exports/importable")?.outcome;
    expect(outcome).toMatchObject({ kind: "error", message: expect.stringContaining("../../../src/log.js") });
    expect(report.verdict.kind).toBe("inconclusive");
  });
});

describe("hostile modules", () => {
  const hostile = (name: string) => fixture(`hostile/hosted/${name}`);

  it("that end the process are located", { timeout: 120_000 }, async () => {
    const report = await judged(hostile("exits"));
    expect(findingsOf(report, "exports/importable")).toMatchObject([
      { actual: "the process ended by process.exit at tidy.ts:3", place: { file: "tidy.ts", line: 3 } },
    ]);
  });

  it("that loop for ever cost their deadline once", { timeout: 120_000 }, async () => {
    const from = performance.now();
    const report = await judged(hostile("loops"), undefined, 0.2);
    expect(findingsOf(report, "exports/importable")).toMatchObject([{ actual: expect.stringContaining("blocked") }]);
    expect(failed(report, "MUST").filter((id) => !id.startsWith("layout/"))).toEqual(["exports/importable"]);
    expect(performance.now() - from).toBeLessThan(60_000);
  });

  it("that block the loop in shutdown are told so", { timeout: 120_000 }, async () => {
    const report = await judged(hostile("spins"), ["lifecycle/shutdown-resolves"], 0.3);
    expect(failed(report)).toEqual(["lifecycle/shutdown-resolves"]);
  });

  it("that fill the heap fail at that step", { timeout: 180_000 }, async () => {
    const report = await judged(
      hostile("fills"),
      ["lifecycle/initialize-resolves", "robustness/never-exits-host"],
      0.5,
    );
    const ids = failed(report);
    expect(ids.length).toBe(1);
    expect(["lifecycle/initialize-resolves", "robustness/never-exits-host"]).toContain(ids[0]);
  });

  it("that fork leave nothing behind", { timeout: 120_000 }, async () => {
    const report = await judged(hostile("forks"), ["hygiene/no-children-left"]);
    expect(findingsOf(report, "hygiene/no-children-left").map(({ actual }) => actual)).toEqual(Array(4).fill("sleep"));
  });
});

describe("many modules in one run", () => {
  it("are judged one by one; a circle through them is found", { timeout: 180_000 }, async () => {
    const cli = theCli();
    try {
      const { folder, peers } = copy("deps-acyclic", cli.folder);
      mkdirSync(join(cli.folder, "other"));
      const third = copy("tick-daemon", join(cli.folder, "other")).folder;
      const only = ["--only", "manifest/*", "--only", "deps/*"];
      const answer = await cli.run([folder, ...peers, third, ...only, "--out", "out"]);
      expect(answer.code).toBe(1);
      const report = parseReport(JSON.parse(readFileSync(join(cli.folder, "out/report.json"), "utf8")));
      expect(report.modules.map(({ target, verdict }) => [target.label, verdict.kind])).toEqual([
        ["./kv-service", "nonconformant"],
        ["./memory-plugin", "nonconformant"],
        ["./other/tick-daemon", "partial"],
      ]);
      const [first, second, last] = report.modules;
      expect(first && findingsOf(first, "deps/acyclic")).toMatchObject([
        { actual: "kv-service -> memory-plugin -> kv-service", place: { file: "module.yaml", line: 6 } },
      ]);
      expect(second && failed(second)).toEqual(["deps/acyclic"]);
      expect(last && failed(last)).toEqual([]);
      const junit = readFileSync(join(cli.folder, "out/junit.xml"), "utf8");
      expect(junit.match(/<testsuite /g)).toHaveLength(3);
    } finally {
      cli.close();
    }
  });
});
