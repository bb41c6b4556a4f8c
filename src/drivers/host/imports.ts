// What the sources of a module import when they run, found without running them: esbuild reads them as the loader will.
import { realpathSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import path from "node:path";
import { type Aliases, isFile } from "./compiler.ts";
import { enclosureOf } from "./enclosure.ts";

/** One import that is left when those of types only are dropped. */
export interface ImportSeen {
  /** File of the module, relative. */
  file: string;
  specifier: string;
  /** `import-statement`, `dynamic-import`, `require-call`, ... */
  how: string;
  line: number;
  column: number;
  /** Where it leads: to the module's own file, a Node module, a package, a folder that may be another module, or elsewhere outside the folder. */
  leads: "inside" | "builtin" | "package" | "sibling" | "outside";
  /** inside: the file; sibling: its folder's name; package: its name; outside: the file, seen from the folder. */
  to: string;
  found: boolean;
}

export interface ImportScan {
  imports: ImportSeen[];
  /** Files that import each other in a circle, each as a list that ends where it began. */
  cycles: string[][];
  /** What esbuild could not read. */
  problems: { file: string; line: number; column: number; message: string }[];
}

export interface ScanPlan {
  folder: string;
  /** Relative; those that do not exist are left out. */
  entries: string[];
  /** Regular expressions over specifiers (relative ones seen from the module's folder) whose first group names another module. */
  siblings: string[];
  /** Specifiers that conform provides when it hosts the module, relative to the folder. */
  provided: string[];
  /** The project that the module is part of, if it is known. */
  project?: string | undefined;
  /** Aliases for a project whose compiler options have none. */
  aliases?: Record<string, string[]> | undefined;
}

type Esbuild = typeof import("esbuild");
type PluginBuild = import("esbuild").PluginBuild;
const IMPORTS_MAX = 2_000;

/** esbuild comes with the loader. */
async function loadEsbuild(): Promise<Esbuild> {
  const loader = createRequire(import.meta.url).resolve("tsx");
  const file = createRequire(loader).resolve("esbuild");
  const loaded: { default: Esbuild } = await import(file);
  return loaded.default;
}

/** Never throws for anything in the module. */
export async function scanImports(given: ScanPlan): Promise<ImportScan> {
  const plan = { ...given, folder: realpathSync(given.folder) };
  const esbuild = await loadEsbuild();
  const found: Omit<ImportSeen, "line" | "column">[] = [];
  const edges = new Map<string, Set<string>>();
  const entries = plan.entries.map((entry) => path.join(plan.folder, entry)).filter(isFile);
  if (entries.length === 0) return { imports: [], cycles: [], problems: [] };
  const { compiler, aliases } = enclosureOf(plan);
  const { file: tsconfig, problem } = compiler;
  // As the loader of the host takes them.
  const options =
    tsconfig === undefined || problem !== undefined
      ? { tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false } } }
      : { tsconfig };
  const result = await esbuild
    .build({
      entryPoints: entries,
      bundle: true,
      write: false,
      outdir: "/",
      platform: "node",
      format: "esm",
      logLevel: "silent",
      ...options,
      plugins: [
        {
          name: "scan",
          setup(build) {
            build.onResolve({ filter: /.*/ }, async ({ path: specifier, importer, kind, pluginData }) => {
              if (kind === "entry-point") return { path: specifier };
              if (pluginData === OURS) return undefined;
              const seen = classify(plan, specifier, {
                importer,
                file: await resolved(build, aliases, { specifier, importer, kind }),
              });
              const file = path.relative(plan.folder, importer);
              if (found.length < IMPORTS_MAX) found.push({ file, specifier, how: kind, ...seen });
              if (seen.leads !== "inside" || !seen.found) return { path: specifier, external: true };
              if (kind === "import-statement") edges.set(file, (edges.get(file) ?? new Set()).add(seen.to));
              return { path: path.join(plan.folder, seen.to) };
            });
            build.onLoad({ filter: /\.json$/ }, () => ({ contents: "{}", loader: "json" }));
          },
        },
      ],
    })
    .catch((error: { errors?: import("esbuild").Message[] }) => ({ errors: error.errors ?? [] }));
  const problems = result.errors.map(({ text, location }) => ({
    file: path.relative(plan.folder, path.resolve(location?.file ?? plan.folder)),
    line: location?.line ?? 1,
    column: (location?.column ?? 0) + 1,
    message: text,
  }));
  return { imports: await withLines(plan.folder, found), cycles: cyclesIn(edges), problems };
}

/** Marks our own questions to the resolver. */
const OURS = "conform";

type Asked = { specifier: string; importer: string; kind: import("esbuild").ImportKind };

/** The file that a specifier leads to, by the resolver itself: aliases, package imports and exports, workspaces, endings as TypeScript means them. */
async function resolved(build: PluginBuild, aliases: Aliases | undefined, { specifier, importer, kind }: Asked) {
  for (const asked of [specifier, ...aliased(specifier, aliases)]) {
    const {
      path: file,
      errors,
      external,
    } = await build.resolve(asked, {
      importer,
      kind,
      resolveDir: path.dirname(importer),
      pluginData: OURS,
    });
    if (errors.length === 0 && !external && path.isAbsolute(file)) return file;
  }
  return undefined;
}

/** `@/x` -> `/project/src/x` by the alias `@/*` -> `src/*`. */
function aliased(specifier: string, aliases: Aliases | undefined): string[] {
  return Object.entries(aliases?.paths ?? {}).flatMap(([alias, targets]) => {
    const start = alias.replace(/\*$/, "");
    if (!specifier.startsWith(start)) return [];
    return targets.map((target) =>
      path.resolve(aliases?.root ?? "", target.replace("*", specifier.slice(start.length))),
    );
  });
}

function classify(
  plan: ScanPlan,
  specifier: string,
  { importer, file }: { importer: string; file: string | undefined },
): Pick<ImportSeen, "leads" | "to" | "found"> {
  if (isBuiltin(specifier)) return { leads: "builtin", to: specifier, found: true };
  const isRelative = /^\.{1,2}(?:\/|$)/.test(specifier);
  const meant = isRelative ? path.resolve(path.dirname(importer), specifier) : undefined;
  const target = file ?? meant;
  const fromFolder = target === undefined ? specifier : relativeTo(plan.folder, target);
  const found = file !== undefined;
  if (target !== undefined && !fromFolder.startsWith("../")) return { leads: "inside", to: fromFolder, found };
  for (const pattern of plan.siblings) {
    const name = new RegExp(pattern, "u").exec(fromFolder)?.[1];
    if (name !== undefined && name !== "node_modules") return { leads: "sibling", to: name, found };
  }
  const isPath = isRelative || /^(?:[/#]|[@~]\/)/.test(specifier);
  if (isPath || (found && !fromFolder.includes("node_modules/")))
    return { leads: "outside", to: fromFolder, found: found || isProvided(plan, fromFolder) };
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return { leads: "package", to: name, found: found || isInstalled(plan.folder, name) };
}

const isProvided = ({ provided }: ScanPlan, fromFolder: string) => provided.includes(fromFolder);
const relativeTo = (folder: string, file: string) => path.relative(folder, file).split(path.sep).join("/");

/** Its folder is there, even where the resolver of bundlers finds no way in (types only, other conditions). */
function isInstalled(folder: string, name: string): boolean {
  for (let dir = folder; ; dir = path.dirname(dir)) {
    if (statSync(path.join(dir, "node_modules", name), { throwIfNoEntry: false })?.isDirectory() === true) return true;
    if (path.dirname(dir) === dir) return false;
  }
}

/** esbuild's resolver is not told where an import stands; the specifier in quotes is looked for. */
async function withLines(folder: string, found: Omit<ImportSeen, "line" | "column">[]): Promise<ImportSeen[]> {
  const texts = new Map<string, string[]>();
  const seen: ImportSeen[] = [];
  for (const one of found) {
    if (!texts.has(one.file)) {
      const text = await readFile(path.join(folder, one.file), "utf8").catch(() => "");
      texts.set(one.file, text.split("\n"));
    }
    const lines = texts.get(one.file) ?? [];
    const index = lines.findIndex((line) => line.includes(`'${one.specifier}'`) || line.includes(`"${one.specifier}"`));
    seen.push({ ...one, line: index + 1 || 1, column: (lines[index]?.indexOf(one.specifier) ?? 0) + 1 || 1 });
  }
  return seen.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

function cyclesIn(edges: Map<string, Set<string>>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: string[]): void => {
    const from = trail.indexOf(file);
    if (from >= 0) cycles.push([...trail.slice(from), file]);
    if (from >= 0 || done.has(file) || cycles.length >= 20) return;
    for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of [...edges.keys()].sort()) visit(file, []);
  return cycles;
}
