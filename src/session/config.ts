// conform.yaml in the module's folder: the same words as the command line's flags.
import * as z from "zod";
import { ContractError } from "../base/errors.ts";
import { complaintsOf } from "../contract/load.ts";
import { parsePlacedYaml } from "../contract/places.ts";
import type { Config } from "./config-type.ts";

const text = z.string("must be a text").min(1, "must not be empty");
const words = z
  .union([text, z.array(text)], "must be a text or a list of texts")
  .transform((value) => (typeof value === "string" ? [value] : value));
const command = z
  .union([text, z.array(z.string()).min(1, "must not be empty")], "must be a command line or a list of arguments")
  .describe("command line, or a list of arguments; no shell");
const scalar = z
  .union([z.string(), z.number(), z.boolean()], "must be a text, a number or a boolean")
  .transform(String);
const yes = z.boolean("must be true or false");
const whole = z.int("must be a whole number").min(1, "must be at least 1");
const seconds = z.number("must be a number of seconds").positive("must be above 0");

/** Every flag of a run has a key; paths are relative to the file. */
export const configShape = z
  .strictObject({
    contract: text.describe("name, name@version, or the folder of a contract"),
    run: command.describe(
      "command that starts the module; a word that begins with ./ is a file of the module's folder",
    ),
    build: command.describe("command run once before the module is started"),
    cwd: text.describe("working directory of the module, relative to the module's folder"),
    folder: text.describe("folder of the module behind a URL"),
    env: z.record(z.string(), scalar).describe("environment variables for the module"),
    header: z.record(z.string(), scalar).describe("headers sent with every request"),
    set: z.record(z.string(), z.json()).describe("parameters of the contract"),
    only: words.describe("judge only these requirements (globs; an area's name means all of it)"),
    skip: words.describe("leave these requirements out (globs)"),
    level: z.enum(["must", "should", "may"], "must be must, should or may").describe("judge only this level and above"),
    strict: yes.describe("a failed SHOULD counts as a failure"),
    "fail-on-flaky": yes.describe("what failed at first and passed at the second look counts as failed"),
    "require-complete": yes.describe("a verdict on a part of the contract is not enough: exit 3"),
    profile: text.describe("a profile of the contract"),
    "failed-from": text.describe("report.json of an earlier run: judge only what failed there"),
    reporter: words.describe("reporters, each name or name=file; file - is standard output"),
    out: text.describe("folder of the reports"),
    baseline: z
      .union([text, z.literal(false)], "must be a file, or false for none")
      .describe("file with known failures; default conform.baseline.yaml next to the module, false for none"),
    jobs: whole.describe("scenarios at once, over all modules"),
    timeout: seconds.describe("seconds for the whole run of one module"),
    "time-scale": z
      .number("must be a number")
      .min(0.01, "must be at least 0.01")
      .max(100, "must be at most 100")
      .describe("stretch all deadlines on a slow machine"),
    "second-look": yes.describe("false: take lateness as it is, even that of a module that had no CPU; default true"),
    seed: scalar.describe("makes random choices repeatable"),
    transcript: text.describe("file that keeps the record of everything seen"),
    "unsafe-probes": yes.describe("allow requests that may change the state of a running service"),
    "file-mode": z
      .string()
      .regex(/^0?[0-7]{3}$/, 'must be octal permissions in quotes, such as "640"')
      .describe("permissions of reports and transcripts; default 600"),
    "junit-dialect": z.enum(["portable", "rich"], "must be portable or rich"),
    shard: text.describe("i/n: judge only this part of the modules; auto, off"),
    "metrics-file": text.describe("write metrics of the run there, for the textfile collector of a node exporter"),
    watch: yes.describe("stay and judge again what a change concerns"),
    verbose: yes.describe("show passes and skips too"),
    quiet: yes.describe("failures and the verdict only"),
    color: yes.describe("colours on a terminal"),
  })
  .partial()
  .meta({
    title: "conform.yaml",
    description: "How conform judges the module in this folder; keys are the flags of `conform`.",
  });

type Checked = z.ZodType<Config>;
configShape satisfies Checked;

/** The published JSON Schema (2020-12), for editors. */
export function configJsonSchema(): object {
  return { $id: "conform.schema.json", ...z.toJSONSchema(configShape, { target: "draft-2020-12", io: "input" }) };
}

/** Parses conform.yaml. Throws ContractError with places and nearest keys. */
export function parseConfig(source: string, file: string): Config {
  const yaml = parsePlacedYaml(source, file);
  if (yaml.complaints.length > 0) throw new ContractError(yaml.complaints);
  if (Array.isArray(yaml.value) || (yaml.value !== null && typeof yaml.value !== "object"))
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
