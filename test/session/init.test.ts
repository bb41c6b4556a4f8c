// What `conform init` finds out and writes: it runs, it parses, it asks nothing, it overwrites nothing unasked.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../src/session/config.ts";
import { configFile, githubWorkflow, gitlabJob, type InitFacts } from "../../src/session/init.ts";
import { answerOf, goodModule, quietEnv, theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";

const cli = theCli();
afterAll(() => cli.close());

/** A repository with one module; returns the module's folder relative to the tests' folder. */
function repository(name: string, module: string, files: Record<string, string> = {}): string {
  const root = join(cli.folder, name);
  mkdirSync(join(root, ".git"), { recursive: true });
  writeFileSync(join(root, ".git/HEAD"), "ref: refs/heads/trunk\n");
  const folder = join(root, module);
  tinyModule(folder);
  for (const [file, text] of Object.entries({ ...files, "conform.yaml": "" })) writeFileSync(join(folder, file), text);
  return `${name}/${module}`;
}
const text = (path: string) => readFileSync(join(cli.folder, path), "utf8");

test("writes three files that work: conform runs with its configuration, CI files parse and name the module", async () => {
  const module = repository("one", "modules/a");
  const refused = await cli.run(["init", module, "--contract", tinyContract]);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    "conform: ./one/modules/a/conform.yaml is there already; --force overwrites\n",
  ]);
  expect(existsSync(join(cli.folder, "one/.github"))).toBe(false);
  const done = await cli.run(["init", module, "--contract", tinyContract, "--force"]);
  expect([done.code, done.stderr]).toEqual([0, ""]);
  expect(text(`${module}/conform.yaml`)).toContain("Started by ./module, as the contract says");
  expect((await cli.run([module, "--reporter", "text", "-q"])).code).toBe(0);
  const workflow = parse(text("one/.github/workflows/conform-modules-a.yml"));
  expect(workflow.on).toEqual({ push: { branches: ["trunk"] }, pull_request: { paths: ["modules/a/**"] } });
  expect(workflow.permissions).toEqual({ contents: "read" });
  expect(workflow.jobs.conform.defaults.run["working-directory"]).toBe("modules/a");
  const gitlab = parse(text("one/.gitlab/conform-modules-a.yml"));
  expect(gitlab["conform modules/a"].artifacts.reports.junit).toBe("modules/a/reports/latest/junit.xml");
  const again = await cli.run(["init", module, "--contract", tinyContract]);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("are there already; --force overwrites")]);
});

test("the steps of both CI files run as the services run them", async () => {
  const module = repository("ci", ".");
  await cli.run(["init", module, "--contract", tinyContract, "--force", "--from", "a-package"]);
  const bin = join(cli.folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "conform"), `#!/bin/sh\nexec "${process.execPath}" "${cli.file}" "$@"\n`);
  writeFileSync(join(bin, "npm"), '#!/bin/sh\n[ "$1 $2 $5" = "install --global a-package" ]\n');
  for (const name of ["conform", "npm"]) chmodSync(join(bin, name), 0o755);
  const { jobs } = parse(text("ci/.github/workflows/conform.yml"));
  const steps: string[] = jobs.conform.steps.flatMap(({ run }: { run?: string }) => run ?? []);
  const script: string[] = parse(text("ci/.gitlab/conform.yml")).conform.script;
  const variables = { ...jobs.conform.env, PATH: `${bin}:${process.env.PATH}` };
  for (const lines of [steps, script]) {
    const options = { cwd: join(cli.folder, "ci"), env: { ...quietEnv(), ...variables } };
    const { code, stdout, stderr } = await answerOf("bash", ["-ec", lines.join("\n")], options);
    expect([code, stderr, stdout]).toEqual([0, "", expect.stringContaining("CONFORMANT  .")]);
  }
  expect(existsSync(join(cli.folder, "ci/reports/latest/junit.xml"))).toBe(true);
});

test.each<[string, Record<string, string>, object]>([
  [
    "Rust",
    { "Cargo.toml": '[package]\nname = "my-mod"\n' },
    { build: ["cargo", "build", "--quiet"], run: ["./target/debug/my-mod"] },
  ],
  ["Go", { "go.mod": "module x\n" }, { build: ["go", "build", "-o", "module", "."], run: ["./module"] }],
  ["Node with bin", { "package.json": '{"bin":{"x":"cli.js"}}' }, { run: ["node", "./cli.js"] }],
  ["Node with main", { "package.json": '{"main":"./index.js"}' }, { run: ["node", "./index.js"] }],
  ["a broken package.json", { "package.json": "{" }, {}],
  ["Python", { "main.py": "" }, { run: ["python3", "./main.py"] }],
  ["nothing known", {}, {}],
])("finds out how a module starts where the contract has no rule: %s", async (name, files, expected) => {
  const contract = join(cli.folder, "no-launch");
  mkdirSync(contract, { recursive: true });
  const source = readFileSync(join(tinyContract, "contract.yaml"), "utf8");
  writeFileSync(join(contract, "contract.yaml"), source.replace(/launch:\n.*\n/, ""));
  const module = `guess-${name.replaceAll(" ", "-")}`;
  mkdirSync(join(cli.folder, module, ".git"), { recursive: true });
  for (const [file, content] of Object.entries({ "tiny.json": "{}", ...files }))
    writeFileSync(join(cli.folder, module, file), content);
  const { code, stdout } = await cli.run(["init", module, "-c", "no-launch", "--ci", "none"]);
  expect(code).toBe(0);
  const { contract: _, ...config } = parseConfig(text(`${module}/conform.yaml`), "conform.yaml");
  expect(config).toEqual(expected);
  expect(stdout.includes("fill in `run:`")).toBe(Object.keys(expected).length === 0);
});

const facts: InitFacts = {
  contract: { name: "tiny", version: "1.0.0" },
  path: ".",
  branch: "main",
  languages: ["python", "go"],
  source: { kind: "variable" },
};

test("without a known source the CI files demand a variable and never take a stranger's package", () => {
  for (const file of [githubWorkflow(facts), gitlabJob(facts)]) {
    expect(file).toContain("CONFORM_PACKAGE");
    expect(file).not.toMatch(/npx(?! --no-install) |install[^\n]* conform\b/);
  }
  const own = { ...facts, source: { kind: "dependency" } as const };
  expect(githubWorkflow(own)).toContain("npx --no-install conform .");
  expect(parse(githubWorkflow(own)).jobs.conform.env).toBeUndefined();
});

test("hostile paths and words stay one word", () => {
  const path = "m/a'b $(touch x)";
  const script: string[] = parse(gitlabJob({ ...facts, path }))[`conform ${path}`].script;
  expect(script[0]).toBe(`cd 'm/a'\\''b $(touch x)'`);
  const run = ["./a b", "$(x)", "#"];
  expect(parseConfig(configFile({ ...facts, run }), "c").run).toEqual(run);
});

test("mistakes", async () => {
  for (const [args, message] of [
    [["init", "nowhere"], "nowhere is no folder"],
    [["init", goodModule, "--ci", "jenkins"], "Allowed choices are github, gitlab, both, none"],
    [["init", dirname(goodModule)], "no contract fits this folder"],
    [["init", goodModule, "-c", tinyContract, "--from", " "], "--from: expected a package@version"],
  ] as const) {
    const { code, stderr } = await cli.run(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
});
