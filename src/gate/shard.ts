// Which part of many modules this machine judges: `i/n`, by flag or by what CI systems set. Pure.
import { UsageError } from "../base/errors.ts";
import { sha256 } from "../base/io.ts";

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

/** Variables by which a machine learns its part. `first`: the index counts from there. */
const sources = [
  { index: "TEST_SHARD_INDEX", count: "TEST_TOTAL_SHARDS", first: 0 },
  { index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS", first: 0 },
  { index: "CI_NODE_INDEX", count: "CI_NODE_TOTAL", first: 1 },
] as const;

/**
 * The shard of this run. `wanted`: `i/n`, `auto` (the environment must say), `off`, or undefined: what the environment says when
 * there are several targets; one target is judged wherever it is named. Throws UsageError.
 */
export function shardOf(
  wanted: string | undefined,
  env: { [name: string]: string | undefined },
  targets: number,
): FoundShard | undefined {
  if (wanted === "off") return undefined;
  if (wanted !== undefined && wanted !== "auto") return { ...parseShard(wanted), from: "--shard" };
  if (wanted === undefined && targets < 2) return undefined;
  const found = fromEnvironment(env);
  if (found === undefined && wanted === "auto") {
    const pairs = sources.map(({ index, count }) => `${index} with ${count}`).join(", or ");
    throw new UsageError(`--shard auto: the environment names no part; expected ${pairs}`);
  }
  return found;
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

function fromEnvironment(env: { [name: string]: string | undefined }): FoundShard | undefined {
  for (const { index, count, first } of sources) {
    const [i, n] = [env[index], env[count]];
    if (i === undefined || i === "" || n === undefined || n === "") continue;
    const what = `${index}=${i} ${count}=${n}`;
    if (!/^\d{1,6}$/.test(i) || !/^\d{1,6}$/.test(n)) throw new UsageError(`${what}: expected whole numbers`);
    const file = index === "TEST_SHARD_INDEX" ? env.TEST_SHARD_STATUS_FILE : undefined;
    const shard = checked(Number(i) + 1 - first, Number(n), what);
    return { ...shard, from: index, ...(file === undefined || file === "" ? {} : { statusFile: file }) };
  }
  return undefined;
}

/** The part (from 1) that judges a module. It depends on its name alone: a new module moves no other. */
export function partOf(name: string, count: number): number {
  return (Number.parseInt(sha256(name).slice(0, 12), 16) % count) + 1;
}
