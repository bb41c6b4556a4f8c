// conform.yaml in the module's folder: the same words as the command line's flags.
import { z } from "zod";
import { complaintsOf } from "./contract.ts";
import { ContractError } from "./errors.ts";
import { parsePlacedYaml } from "./yaml-places.ts";

const words = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === "string" ? [value] : value));
const command = z.union([z.string(), z.array(z.string()).min(1)]).describe("command line, or a list of arguments");

/** Every flag has a key. */
export const configShape = z.strictObject({
  contract: z.string().optional().describe("name, name@version, or the folder of a contract"),
  run: command.optional().describe("command that starts the module"),
  build: command.optional().describe("command run once before the module is started"),
  cwd: z.string().optional().describe("working directory of the module, relative to this file"),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
  header: z.record(z.string(), z.string()).optional(),
  set: z.record(z.string(), z.json()).optional().describe("parameters of the contract"),
  only: words.optional(),
  skip: words.optional(),
  level: z.enum(["must", "should", "may"]).optional(),
  strict: z.boolean().optional(),
  profile: z.string().optional(),
  reporter: words.optional(),
  out: z.string().optional(),
  baseline: z.string().optional(),
  jobs: z.number().int().min(1).optional(),
  timeout: z.number().min(1).optional().describe("seconds for the whole run"),
  "time-scale": z.number().min(0.01).max(100).optional(),
  seed: z.string().optional(),
  transcript: z.string().optional(),
  "unsafe-probes": z.boolean().optional(),
  "junit-dialect": z.enum(["portable", "rich"]).optional(),
});

export type Config = z.infer<typeof configShape>;

/** Parses conform.yaml. Throws ContractError with places and nearest keys. */
export function parseConfig(text: string, file: string): Config {
  const yaml = parsePlacedYaml(text, file);
  if (yaml.complaints.length > 0) throw new ContractError(yaml.complaints);
  const result = configShape.safeParse(yaml.value ?? {});
  if (!result.success) throw new ContractError(complaintsOf(result.error, yaml, configShape));
  return result.data;
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
