// Which scenarios a change of files concerns. Pure: contract, what was seen, and the changed files in; names out.
import { isObject } from "../base/json.ts";
import type { Transcript } from "../base/transcript.ts";
import type { Contract, Scenario } from "../base/types.ts";

/** Verbs that look at single, named files of the module and at nothing else of it. */
const readers = new Set(["read", "dockerfile", "syntax-check"]);
/** Verbs that do not touch the module's folder. */
const elsewhere = new Set([
  "get",
  "post",
  "put",
  "delete",
  "head",
  "request",
  "tcp",
  "wait",
  "set",
  "require",
  "parse",
  "pick-port",
  "hold-port",
  "release-port",
  "lock",
  "unlock",
  "peer",
  "release",
  "await-request",
]);
/** Files that a program is not made of; a scenario that reads one is concerned all the same. */
const documents =
  /(^|\/)(readme|licen[cs]e|notice|authors|contributing|changelog)[^/]*$|\.(md|rst|adoc)$|(^|\/)\.(gitignore|gitattributes|editorconfig)$/i;

/** Names of the scenarios that may see something else now. `files`: changed, added and removed, relative to the module's folder. */
export function concerned(contract: Contract, transcript: Transcript, files: readonly string[]): Set<string> {
  const names = new Set(
    contract.scenarios
      .filter((scenario) => {
        const read = filesRead(scenario, transcript);
        if (read !== undefined) return files.some((file) => read.has(file));
        const seen = filesSeen(scenario.name, transcript);
        return files.some((file) => !documents.test(file) || seen.has(file));
      })
      .map(({ name }) => name),
  );
  return withFollowers(contract, names);
}

/** Names of the scenarios that another state of the contract changes; all when what they share changed. */
export function rewritten(before: Contract, after: Contract): Set<string> {
  const shared = ({ define, vars, answers, params, base, canaries }: Contract & { answers?: unknown }) =>
    JSON.stringify([define, vars, answers, params, base, canaries]);
  const all = shared(before) !== shared(after);
  const old = new Map(before.scenarios.map((scenario) => [scenario.name, text(scenario)]));
  const names = after.scenarios.filter((scenario) => all || old.get(scenario.name) !== text(scenario));
  return withFollowers(after, new Set(names.map(({ name }) => name)));
}

/** The scenario without the places of its lines. */
function text(scenario: Scenario): string {
  return JSON.stringify(scenario, (key, value) => (key === "at" ? undefined : value));
}

/** Scenarios that look at what another one saw go with it. */
function withFollowers(contract: Contract, names: Set<string>): Set<string> {
  for (let size = -1; size !== names.size; ) {
    size = names.size;
    for (const scenario of contract.scenarios) {
      const looks = [...text(scenario).matchAll(/\bruns\.([a-z0-9_]+(?:-[a-z0-9]+)*)/g)].some(([, name]) =>
        names.has(name ?? ""),
      );
      if (looks) names.add(scenario.name);
    }
  }
  return names;
}

/** The only files that the scenario reads, when it does nothing else with the module's folder. */
function filesRead(scenario: Scenario, transcript: Transcript): Set<string> | undefined {
  if (scenario.steps.some(({ verb }) => !readers.has(verb) && !elsewhere.has(verb))) return undefined;
  const seen = filesSeen(scenario.name, transcript);
  const readSteps = scenario.steps.filter(({ verb }) => readers.has(verb));
  return readSteps.length > 0 && seen.size === 0 ? undefined : seen;
}

/** Files that observations of the scenario name. */
function filesSeen(name: string, { events }: Transcript): Set<string> {
  const files = new Set<string>();
  const collect = (value: unknown): void => {
    if (!isObject(value)) return;
    if (typeof value.file === "string") files.add(value.file.replace(/^\.\//, ""));
    if (Array.isArray(value.all)) value.all.forEach(collect);
  };
  for (const event of events) if (event.scenario === name && event.kind === "step") collect(event.data.value);
  return files;
}
