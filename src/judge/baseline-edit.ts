// Changes a baseline file to what a report says, keeping comments and everything that still holds. Pure: text in, text out.
import { type Document, isMap, isSeq, parseDocument, YAMLMap, YAMLSeq } from "yaml";
import { UsageError } from "../base/errors.ts";
import type { Result } from "../base/judged.ts";
import type { Contract } from "../base/types.ts";
import { type BaselineEntry, coveredBy, parseBaseline, sameContract } from "./baseline.ts";

/** What new entries say. Missing owner or reason is an error only when an entry must be added. */
export interface NewEntry {
  owner?: string;
  reason?: string;
  issue?: string;
  /** Day; also given to entries that expired and still fail. */
  expires?: string;
  /** Day for new entries when `expires` is not given. */
  expiresDefault: string;
}

export interface Edit {
  text: string;
  /** What was done, one line each. */
  changes: string[];
}

/** Only what is needed of the contract to know which requirements an entry covers. */
export type Ids = Pick<Contract, "name" | "version" | "requirements">;

/** What it needs of a judged module. `started`: ISO 8601. */
export interface JudgedModule {
  results: readonly Result[];
  strict: boolean;
  started: string;
}

interface Sheet {
  document: Document;
  list: YAMLSeq;
  entries: BaselineEntry[];
}

/** Adds what fails and is not listed, and does all that `pruned` does. Throws UsageError when an entry needs an owner or a reason. */
export function updated(source: string | undefined, module: JudgedModule, ids: Ids, given: NewEntry): Edit {
  const { text, changes } = pruned(source, module, ids, given);
  const sheet = open(text, "conform.baseline.yaml");
  const listed = new Set(
    sheet.entries
      .filter((entry) => sameContract(entry, ids))
      .flatMap((entry) => coveredBy(entry, ids).map(({ id }) => id)),
  );
  const missing = module.results.filter(
    ({ id, level, outcome }) =>
      outcome.kind === "fail" && (level === "MUST" || (module.strict && level === "SHOULD")) && !listed.has(id),
  );
  const added = missing.map((result) => addedEntry(result, ids, given));
  for (const entry of added) sheet.list.add(sheet.document.createNode(entry));
  return {
    text: added.length === 0 ? text : write(sheet.document),
    changes: [...changes, ...added.map(({ id }) => `added ${id}`)],
  };
}

function addedEntry({ id }: Result, { name, version }: Ids, given: NewEntry) {
  const { owner, reason, issue, expires = given.expiresDefault } = given;
  if (owner === undefined || reason === undefined)
    throw new UsageError(
      `${id} is not in the baseline yet; say who answers for it and why: --owner <who> --reason <why>`,
    );
  return { id, owner, reason, ...(issue === undefined ? {} : { issue }), expires, contract: `${name}@${version}` };
}

/** Removes entries that match nothing or pass now, narrows globs to what still fails, and confirms or renews what `given` allows. */
export function pruned(
  source: string | undefined,
  module: JudgedModule,
  ids: Ids,
  given?: Pick<NewEntry, "expires">,
): Edit {
  const sheet = open(source ?? "known: []\n", "conform.baseline.yaml");
  const outcome = new Map(module.results.map((result) => [result.id, result.outcome.kind]));
  const today = module.started.slice(0, 10);
  const changes: string[] = [];
  for (const [index, entry] of [...sheet.entries.entries()].reverse()) {
    if (!sameContract(entry, ids)) continue;
    const covered = coveredBy(entry, ids).map(({ id }) => id);
    const node = sheet.list.items[index];
    if (!isMap(node)) continue;
    const passing = covered.filter((id) => outcome.get(id) === "pass");
    const rest = covered.filter((id) => outcome.get(id) !== "pass");
    if (rest.length === 0) {
      sheet.list.items.splice(index, 1);
      changes.unshift(`removed ${entry.id}: ${covered.length === 0 ? "matches no requirement" : "passes now"}`);
      continue;
    }
    if (given !== undefined) changes.unshift(...confirmed(node, entry, ids, { ...given, today }));
    if (passing.length === 0) continue;
    sheet.list.items.splice(index, 1, ...rest.map((id) => withId(node, id)));
    changes.unshift(`narrowed ${entry.id} to ${rest.join(", ")}`);
  }
  if (changes.length === 0 && source !== undefined) return { text: source, changes };
  return { text: write(sheet.document), changes };
}

/** An entry of another version is confirmed, one that expired gets the new day, if there is one. */
function confirmed(
  node: YAMLMap,
  entry: BaselineEntry,
  ids: Ids,
  given: { expires?: string; today: string },
): string[] {
  const changes: string[] = [];
  const version = entry.contract?.split("@")[1];
  if (version !== undefined && ids.version !== version && !ids.version.startsWith(`${version}.`)) {
    node.set("contract", `${ids.name}@${ids.version}`);
    changes.push(`confirmed ${entry.id} for ${ids.name}@${ids.version}`);
  }
  if (entry.expires !== undefined && entry.expires < given.today && given.expires !== undefined) {
    node.set("expires", given.expires);
    changes.push(`renewed ${entry.id} until ${given.expires}`);
  }
  return changes;
}

function withId(node: YAMLMap, id: string): YAMLMap {
  const copy = node.clone();
  if (!(copy instanceof YAMLMap)) return node;
  copy.set("id", id);
  return copy;
}

/** Throws ContractError when the text is no baseline. */
function open(source: string, file: string): Sheet {
  const { entries } = parseBaseline(source, file);
  const document = parseDocument(source);
  let list = document.get("known");
  if (!isSeq(list)) {
    list = new YAMLSeq();
    document.set("known", list);
  }
  const seq = list as YAMLSeq;
  seq.flow = false;
  return { document, list: seq, entries };
}

function write(document: Document): string {
  return document.toString({ lineWidth: 0 });
}
