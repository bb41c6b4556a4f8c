// docs/ci.md and its examples: they parse, their numbers agree, their scripts run, and no flag in them is made up.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { parseBaseline } from "../../src/judge/baseline.ts";
import { parseConfig } from "../../src/session/config.ts";
import { answerOf, quietEnv, theCli, tinyModule } from "../cli/the-cli.ts";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const page = readFileSync(join(docs, "ci.md"), "utf8");
const example = (name: string) => parse(readFileSync(join(docs, "examples", name), "utf8"));
const cli = theCli();
const bin = join(cli.folder, "bin");
afterAll(() => cli.close());
beforeAll(() => {
  mkdirSync(bin);
  writeFileSync(join(bin, "conform"), `#!/bin/sh\nexec "${process.execPath}" "${cli.file}" "$@"\n`, { mode: 0o755 });
  for (const name of ["a", "b", "c", "d"]) tinyModule(join(cli.folder, "modules", name));
});

/** Runs a script of an example in a folder that has `modules/`, with conform on the path. */
const shell = (script: string, env: Record<string, string> = {}) =>
  answerOf("bash", ["-ec", script], {
    cwd: cli.folder,
    env: { ...quietEnv(env), PATH: `${bin}:${process.env.PATH}` },
  });

test("every example is linked, and the other way round", () => {
  const linked = [...page.matchAll(/\(examples\/([\w.-]+)\)/g)].map(([, name]) => name);
  expect([...new Set(linked)].sort()).toEqual(readdirSync(join(docs, "examples")).sort());
});

test("flags, commands and reporters in the page exist", async () => {
  const used = [...page.matchAll(/^conform ([a-z]+ )?.*$|`conform ([a-z]+ )?[^`]*`/gm)].map(([text]) =>
    text.replaceAll("`", ""),
  );
  expect(used.length).toBeGreaterThan(8);
  const help = new Map<string, string>();
  for (const text of used) {
    const words = text.replace(/ +#.*/, "").split(/\s+/);
    const command = /^[a-z]+$/.test(words[1] ?? "") ? (words[1] ?? "") : "";
    const sub = command === "baseline" ? (words[2] ?? "") : "";
    const args = [command, sub, "--help"].filter((word) => word !== "");
    const known = help.get(args.join(" ")) ?? (await cli.run(args)).stdout;
    help.set(args.join(" "), known);
    for (const [flag] of text.matchAll(/--[a-z][a-z-]*/g))
      expect([text, known]).toEqual([text, expect.stringContaining(flag)]);
  }
});

test("the configuration and the baseline in the page are valid", () => {
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? "");
  expect(blocks).toHaveLength(2);
  expect(Object.keys(parseConfig(blocks[0] ?? "", "conform.yaml"))).toContain("strict");
  expect(parseBaseline(blocks[1] ?? "", "b.yaml").entries).toHaveLength(1);
});

test("the exit codes in the page are those that conform tells", async () => {
  const { stdout } = await cli.run(["--help"]);
  const told = /Exit codes: (.*)/.exec(stdout)?.[1] ?? "";
  const codes = [...page.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, text]) => (text ?? "").split(", "));
  expect(codes).toEqual(["0", "1", "2", "3", "70", "130", "143"]);
  for (const code of codes) expect(told).toMatch(new RegExp(`\\b${code}\\b`));
});

test("Kubernetes: an Indexed Job whose numbers agree, whose script judges every module once and merges", async () => {
  const { kind, spec } = example("kubernetes-indexed-job.yaml");
  const { completions, template } = spec;
  const [container] = template.spec.containers;
  expect([kind, spec.completionMode, template.spec.restartPolicy]).toEqual(["Job", "Indexed", "Never"]);
  expect(container.env).toEqual([{ name: "JOB_COMPLETIONS", value: String(completions) }]);
  expect(spec.maxFailedIndexes).toBeLessThanOrEqual(completions);
  expect(spec.podFailurePolicy.rules[0].onExitCodes.containerName).toBe(container.name);
  const mounted = container.volumeMounts.map(({ name }: { name: string }) => name);
  expect(template.spec.volumes.map(({ name }: { name: string }) => name).sort()).toEqual(mounted.sort());
  const script = container.args[0].replaceAll("/modules/", "modules/").replaceAll("/results/", "k8s/");
  for (let index = 0; index < completions; index++) {
    const env = { JOB_COMPLETION_INDEX: String(index), JOB_COMPLETIONS: String(completions) };
    expect((await shell(script, env)).code).toBe(0);
  }
  const merge = await shell("conform merge k8s --reporter text");
  expect([merge.code, merge.stdout]).toEqual([0, expect.stringContaining("4 of 4 modules conformant")]);
});

const validator = fileURLToPath(new URL("../../.ci/kubernetes/bin/kubernetes-validate", import.meta.url));

test.skipIf(!existsSync(validator))(
  "Kubernetes' published schema takes the manifest (skipped without .ci/kubernetes: .ci/run installs it)",
  async () => {
    const file = join(docs, "examples/kubernetes-indexed-job.yaml");
    const valid = (path: string) => answerOf(validator, ["--strict", path], { cwd: cli.folder, env: quietEnv() });
    expect((await valid(file)).code).toBe(0);
    writeFileSync(
      join(cli.folder, "wrong.yaml"),
      readFileSync(file, "utf8").replace("completions: 8", "completions: eight"),
    );
    writeFileSync(
      join(cli.folder, "unknown.yaml"),
      readFileSync(file, "utf8").replace("podFailurePolicy", "podFailurePolicies"),
    );
    for (const name of ["wrong.yaml", "unknown.yaml"]) expect((await valid(name)).code).toBe(1);
  },
);

test("what schedulers try again: infrastructure, never a verdict", () => {
  const { rules } = example("kubernetes-indexed-job.yaml").spec.podFailurePolicy;
  const never = rules
    .filter((rule: { action: string }) => rule.action === "FailIndex")
    .flatMap((rule: { onExitCodes: { values: number[] } }) => rule.onExitCodes.values);
  expect(never).toEqual([1, 2]);
  const slurm = readFileSync(join(docs, "../scripts/fleet-slurm.sh"), "utf8");
  const again = /^RequeueExit=([\d,]+)$/m.exec(slurm)?.[1]?.split(",");
  const fleet = readFileSync(join(docs, "fleet.md"), "utf8");
  const table = [...fleet.matchAll(/^\| ([\d, ]+) \| [^|]* \| (\w+)/gm)].map(([, codes = "", word]) => ({
    codes: codes.split(", "),
    word,
  }));
  expect(table.filter(({ word }) => word !== "never").flatMap(({ codes }) => codes)).toEqual(again);
  expect(table.filter(({ word }) => word === "never").flatMap(({ codes }) => codes)).toEqual(["0", "1", "2"]);
});

test("GitHub matrix: as many jobs as parts, and the merge job joins what they kept", async () => {
  const { jobs } = example("github-matrix.yml");
  const shards: number[] = jobs.judge.strategy.matrix.shard;
  expect(jobs.judge.env.SHARD).toBe(`\${{ matrix.shard }}/${shards.length}`);
  const runs = (job: { steps: { run?: string }[] }) =>
    job.steps.flatMap(({ run }) => run ?? []).filter((run) => !run.startsWith("npm"));
  for (const job of [jobs.judge, jobs.merge]) for (const run of runs(job)) expect(run).not.toContain("${{");
  for (const shard of shards) {
    const { code } = await shell(
      `${runs(jobs.judge).join("\n")}\nmkdir -p results\nmv reports/latest results/shard-${shard}`,
      {
        SHARD: `${shard}/${shards.length}`,
      },
    );
    expect(code).toBe(0);
  }
  expect((await shell(runs(jobs.merge).join("\n"))).code).toBe(0);
});

test("GitLab and the pull-request workflow name things that exist", () => {
  const template = parse(readFileSync(join(docs, "../ci/conform.gitlab-ci.yml"), "utf8"));
  const gitlab = example("gitlab.yml");
  for (const name of ["judge", "merge"]) {
    expect(Object.keys(template)).toContain(gitlab[name].extends);
    const known = Object.keys({ ...template[".conform-tool"].variables, ...template[gitlab[name].extends].variables });
    for (const variable of Object.keys(gitlab[name].variables)) expect(known).toContain(variable);
  }
  const action = parse(readFileSync(join(docs, "../action.yml"), "utf8"));
  const used = example("github-pull-request.yml").jobs.conform.steps.at(-1).with;
  for (const input of Object.keys(used)) expect(Object.keys(action.inputs)).toContain(input);
  for (const output of Object.keys(action.outputs)) expect(page).toContain(`\`${output}\``);
});
