// `conform plan`: what each shard will get, without judging anything.
import { UsageError } from "../../base/errors.ts";
import { expectedSeconds, parts } from "../../gate/fleet/balance.ts";
import { listFacts } from "../../gate/fleet/list.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { timingsFrom } from "../fleet/earlier.ts";
import { listedEntries, namedOf } from "../fleet/named.ts";
import { tell, tellJson } from "../terminal.ts";

/** Returns 0. Throws UsageError. */
export async function planCommand(targets: string[], flags: FlagsOf<"plan">): Promise<number> {
  const { shards, timings: from, modulesFrom } = flags;
  if (shards > 10_000) throw new UsageError(`--shards ${shards}: at most 10000`);
  const entries = await listedEntries({ targets, ...(modulesFrom === undefined ? {} : { modulesFrom }) });
  if (entries.length === 0) throw new UsageError("no module to share out; name them, or a list with --modules-from");
  const { all } = namedOf(entries, undefined);
  const names = all.map(({ name }) => name);
  const timings = from === undefined ? undefined : timingsFrom(from);
  const lists = parts(names, shards, timings);
  const seconds = timings === undefined ? undefined : expectedSeconds(lists, timings);
  const unknown = timings === undefined ? 0 : names.filter((name) => !timings.has(name)).length;
  const rows = lists.map((modules, at) => ({
    shard: at + 1,
    of: shards,
    ...(seconds === undefined ? {} : { seconds: Math.round((seconds[at] ?? 0) * 1000) / 1000 }),
    modules,
  }));
  if (flags.json)
    tellJson({ list: listFacts(names), balance: timings === undefined ? "hash" : "timings", unknown, shards: rows }, 2);
  else for (const row of rows) tell(lineOf(row, flags.verbose === true));
  if (!flags.json && timings !== undefined)
    tell(
      `longest ${Math.max(...(seconds ?? [0])).toFixed(1)} s of modules one after another; ${unknown} modules are not known to the earlier run\n`,
    );
  return 0;
}

function lineOf(
  { shard, of, seconds, modules }: { shard: number; of: number; seconds?: number; modules: string[] },
  verbose: boolean,
): string {
  const head = `shard ${shard}/${of}  ${modules.length} modules${seconds === undefined ? "" : `  ${seconds.toFixed(1)} s`}\n`;
  return verbose ? head + modules.map((name) => `  ${name}\n`).join("") : head;
}
