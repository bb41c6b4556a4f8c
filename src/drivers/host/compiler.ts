// Under which compiler options a module is loaded: those of the nearest tsconfig.json at or above it, as bundlers and test runners take them.
import { statSync } from "node:fs";
import path from "node:path";
import { findTsconfig, parseTsconfig } from "get-tsconfig";
import type { Json } from "../../base/types.ts";

export interface Compiler {
  /** The tsconfig.json that holds, absolute. */
  file?: string;
  /** Why it could not be read; it holds not then. */
  problem?: string;
  /** Its options, with those of the files that it extends. */
  options: Record<string, Json>;
}

/** Of an alias -> where it leads, relative to `root`; for projects that say nothing of aliases. */
export interface Aliases {
  root: string;
  paths: Record<string, string[]>;
}

/** Never throws. */
export function compilerOf(folder: string): Compiler {
  const file = findTsconfig(folder);
  if (file === undefined || !isFile(file)) return { options: {} };
  try {
    const { compilerOptions = {} } = parseTsconfig(file);
    return { file, options: JSON.parse(JSON.stringify(compilerOptions)) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { file, problem: said.replaceAll(/\s+/g, " "), options: {} };
  }
}

/**
 * The text of a tsconfig.json for the loader. Its files are named by their folders, because the copy of a module is not where `include` expects it.
 * Without a project what is for types only may be imported like anything else.
 */
export function tsconfigText(compiler: Compiler, folders: string[], aliases?: Aliases): string {
  const useful =
    aliases === undefined || compiler.options.paths !== undefined
      ? {}
      : { baseUrl: compiler.options.baseUrl === undefined ? aliases.root : undefined, paths: absolute(aliases) };
  const include = folders.map((folder) => `${folder}/**/*`);
  if (compiler.file === undefined || compiler.problem !== undefined) {
    const compilerOptions = { target: "es2022", module: "esnext", verbatimModuleSyntax: false, ...useful };
    return JSON.stringify({ compilerOptions, include });
  }
  return JSON.stringify({ extends: compiler.file, compilerOptions: useful, include, exclude: [] });
}

function absolute({ root, paths }: Aliases): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(paths).map(([alias, targets]) => [alias, targets.map((target) => path.resolve(root, target))]),
  );
}

export function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
