// `neighbours`: the other modules of the run and of a folder that the user names, with their manifests.
import { ContractError } from "../../base/errors.ts";
import { isObject } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { neighboursWords } from "../../contract/words/neighbours.ts";
import { findNeighbours, type Neighbour } from "../../drivers/files/neighbours.ts";
import { findCycle } from "../../drivers/host/registry.ts";
import { state, whole } from "./state.ts";
import type { Verb, World } from "./verb.ts";

const byKey = state(() => new Map<string, Neighbour>());

const known = (world: World): Map<string, Neighbour> => byKey(whole(world));

/** The folder behind a key. Throws ContractError. */
export function neighbourFolder(world: World, key: string): string {
  const found = known(world).get(key);
  if (found === undefined) throw new ContractError(`no neighbour "${key}" is known in this scenario`);
  return found.folder;
}

export const neighbours: Verb<ArgOf<typeof neighboursWords>> = {
  ...neighboursWords,
  async run(arg, world) {
    const { folder, peers = [] } = world.target;
    if (folder === undefined) throw new ContractError("this target has no folder");
    const below = arg.below === null || arg.below === undefined || arg.below === "" ? {} : { below: arg.below };
    const bytesMax = world.limits.fileBytesMax;
    const plan = { folder, peers, file: arg.file, bytesMax, beside: arg.beside === true, ...below };
    const { found, problem } = await findNeighbours(plan);
    for (const one of found) known(world).set(one.key, one);
    const words = (data: Json) => ({ name: nameIn(data, arg.name), requires: requiresIn(data, arg.requires) });
    const named = found.map(({ key, data }) => ({ key, ...words(data) }));
    const self = words(arg.self);
    const also = Array.isArray(arg.also) ? arg.also : [];
    const needs = needsOf([...self.requires, ...also], self.name, named);
    const modules = found.map(({ key, peer, data, problem: fault }) => ({
      key,
      peer,
      ...words(data),
      // Whole manifests of those only that the module has to do with.
      ...(peer || needs.needed.includes(key) ? { data } : {}),
      ...(fault === undefined ? {} : { problem: fault }),
    }));
    // What is needed comes in the order in which it must come up: as it is listed, each after what it needs itself.
    modules.sort((a, b) => place(needs.needed, a.key) - place(needs.needed, b.key));
    const cycle = findCycle(
      [{ name: self.name, requires: self.requires }, ...modules.filter(({ name }) => name !== self.name)],
      self.name,
    );
    return {
      ok: problem === undefined,
      modules,
      ...needs,
      cycle: cycle ?? null,
      ...(problem === undefined ? {} : { problem }),
    };
  },
};

function place(needed: string[], key: string): number {
  const at = needed.indexOf(key);
  return at < 0 ? needed.length : at;
}

function nameIn(data: Json, key: string): string {
  const name = isObject(data) ? data[key] : undefined;
  return typeof name === "string" ? name : "";
}

function requiresIn(data: Json, keys: string[]): string[] {
  if (!isObject(data)) return [];
  const lists = keys.flatMap((key) => data[key] ?? []);
  return [...new Set(lists.filter((name) => typeof name === "string"))];
}

interface Named {
  key: string;
  name: string;
  requires: string[];
}

/** What is needed, in turn, by name (or by the folder's name); requirements first. */
function needsOf(
  start: string[],
  self: string,
  modules: Named[],
): { needed: string[]; absent: { name: string; by: string }[] } {
  const needed: string[] = [];
  const absent: { name: string; by: string }[] = [];
  const seen = new Set([self]);
  const visit = (name: string, by: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const found = modules.find((module) => module.name === name) ?? modules.find((module) => module.key === name);
    if (found === undefined) return void absent.push({ name, by });
    for (const next of found.requires) visit(next, name);
    needed.push(found.key);
  };
  for (const name of start) visit(name, self);
  return { needed, absent };
}
