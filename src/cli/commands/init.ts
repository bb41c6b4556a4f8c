// `conform init`: looks at the module and writes conform.yaml, a GitHub workflow and a GitLab job.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { absolute, packageRoot, shownPath } from "../../base/io.ts";
import { hasParts, isObject } from "../../base/json.ts";
import { version } from "../../base/version.ts";
import { look } from "../../drivers/files/look.ts";
import { detectContract, findContract } from "../../session/contracts.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { configFile, githubWorkflow, gitlabJob, type InitFacts, type ToolSource } from "../../session/init.ts";
import { launched, pointAt } from "../../session/target.ts";
import { everyones, writeWhole } from "../files-out.ts";
import { tell } from "../terminal.ts";

/** Writes nothing when a file is there already, unless `force`. Throws UsageError. */
export async function init(folder: string, flags: FlagsOf<"init">): Promise<number> {
  const path = absolute(folder);
  if (look.at(path).kind !== "folder")
    throw new UsageError(`${folder} is no folder; conform init is for a module's folder`);
  const root = repositoryRoot(path) ?? path;
  const facts = factsOf(path, root, flags);
  const both = flags.ci === "both";
  const files: [string, string][] = [
    [join(path, "conform.yaml"), configFile(facts)],
    ...(both || flags.ci === "github"
      ? [[join(root, ".github/workflows", workflowName(facts.path)), githubWorkflow(facts)] satisfies [string, string]]
      : []),
    ...(both || flags.ci === "gitlab"
      ? [[join(root, ".gitlab", workflowName(facts.path)), gitlabJob(facts)] satisfies [string, string]]
      : []),
  ];
  const there = files.map(([file]) => file).filter((file) => existsSync(file));
  if (there.length > 0 && !flags.force)
    throw new UsageError(
      `${there.map(shownPath).join(", ")} ${there.length === 1 ? "is" : "are"} there already; --force overwrites`,
    );
  for (const [file, content] of files) await writeWhole(file, content, everyones);
  tell(files.map(([file]) => `wrote ${shownPath(file)}\n`).join("") + advice(facts, flags));
  return 0;
}

function advice(facts: InitFacts, { ci }: FlagsOf<"init">): string {
  const lines: string[] = [];
  if (facts.run === undefined && facts.found === undefined)
    lines.push("conform could not find out how the module is started: fill in `run:` in conform.yaml");
  if (facts.source.kind === "variable" && ci !== "none")
    lines.push(
      "set CONFORM_PACKAGE in the CI system (a git address, a tarball or package@version), or run init again with --from",
    );
  if (ci === "both" || ci === "gitlab")
    lines.push(`in .gitlab-ci.yml: include: [{ local: .gitlab/${workflowName(facts.path)} }]`);
  return lines.map((line) => `next: ${line}\n`).join("");
}

/** One file per module of a repository: `conform.yml`, `conform-modules-a.yml`. */
function workflowName(path: string): string {
  return path === "." ? "conform.yml" : `conform-${path.replaceAll(/[^\w.-]+/g, "-")}.yml`;
}

function factsOf(folder: string, root: string, flags: FlagsOf<"init">): InitFacts {
  const pointed = pointAt(folder, look);
  const contract = flags.contract === undefined ? detectContract(pointed) : findContract(flags.contract);
  const isFolder = flags.contract !== undefined && look.at(absolute(flags.contract)).kind === "folder";
  const start = launched(pointed, contract, {}, look);
  const guess = start.argv === undefined ? guessed(folder, pointed.files) : undefined;
  const schema = "node_modules/module-conform/specs/conform.schema.json";
  return {
    contract,
    ...(isFolder ? { contractPath: inside(folder, absolute(flags.contract ?? "")) } : {}),
    ...guess,
    ...(start.argv === undefined ? {} : { found: start.argv.map((word) => inside(folder, word)).join(" ") }),
    path: inside(root, folder).replace(/^\.\//, "") || ".",
    branch: branchOf(root),
    languages: languagesOf(pointed.files),
    source: sourceOf(folder, flags.from),
    ...(existsSync(join(folder, schema)) ? { schema: `./${schema}` } : {}),
  };
}

/** A path below (or beside) the folder with `./` or `../`; other words stay. */
function inside(folder: string, word: string): string {
  if (!word.startsWith("/")) return word;
  const path = relative(folder, word).split(sep).join("/");
  if (path === "") return ".";
  return path.startsWith("../") ? path : `./${path}`;
}

/** How a module probably starts, where the contract has no rule for it. */
function guessed(folder: string, files: readonly string[]): Pick<InitFacts, "run" | "build"> {
  const has = (name: string) => files.includes(name);
  const cargo = has("Cargo.toml")
    ? /^\s*name\s*=\s*"([\w-]+)"/m.exec(read(join(folder, "Cargo.toml")))?.[1]
    : undefined;
  if (cargo !== undefined) return { build: ["cargo", "build", "--quiet"], run: [`./target/debug/${cargo}`] };
  if (has("go.mod")) return { build: ["go", "build", "-o", "module", "."], run: ["./module"] };
  const main = has("package.json") ? mainOf(read(join(folder, "package.json"))) : undefined;
  if (main !== undefined) return { run: ["node", `./${main.replace(/^\.\//, "")}`] };
  for (const name of ["main.py", "app.py", "__main__.py"]) if (has(name)) return { run: ["python3", `./${name}`] };
  const programs = files.filter((name) => {
    const at = look.at(join(folder, name));
    return !name.includes("/") && at.kind === "file" && at.executable;
  });
  const [only] = programs;
  return only !== undefined && programs.length === 1 ? { run: [`./${only}`] } : {};
}

function mainOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const first = hasParts(value.bin) ? Object.values(value.bin)[0] : value.bin;
    const main = first ?? value.main;
    return typeof main === "string" ? main : undefined;
  } catch {
    return undefined;
  }
}

function languagesOf(files: readonly string[]): InitFacts["languages"] {
  const has = (...names: string[]) => names.some((name) => files.includes(name));
  return [
    ...(has("pyproject.toml", "requirements.txt") || files.some((name) => name.endsWith(".py"))
      ? (["python"] as const)
      : []),
    ...(has("go.mod") ? (["go"] as const) : []),
    ...(has("package.json") ? (["node"] as const) : []),
  ];
}

/** The user's word, the module's own dependency, where this conform was cloned from; else nobody knows. */
function sourceOf(folder: string, from: string | undefined): ToolSource {
  if (from !== undefined) {
    if (from.trim() === "" || /[\n\r]/.test(from))
      throw new UsageError("--from: expected a package@version, a git address or a tarball");
    return { kind: "package", spec: from };
  }
  if (existsSync(join(folder, "node_modules/module-conform/dist/conform.cjs"))) return { kind: "dependency" };
  const git = join(packageRoot(), ".git/config");
  const url = existsSync(git) ? /\[remote "origin"\][^[]*?url\s*=\s*(\S+)/.exec(read(git))?.[1] : undefined;
  if (url !== undefined && /^(https:\/\/|git@|ssh:\/\/)/.test(url) && !/\/\/[^/]*:[^/]*@/.test(url))
    return { kind: "package", spec: `git+${url.replace(/^git@([^:]+):/, "ssh://git@$1/")}#v${version}` };
  return { kind: "variable" };
}

function repositoryRoot(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** What origin calls its main branch, else the one that is checked out, else main. */
function branchOf(root: string): string {
  for (const [file, pattern] of [
    [".git/refs/remotes/origin/HEAD", /^ref: refs\/remotes\/origin\/(\S+)/],
    [".git/HEAD", /^ref: refs\/heads\/(\S+)/],
  ] as const) {
    const path = join(root, file);
    const branch = existsSync(path) ? pattern.exec(read(path))?.[1] : undefined;
    if (branch !== undefined) return branch;
  }
  return "main";
}

function read(path: string): string {
  return readFileSync(path, "utf8").slice(0, 1 << 20);
}
