// The GitHub action and the GitLab template: their scripts run with the variables the services set, on a pull-request story.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { answerOf, quietEnv, theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = theCli();
const repo = join(cli.folder, "repo");
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
    cwd: repo,
    encoding: "utf8",
  });
afterAll(() => cli.close());
beforeAll(() => {
  mkdirSync(repo);
  git("init", "-q", "-b", "main");
  tinyModule(join(repo, "modules/a"));
  tinyModule(join(repo, "modules/b"), { hello: "moon" });
  git("add", ".");
  git("commit", "-qm", "base");
  // The pull request repairs b and breaks a.
  tinyModule(join(repo, "modules/a"), { exit: 3 });
  tinyModule(join(repo, "modules/b"));
});

const stepShape = z.object({
  name: z.string(),
  id: z.string().optional(),
  run: z.string().optional(),
  uses: z.string().optional(),
  if: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const action = z
  .object({
    inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
    outputs: z.record(z.string(), z.object({ value: z.string() })),
    runs: z.object({ using: z.literal("composite"), steps: z.array(stepShape) }),
  })
  .parse(parse(readFileSync(join(root, "action.yml"), "utf8")));

interface Job {
  code: number | null;
  log: string;
  outputs: Record<string, string>;
  summary: string;
}

/** Runs the action's scripts one after another, as GitHub does: inputs only through `env`. */
async function runAction(inputs: Record<string, string>, more: Record<string, string> = {}): Promise<Job> {
  for (const name of Object.keys(inputs)) expect(Object.keys(action.inputs)).toContain(name);
  const files = { output: join(cli.folder, "output"), summary: join(cli.folder, "summary") };
  for (const file of Object.values(files)) writeFileSync(file, "");
  const github = {
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION_PATH: root,
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_WORKSPACE: repo,
    ...more,
  };
  let code: number | null = 0;
  let log = "";
  for (const { run, env = {} } of action.runs.steps) {
    if (run === undefined || code !== 0) continue;
    const given = Object.fromEntries(
      Object.entries(env).map(([name, text]) => {
        const input = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(text)?.[1] ?? "";
        return [name, inputs[input] ?? action.inputs[input]?.default ?? "unknown input"];
      }),
    );
    const script = ["--noprofile", "--norc", "-eo", "pipefail", "-c", run];
    const answer = await answerOf("bash", script, { cwd: repo, env: quietEnv({ ...github, ...given }) });
    code = answer.code;
    log += answer.stdout + answer.stderr;
  }
  const lines = readFileSync(files.output, "utf8").split("\n").filter(Boolean);
  return {
    code,
    log,
    outputs: Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    ),
    summary: readFileSync(files.summary, "utf8"),
  };
}

test("on a tag what conforms is certified and shown in a registry; the key reaches no module", async () => {
  await cli.run(["keys", "new", "--out", "ci.pem"]);
  const key = readFileSync(join(cli.folder, "ci.pem"), "utf8");
  writeFileSync(
    join(repo, "modules/b/module"),
    `#!/bin/sh\nenv > ${cli.folder}/seen\necho '{"hello":"world","mood":"bright"}'\ncat > /dev/null\n`,
    { mode: 0o755 },
  );
  const job = await runAction(
    { targets: "modules/*", "certify-key": key, contract: tinyContract, out: "tagged" },
    { GITHUB_REF_TYPE: "tag" },
  );
  expect(job.outputs.certificates).toBe("tagged/certificates");
  expect(job.log).toMatch(/modules_a gets no certificate/);
  const index = JSON.parse(readFileSync(join(repo, "tagged/site/index.json"), "utf8"));
  expect(index.modules.map(({ module, judged_again }: Record<string, unknown>) => [module, judged_again])).toEqual([
    ["./modules/b", true],
  ]);
  expect(readFileSync(join(cli.folder, "seen"), "utf8")).not.toContain("CERTIFY_KEY");
  const branch = await runAction(
    { targets: "modules/b", "certify-key": key, contract: tinyContract, out: "branch" },
    { GITHUB_REF_TYPE: "branch" },
  );
  expect(branch.outputs.certificates).toBeUndefined();
});

describe("action.yml", () => {
  test("no script holds an expression, every input and output is used", () => {
    const text = readFileSync(join(root, "action.yml"), "utf8");
    for (const { run } of action.runs.steps) expect(run ?? "").not.toContain("${{");
    for (const name of Object.keys(action.inputs)) expect(text).toContain(`inputs.${name}`);
    const script = readFileSync(join(root, "ci/github.sh"), "utf8");
    for (const name of Object.keys(action.outputs)) expect(script).toContain(`output ${name} `);
    expect(action.runs.steps.at(-1)?.if).toContain("always()");
  });

  test("judges, annotates, summarises and hands out verdict and paths", async () => {
    const job = await runAction({ targets: "modules/*\n" });
    expect(job.code).toBe(1);
    expect(job.outputs).toMatchObject({
      verdict: "nonconformant",
      "exit-code": "1",
      report: "reports/latest/report.json",
    });
    for (const name of ["report", "junit", "html"])
      expect(existsSync(join(repo, job.outputs[name] ?? "none"))).toBe(true);
    expect(job.log).toContain("::error ");
    expect(job.summary).toContain("1 of 2 modules conformant");
    expect(job.outputs.delta).toBeUndefined();
  });

  test("a pull request that repairs one module and breaks another fails for what got worse alone", async () => {
    const job = await runAction({ targets: "modules/*", base: "HEAD", "fail-on": "new" });
    expect([job.code, job.outputs.worse]).toEqual([1, "1"]);
    expect(job.summary).toContain("| newly broken | `./modules/a` | `ending/leaves` | MUST | pass -> fail |");
    expect(job.summary).toContain("| fixed | `./modules/b` | `greeting/names-world` | MUST | fail -> pass |");
    expect(readFileSync(join(repo, job.outputs.delta ?? ""), "utf8")).toContain("WORSE");
    expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
    const only = await runAction({ targets: "modules/b", base: "HEAD", "fail-on": "new" });
    expect([only.code, only.outputs.worse]).toEqual([0, "0"]);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ["shell in targets", { targets: "$(touch pwned)\n`touch pwned`; touch pwned" }, 2, "no such file or folder"],
    ["shell in contract", { targets: "modules/b", contract: '"; touch pwned; "' }, 2, "no contract"],
    ["shell in args", { targets: "modules/b", args: "--only\n$(touch pwned)" }, 2, "matches"],
    ["shell in base", { targets: "modules/b", base: "$(touch pwned)" }, 2, "is no commit that was fetched"],
    ["outputs in out", { targets: "modules/b", out: "x\nverdict=conformant" }, 2, "out: expected one folder"],
    ["strict", { targets: "modules/b", strict: "yes" }, 2, "strict: expected true or false"],
    ["fail-on", { targets: "modules/b", "fail-on": "never" }, 2, "fail-on: expected verdict, new or any"],
    ["fail-on without base", { targets: "modules/b", "fail-on": "new" }, 2, "needs base"],
    ["a glob without a match", { targets: "modul/*" }, 2, "nothing matches modul/*"],
    ["an unknown flag", { targets: "modules/b", args: "--strickt" }, 2, "--strickt"],
  ])("nonsense: %s", async (_, inputs, code, message) => {
    rmSync(join(repo, "reports"), { recursive: true, force: true });
    const job = await runAction(inputs);
    expect([job.code, job.log]).toEqual([code, expect.stringContaining(message)]);
    expect(existsSync(join(repo, "pwned"))).toBe(false);
  });
});

describe("GitLab template", () => {
  const jobShape = z.object({
    variables: z.record(z.string(), z.string()),
    before_script: z.array(z.string()).optional(),
    script: z.array(z.string()).optional(),
  });
  const jobs = z
    .record(z.string(), jobShape)
    .parse(parse(readFileSync(join(root, "ci/conform.gitlab-ci.yml"), "utf8")));
  const bin = join(cli.folder, "bin");

  beforeAll(() => {
    mkdirSync(bin);
    writeFileSync(join(bin, "conform"), `#!/bin/sh\nexec "${process.execPath}" "${cli.file}" "$@"\n`, { mode: 0o755 });
  });

  /** `extends` joins variables and takes before_script from the tool job. */
  async function runJob(name: string, variables: Record<string, string>, tool = true) {
    const env = { ...jobs[".conform-tool"]?.variables, ...jobs[name]?.variables, ...variables };
    const lines = [...(jobs[".conform-tool"]?.before_script ?? []), ...(jobs[name]?.script ?? [])];
    const path = { PATH: tool ? `${bin}:${process.env.PATH}` : (process.env.PATH ?? "") };
    return answerOf("sh", ["-ec", lines.join("\n")], {
      cwd: repo,
      env: { ...quietEnv(env), GITLAB_CI: "true", ...path },
    });
  }

  test("judges its part, and the merge job joins all parts", async () => {
    const codes = [];
    for (const node of ["1", "2"]) {
      const env = { CONFORM_TARGETS: "modules/*", CI_NODE_INDEX: node, CI_NODE_TOTAL: "2", CONFORM_OUT: `gl/${node}` };
      codes.push((await runJob(".conform", env)).code);
    }
    expect(Math.max(...codes.map(Number))).toBe(1);
    const merge = await runJob(".conform-merge", { CONFORM_OUT: "gl", CONFORM_MERGED: "gl-merged" });
    expect([merge.code, merge.stdout]).toEqual([1, expect.stringContaining("1 of 2 modules conformant")]);
    expect(existsSync(join(repo, "gl-merged/junit.xml"))).toBe(true);
  });

  test("without conform and without a place to get it from it says so", async () => {
    const { code, stdout } = await runJob(".conform", {}, false);
    expect([code, stdout]).toEqual([2, "set CONFORM_PACKAGE to where conform comes from\n"]);
  });
});
