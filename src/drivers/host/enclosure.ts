// What encloses a module on the disk: the project that it is part of, and the compiler options under which its code is read there.
import { lstatSync, realpathSync } from "node:fs";
import path from "node:path";
import { type Aliases, type Compiler, compilerOf } from "./compiler.ts";

/** What tells the folder of a project. */
const MARKS = ["package.json", "tsconfig.json", "node_modules", "pnpm-workspace.yaml", ".git"];

export interface Enclosure {
  /** Real path of the project's folder; absent when nothing tells of one. */
  project?: string;
  compiler: Compiler;
  aliases?: Aliases;
}

export interface EnclosurePlan {
  /** Real path of the module's folder. */
  folder: string;
  /** The project, if it is known; the module need not lie within it. */
  project?: string | undefined;
  /** Aliases for a project whose options have none, as in `paths`; meant from the project's folder. */
  aliases?: Record<string, string[]> | undefined;
}

export function enclosureOf(plan: EnclosurePlan): Enclosure {
  const given = plan.project === undefined ? undefined : realpathSync(plan.project);
  const project = given ?? outermost(plan.folder);
  const compiler = compilerOf(given === undefined || isWithin(plan.folder, given) ? plan.folder : given);
  // A project that is only found may begin above the package that its aliases are meant for.
  const root = given ?? (compiler.file === undefined ? innermost(plan.folder) : path.dirname(compiler.file)) ?? project;
  return {
    compiler,
    ...(project === undefined ? {} : { project }),
    ...(root === undefined || plan.aliases === undefined ? {} : { aliases: { root, paths: plan.aliases } }),
  };
}

/** Everything that Node, npm and TypeScript look for above a file lies within the outermost folder with a mark. */
function outermost(folder: string): string | undefined {
  return foldersAbove(folder).findLast((dir) => MARKS.some((mark) => exists(path.join(dir, mark))));
}

function innermost(folder: string): string | undefined {
  return foldersAbove(folder).find((dir) => exists(path.join(dir, "package.json")));
}

/** Nearest first, without `folder`. */
function foldersAbove(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [] : [above, ...foldersAbove(above)];
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Is `file` this folder, or in it? */
export function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}
