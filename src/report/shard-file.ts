// A shard's results as NDJSON: header, one line per module as it is judged, footer. No footer means it was cut off. Pure.

import * as z from "zod";
import { isObject } from "../base/json.ts";
import type { VerdictKind } from "../base/judged.ts";
import { isModuleReport } from "./quick-check.ts";
import type { ModuleReport } from "./types.ts";

/** What all shards of one run share, and which part this is. */
export interface ShardHeader {
  format: 2;
  tool: { name: string; version: string };
  /** Part (from 1) and number of parts. */
  shard: [number, number];
  started: string;
  /** The list of all shards' modules: sha256 over their sorted names, one a line; merging proves that none is missing. */
  list: { sha256: string; modules: number };
  /** The choices that every shard must have made alike, in words. */
  selection: string;
  /** `hash`: which part a module belongs to follows from its name; `timings`: from an earlier run's (`selection` names it). */
  balance: "hash" | "timings";
}

/** What stands before the module's report in its record, so that a reader need not take the whole in to know what it is. */
export interface RecordHead {
  name: string;
  contract: { name: string; version: string; digest: string };
  /** Of what was judged; a running service has none. */
  digest?: string;
  program?: string;
  /** Digest of what else was asked of the run. */
  asked?: string;
  kind: VerdictKind;
  duration_ms: number;
  /** Requirements that did not pass. */
  open: number;
  /** The run of this module was cut short. */
  partial?: true;
}

export interface ShardFooter {
  modules: number;
  duration_ms: number;
  interrupted?: string;
  /** Records taken over from an earlier run. */
  reused?: number;
  /** Of all bytes before the footer. */
  sha256: string;
}

const whole = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const header = z.object({
  type: z.literal("header"),
  format: z.literal(2),
  tool: z.object({ name: z.string(), version: z.string() }),
  shard: z.tuple([z.int().min(1), z.int().min(1).max(10_000)]),
  started: z.string(),
  list: z.object({ sha256: digest, modules: whole.max(1_000_000) }),
  selection: z.string(),
  balance: z.enum(["hash", "timings"]),
});
const footer = z.object({
  type: z.literal("footer"),
  modules: whole,
  duration_ms: z.number(),
  interrupted: z.string().exactOptional(),
  reused: whole.exactOptional(),
  sha256: z.string(),
});
const head = z.object({
  type: z.literal("module"),
  name: z.string(),
  contract: z.object({ name: z.string(), version: z.string(), digest: z.string() }),
  digest: z.string().exactOptional(),
  program: z.string().exactOptional(),
  asked: z.string().exactOptional(),
  kind: z.enum(["conformant", "partial", "nonconformant", "inconclusive"]),
  duration_ms: z.number(),
  open: whole,
  partial: z.literal(true).exactOptional(),
});

export function shardHeaderLine(value: ShardHeader): string {
  return `${JSON.stringify({ type: "header", ...value })}\n`;
}

/** The head first, then `"module":` and the whole report. */
export function moduleLine(value: ModuleReport): string {
  return `${JSON.stringify({ type: "module", ...headOf(value), module: value })}\n`;
}

export function shardFooterLine(value: ShardFooter): string {
  return `${JSON.stringify({ type: "footer", ...value })}\n`;
}

/** What a record says of a module beside its report. */
export function headOf(module: ModuleReport): RecordHead {
  const { name, contract, target, asked, verdict, duration_ms, partial, results } = module;
  return {
    name,
    contract: { name: contract.name, version: contract.version, digest: contract.digest },
    ...(target.digest === undefined || target.changed !== undefined ? {} : { digest: target.digest }),
    ...(target.program === undefined ? {} : { program: target.program }),
    ...(asked === undefined ? {} : { asked }),
    kind: verdict.kind,
    duration_ms,
    open: results.filter(({ outcome }) => outcome.kind !== "pass").length,
    ...(partial === undefined ? {} : { partial: true as const }),
  };
}

/** One line understood; `unknown` are records of a newer conform, which are ignored. `report`: where in the line the module's report begins. */
export type ShardLine =
  | { kind: "header"; header: ShardHeader }
  | { kind: "module"; head: RecordHead; report: number }
  | { kind: "footer"; footer: ShardFooter }
  | { kind: "unknown" }
  | { kind: "fault"; fault: string };

const mark = Buffer.from(',"module":{');
const beginning = Buffer.from('{"type":"module",');

/** Never throws: the text is foreign. Of a module's record the head alone is looked at; `parseModule` takes the rest. */
export function parseLine(line: Buffer): ShardLine {
  if (line.subarray(0, beginning.length).equals(beginning)) return parseHead(line);
  let value: unknown;
  try {
    value = JSON.parse(line.toString());
  } catch {
    return { kind: "fault", fault: "is not JSON" };
  }
  const type = isObject(value) && "type" in value ? value.type : undefined;
  if (type === "header") return parseHeader(value);
  if (type === "module") return { kind: "fault", fault: "is no valid record of a module" };
  if (type === "footer") {
    const parsed = footer.safeParse(value);
    if (!parsed.success) return { kind: "fault", fault: "is no valid footer" };
    const { type: _, ...rest } = parsed.data;
    return { kind: "footer", footer: rest };
  }
  return typeof type === "string" ? { kind: "unknown" } : { kind: "fault", fault: "is no record" };
}

function parseHead(line: Buffer): ShardLine {
  const fault: ShardLine = { kind: "fault", fault: "is no valid record of a module" };
  // A name may hold the mark; quoted inside JSON its quotes are escaped, so that the first one is the real one.
  const at = line.indexOf(mark);
  if (at === -1 || line.at(-1) !== 125) return fault;
  let value: unknown;
  try {
    value = JSON.parse(`${line.toString("utf8", 0, at)}}`);
  } catch {
    return fault;
  }
  const parsed = head.safeParse(value);
  if (!parsed.success) return fault;
  const { type: _, ...rest } = parsed.data;
  return { kind: "module", head: rest, report: at + mark.length - 1 };
}

/** The report in a record's line, from `report` to the line's last brace; undefined when it is none or not the one that the head tells. */
export function parseModule(text: string, told: RecordHead): ModuleReport | undefined {
  const module = parseShardReport(text);
  return module !== undefined && canonical(headOf(module)) === canonical(told) ? module : undefined;
}

/** One module's report as JSON; undefined when it is none. */
export function parseShardReport(text: string): ModuleReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isModuleReport(value) ? value : undefined;
}

/** Digits and order as a reader of the line gives them back. */
function canonical(head: RecordHead): string {
  return JSON.stringify(Object.entries(head).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parseHeader(value: unknown): ShardLine {
  const parsed = header.safeParse(value);
  if (parsed.success) {
    const { type: _, ...rest } = parsed.data;
    return { kind: "header", header: rest };
  }
  const format = isObject(value) && "format" in value ? value.format : undefined;
  return typeof format === "number" && format !== 2
    ? {
        kind: "fault",
        fault: `has format ${format}, which ${format > 2 ? "a newer" : "an older"} conform wrote; this one reads 2`,
      }
    : { kind: "fault", fault: "is no valid header" };
}
