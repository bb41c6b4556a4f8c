// Which part of many modules this machine judges: `i/n`, by flag or by what CI systems set. Pure.
import { UsageError } from "../../base/errors.ts";
import { sha256 } from "../../base/io.ts";

/** Part `index` (from 1) of `count`. */
export interface Shard {
  index: number;
  count: number;
}

export interface FoundShard extends Shard {
  /** What said so, for people. */
  from: string;
  /** Bazel's proof that the test knows about shards: this file must be touched. */
  statusFile?: string;
}

const countMax = 10_000;

interface Source {
  /** Who sets it, for people. */
  who: string;
  index: string;
  count: string;
  /** The index counts from there: a number, or a variable that says it. */
  first: number | string;
}

/** Variables by which a machine learns its part. GitHub sets none: a workflow passes `strategy.job-index` and `strategy.job-total` on. */
const sources: readonly Source[] = [
  { who: "Bazel", index: "TEST_SHARD_INDEX", count: "TEST_TOTAL_SHARDS", first: 0 },
  { who: "Kubernetes", index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS", first: 0 },
  { who: "Slurm", index: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", first: "SLURM_ARRAY_TASK_MIN" },
  { who: "CircleCI", index: "CIRCLE_NODE_INDEX", count: "CIRCLE_NODE_TOTAL", first: 0 },
  { who: "Buildkite", index: "BUILDKITE_PARALLEL_JOB", count: "BUILDKITE_PARALLEL_JOB_COUNT", first: 0 },
  { who: "a GitHub matrix", index: "STRATEGY_JOB_INDEX", count: "STRATEGY_JOB_TOTAL", first: 0 },
  { who: "GitLab", index: "CI_NODE_INDEX", count: "CI_NODE_TOTAL", first: 1 },
];

type Environment = { [name: string]: string | undefined };

/**
 * The shard of this run. `wanted`: `i/n`, `auto` (the environment must say), `off`, or undefined: what the environment says when
 * there are several targets and several parts; one target is judged wherever it is named. Throws UsageError, also when two systems disagree.
 */
export function shardOf(wanted: string | undefined, env: Environment, targets: number): FoundShard | undefined {
  if (wanted === "off") return undefined;
  if (wanted !== undefined && wanted !== "auto") return { ...parseShard(wanted), from: "--shard" };
  if (wanted === undefined && targets < 2) return undefined;
  const found = fromEnvironment(env);
  if (found !== undefined) return wanted === undefined && found.count === 1 ? undefined : found;
  if (wanted !== "auto") return undefined;
  const half = sources.find(({ index }) => has(env, index));
  if (half !== undefined)
    throw new UsageError(
      `--shard auto: ${half.index} is set, but ${half.count} is not; without it the number of parts is not known`,
    );
  const pairs = sources.map(({ who, index, count }) => `${index} with ${count} (${who})`).join(", or ");
  throw new UsageError(`--shard auto: the environment names no part; expected ${pairs}`);
}

/** `2/4`. Throws UsageError. */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  if (match === null) throw new UsageError(`--shard ${text}: expected i/n such as 2/4, auto or off`);
  return checked(Number(match[1]), Number(match[2]), `--shard ${text}`);
}

function checked(index: number, count: number, what: string): Shard {
  if (count < 1 || count > countMax || index < 1 || index > count)
    throw new UsageError(`${what}: the part must be between 1 and the number of parts, at most ${countMax}`);
  return { index, count };
}

function has(env: Environment, name: string): boolean {
  return (env[name] ?? "") !== "";
}

/** What one system after the other says; they must agree. */
function fromEnvironment(env: Environment): FoundShard | undefined {
  const all = sources.flatMap((source) =>
    has(env, source.index) && has(env, source.count) ? [{ source, ...partBy(source, env) }] : [],
  );
  const [first] = all;
  if (first === undefined) return undefined;
  const other = all.find(({ index, count }) => index !== first.index || count !== first.count);
  if (other !== undefined) {
    const told = [first, other].map(
      ({ source, index, count }) => `${source.who} (${source.index}) says ${index}/${count}`,
    );
    throw new UsageError(`--shard: ${told.join(", ")}; say which with --shard i/n, or --shard off`);
  }
  const { source, index, count } = first;
  const file = env.TEST_SHARD_STATUS_FILE;
  const touched = all.some((one) => one.source.who === "Bazel") && file !== undefined && file !== "";
  return { index, count, from: source.index, ...(touched ? { statusFile: file } : {}) };
}

function partBy(source: Source, env: Environment): Shard {
  const [i, n] = [env[source.index] ?? "", env[source.count] ?? ""];
  const what = `${source.index}=${i} ${source.count}=${n}`;
  const whole = /^\d{1,7}$/;
  if (!whole.test(i) || !whole.test(n)) throw new UsageError(`${what}: expected whole numbers`);
  if (typeof source.first === "number") return checked(Number(i) + 1 - source.first, Number(n), what);
  return { ...slurmPart(source.first, env, what), count: checked(1, Number(n), what).count };
}

/** Slurm counts from `--array`'s smallest index in its steps; of a list with gaps nobody can tell which comes when. */
function slurmPart(first: string, env: Environment, what: string): Shard {
  const number = (name: string, otherwise: number) => (has(env, name) ? Number(env[name]) : otherwise);
  const [id, count] = [number("SLURM_ARRAY_TASK_ID", Number.NaN), number("SLURM_ARRAY_TASK_COUNT", Number.NaN)];
  const [least, step] = [number(first, 0), number("SLURM_ARRAY_TASK_STEP", 1)];
  const most = number("SLURM_ARRAY_TASK_MAX", least + (count - 1) * step);
  const index = (id - least) / step;
  if (!Number.isInteger(index) || index < 0 || index >= count || (most - least) / step !== count - 1)
    throw new UsageError(`${what} ${first}=${least}: the array has gaps; use one range such as --array=0-${count - 1}`);
  return { index: index + 1, count };
}

/** The part (from 1) that judges a module. It depends on its name alone: a new module moves no other. */
export function partOf(name: string, count: number): number {
  return (Number.parseInt(sha256(name).slice(0, 12), 16) % count) + 1;
}
