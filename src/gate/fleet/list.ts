// A list of modules as text: one target a line, or NDJSON that says more of each. Pure.
import { didYouMean, UsageError } from "../../base/errors.ts";
import { sha256 } from "../../base/io.ts";
import { canonical, isObject } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";

/** One module to judge. Paths are relative to the working directory, as on the command line. */
export interface ListEntry {
  target: string | string[];
  /** As `--contract`; wins over it. */
  contract?: string;
  /** As `--set`; wins over it. */
  parameters?: { [name: string]: Json };
  /** `sha256:<hex>` or `dirHash:<hex>` of what is to be judged; another one is not judged. */
  digest?: string;
  /** `file:line`, for people. */
  place?: string;
}

const keys = ["target", "contract", "parameters", "digest"];
export const entriesMax = 1_000_000;

/** Empty lines and lines that begin with `#` are nothing; a line that begins with `{` is JSON. Throws UsageError with the line. */
export function parseList(text: string, file: string): ListEntry[] {
  const entries: ListEntry[] = [];
  const seen = new Map<string, string>();
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split("\n")
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const place = `${file}:${index + 1}`;
    if (line.includes("\0")) throw new UsageError(`${place}: there is a NUL in it; expected one target a line`);
    const entry = line.startsWith("{") ? fromJson(line, place) : { target: line, place };
    const key = String(entry.target);
    const first = seen.get(key);
    if (first !== undefined) throw new UsageError(`${place}: ${key} is named twice (first in ${first})`);
    seen.set(key, place);
    entries.push(entry);
    if (entries.length > entriesMax) throw new UsageError(`${file} names more than ${entriesMax} modules`);
  }
  if (entries.length === 0) throw new UsageError(`${file} names no module; expected one target a line`);
  return entries;
}

function fromJson(line: string, place: string): ListEntry & { target: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UsageError(`${place}: not JSON; expected {"target": "./module"} or a target as it is`);
  }
  if (!isObject(value)) throw new UsageError(`${place}: expected an object with "target"`);
  const fault = (what: string) => new UsageError(`${place}: ${what}`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw fault(`unknown key "${unknown}"${didYouMean(unknown, keys)} (there are ${keys.join(", ")})`);
  const { target, contract, parameters, digest } = value;
  if (typeof target !== "string" || target === "") throw fault('"target" must be a path or a URL');
  if (contract !== undefined && (typeof contract !== "string" || contract === ""))
    throw fault('"contract" must be a name, name@version or a folder');
  if (parameters !== undefined && !isObject(parameters)) throw fault('"parameters" must be a map of names to values');
  if (digest !== undefined && !(typeof digest === "string" && /^(sha256|dirHash):[0-9a-f]{64}$/.test(digest)))
    throw fault('"digest" must be sha256:<64 hex> of a file or dirHash:<64 hex> of a folder');
  return {
    target,
    place,
    ...(contract === undefined ? {} : { contract }),
    ...(parameters === undefined ? {} : { parameters: parameters as { [name: string]: Json } }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** What names a list in every shard's file. `sha256`: over the sorted names, one a line. */
export interface ListFacts {
  sha256: string;
  modules: number;
}

/** Of the names of all modules of all shards, in any order. */
export function listFacts(names: readonly string[]): ListFacts {
  const lines = [...names].sort().map((name) => `${name}\n`);
  return { sha256: sha256(lines.join("")), modules: names.length };
}

/** What the list says beyond names, as one digest; undefined when that is nothing. Every shard must have been given the same. */
export function moreThanNames(entries: readonly (ListEntry & { name: string })[]): string | undefined {
  const said = entries
    .filter(({ contract, parameters, digest }) => (contract ?? parameters ?? digest) !== undefined)
    .map(({ name, contract, parameters, digest }) =>
      canonical({ name, contract: contract ?? null, parameters: parameters ?? null, digest: digest ?? null }),
    )
    .sort();
  return said.length === 0 ? undefined : sha256(said.join("\n"));
}
