// Runs in the hosted child: which export of a foreign module is the one meant, and an instance of it.
import { hasParts } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import { apply, construct, entries, get, keys as keysOf } from "./natives.ts";
import type { FindRule } from "./protocol.ts";
import { describe, isClass, kindOf } from "./values.ts";

export interface FoundExport {
  value: unknown;
  /** Position of the rule that found it. */
  rule: number;
  report: Record<string, Json>;
}

type Exports = [key: string, value: unknown][];

/** Exports of a namespace, in name order as the language has them; an export that throws when read counts as undefined. */
function exportsOf(namespace: object): Exports {
  return keysOf(namespace).map((key) => {
    try {
      return [key, get(namespace, key)];
    } catch {
      return [key, undefined];
    }
  });
}

/** What a namespace offers, in words. */
export function describeExports(namespace: object): Json[] {
  return exportsOf(namespace)
    .slice(0, 200)
    .map(([key, value]) => {
      const { json: _json, types: _types, thenable: _thenable, ...rest } = describe(value);
      return { key, ...rest } as Json;
    });
}

/** The first rule with a match decides. */
export function findExport(namespace: object, rules: FindRule[]): FoundExport {
  const all = exportsOf(namespace);
  const keys = all.map(([key]) => key);
  for (const [rule, { prefer, first, ...condition }] of rules.entries()) {
    const matching = all.filter(([key, value]) => matches(condition, key, value));
    const candidates = unique(matching);
    const names = candidates.map(([key]) => key);
    const preferred = matching.find(([key]) => key === prefer);
    const chosen = preferred ?? (candidates.length === 1 || first === true ? candidates[0] : undefined);
    if (chosen !== undefined) {
      const [key, value] = chosen;
      const report = { ok: true, key, rule, kind: kindOf(value), candidates: names, exports: keys };
      return { value, rule, report };
    }
    if (candidates.length > 0)
      return { value: undefined, rule, report: { ok: false, problem: "ambiguous", candidates: names, exports: keys } };
  }
  const report: Record<string, Json> = { ok: false, problem: "none", candidates: [], exports: keys };
  const near = nearest(all, rules);
  if (near !== undefined) report.nearest = near;
  return { value: undefined, rule: -1, report };
}

function matches(rule: Pick<FindRule, "keys" | "kind" | "members">, key: string, value: unknown): boolean {
  if (!new RegExp(rule.keys, "u").test(key)) return false;
  if (rule.kind === "class" && !isClass(value)) return false;
  if (rule.kind === "function" && kindOf(value) !== "function") return false;
  if (rule.kind === "object" && kindOf(value) !== "object") return false;
  return missingMembers(value, rule.members ?? {}).length === 0;
}

/** One entry per value: a class exported under two names is one class. */
function unique(entries: Exports): Exports {
  return entries.filter(([, value], index) => entries.findIndex(([, other]) => other === value) === index);
}

function missingMembers(value: unknown, members: Record<string, string>): string[] {
  if (!hasParts(value)) return keysOf(members);
  return entries(members).flatMap(([member, type]) => {
    try {
      return kindOf(get(value, member)) === type ? [] : [member];
    } catch {
      return [member];
    }
  });
}

/** The export that comes nearest to a rule with members, for the message. */
function nearest(all: Exports, rules: FindRule[]): Json | undefined {
  let best: { key: string; missing: string[]; members: string[] } | undefined;
  for (const { members } of rules)
    for (const [key, value] of members === undefined ? [] : all) {
      if (kindOf(value) !== "object") continue;
      const missing = missingMembers(value, members ?? {});
      if (best === undefined || missing.length < best.missing.length)
        best = { key, missing, members: describe(value).members ?? [] };
    }
  return best === undefined ? undefined : { ...best };
}

/** A class is built with `new`, a function called, anything else is the instance itself. */
export function build(found: unknown, args: unknown[]): unknown {
  if (isClass(found)) return construct(found as () => unknown, args) as object;
  return typeof found === "function" ? apply(found as () => unknown, undefined, args) : found;
}
