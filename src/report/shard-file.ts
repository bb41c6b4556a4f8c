// A shard's results as NDJSON: header, one line per module as it is judged, footer. No footer means it was cut off. Pure.

import * as z from "zod";
import { isObject } from "../base/json.ts";
import { moduleShape } from "./schema.ts";
import type { ModuleReport } from "./types.ts";

/** What all shards of one run share, and which part this is. */
export interface ShardHeader {
  format: 1;
  tool: { name: string; version: string };
  /** Part (from 1) and number of parts. */
  shard: [number, number];
  started: string;
  /** Names of the modules of all shards, sorted; merging proves that none is missing. */
  modules: string[];
  /** The choices that every shard must have made alike, in words. */
  selection: string;
}

export interface ShardFooter {
  modules: number;
  duration_ms: number;
  interrupted?: string;
  /** Of all bytes before the footer. */
  sha256: string;
}

const whole = z.int().min(0);
const header = z.object({
  type: z.literal("header"),
  format: z.literal(1),
  tool: z.object({ name: z.string(), version: z.string() }),
  shard: z.tuple([z.int().min(1), z.int().min(1).max(10_000)]),
  started: z.string(),
  modules: z.array(z.string()).max(1_000_000),
  selection: z.string(),
});
const footer = z.object({
  type: z.literal("footer"),
  modules: whole,
  duration_ms: z.number(),
  interrupted: z.string().exactOptional(),
  sha256: z.string(),
});

export function headerLine(value: ShardHeader): string {
  return `${JSON.stringify({ type: "header", ...value })}\n`;
}

export function moduleLine(value: ModuleReport): string {
  return `${JSON.stringify({ type: "module", module: value })}\n`;
}

export function footerLine(value: ShardFooter): string {
  return `${JSON.stringify({ type: "footer", ...value })}\n`;
}

/** One line understood; `unknown` are records of a newer conform, which are ignored. */
export type ShardLine =
  | { kind: "header"; header: ShardHeader }
  | { kind: "module"; module: ModuleReport }
  | { kind: "footer"; footer: ShardFooter }
  | { kind: "unknown" }
  | { kind: "fault"; fault: string };

/** Never throws: the text is foreign. */
export function parseLine(text: string): ShardLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "fault", fault: "is not JSON" };
  }
  const type = isObject(value) && "type" in value ? value.type : undefined;
  if (type === "header") return parseHeader(value);
  if (type === "module") {
    const parsed = z.object({ module: moduleShape }).safeParse(value);
    return parsed.success
      ? { kind: "module", module: parsed.data.module }
      : { kind: "fault", fault: "is no valid record of a module" };
  }
  if (type === "footer") {
    const parsed = footer.safeParse(value);
    if (!parsed.success) return { kind: "fault", fault: "is no valid footer" };
    const { type: _, ...rest } = parsed.data;
    return { kind: "footer", footer: rest };
  }
  return typeof type === "string" ? { kind: "unknown" } : { kind: "fault", fault: "is no record" };
}

function parseHeader(value: unknown): ShardLine {
  const parsed = header.safeParse(value);
  if (parsed.success) {
    const { type: _, ...rest } = parsed.data;
    return { kind: "header", header: rest };
  }
  const format = isObject(value) && "format" in value ? value.format : undefined;
  return typeof format === "number" && format > 1
    ? { kind: "fault", fault: `has format ${format}, which a newer conform wrote; this one reads 1` }
    : { kind: "fault", fault: "is no valid header" };
}
