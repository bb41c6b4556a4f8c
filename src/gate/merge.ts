// Shards -> one report. Refuses gaps, doubles, cut files and mixed versions; the order of the files changes nothing. Pure.

import { visible } from "../base/visible.ts";
import { moduleContradictions } from "../judge/consistent.ts";
import { verdictOf, verdictOfAll } from "../judge/verdict.ts";
import type { ShardFooter, ShardHeader } from "../report/shard-file.ts";
import type { ModuleReport, Report } from "../report/types.ts";
import { partOf } from "./shard.ts";

/** One file read to its end. */
export interface Blob {
  /** As shown to people. */
  file: string;
  header?: ShardHeader;
  modules: ModuleReport[];
  footer?: ShardFooter;
  /** What is wrong with the file itself, one line each. */
  faults: string[];
}

export interface Merged {
  /** Why the files are not one whole run; empty when they are. */
  refusals: string[];
  /** True when only something is missing: `--allow-incomplete` may take what is there. */
  incomplete: boolean;
  /** Missing modules are in it as inconclusive. Undefined when there is nothing to show. */
  report?: Report;
}

/** The report is the same, byte for byte, for any order and any number of shards, but for times. */
export function merged(blobs: readonly Blob[]): Merged {
  const sorted = [...blobs].sort(
    (a, b) => (a.header?.shard[0] ?? 0) - (b.header?.shard[0] ?? 0) || compare(a.file, b.file),
  );
  const whole = sorted.flatMap((blob) => (blob.header === undefined ? [] : [{ ...blob, header: blob.header }]));
  const [first] = whole;
  const broken = [
    ...sorted.flatMap(({ file, faults }) => faults.map((fault) => `${file} ${fault}`)),
    ...mixed(whole),
    ...doubled(whole),
    ...misplaced(whole),
    ...whole.flatMap(({ file, modules }) =>
      modules.flatMap(moduleContradictions).map((line) => `${file} contradicts itself: ${line}`),
    ),
    ...contracts(whole),
  ];
  const cut = sorted
    .filter(({ footer, faults }) => footer === undefined && faults.length === 0)
    .map(({ file }) => `${file} is cut off: it has no footer; that shard did not come to its end`);
  const gaps = first === undefined ? ["there are no result files of shards"] : missing(first.header, whole);
  const refusals = [...broken, ...cut, ...gaps].map(visible);
  const incomplete = broken.length === 0 && refusals.length > 0 && first !== undefined;
  if (first === undefined || broken.length > 0) return { refusals, incomplete };
  return { refusals, incomplete, report: reportOf(first.header, whole) };
}

type Whole = Blob & { header: ShardHeader };

/** What every shard must have alike. */
function mixed(blobs: readonly Whole[]): string[] {
  const [first, ...others] = blobs;
  if (first === undefined) return [];
  const list = JSON.stringify(first.header.modules);
  return others.flatMap(({ file, header }) => {
    const { tool, shard, selection } = first.header;
    const differs = (what: string, a: string, b: string) =>
      `${file} differs from ${first.file} in ${what}: ${b}, not ${a}`;
    if (header.tool.version !== tool.version || header.tool.name !== tool.name)
      return [differs("the version of conform", tool.version, header.tool.version)];
    if (header.shard[1] !== shard[1])
      return [differs("the number of shards", String(shard[1]), String(header.shard[1]))];
    if (header.selection !== selection)
      return [differs("what was asked for", selection || "everything", header.selection || "everything")];
    if (JSON.stringify(header.modules) !== list) return [listDiffers(first, { file, header })];
    return [];
  });
}

function listDiffers(first: Whole, other: Pick<Whole, "file" | "header">): string {
  const [ours, theirs] = [new Set(first.header.modules), new Set(other.header.modules)];
  const extra = [...theirs].filter((name) => !ours.has(name)).map((name) => `+${name}`);
  const less = [...ours].filter((name) => !theirs.has(name)).map((name) => `-${name}`);
  return `${other.file} differs from ${first.file} in the list of modules: ${some([...extra, ...less])}`;
}

function doubled(blobs: readonly Whole[]): string[] {
  const seen = new Map<number, string>();
  return blobs.flatMap(({ file, header }) => {
    const [index] = header.shard;
    const first = seen.get(index);
    if (first === undefined) seen.set(index, file);
    return first === undefined ? [] : [`${file} is shard ${index} of ${header.shard[1]} again; ${first} has it`];
  });
}

/** Modules that are not of the list, not of this shard, or there twice. */
function misplaced(blobs: readonly Whole[]): string[] {
  return blobs.flatMap(({ file, header, modules }) => {
    const [index, count] = header.shard;
    const list = new Set(header.modules);
    const seen = new Set<string>();
    return modules.flatMap(({ name }) => {
      const again = seen.has(name);
      seen.add(name);
      if (!list.has(name)) return [`${file} has ${name}, which is not in its list of modules`];
      if (partOf(name, count) !== index) return [`${file} has ${name}, which belongs to shard ${partOf(name, count)}`];
      return again ? [`${file} has ${name} twice`] : [];
    });
  });
}

/** One contract version has one text. */
function contracts(blobs: readonly Whole[]): string[] {
  const digests = new Map<string, { digest: string; file: string }>();
  const complaints = new Set<string>();
  for (const { file, modules } of blobs) {
    for (const { contract } of modules) {
      const name = `${contract.name}@${contract.version}`;
      const known = digests.get(name);
      if (known === undefined) digests.set(name, { digest: contract.digest, file });
      else if (known.digest !== contract.digest)
        complaints.add(`${file} judged under another text of contract ${name} than ${known.file}`);
    }
  }
  return [...complaints];
}

function missing({ shard: [, count], modules }: ShardHeader, blobs: readonly Whole[]): string[] {
  const there = new Set(blobs.map(({ header }) => header.shard[0]));
  const judged = new Set(blobs.flatMap((blob) => blob.modules.map(({ name }) => name)));
  const absent = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !there.has(index));
  const lost = modules.filter((name) => !judged.has(name));
  const elsewhere = lost.filter((name) => there.has(partOf(name, count)));
  return [
    ...absent.map((index) => {
      const own = lost.filter((name) => partOf(name, count) === index);
      return `shard ${index} of ${count} is missing${own.length === 0 ? "" : `, and with it ${some(own)}`}`;
    }),
    ...(elsewhere.length === 0 ? [] : [`not judged: ${some(elsewhere)}`]),
  ];
}

function some(names: readonly string[]): string {
  return names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
}

function reportOf(header: ShardHeader, blobs: readonly Whole[]): Report {
  const judged = new Map(blobs.flatMap(({ modules }) => modules.map((module) => [module.name, module])));
  const starts = blobs.map((blob) => blob.header.started).sort(compare);
  const modules = header.modules.map((name) => judged.get(name) ?? unjudged(name, header));
  return {
    format: 1,
    tool: header.tool,
    started: starts[0] ?? header.started,
    duration_ms: Math.max(0, ...blobs.map(({ footer }) => footer?.duration_ms ?? 0)),
    verdict: verdictOfAll(modules.map(({ verdict }) => verdict)),
    modules,
  };
}

/** A module of which no shard tells anything. */
function unjudged(name: string, { started, shard: [, count] }: ShardHeader): ModuleReport {
  const reason = `not judged: shard ${partOf(name, count)} of ${count} has no result for it`;
  return {
    name,
    target: { kind: "folder", label: name },
    contract: { name: "unknown", version: "0.0.0", title: "Not judged", digest: "" },
    started,
    duration_ms: 0,
    strict: false,
    partial: reason,
    verdict: verdictOf([], { unreachable: reason }),
    results: [],
    scenarios: [],
    notes: [],
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
