// Everything around a hosted child: the staged copy or the project it runs in, its sandbox, its environment, and what it left behind.
import { lstatSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { Limits } from "../../base/limits.ts";
import type { Json } from "../../base/types.ts";
import { scrubbedEnvironment } from "../process/environment.ts";
import type { ExitInfo, LimitSeen, LineSeen } from "../process/process.ts";
import { type Host, type HostOptions, type SeenIncident, startHost } from "./host.ts";
import { digestChanges, digests, makeStage } from "./stage.ts";

export interface HostingPlan {
  /** Absolute folder of the module. */
  folder: string;
  /** Staged: where the copy goes in the stage, and what lies around it. */
  stage?: { at: string; files: Record<string, string>; others: { folder: string; at: string }[] };
  /** In place: the project whose aliases the module uses. Without it and without `stage` the folder itself is the project. */
  project?: { root: string; aliases: Record<string, string[]> };
  /** Environment variable -> folder in the sandbox, made before the start. */
  folders: Record<string, string>;
  env: Record<string, string>;
  /** A folder of the scenario's; each child gets one of its own in it. */
  workFolder: string;
  token: string;
  limits: Limits;
  onLine(line: LineSeen): void;
  onLimit(limit: LimitSeen): void;
  onExit(exit: ExitInfo): void;
  onIncident(incident: SeenIncident): void;
}

/** What a finished child left behind. */
export interface Remains {
  /** Files in the sandbox, relative. */
  files: string[];
  /** What changed in the module's own folder. */
  changes: { file: string; change: string }[];
  /** Names of processes that outlived it by more than two seconds. */
  survivors: string[];
}

export interface Hosting {
  host: Host;
  env: Record<string, string>;
  notes: string[];
  /** Absolute path of a file of the module (or, with `folder`, of another one that was staged). */
  fileIn(file: string, folder?: string): string;
  /** Files that lie in the sandbox now, relative. */
  files(): Promise<string[]>;
  /** After the child's end. */
  remains(): Promise<Remains>;
  /** A path from the module's configuration, moved into the sandbox when it would be written elsewhere on this machine. */
  reroot(text: string): string;
}

const SURVIVOR_GRACE_MS = 2_000;

/** So many children at once: more would only make each other late. */
const slots = { free: Math.max(3, availableParallelism() * 2), waiting: [] as (() => void)[] };

async function takeSlot(): Promise<() => void> {
  if (slots.free > 0) slots.free--;
  else await new Promise<void>((resolve) => slots.waiting.push(resolve));
  let given = false;
  return () => {
    if (given) return;
    given = true;
    const next = slots.waiting.shift();
    if (next === undefined) slots.free++;
    else next();
  };
}

/** Prepares everything and starts the child, when it is its turn. Rejects with SpawnFailure. */
export async function openHosting(plan: HostingPlan): Promise<Hosting> {
  const release = await takeSlot();
  try {
    const hosting = await prepareHosting(plan);
    void hosting.host.process.exited.then(release);
    return hosting;
  } catch (error) {
    release();
    throw error;
  }
}

async function prepareHosting(plan: HostingPlan): Promise<Hosting> {
  const work = await mkdtemp(path.join(await realpath(plan.workFolder), "host-"));
  const sandbox = path.join(work, "sandbox");
  await mkdir(sandbox);
  const folder = await realpath(plan.folder);
  const staged = plan.stage === undefined ? undefined : await stageIn(plan.stage, folder, work);
  const moduleDir = staged?.moduleDir ?? folder;
  const project = plan.project === undefined ? undefined : await realpath(plan.project.root);
  const tsconfig = path.join(work, "tsconfig.json");
  await writeFile(tsconfig, await tsconfigText(plan, project));
  const { env, homes } = await sandboxEnvironment(plan, sandbox);
  const before = await digests(moduleDir);
  const names = namesOf({ moduleDir, stage: staged?.root, folder, project, work, sandbox });
  const host = await startHost({
    ...plan,
    moduleDir,
    sandbox,
    moduleWritable: staged !== undefined,
    tsconfig,
    names,
    env,
  });
  return {
    host,
    env,
    notes: staged?.notes ?? [],
    fileIn(file, other) {
      const at = plan.stage?.others.find((one) => one.folder === other)?.at;
      const base =
        other === undefined ? moduleDir : staged === undefined || at === undefined ? other : path.join(staged.root, at);
      return path.resolve(base, file);
    },
    files: () => filesBelow(sandbox, homes),
    async remains() {
      const survivors = await lateSurvivors(host);
      return {
        files: await filesBelow(sandbox, homes),
        changes: digestChanges(before, await digests(moduleDir)),
        survivors,
      };
    },
    reroot: (text) => reroot(text, sandbox, moduleDir),
  };
}

async function stageIn(stage: NonNullable<HostingPlan["stage"]>, folder: string, work: string) {
  const root = path.join(work, "stage");
  await mkdir(root);
  return makeStage({ ...stage, folder }, root);
}

type Names = Record<"moduleDir" | "folder" | "work" | "sandbox", string> &
  Record<"stage" | "project", string | undefined>;

/** Longest first, so that the innermost folder wins. */
function namesOf({ moduleDir, stage, folder, project, work, sandbox }: Names): HostOptions["names"] {
  const all: [string | undefined, string][] = [
    [moduleDir, ""],
    [sandbox, "<sandbox>"],
    [stage, "<stage>"],
    [folder, ""],
    [project, "<project>"],
    [work, "<work>"],
  ];
  return all.filter((pair): pair is [string, string] => pair[0] !== undefined).sort(([a], [b]) => b.length - a.length);
}

/** Foreign tsconfigs may forbid what the loader needs to drop type-only imports, so ours comes last. */
async function tsconfigText(plan: HostingPlan, project: string | undefined): Promise<string> {
  const compilerOptions: Record<string, Json> = { target: "es2022", module: "esnext", verbatimModuleSyntax: false };
  if (project === undefined || plan.project === undefined) return JSON.stringify({ compilerOptions });
  const own = path.join(project, "tsconfig.json");
  const text = await readFile(own, "utf8").catch(() => undefined);
  if (text === undefined || !text.includes('"paths"')) {
    compilerOptions.baseUrl = project;
    compilerOptions.paths = plan.project.aliases;
  }
  return JSON.stringify({ ...(text === undefined ? {} : { extends: own }), compilerOptions });
}

async function sandboxEnvironment(plan: HostingPlan, sandbox: string) {
  const homes: string[] = [];
  const places: Record<string, string> = {};
  for (const [name, place] of Object.entries(plan.folders)) {
    const target = path.resolve(sandbox, place);
    if (!target.startsWith(sandbox)) continue;
    await mkdir(target, { recursive: true });
    homes.push(path.relative(sandbox, target));
    places[name] = target;
  }
  return { homes, env: scrubbedEnvironment({ ...places, ...plan.env }, sandbox) };
}

/** Relative paths of the files below a folder; folders in `known` that stayed empty are nobody's doing. */
async function filesBelow(folder: string, known: string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .map((entry) => path.join(path.relative(folder, entry.parentPath), entry.name))
    .filter((name) => !known.some((home) => home === name || home.startsWith(name + path.sep)))
    .sort()
    .slice(0, 200);
}

/** Descendants may take up to two seconds to follow the child; who is there then, stays. Ends them all. */
async function lateSurvivors(host: Host): Promise<string[]> {
  const end = performance.now() + SURVIVOR_GRACE_MS;
  while (host.process.survivors().length > 0 && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const report = await host.end();
  return report.survivors.map(({ name }) => name).sort();
}

/** `/var/log/app` -> `<sandbox>/var/log/app`; files that exist (to be read) and what looks like a URL path stay. */
function reroot(text: string, sandbox: string, moduleDir: string): string {
  if (!/^\/[^/\s]+\/[^\s]/.test(text) || text.startsWith(sandbox) || text.startsWith(moduleDir)) return text;
  const top = `/${text.split("/")[1]}`;
  const isFolder = (name: string) => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  const isFile = lstatSync(text, { throwIfNoEntry: false })?.isFile() === true;
  return isFolder(top) && !isFile ? path.join(sandbox, text) : text;
}
