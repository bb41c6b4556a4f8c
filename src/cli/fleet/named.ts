// What there is to judge: the arguments, a command after `--`, and the lists named with --modules-from.
import { dirname } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { readUserFile, shownPath } from "../../base/io.ts";
import type { Scrub } from "../../base/secrecy/private-paths.ts";
import type { Target } from "../../base/types.ts";
import { type ListEntry, parseList } from "../../gate/fleet/list.ts";
import type { RunOptions } from "../../session/options.ts";
import { type ConfigSource, type Prepared, prepare, targetOf } from "../../session/session.ts";
import { machineScrub } from "../machine.ts";

const listBytesMax = 256 << 20;

export interface AskedFor {
  targets: readonly string[];
  /** After `--`. */
  command?: string[];
  /** A file with a list, or `-` for standard input. */
  modulesFrom?: string;
}

/** In the order given: arguments, the command, then the list. Throws UsageError for a list that is none; no module at all is no error here. */
export async function listedEntries({ targets, command, modulesFrom }: AskedFor): Promise<ListEntry[]> {
  const own: ListEntry[] = targets.map((target) => ({ target }));
  if (command !== undefined) own.push({ target: command });
  return modulesFrom === undefined ? own : [...own, ...(await listOf(modulesFrom))];
}

async function listOf(file: string): Promise<ListEntry[]> {
  const text = file === "-" ? await standardInput() : readUserFile(file, listBytesMax);
  return parseList(text, file === "-" ? "standard input" : shownPath(file));
}

async function standardInput(): Promise<string> {
  if (process.stdin.isTTY === true) throw new UsageError("--modules-from -: nothing is piped into standard input");
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of process.stdin) {
    pieces.push(piece);
    size += piece.length;
    if (size > listBytesMax) throw new UsageError(`standard input is larger than ${listBytesMax} bytes`);
  }
  return Buffer.concat(pieces).toString();
}

/** An entry with the name it has in reports, and what it points at. */
export interface Named extends ListEntry {
  name: string;
  kind: Target["kind"];
  folder?: string;
}

/** Throws UsageError when something is no module, or two have one name, which no merge could tell apart. */
export function namedOf(entries: readonly ListEntry[], cwd: string | undefined): { all: Named[]; scrub: Scrub } {
  const faults: string[] = [];
  const targets = entries.flatMap((entry) => {
    try {
      return [{ entry, target: targetOf(entry.target, cwd) }];
    } catch (error) {
      faults.push(told(entry, error));
      return [];
    }
  });
  throwAll(faults);
  const scrub = scrubFor(targets.map(({ target }) => target));
  const places = new Map<string, string | undefined>();
  const all = targets.map(({ entry, target }): Named => {
    const name = scrub(target.label);
    if (places.has(name)) {
      const [first, again] = [places.get(name), entry.place];
      const where =
        first === undefined && again === undefined
          ? ""
          : ` (${[first ?? "an argument", again ?? "an argument"].join(", ")})`;
      throw new UsageError(`--shard: ${name} is named twice${where}; every module needs a name of its own`);
    }
    places.set(name, entry.place);
    return { ...entry, name, kind: target.kind, ...(target.folder === undefined ? {} : { folder: target.folder }) };
  });
  return { all, scrub };
}

/** Names in a list, sorted, as reports have them. Throws UsageError. */
export async function listedNames(file: string): Promise<string[]> {
  const { all } = namedOf(await listOf(file), undefined);
  return all.map(({ name }) => name).sort();
}

/** Where conform was started is scrubbed anyway; one module's folder is shown by its own path. */
export function scrubFor(targets: readonly Pick<Target, "folder">[]): Scrub {
  const folders = targets.flatMap(({ folder }) => folder ?? []);
  const outside = folders.filter((folder) => !folder.startsWith(`${process.cwd()}/`));
  return machineScrub(targets.length === 1 ? folders : families([...new Set(outside)]));
}

/** Of so many folders beside each other the one that holds them is hidden instead: a rule for each of ten thousand would be tried on every text. */
const siblingsMax = 20;

function families(folders: readonly string[]): string[] {
  const children = new Map<string, number>();
  for (const folder of folders) children.set(dirname(folder), (children.get(dirname(folder)) ?? 0) + 1);
  // A folder of one segment tells nothing, and is never hidden by itself.
  const held = (folder: string) =>
    (children.get(dirname(folder)) ?? 0) > siblingsMax && dirname(dirname(folder)) !== "/";
  return [...new Set(folders.map((folder) => (held(folder) ? dirname(folder) : folder)))];
}

/** All of them are looked at before anything starts, and all mistakes are told at once. Throws UsageError. */
export function prepareAll(entries: readonly ListEntry[], options: RunOptions, source: ConfigSource): Prepared[] {
  const faults: string[] = [];
  const prepared = entries.flatMap((entry) => {
    try {
      return [prepareOne(entry, options, source)];
    } catch (error) {
      faults.push(told(entry, error));
      return [];
    }
  });
  throwAll(faults);
  return prepared;
}

/** What the list says of a module wins over what is said of all. Throws UsageError. */
export function prepareOne(
  { target, contract, parameters, digest }: ListEntry,
  options: RunOptions,
  source: ConfigSource,
): Prepared {
  const own: RunOptions = {
    ...options,
    ...(contract === undefined ? {} : { contract }),
    ...(parameters === undefined ? {} : { params: { ...options.params, ...parameters } }),
  };
  const prepared = prepare(target, own, source);
  return digest === undefined ? prepared : { ...prepared, pinned: digest };
}

function told({ place }: ListEntry, error: unknown): string {
  if (!(error instanceof UsageError)) throw error;
  return place === undefined ? error.message : `${place}: ${error.message}`;
}

function throwAll(faults: readonly string[]): void {
  const lines = [...new Set(faults)];
  const more = lines.length > 20 ? `\n... and ${lines.length - 20} more` : "";
  if (lines.length > 0) throw new UsageError(lines.slice(0, 20).join("\n") + more);
}
