// Known failures: who answers for each, why, until when. Pure; decides what they excuse and which of them no longer hold.
import * as z from "zod";
import { type Complaint, ContractError, didYouMean } from "../base/errors.ts";
import type { Result } from "../base/judged.ts";
import type { Contract, Place, Requirement } from "../base/types.ts";
import { complaintsOf } from "../contract/load.ts";
import { parsePlacedYaml } from "../contract/places.ts";
import { matches } from "../contract/select.ts";

const text = z.string("must be a text").trim().min(1, "must not be empty");
const versioned = z
  .string("must be a text")
  .regex(/^[a-z0-9][a-z0-9_-]*(@\d+(\.\d+){0,2})?$/, "must be a contract's name, or name@version such as name@1.0");
const day = z
  .string("must be a date such as 2030-01-31")
  .refine((value) => isDay(value), "must be a date such as 2030-01-31");

const entryShape = z.strictObject({
  id: text.describe("a requirement's id, or a glob such as metrics/*"),
  owner: text.describe("who answers for it: a person or a team"),
  reason: text.describe("why it fails"),
  issue: text.optional().describe("where it is being dealt with"),
  expires: day.optional().describe("last day on which it is excused, UTC"),
  contract: versioned.optional().describe("name or name@version; for another version the entry is stale"),
});

const baselineShape = z
  .strictObject({
    contract: versioned.optional().describe("contract of all entries that name none"),
    known: z.array(entryShape, "must be a list of entries"),
  })
  .meta({ title: "conform.baseline.yaml", description: "Known failures of the module beside this file." });

/** One known failure. */
export interface BaselineEntry {
  /** Id of a requirement, or a glob such as `metrics/*`. */
  id: string;
  /** Who answers for it. */
  owner: string;
  reason: string;
  issue?: string | undefined;
  /** Last day on which it is excused: `2030-01-31`, UTC. */
  expires?: string | undefined;
  /** `name` or `name@version`; without it the entry is for every contract. */
  contract?: string | undefined;
  /** Where the entry stands. */
  at: Place;
}

/** A file of known failures. */
export interface Baseline {
  /** Path as shown to people. */
  file: string;
  entries: BaselineEntry[];
}

/** What a baseline did to a run. */
export interface Applied {
  results: Result[];
  /** Entries that no longer hold: `id: why (file:line)`. */
  stale: string[];
}

/** The published JSON Schema (2020-12), for editors. */
export function baselineJsonSchema(): object {
  return {
    $id: "conform.baseline.schema.json",
    ...z.toJSONSchema(baselineShape, { target: "draft-2020-12", io: "input" }),
  };
}

/** Parses the YAML of a baseline file; `file` is its name in places. Throws ContractError with every complaint, its place and the nearest keys. */
export function parseBaseline(source: string, file: string): Baseline {
  const yaml = parsePlacedYaml(source, file);
  if (yaml.complaints.length > 0) throw new ContractError(yaml.complaints);
  const parsed = baselineShape.safeParse(yaml.value ?? {});
  if (!parsed.success) throw new ContractError(complaintsOf(parsed.error, yaml, baselineShape));
  const { contract, known } = parsed.data;
  const entries = known.map((entry, index) => ({
    ...(contract === undefined ? {} : { contract }),
    ...entry,
    at: yaml.placeOf(["known", index]),
  }));
  return { file, entries };
}

/** Entries for this contract that speak of the same requirement. Every failure has one owner. */
export function overlaps({ entries }: Baseline, contract: Contract): Complaint[] {
  const owner = new Map<string, BaselineEntry>();
  const complaints: Complaint[] = [];
  for (const entry of entries) {
    if (!sameContract(entry, contract)) continue;
    for (const { id } of coveredBy(entry, contract)) {
      const first = owner.get(id);
      if (first === undefined) owner.set(id, entry);
      else {
        const earlier = `"${first.id}" in line ${first.at.line}`;
        complaints.push({ place: entry.at, message: `"${entry.id}" covers ${id}, and so does ${earlier}` });
        break;
      }
    }
  }
  return complaints;
}

/** Day of a date or an ISO time, UTC: `2030-01-31`. */
export function dayOf(time: string | Date): string {
  return (typeof time === "string" ? new Date(time) : time).toISOString().slice(0, 10);
}

/**
 * Fails and listed: known, does not bind. Passes and listed: stale. Listed but not judged: nothing. An error is never excused.
 * Matches nothing, expired, or meant for another version: stale, and excuses nothing. `today` is a day (UTC).
 */
export function applyBaseline(
  results: readonly Result[],
  baseline: Baseline,
  { contract, today }: { contract: Contract; today: string },
): Applied {
  const own = baseline.entries.filter((entry) => sameContract(entry, contract));
  const stale: string[] = [];
  const excuse = new Map<string, BaselineEntry>();
  for (const entry of own) {
    const covered = new Set(coveredBy(entry, contract).map(({ id }) => id));
    const why = unusable(entry, covered, { contract, today });
    const passing = results.filter(({ id, outcome }) => covered.has(id) && outcome.kind === "pass");
    if (why === undefined) for (const id of covered) excuse.set(id, entry);
    const reasons = [...(why === undefined ? [] : [why]), ...passesNow(entry, passing)];
    stale.push(...reasons.map((reason) => `${entry.id}: ${reason} (${placeText(entry.at)})`));
  }
  return { results: results.map((result) => excused(result, excuse.get(result.id))), stale };
}

/** Is the entry about this contract, whatever its version? */
export function sameContract(entry: Pick<BaselineEntry, "contract">, contract: Pick<Contract, "name">): boolean {
  return entry.contract === undefined || entry.contract.split("@")[0] === contract.name;
}

/** Requirements that an entry speaks of. */
export function coveredBy(
  { id }: Pick<BaselineEntry, "id">,
  { name, requirements }: Pick<Contract, "name" | "requirements">,
): Requirement[] {
  return requirements.filter((requirement) =>
    [requirement.id, ...requirement.aliases].some((known) => matches(id, known) || matches(id, `${name}:${known}`)),
  );
}

/** Why an entry excuses nothing, if so. */
function unusable(
  entry: BaselineEntry,
  covered: ReadonlySet<string>,
  { contract, today }: { contract: Contract; today: string },
): string | undefined {
  const ids = contract.requirements.map(({ id }) => id);
  if (covered.size === 0) return `no requirement of ${contract.name} matches${didYouMean(entry.id, ids)}`;
  const version = entry.contract?.split("@")[1];
  if (version !== undefined && contract.version !== version && !contract.version.startsWith(`${version}.`))
    return `written for ${entry.contract}, judged under ${contract.name}@${contract.version}; look at it again`;
  if (entry.expires !== undefined && entry.expires < today) return `expired on ${entry.expires}`;
  return undefined;
}

function passesNow(entry: BaselineEntry, passing: readonly Result[]): string[] {
  if (passing.length === 0) return [];
  const ids = passing.map(({ id }) => id);
  if (ids.length === 1 && ids[0] === entry.id) return ["passes now; remove the entry"];
  const some = ids.slice(0, 3).join(", ") + (ids.length > 3 ? ` and ${ids.length - 3} more` : "");
  return [`${some} ${ids.length === 1 ? "passes" : "pass"} now; narrow or remove the entry`];
}

function excused(result: Result, entry: BaselineEntry | undefined): Result {
  if (entry === undefined || result.outcome.kind !== "fail") return result;
  const { owner, reason, issue, expires } = entry;
  return {
    ...result,
    binding: false,
    baseline: {
      owner,
      reason,
      ...(issue === undefined ? {} : { issue }),
      ...(expires === undefined ? {} : { expires }),
    },
  };
}

function placeText({ file, line }: Place): string {
  return line === undefined ? file : `${file}:${line}`;
}

function isDay(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) && dayOf(value) === value;
}
