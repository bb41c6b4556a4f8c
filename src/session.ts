// One argument of the command line -> a judged module: configuration, contract, target, build, run.
import { type Config, parseConfig } from "./config.ts";
import { detectContract, findContract } from "./contracts.ts";
import { look } from "./drivers/look.ts";
import { buildModule, reachable } from "./drivers/prepare.ts";
import { UsageError } from "./errors.ts";
import { readUserFile, startClock, wallClock } from "./io.ts";
import type { RunOptions } from "./options.ts";
import { makePlan } from "./plan.ts";
import { moduleReport } from "./report.ts";
import { type RunResult, type RunWatcher, runModule } from "./run.ts";
import { commandTarget, launched, type Pointed, pointAt } from "./target.ts";
import type { Contract, Target, Transcript } from "./types.ts";
import { verbs } from "./verbs/registry.ts";
import { version } from "./version.ts";

/** A module ready to be judged. */
export interface Prepared {
  contract: Contract;
  target: Target;
  options: RunOptions;
  config: Config;
}

/** Reads configuration, finds the contract and how the module starts. Throws UsageError and ContractError. */
export function prepare(argument: string | string[], flags: RunOptions, configFile?: string): Prepared {
  const pointed =
    typeof argument === "string"
      ? pointAt(argument, look)
      : commandTarget(argument, look, look.absolute(flags.cwd ?? "."));
  const config = configOf(pointed, configFile);
  const options = merged(config, flags);
  const contract = options.contract === undefined ? detectContract(pointed) : findContract(options.contract);
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
  return { contract, target, options, config };
}

function configOf({ target }: Pointed, file: string | undefined): Config {
  if (file !== undefined) return parseConfig(readUserFile(file), file);
  if (target.folder === undefined) return {};
  const path = look.join(target.folder, "conform.yaml");
  return look.at(path).kind === "file" ? parseConfig(readUserFile(path), look.shown(path)) : {};
}

/** Flags win over conform.yaml; maps are joined. */
function merged(config: Config, flags: RunOptions): RunOptions {
  const {
    env,
    header,
    set,
    level,
    "time-scale": timeScale,
    "unsafe-probes": unsafeProbes,
    reporter: _r,
    out: _o,
    baseline: _b,
    "junit-dialect": _j,
    ...same
  } = config;
  return {
    ...definedOnly(same),
    ...(level === undefined ? {} : { level: level.toUpperCase() as "MUST" | "SHOULD" | "MAY" }),
    ...(timeScale === undefined ? {} : { timeScale }),
    ...(unsafeProbes === undefined ? {} : { unsafeProbes }),
    ...definedOnly(flags),
    env: { ...env, ...flags.env },
    headers: { ...header, ...flags.headers },
    params: { ...(set as RunOptions["params"]), ...flags.params },
  };
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
  const starts = plan.scenarios.some(({ steps }) => steps.some(({ verb }) => verb === "spawn" && verbs.has(verb)));
  if (!starts) return;
  const rules = contract.launch.map(({ file }) => file).join(", ");
  throw new UsageError(
    `${target.label}: conform does not know how to start this module; name the command with --run or in conform.yaml (\`run:\`)${rules === "" ? "" : `, or have one of: ${rules}`}`,
  );
}

/** Builds, checks reachability, runs. An unreachable URL or a failed build gives an inconclusive report, not an exception. */
export async function judgeModule(
  prepared: Prepared,
  watcher: RunWatcher,
  interrupt?: AbortSignal,
): Promise<RunResult> {
  const { contract, target, options } = prepared;
  const trouble = target.url === undefined ? await buildModule(target, options.env ?? {}) : await reachable(target.url);
  if (trouble !== undefined) return unreached(prepared, trouble, watcher);
  return runModule({ contract, target, options, ...(interrupt === undefined ? {} : { interrupt }) }, watcher);
}

function unreached({ contract, target, options }: Prepared, trouble: string, watcher: RunWatcher): RunResult {
  const plan = makePlan(contract, target, { only: options.only ?? [], skip: options.skip ?? [] });
  const transcript: Transcript = {
    header: {
      format: 1,
      tool: { name: "conform", version },
      contract: { name: contract.name, version: contract.version, digest: contract.digest },
      target: { kind: target.kind, label: target.label },
      started: wallClock().toISOString(),
      params: options.params ?? {},
      plan: { scenarios: plan.scenarios.map(({ name }) => name), requirements: [...plan.selected] },
    },
    events: [],
    footer: { events: 0, duration_ms: Math.round(startClock()() * 1000), interrupted: trouble, sha256: "" },
  };
  watcher.onHeader?.(transcript.header);
  return { transcript, report: moduleReport({ contract: plan.contract, transcript, strict: options.strict ?? false }) };
}
