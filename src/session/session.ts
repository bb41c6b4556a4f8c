// One argument of the command line -> a judged module: configuration, contract, target, build, run.

import { ContractError, UsageError } from "../base/errors.ts";
import { readUserFile } from "../base/io.ts";
import type { Pointed } from "../base/pointed.ts";
import type { Slots } from "../base/slots.ts";
import type { Asked } from "../base/transcript.ts";
import type { Contract, Level, Target } from "../base/types.ts";
import { verbWords } from "../contract/words/verbs.ts";
import { look } from "../drivers/files/look.ts";
import { buildModule, reachable } from "../drivers/process/prepare.ts";
import { type Baseline, overlaps, parseBaseline } from "../judge/baseline.ts";
import { askedOf } from "./asked.ts";
import { parseConfig, settledPaths } from "./config.ts";
import { detectContract, findContract, shippedHeads } from "./contracts.ts";
import { failedIds } from "./earlier.ts";
import type { Config } from "./flag-values.ts";
import { atHome } from "./home.ts";
import type { RunOptions } from "./options.ts";
import { makePlan } from "./plan.ts";
import { type AgainRun, notRun, type RunResult, type RunWatcher, runModule } from "./run.ts";
import { subjectOf } from "./subject.ts";
import { commandTarget, launched, pointAt } from "./target.ts";

/** A module ready to be judged. */
export interface Prepared {
  contract: Contract;
  target: Target;
  options: RunOptions;
  /** What its conform.yaml said. */
  config: Config;
  /** What repeat commands need. */
  asked: Asked;
  /** Known failures that the run is judged with. */
  baseline?: Baseline;
  /** Digest (`sha256:<hex>`, `dirHash:<hex>`) that the module must have to be the one that was meant. */
  pinned?: string;
}

/** A configuration for all modules, or each module's own. */
export type ConfigSource = Config | "beside";

/**
 * Reads configuration, finds the contract and how the module starts; nothing is started yet. `argument`: a folder, an executable or a URL, or a
 * command as a list of words. `flags` win over the configuration. Throws UsageError for what cannot be judged, ContractError for a file that does
 * not load.
 */
export function prepare(argument: string | string[], flags: RunOptions, source: ConfigSource = "beside"): Prepared {
  const named = pointedAt(argument, flags.cwd);
  const config = source === "beside" ? configOf(named) : source;
  const options = merged(config, flags);
  const wanted = options.contract === undefined ? undefined : findContract(options.contract);
  const given = withFolder(named, options.folder);
  const pointed =
    options.folder === undefined ? atHome(given, wanted === undefined ? shippedHeads() : [wanted], look) : given;
  const contract = wanted ?? detectContract(pointed);
  if (!contract.targets.includes(pointed.target.kind)) {
    throw new UsageError(
      `contract ${contract.name} does not judge a ${pointed.target.kind}; it judges ${contract.targets.join(", ")}`,
    );
  }
  const target = launched(
    pointed,
    contract,
    {
      ...(options.run === undefined ? {} : { run: options.run }),
      ...(options.build === undefined ? {} : { build: options.build }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    },
    look,
  );
  checkParams(contract, options);
  requireStart(contract, target, options);
  const baseline = baselineOf(target, contract, options);
  // What lies beside the module is found again.
  const asked = askedOf(argument, source === "beside" ? flags : options, contract);
  return { contract, target, options, config, asked, ...(baseline === undefined ? {} : { baseline }) };
}

function pointedAt(argument: string | string[], cwd: string | undefined): Pointed {
  if (typeof argument === "string") return pointAt(argument, look);
  return commandTarget(argument, look, look.absolute(cwd ?? "."));
}

/** A URL or a program with the folder of its module. Throws UsageError. */
function withFolder(pointed: Pointed, folder: string | undefined): Pointed {
  if (folder === undefined) return pointed;
  if (pointed.target.kind === "folder")
    throw new UsageError(
      `--folder ${folder}: ${pointed.target.label} is a folder; --folder goes with a URL, a program or a command`,
    );
  const path = look.absolute(folder);
  if (look.at(path).kind !== "folder") throw new UsageError(`--folder ${folder}: no such folder`);
  return { target: { ...pointed.target, folder: path }, files: look.files(path) };
}

/** What an argument names, before a contract is known. Throws UsageError. */
export function targetOf(argument: string | string[], cwd: string | undefined): Target {
  return pointedAt(argument, cwd).target;
}

/** Modules judged in one run know of the folders of the others, and of nothing else. `named`: all that the user named, in any shard. Pure. */
export function withPeers(
  all: Prepared[],
  named: () => readonly Target[] = () => all.map(({ target }) => target),
): Prepared[] {
  if (!all.some(({ contract }) => readsPeers(contract))) return all;
  const folders = named().flatMap(({ kind, folder }) => (kind === "folder" && folder !== undefined ? [folder] : []));
  // One list for all of them: ten thousand lists of ten thousand folders would not fit.
  const peers = [...new Set(folders)];
  if (peers.length < 2) return all;
  return all.map((one) => (readsPeers(one.contract) ? { ...one, target: { ...one.target, peers } } : one));
}

/** Does a verdict under this contract depend on the other modules of the run? */
export function readsPeers({ scenarios }: Contract): boolean {
  return scenarios.some(({ steps }) => steps.some(({ verb }) => verbWords.get(verb)?.peers === true));
}

/** conform.yaml in the module's folder, if there is one. Throws ContractError. */
function configOf({ target }: Pointed): Config {
  if (target.folder === undefined) return {};
  const path = look.join(target.folder, "conform.yaml");
  return look.at(path).kind === "file" ? readConfig(path) : {};
}

/** A configuration file with its paths made absolute. Throws UsageError. */
export function readConfig(path: string): Config {
  const whole = look.absolute(path);
  return settledPaths(parseConfig(readUserFile(path), look.shown(whole)), (part) =>
    look.join(look.folderOf(whole), part),
  );
}

/** Flags win over conform.yaml; maps are joined. */
function merged(config: Config, flags: RunOptions): RunOptions {
  const { contract, run, build, cwd, folder, only, skip, strict, profile, jobs, timeout, seed, transcript, baseline } =
    config;
  const same = {
    contract,
    run,
    build,
    cwd,
    folder,
    only,
    skip,
    strict,
    profile,
    jobs,
    timeout,
    seed,
    transcript,
    baseline,
  };
  const other = {
    level: config.level === undefined ? undefined : levelOf(config.level),
    timeScale: config["time-scale"],
    unsafeProbes: config["unsafe-probes"],
    requireComplete: config["require-complete"],
    failOnFlaky: config["fail-on-flaky"],
    secondLook: config["second-look"],
    ids: config["failed-from"] === undefined || flags.ids !== undefined ? undefined : failedIds(config["failed-from"]),
  };
  return {
    ...definedOnly(same),
    ...definedOnly(other),
    ...definedOnly(flags),
    env: { ...config.env, ...flags.env },
    headers: { ...config.header, ...flags.headers },
    params: { ...(config.set as RunOptions["params"]), ...flags.params },
  };
}

function levelOf(word: "must" | "should" | "may"): Level {
  return ({ must: "MUST", should: "SHOULD", may: "MAY" } as const)[word];
}

/** The baseline named by a flag or conform.yaml, or the one beside the module. Throws ContractError. */
function baselineOf(target: Target, contract: Contract, { baseline: named }: RunOptions): Baseline | undefined {
  if (named === false) return undefined;
  const place = target.folder ?? target.cwd;
  const beside = place === undefined ? undefined : look.join(place, "conform.baseline.yaml");
  if (named === undefined && (beside === undefined || look.at(beside).kind === "missing")) return undefined;
  return readBaseline(look.absolute(named ?? beside ?? ""), contract);
}

/** Throws ContractError when the file is none, or two of its entries cover one requirement of the contract. */
export function readBaseline(path: string, contract: Contract): Baseline {
  const baseline = parseBaseline(readUserFile(path), look.shown(look.absolute(path)));
  const complaints = overlaps(baseline, contract);
  if (complaints.length > 0) throw new ContractError(complaints);
  return baseline;
}

function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function checkParams(contract: Contract, { params = {} }: RunOptions): void {
  const known = Object.keys(contract.params);
  for (const name of Object.keys(params)) {
    if (!known.includes(name))
      throw new UsageError(
        `contract ${contract.name} has no parameter "${name}" (it has: ${known.join(", ") || "none"})`,
      );
  }
}

/** A folder whose start nobody knows is the user's to answer, before anything runs. */
function requireStart(contract: Contract, target: Target, options: RunOptions): void {
  if (target.kind === "url" || target.argv !== undefined) return;
  const plan = makePlan(contract, target, {
    only: options.only ?? [],
    skip: options.skip ?? [],
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.level === undefined ? {} : { level: options.level }),
  });
  const starts = plan.scenarios.some(({ steps }) => steps.some(({ verb }) => verb === "spawn"));
  if (!starts) return;
  const rules = contract.launch.map(({ file }) => file).join(", ");
  throw new UsageError(
    `${target.label}: conform does not know how to start this module; name the command with --run or in conform.yaml (\`run:\`)${rules === "" ? "" : `, or have one of: ${rules}`}`,
  );
}

/**
 * Builds, checks reachability, runs. An unreachable URL, a failed build or an interruption gives an inconclusive report, not an exception.
 * `interrupt` is aborted with the signal's name as its reason; `slots` are places shared with other runs. Throws UsageError when nothing is selected.
 */
export async function judgeModule(
  prepared: Prepared,
  watcher: RunWatcher,
  shared: { interrupt?: AbortSignal; slots?: Slots; again?: AgainRun } = {},
): Promise<RunResult> {
  const { contract, target, options, baseline } = prepared;
  const peers = target.peers?.filter((folder) => folder !== target.folder).map((folder) => look.shown(folder));
  const asked = { ...prepared.asked, ...(peers === undefined ? {} : { peers }) };
  const input = { contract, target, options, asked, ...(baseline === undefined ? {} : { baseline }), ...shared };
  const trouble = shared.interrupt?.aborted
    ? undefined
    : ((await notTheOne(prepared)) ?? (await firstTrouble(target, options, shared)));
  if (trouble !== undefined) return notRun(input, trouble, watcher);
  return runModule(input, watcher);
}

/** A list says which bytes are meant; others are another module's, and nothing is said of the one that was meant. */
async function notTheOne({ target, pinned }: Prepared): Promise<string | undefined> {
  if (pinned === undefined || target.url !== undefined) return undefined;
  const { digest } = await subjectOf(target);
  return digest === pinned
    ? undefined
    : `it is not the module of the list: its digest is ${digest ?? "unknown"}, not ${pinned}`;
}

/** Why the module cannot be judged at all: it does not build, or its URL does not answer. */
async function firstTrouble(
  target: Target,
  { env = {} }: RunOptions,
  { slots, interrupt }: { slots?: Slots; interrupt?: AbortSignal },
): Promise<string | undefined> {
  const { url, build } = target;
  if (url !== undefined) return reachable(url);
  if (build === undefined) return undefined;
  const work = () => buildModule(target, env, interrupt);
  return slots === undefined ? work() : slots.run(work);
}
