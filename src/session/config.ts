// conform.yaml in the module's folder: the same words as the command line's flags.
import * as z from "zod";
import { ContractError } from "../base/errors.ts";
import { isObject } from "../base/json.ts";
import { complaintsOf } from "../contract/load.ts";
import { parsePlacedYaml } from "../contract/places.ts";
import type { Flag, FlagType } from "./flag-types.ts";
import type { Config, InTheFile } from "./flag-values.ts";
import { flags } from "./flags.ts";

const text = z.string("must be a text").min(1, "must not be empty");
const words = z
  .union([text, z.array(text)], "must be a text or a list of texts")
  .transform((value) => (typeof value === "string" ? [value] : value));
const scalar = z
  .union([z.string(), z.number(), z.boolean()], "must be a text, a number or a boolean")
  .transform(String);

/** What a key of each type may hold. */
const shapes = {
  yes: z.boolean("must be true or false"),
  text,
  line: z.union(
    [text, z.array(z.string()).min(1, "must not be empty")],
    "must be a command line or a list of arguments",
  ),
  word: scalar,
  texts: words,
  pairs: z.record(z.string(), scalar),
  settings: z.record(z.string(), z.json()),
  whole: z.int("must be a whole number").min(1, "must be at least 1"),
  number: z.number("must be a number of seconds").positive("must be above 0"),
  factor: z.number("must be a number").min(0.01, "must be at least 0.01").max(100, "must be at most 100"),
  "file-or-no": z.union([text, z.literal(false)], "must be a file, or false for none"),
  mode: z.string().regex(/^0?[0-7]{3}$/, 'must be octal permissions in quotes, such as "640"'),
} satisfies { [Type in Extract<FlagType, string>]: z.ZodType<InTheFile<Type>> };

function shapeOf({ type, help, key }: Flag): z.ZodType {
  const shape = typeof type === "string" ? shapes[type] : z.enum(type, `must be ${alternatives(type)}`);
  return shape.describe(typeof key === "string" ? key : help);
}

function alternatives(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), words.at(-1)].join(" or ");
}

const keys = Object.entries<Flag>(flags).filter(([, { key }]) => key !== undefined);

/** Every flag of a run has a key; paths are relative to the file. */
export const configShape = z
  .strictObject(Object.fromEntries(keys.map(([name, flag]) => [name, shapeOf(flag)])))
  .partial()
  .meta({
    title: "conform.yaml",
    description: "How conform judges the module in this folder; keys are the flags of `conform`.",
  });

/** The published JSON Schema (2020-12), for editors. */
export function configJsonSchema(): object {
  return { $id: "conform.schema.json", ...z.toJSONSchema(configShape, { target: "draft-2020-12", io: "input" }) };
}

/** Parses conform.yaml. Throws ContractError with places and nearest keys. */
export function parseConfig(source: string, file: string): Config {
  const yaml = parsePlacedYaml(source, file);
  if (yaml.complaints.length > 0) throw new ContractError(yaml.complaints);
  if (yaml.value !== null && !isObject(yaml.value))
    throw new ContractError([
      { place: { file, line: 1, column: 1 }, message: "must be a map of keys such as `run: ./module`" },
    ]);
  const result = configShape.safeParse(yaml.value ?? {});
  if (!result.success) throw new ContractError(complaintsOf(result.error, yaml, configShape));
  const { verbose, quiet } = result.data;
  if (verbose && quiet)
    throw new ContractError([
      { place: yaml.placeOf(["quiet"], true), message: "quiet and verbose exclude each other" },
    ]);
  return result.data;
}

/** Paths in the file, which are relative to it, made absolute by `join`. */
export function settledPaths(config: Config, join: (path: string) => string): Config {
  const own: Config = { ...config };
  for (const key of ["failed-from", "out", "transcript", "metrics-file"] as const) {
    const path = config[key];
    if (path !== undefined) own[key] = join(path);
  }
  if (typeof config.baseline === "string") own.baseline = join(config.baseline);
  if (config.contract !== undefined && /^[.~]|[\\/]/.test(config.contract)) own.contract = join(config.contract);
  if (config.reporter !== undefined)
    own.reporter = config.reporter.map((spec) => {
      const [name = "", ...file] = spec.split("=");
      return file.length === 0 || file[0] === "-" ? spec : `${name}=${join(file.join("="))}`;
    });
  return own;
}

/** A command line as an argument vector: words, "double" and 'single' quotes, backslashes; no shell. */
export function splitCommand(line: string | readonly string[]): string[] {
  if (typeof line !== "string") return [...line];
  const argv: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const c = line[i] ?? "";
    if (quote !== "") {
      if (c === quote) quote = "";
      else if (c === "\\" && quote === '"') word = (word ?? "") + (line[++i] ?? "");
      else word = (word ?? "") + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= "";
    } else if (c === "\\") word = (word ?? "") + (line[++i] ?? "");
    else if (/\s/.test(c)) {
      if (word !== undefined) argv.push(word);
      word = undefined;
    } else word = (word ?? "") + c;
  }
  if (quote !== "") throw new ContractError(`command line with an unclosed ${quote}: ${line}`);
  if (word !== undefined) argv.push(word);
  return argv;
}
