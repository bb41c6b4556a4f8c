// Loads one contract folder: reads, checks the shape, builds the nouns, lints. All complaints carry file:line:column.
import type { ZodError, z } from "zod";
import { type Complaint, ContractError, didYouMean } from "../base/errors.ts";
import { isObject, parseJson } from "../base/json.ts";
import type { Contract, Json } from "../base/types.ts";
import { buildRequirements, buildScenarios } from "./build.ts";
import type { ContractFiles } from "./files.ts";
import { issueInWords, valueAt } from "./in-words.ts";
import { lintContract } from "./lint.ts";
import { checkNames } from "./names.ts";
import { type PlacedYaml, parsePlacedYaml } from "./places.ts";
import { type ContractYaml, contractShape, type Part, partShape } from "./shape.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * Builds a contract from its files and the words it may use. Throws ContractError with every complaint found; places name the files below
 * `source.folder`.
 */
export function loadContractWith(source: ContractFiles, words: Vocabulary): Contract {
  try {
    return load(source, words);
  } catch (error) {
    if (!(error instanceof ContractError) || error.complaints.length === 0) throw error;
    const inFolder = ({ place, message }: Complaint) => ({
      place: { ...place, file: `${source.folder}/${place.file}` },
      message,
    });
    throw new ContractError(error.complaints.map(inFolder));
  }
}

function load(source: ContractFiles, words: Vocabulary): Contract {
  const main = readPart(source, "contract.yaml", contractShape);
  const parts: Part[] = [
    { yaml: main.yaml, value: main.value },
    ...(main.value.include ?? []).map((file, index) => readInclude(source, file, main.yaml, index)),
  ];
  const complaints: Complaint[] = [];
  const scenarios = buildScenarios(main.value, parts, { verbs: words.verbs, complaints });
  const contract = { ...assemble(main.value, parts, source, complaints), scenarios };
  complaints.push(...lintContract(contract, words.expectations));
  complaints.push(...checkNames(contract, { words, files: source.files }));
  if (complaints.length > 0) throw new ContractError(complaints);
  return contract;
}

function readInclude(source: ContractFiles, file: string, yaml: PlacedYaml, index: number): Part {
  if (!source.files.has(file)) {
    const known = [...source.files.keys()].filter((name) => /\.ya?ml$/.test(name));
    throw new ContractError([
      {
        place: yaml.placeOf(["include", index]),
        message: `no file "${file}" in the contract's folder${didYouMean(file, known)}`,
      },
    ]);
  }
  return readPart(source, file, partShape);
}

function readPart<T>(source: ContractFiles, file: string, shape: z.ZodType<T>): { yaml: PlacedYaml; value: T } {
  const text = source.files.get(file);
  if (text === undefined)
    throw new ContractError(`no ${file} in ${source.folder}; a contract is a folder that holds one`);
  const yaml = parsePlacedYaml(text, file);
  if (yaml.complaints.length > 0) throw new ContractError(yaml.complaints);
  const result = shape.safeParse(yaml.value);
  if (!result.success) throw new ContractError(complaintsOf(result.error, yaml, shape));
  return { yaml, value: result.data };
}

/** zod issues as complaints with places; an unknown key names the nearest known one. */
export function complaintsOf(error: ZodError, yaml: PlacedYaml, shape: z.ZodType): Complaint[] {
  return error.issues.flatMap((issue): Complaint[] => {
    const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
    if (issue.code === "unrecognized_keys") {
      const known = knownKeys(shape, path);
      return issue.keys.map((key) => ({
        place: yaml.placeOf([...path, key], true),
        message: `unknown key "${key}"${path.length > 0 ? ` in ${path.join(".")}` : ""}${didYouMean(key, known)}`,
      }));
    }
    const where = path.length > 0 ? `${path.join(".")}: ` : "";
    return [{ place: yaml.placeOf(path), message: `${where}${issueInWords(issue, valueAt(yaml.value, path))}` }];
  });
}

/** Keys that the shape allows at a path, found by walking the JSON Schema of the shape. */
function knownKeys(shape: z.ZodType, path: (string | number)[]): string[] {
  let at: Json | undefined = shape.toJSONSchema({ unrepresentable: "any", io: "input" }) as unknown as Json;
  for (const part of path) {
    const node: Json | undefined = at;
    if (!isObject(node)) return [];
    const properties = node.properties as { [key: string]: Json } | undefined;
    at = typeof part === "number" ? node.items : (properties?.[part] ?? node.additionalProperties);
  }
  const properties = isObject(at) ? at.properties : undefined;
  return isObject(properties) ? Object.keys(properties) : [];
}

function assemble(
  main: ContractYaml,
  parts: Part[],
  source: ContractFiles,
  complaints: Complaint[],
): Omit<Contract, "scenarios"> {
  const merged = <K extends "areas" | "vars" | "define">(key: K) =>
    Object.assign({}, ...parts.map((part) => part.value[key] ?? {}));
  return {
    name: main.contract,
    version: main.version,
    title: main.title,
    ...(main.description === undefined ? {} : { description: main.description }),
    sources: sourcesOf(main),
    detect: { files: main.detect?.files ?? [] },
    targets: main.targets,
    launch: (main.launch ?? []).map((rule) => ({
      file: rule.file,
      run: rule.run,
      ...(rule.build ? { build: rule.build } : {}),
    })),
    params: paramsOf(main),
    vars: merged("vars"),
    define: merged("define"),
    canaries: main.canaries ?? [],
    profiles: Object.fromEntries(
      Object.entries(main.profiles ?? {}).map(([name, profile]) => [
        name,
        {
          ...(profile.description ? { description: profile.description } : {}),
          without: profile.without ?? [],
          levels: profile.levels ?? {},
        },
      ]),
    ),
    ...(main.base === undefined ? {} : { base: main.base }),
    areas: merged("areas"),
    requirements: buildRequirements(parts),
    schemas: schemasOf(source, complaints),
    digest: source.digest,
    folder: source.folder,
  };
}

function sourcesOf(main: ContractYaml): Contract["sources"] {
  return Object.fromEntries(
    Object.entries(main.sources).map(([key, { title, url, note }]) => [
      key,
      { title, ...(url === undefined ? {} : { url }), ...(note === undefined ? {} : { note }) },
    ]),
  );
}

function paramsOf(main: ContractYaml): Contract["params"] {
  return Object.fromEntries(
    Object.entries(main.params ?? {}).map(([name, { description, default: value, secret }]) => [
      name,
      { description, ...(value === undefined ? {} : { default: value }), ...(secret ? { secret } : {}) },
    ]),
  );
}

function schemasOf(source: ContractFiles, complaints: Complaint[]): { [file: string]: Json } {
  const schemas: { [file: string]: Json } = {};
  for (const [file, text] of source.files) {
    if (!file.endsWith(".json")) continue;
    const { value, problem } = parseJson(text);
    if (value === undefined) complaints.push({ place: { file }, message: `not JSON: ${problem}` });
    else schemas[file] = value;
  }
  return schemas;
}
