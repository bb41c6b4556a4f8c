// A shard's run: its part of the modules, those of an earlier run that stand taken over, the others judged, everything in one result file.
import { existsSync } from "node:fs";
import { UsageError } from "../../base/errors.ts";
import { sha256, startClock, wallClock } from "../../base/io.ts";
import type { Scrub } from "../../base/secrecy/private-paths.ts";
import type { Transcript } from "../../base/transcript.ts";
import type { Target } from "../../base/types.ts";
import { version } from "../../base/version.ts";
import { longestFirst, parts, type Timings } from "../../gate/fleet/balance.ts";
import { listFacts, moreThanNames } from "../../gate/fleet/list.ts";
import { merged } from "../../gate/fleet/merge.ts";
import { type Now, stands } from "../../gate/fleet/reuse.ts";
import type { FoundShard } from "../../gate/fleet/shard.ts";
import { scrubModule } from "../../report/scrub.ts";
import type { ShardHeader } from "../../report/shard-file.ts";
import type { ModuleReport } from "../../report/types.ts";
import { askedDigest, outlives } from "../../session/same.ts";
import { type Prepared, targetOf } from "../../session/session.ts";
import { subjectOf } from "../../session/subject.ts";
import { everyones, writeWhole } from "../files-out.ts";
import type { Settings } from "../settings.ts";
import { note } from "../terminal.ts";
import { type Earlier, type Left, resumed, since } from "./earlier.ts";
import type { Named } from "./named.ts";
import { indexedRecords, type RecordReader, recordReader } from "./records.ts";
import { shardPath, writeRunReports } from "./reports.ts";
import { type ShardOut, shardOut } from "./shard-out.ts";

/** What this machine is to judge of all modules. */
export interface ShardPart {
  shard: FoundShard;
  /** Of all shards. */
  all: Named[];
  /** Of this one, in the order in which they are to be judged. */
  own: Named[];
  scrub: Scrub;
  balance: ShardHeader["balance"];
  /** Digest of the timings that it was made with. */
  timings?: string;
}

export function partOfModules(
  all: Named[],
  shard: FoundShard,
  { scrub, timings }: { scrub: Scrub; timings?: Timings },
): ShardPart {
  const names = all.map(({ name }) => name);
  const mine = new Set(parts(names, shard.count, timings)[shard.index - 1]);
  const own = all.filter(({ name }) => mine.has(name));
  const part = { shard, all, own: ordered(own, timings), scrub };
  if (timings === undefined) return { ...part, balance: "hash" };
  return { ...part, balance: "timings", timings: sha256(JSON.stringify([...timings].sort())) };
}

/** The longest first, so that none is begun last. */
export function ordered<T extends { name: string }>(all: readonly T[], timings: Timings | undefined): T[] {
  if (timings === undefined) return [...all];
  const places = new Map(
    longestFirst(
      all.map(({ name }) => name),
      timings,
    ).map(({ name }, place) => [name, place]),
  );
  return [...all].sort((a, b) => (places.get(a.name) ?? 0) - (places.get(b.name) ?? 0));
}

/** Folders of all modules, for contracts that let modules meet. */
export function targetsOf({ all }: ShardPart, cwd: string | undefined): Target[] {
  return all.map(({ target }) => targetOf(target, cwd));
}

export interface ShardRun {
  part: ShardPart;
  /** Of `part.own`, in its order. */
  prepared: Prepared[];
  settings: Settings;
  /** What every shard must have been asked alike, in words. */
  selection: string;
  /** Go on where the result file ends. */
  resume: boolean;
  /** A merged run whose verdicts stand where nothing changed. */
  since?: string;
}

/** What judging left beside the result file. */
export interface JudgedForFile {
  interrupted?: string;
  transcripts: Record<string, Transcript>;
  /** What could not be written. */
  faults: unknown[];
  /** Reporters that are written already. */
  streamed: readonly string[];
}

/** Judges some modules; each is told as it ends. */
export type Judge = (prepared: Prepared[], onModule: (report: ModuleReport) => void) => Promise<JudgedForFile>;

/** Returns the exit code. Throws UsageError and ResourceError. */
export async function runShard(run: ShardRun, judge: Judge): Promise<number> {
  const { part, settings } = run;
  const { shard, scrub } = part;
  if (shard.statusFile !== undefined) await writeWhole(shard.statusFile, "", everyones);
  const clock = startClock();
  const path = shardPath(settings.sink.out, shard.index, shard.count);
  const header = headerOf(run);
  const reader = recordReader();
  const { file, left, digests } = await begun(run, { path, header, reader }).finally(() => reader.close());
  const onModule = (report: ModuleReport): void => {
    const asked = digests.get(report.target.label);
    file.module(scrubModule(asked === undefined ? report : { ...report, asked }, scrub));
  };
  const judged: JudgedForFile =
    left.length > 0 ? await judge(left, onModule) : { transcripts: {}, faults: [], streamed: [] };
  const { interrupted, faults } = judged;
  try {
    file.end({ duration_ms: Math.round(clock() * 1000), ...(interrupted === undefined ? {} : { interrupted }) });
  } catch (error) {
    faults.push(error);
  }
  if (part.own.length === 0) return 0;
  return reported(path, settings, judged);
}

function headerOf({ part, selection }: ShardRun): ShardHeader {
  const { shard, all, scrub, balance, timings } = part;
  const more = moreThanNames(all);
  const words = [
    selection,
    ...(more === undefined ? [] : [`list sha256:${more}`]),
    ...(timings === undefined ? [] : [`--timings sha256:${timings}`]),
  ].filter((word) => word !== "");
  return {
    format: 2,
    tool: { name: "conform", version },
    shard: [shard.index, shard.count],
    started: wallClock().toISOString(),
    list: listFacts(all.map(({ name }) => name)),
    selection: scrub(words.join(" ")),
    balance,
  };
}

interface Begun {
  file: ShardOut;
  /** What is still to be judged. */
  left: Prepared[];
  /** By label. */
  digests: Map<string, string>;
}

/** Finds what stands, begins the file with it and says so. */
async function begun(
  run: ShardRun,
  { path, header, reader }: { path: string; header: ShardHeader; reader: RecordReader },
): Promise<Begun> {
  const { part, prepared, settings } = run;
  const { index, count, from } = part.shard;
  const today = wallClock();
  const own = run.resume && existsSync(path) ? resumed(path, header, reader) : undefined;
  const other = run.since === undefined ? undefined : since(run.since, reader);
  const left: Prepared[] = [];
  const stand: Earlier[] = [];
  const digests = new Map<string, string>();
  for (const [at, one] of prepared.entries()) {
    const asked = askedDigest(one, today);
    digests.set(one.target.label, asked);
    const name = part.own[at]?.name ?? "";
    const found =
      own === undefined && other === undefined ? undefined : await standing(name, one, { asked, own, other });
    if (found === undefined) left.push(one);
    else stand.push(found);
  }
  const mode = settings.sink.mode;
  const file = shardOut(path, { header, records: lines(stand), ...(mode === undefined ? {} : { mode }) });
  const reused = own === undefined && other === undefined ? "" : `, ${stand.length} taken over`;
  note(`shard ${index} of ${count} (${from}): ${part.own.length} of ${part.all.length} modules${reused}`);
  if (own?.why !== undefined) note(`--resume: nothing of the result file can be used: ${own.why}`);
  if (other?.why !== undefined) note(`--since ${run.since}: nothing of it can be used: ${other.why}`);
  return { file, left, digests };
}

function* lines(stand: readonly Earlier[]): Generator<Buffer> {
  for (const one of stand) yield one.line();
}

interface Found {
  asked: string;
  own: Left | undefined;
  other: Left | undefined;
}

async function standing(name: string, prepared: Prepared, { asked, own, other }: Found): Promise<Earlier | undefined> {
  const candidates = [
    { earlier: own?.earlier.get(name), how: "resume" as const },
    { earlier: other?.earlier.get(name), how: "since" as const },
  ];
  if (candidates.every(({ earlier }) => earlier === undefined)) return undefined;
  const { digest, program } = await subjectOf(prepared.target);
  const now: Now = {
    contractDigest: prepared.contract.digest,
    asked,
    outlives: outlives(prepared),
    ...(digest === undefined ? {} : { digest }),
    ...(program === undefined ? {} : { program }),
  };
  return candidates.find(({ earlier, how }) => earlier !== undefined && stands(earlier.head, now, how))?.earlier;
}

/** The reports of this shard alone, from its file. */
async function reported(
  path: string,
  settings: Settings,
  { transcripts, faults, streamed }: JudgedForFile,
): Promise<number> {
  const blob = indexedRecords(path);
  const { run, refusals } = merged(blob === undefined ? [] : [blob]);
  if (run === undefined) throw faults[0] ?? new UsageError(refusals.join("\n"));
  const own = { ...run, slots: run.slots.filter((slot) => "record" in slot) };
  const sink = { ...settings.sink, streamed, faults };
  return (await writeRunReports(own, sink, transcripts)).exit;
}
