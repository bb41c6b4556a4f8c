// Shards -> one run. Refuses gaps, doubles, cut files and mixed versions; the order of the files changes nothing. Pure: it sees what the
// files say of themselves and the heads of their records; the records themselves are taken in one by one, by whoever reads them.

import type { Verdict } from "../../base/judged.ts";
import { visible } from "../../base/visible.ts";
import { verdictOf, verdictOfAll } from "../../judge/verdict.ts";
import type { RecordHead, ShardFooter, ShardHeader } from "../../report/shard-file.ts";
import type { ModuleReport } from "../../report/types.ts";
import { listFacts } from "./list.ts";
import { partOf } from "./shard.ts";

/** What is known of one file when it was looked through to its end. `R`: a record's head, and where the rest lies. */
export interface Blob<R extends { head: RecordHead } = { head: RecordHead }> {
  /** As shown to people. */
  file: string;
  header?: ShardHeader;
  records: R[];
  footer?: ShardFooter;
  /** What is wrong with the file itself, one line each. */
  faults: string[];
}

/** One module of the merged report: a record, or why there is none. */
export type Slot<R> = { name: string; record: R } | { name: string; missing: string };

export interface Merged<R> {
  /** Why the files are not one whole run; empty when they are. */
  refusals: string[];
  /** True when only something is missing: `--allow-incomplete` may take what is there. */
  incomplete: boolean;
  /** Undefined when there is nothing to show. */
  run?: MergedRun<R>;
}

export interface MergedRun<R> {
  tool: ShardHeader["tool"];
  /** Of the shard that began first. */
  started: string;
  /** Of the shard that took longest. */
  duration_ms: number;
  /** By name. */
  slots: Slot<R>[];
  /** Records taken over from an earlier run. */
  reused: number;
}

/** `names`: of all modules, where the list is at hand; then what is missing is named. The result is the same for any order and any number of shards, but for times. */
export function merged<R extends { head: RecordHead }>(
  blobs: readonly Blob<R>[],
  names?: readonly string[],
): Merged<R> {
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
    ...contracts(whole),
    ...(first === undefined ? [] : foreign(first.header, whole, names)),
  ];
  const cut = sorted
    .filter(({ footer, faults }) => footer === undefined && faults.length === 0)
    .map(
      ({ file }) =>
        `${file} is cut off: it has no footer; that shard did not come to its end (run it again with --resume)`,
    );
  const gaps = first === undefined ? [] : missing(first.header, whole, names);
  const nothing = first === undefined && broken.length === 0 ? ["there are no result files of shards"] : [];
  const refusals = [...broken, ...cut, ...gaps.map(({ told }) => told), ...nothing].map(visible);
  const incomplete = broken.length === 0 && refusals.length > 0 && first !== undefined;
  if (first === undefined || broken.length > 0) return { refusals, incomplete };
  return { refusals, incomplete, run: runOf(first.header, whole, gaps) };
}

type Whole<R> = Blob<R & { head: RecordHead }> & { header: ShardHeader };

/** What every shard must have alike. */
function mixed(blobs: readonly Pick<Whole<object>, "file" | "header">[]): string[] {
  const [first, ...others] = blobs;
  if (first === undefined) return [];
  return others.flatMap(({ file, header }) => {
    const { tool, shard, selection, list, balance } = first.header;
    const differs = (what: string, a: string, b: string) => [
      `${file} differs from ${first.file} in ${what}: ${b}, not ${a}`,
    ];
    if (header.tool.version !== tool.version || header.tool.name !== tool.name)
      return differs("the version of conform", tool.version, header.tool.version);
    if (header.shard[1] !== shard[1]) return differs("the number of shards", String(shard[1]), String(header.shard[1]));
    if (header.selection !== selection)
      return differs("what was asked for", selection || "everything", header.selection || "everything");
    if (header.balance !== balance) return differs("how modules are shared out", balance, header.balance);
    if (header.list.sha256 !== list.sha256 || header.list.modules !== list.modules)
      return differs("the list of modules", listWords(list), listWords(header.list));
    return [];
  });
}

function listWords({ sha256, modules }: ShardHeader["list"]): string {
  return `${modules} modules, sha256 ${sha256.slice(0, 12)}…`;
}

function doubled(blobs: readonly Pick<Whole<object>, "file" | "header">[]): string[] {
  const seen = new Map<number, string>();
  return blobs.flatMap(({ file, header }) => {
    const [index] = header.shard;
    const first = seen.get(index);
    if (first === undefined) seen.set(index, file);
    return first === undefined ? [] : [`${file} is shard ${index} of ${header.shard[1]} again; ${first} has it`];
  });
}

/** Modules that are not of this shard, or there twice, in one file or in two. */
function misplaced(blobs: readonly Whole<object>[]): string[] {
  const seen = new Map<string, string>();
  return blobs.flatMap(({ file, header, records }) => {
    const [index, count] = header.shard;
    return records.flatMap(({ head: { name } }) => {
      const first = seen.get(name);
      seen.set(name, file);
      const own = partOf(name, count);
      if (header.balance === "hash" && own !== index) return [`${file} has ${name}, which belongs to shard ${own}`];
      if (first === undefined) return [];
      return first === file ? [`${file} has ${name} twice`] : [`${file} has ${name}, which ${first} has too`];
    });
  });
}

/** One contract version has one text. */
function contracts(blobs: readonly Whole<object>[]): string[] {
  const digests = new Map<string, { digest: string; file: string }>();
  const complaints = new Set<string>();
  for (const { file, records } of blobs) {
    for (const {
      head: { contract },
    } of records) {
      // A module that could not even be looked at was judged under none.
      if (contract.digest === "") continue;
      const name = `${contract.name}@${contract.version}`;
      const known = digests.get(name);
      if (known === undefined) digests.set(name, { digest: contract.digest, file });
      else if (known.digest !== contract.digest)
        complaints.add(`${file} judged under another text of contract ${name} than ${known.file}`);
    }
  }
  return [...complaints];
}

/** Names that the list does not have: told by the list itself where it is at hand, else by its digest. */
function foreign(
  { list }: ShardHeader,
  blobs: readonly Whole<object>[],
  names: readonly string[] | undefined,
): string[] {
  const judged = blobs.flatMap(({ records }) => records.map(({ head }) => head.name));
  if (names !== undefined) {
    const facts = listFacts(names);
    if (facts.sha256 !== list.sha256)
      return [`the list given here is not the one that was judged: ${listWords(facts)}, not ${listWords(list)}`];
    const known = new Set(names);
    return judged.filter((name) => !known.has(name)).map((name) => `${name} is not in the list of modules`);
  }
  const all = new Set(judged);
  if (all.size > list.modules) return [`there are ${all.size} modules, the list has ${list.modules}`];
  return all.size === list.modules && listFacts([...all]).sha256 !== list.sha256
    ? ["the modules judged are not those of the list (their digest is another one)"]
    : [];
}

interface Gap {
  told: string;
  /** Names of modules, or one of the shard where they are not known. */
  names: { name: string; reason: string }[];
}

function missing(header: ShardHeader, blobs: readonly Whole<object>[], names: readonly string[] | undefined): Gap[] {
  const [, count] = header.shard;
  const there = new Set(blobs.map((blob) => blob.header.shard[0]));
  const judged = new Set(blobs.flatMap(({ records }) => records.map(({ head }) => head.name)));
  const absent = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !there.has(index));
  const lost = header.list.modules - judged.size;
  if (names !== undefined && header.balance === "hash") {
    const left = names.filter((name) => !judged.has(name)).sort(compare);
    const slots = (index: number, all: readonly string[]) =>
      all.map((name) => ({ name, reason: `not judged: shard ${index} of ${count} has no result for it` }));
    const own = (index: number) => left.filter((name) => partOf(name, count) === index);
    const elsewhere = [...there].flatMap((index) => slots(index, own(index)));
    return [
      ...absent.map((index) => ({ told: absentWords(index, count, own(index)), names: slots(index, own(index)) })),
      ...(elsewhere.length === 0
        ? []
        : [{ told: `not judged: ${some(elsewhere.map(({ name }) => name))}`, names: elsewhere }]),
    ];
  }
  if (names !== undefined) {
    const left = names.filter((name) => !judged.has(name)).sort(compare);
    const gap = left.map((name) => ({ name, reason: "not judged: no shard has a result for it" }));
    const told = absent.map((index) => ({ told: absentWords(index, count, []), names: [] }));
    return [...told, ...(left.length === 0 ? [] : [{ told: `not judged: ${some(left)}`, names: gap }])];
  }
  const hint = "--modules-from LIST names them";
  const told = absent.map((index) => ({ told: absentWords(index, count, []), names: [] }));
  if (lost <= 0) return told;
  const words = `not judged: ${lost} of ${header.list.modules} modules (${hint})`;
  return [...told, { told: words, names: [{ name: `${lost} modules of the list`, reason: words }] }];
}

function absentWords(index: number, count: number, own: readonly string[]): string {
  return `shard ${index} of ${count} is missing${own.length === 0 ? "" : `, and with it ${some(own)}`}`;
}

function some(names: readonly string[]): string {
  return names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
}

function runOf<R>(
  header: ShardHeader,
  blobs: readonly (Blob<R & { head: RecordHead }> & { header: ShardHeader })[],
  gaps: readonly Gap[],
): MergedRun<R> {
  const starts = blobs.map((blob) => blob.header.started).sort(compare);
  const slots: Slot<R>[] = [
    ...blobs.flatMap(({ records }) => records.map((record) => ({ name: record.head.name, record }))),
    ...gaps.flatMap(({ names }) => names.map(({ name, reason }) => ({ name, missing: reason }))),
  ];
  return {
    tool: header.tool,
    started: starts[0] ?? header.started,
    duration_ms: Math.max(0, ...blobs.map(({ footer }) => footer?.duration_ms ?? 0)),
    slots: slots.sort((a, b) => compare(a.name, b.name)),
    reused: blobs.reduce((sum, { footer }) => sum + (footer?.reused ?? 0), 0),
  };
}

/** A module of which no shard tells anything, or which nobody could judge: what is reported of it. */
export function unjudged(name: string, reason: string, started: string): ModuleReport {
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

/** Verdicts of many modules as they come; no more of them is kept than the verdict on all needs. */
export class VerdictSum {
  #verdicts: Verdict[] = [];

  add(verdict: Verdict): void {
    this.#verdicts.push(verdict);
    if (this.#verdicts.length >= 256) this.#verdicts = [verdictOfAll(this.#verdicts)];
  }

  get verdict(): Verdict {
    return verdictOfAll(this.#verdicts);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
