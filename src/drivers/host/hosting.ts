// Everything around a hosted child: the staged copy or the project it runs in, its sandbox, its environment, and what it left behind.
import { lstatSync, realpathSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { scrubbedEnvironment } from "../process/environment.ts";
import { tsconfigText } from "./compiler.ts";
import { enclosureOf, isWithin } from "./enclosure.ts";
import { type Host, type HostFrame, type HostOptions, startHost } from "./host.ts";
import { type Copied, digestChanges, digests, makeStage, type StagePlan } from "./stage.ts";

export interface HostingPlan extends HostFrame {
  /** Absolute folder of the module. */
  folder: string;
  /** Where the copy goes in the stage, and what lies around it; without it the module runs in place. */
  stage?: { at: string; files: Record<string, string>; others: { folder: string; at: string }[] };
  /** The project that the module belongs to; default: the one that encloses it. */
  project?: string;
  /** Aliases of a project that has none itself. */
  aliases?: Record<string, string[]>;
  /** Environment variable -> folder in the sandbox, made before the start. */
  folders: Record<string, string>;
  /** A folder of the scenario's; each child gets one of its own in it. */
  workFolder: string;
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
  /** Compiler options that could not be read, and why: the module was loaded without them. */
  unread?: string;
  /** A compiler option that the loader has not. */
  unsupported?: string;
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
  const { project, compiler, aliases } = enclosureOf({ folder, project: plan.project, aliases: plan.aliases });
  const staged = plan.stage === undefined ? undefined : await stageIn({ ...plan.stage, folder, project }, work);
  const moduleDir = staged?.moduleDir ?? folder;
  const tsconfig = path.join(work, "tsconfig.json");
  const folders = [staged?.root, folder, project].filter((one) => one !== undefined);
  await writeFile(tsconfig, tsconfigText(compiler, folders, aliases));
  const { env, homes } = await sandboxEnvironment(plan, sandbox);
  const before = await digests(moduleDir);
  const host = await startHost({
    ...plan,
    moduleDir,
    sandbox,
    copied: staged?.copied ?? [],
    tsconfig,
    names: namesOf({ moduleDir, stage: staged?.root, mirror: staged?.projectDir, folder, project, work, sandbox }),
    env,
  });
  const unread =
    compiler.problem === undefined ? undefined : `${host.tidy(compiler.file ?? "")}: ${host.tidy(compiler.problem)}`;
  return {
    host,
    env,
    notes: staged?.notes ?? [],
    ...(unread === undefined ? {} : { unread }),
    // What esbuild does not do; a module whose decorators count on it may fail for that alone.
    ...(compiler.options.emitDecoratorMetadata === true ? { unsupported: "emitDecoratorMetadata" } : {}),
    fileIn(file, other) {
      const real = other === undefined ? folder : realpathSync(other);
      return path.resolve(inCopy(staged?.copied ?? [], real), file);
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

/** A folder's place in the copies; itself when it was not copied. */
function inCopy(copied: Copied[], folder: string): string {
  const found = copied.find(({ from }) => isWithin(folder, from));
  return found === undefined ? folder : path.join(found.to, path.relative(found.from, folder));
}

async function stageIn(stage: Omit<StagePlan, "project"> & { project: string | undefined }, work: string) {
  const root = path.join(work, "stage");
  await mkdir(root);
  const { project, ...plan } = stage;
  return makeStage({ ...plan, ...(project === undefined ? {} : { project }) }, root);
}

type Names = Record<"moduleDir" | "folder" | "work" | "sandbox", string> &
  Record<"stage" | "mirror" | "project", string | undefined>;

/** Longest first, so that the innermost folder wins. */
function namesOf({ moduleDir, stage, mirror, folder, project, work, sandbox }: Names): HostOptions["names"] {
  const all: [string | undefined, string][] = [
    [moduleDir, ""],
    [sandbox, "<sandbox>"],
    [stage, mirror === stage ? "<project>" : "<stage>"],
    [mirror, "<project>"],
    [folder, ""],
    [project, "<project>"],
    [work, "<work>"],
  ];
  return all.filter((pair): pair is [string, string] => pair[0] !== undefined).sort(([a], [b]) => b.length - a.length);
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
