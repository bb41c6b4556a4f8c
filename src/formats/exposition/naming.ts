// Which family a name belongs to: its own, or one of whose type it is a part (`x_sum` of the histogram `x`).
import type { Format } from "./catalogue.ts";
import { type FamilyType, type Model, ROLES, type Role } from "./model.ts";
import { hashOf } from "./names.ts";
import type { Scanner } from "./scanner.ts";

export type Suffixes = { readonly [type in FamilyType]: readonly Role[] };

const TEXT: Suffixes = {
  counter: [""],
  gauge: [""],
  unknown: [""],
  info: [""],
  stateset: [""],
  summary: ["", "_sum", "_count"],
  histogram: ["_bucket", "_sum", "_count"],
  gaugehistogram: ["_bucket", "_sum", "_count", "_gsum", "_gcount"],
};

const OPENMETRICS: Suffixes = {
  counter: ["_total", "_created"],
  summary: ["", "_count", "_sum", "_created"],
  histogram: ["_count", "_sum", "_bucket", "_created"],
  gaugehistogram: ["_gcount", "_gsum", "_bucket"],
  info: ["_info"],
  gauge: [""],
  stateset: [""],
  unknown: [""],
};

const AS_WRITTEN: Suffixes = {
  counter: [""],
  gauge: [""],
  unknown: [""],
  info: [""],
  stateset: [""],
  summary: [""],
  histogram: [""],
  gaugehistogram: [""],
};

/** What a family's samples are called, by type. In OpenMetrics 2.0 names are as written. */
export const SUFFIXES: { readonly [format in Format]: Suffixes } = {
  prometheus: TEXT,
  openmetrics: OPENMETRICS,
  "openmetrics@2": AS_WRITTEN,
};

/** Family of the name read last: its own if there is one, else that of which it is a part, else a new one of type unknown. */
export function familyOfName(scanner: Scanner): number {
  scanner.internName();
  return familyOfSample(scanner);
}

/** The same for a series, whose name has its number. */
export function familyOfSample({ model, nameId, line }: Scanner): number {
  return knownFamily(model, nameId) ?? model.addFamily(nameId, line);
}

/** The same for a name that has been interned; undefined: there is none. */
export function knownFamily(model: Model, nameId: number): number | undefined {
  const known = nameId < model.familyOf.length ? (model.familyOf[nameId] ?? -1) : -1;
  return known >= 0 ? known : partOf(model, nameId);
}

/** The family of whose type the name is a part. */
function partOf(model: Model, nameId: number): number | undefined {
  const suffixes = SUFFIXES[model.format];
  for (let role = 1; role < ROLES.length; role++) {
    const suffix = ROLES[role] ?? "";
    const base = baseOf(model, nameId, suffix);
    const family = base < 0 ? undefined : model.families[base];
    if (family === undefined || !suffixes[family.type].includes(suffix)) continue;
    model.setFamily(nameId, base, role);
    return base;
  }
  return undefined;
}

/** The family named as `nameId` is without `suffix`, or -1. */
export function baseOf(model: Model, nameId: number, suffix: string): number {
  const { names } = model;
  if (!names.endsWith(nameId, suffix)) return -1;
  const at = names.at[nameId] ?? 0;
  const end = at + (names.length[nameId] ?? 0) - suffix.length;
  const base = names.find(at, end, hashOf(model.bytes, at, end));
  const family = base < 0 ? -1 : (model.familyOf[base] ?? -1);
  return family >= 0 && model.families[family]?.nameId === base ? family : -1;
}
