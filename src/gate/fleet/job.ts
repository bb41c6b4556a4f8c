// A module as a job of a queue, and what became of it, as texts. Pure.
import * as z from "zod";
import { UsageError } from "../../base/errors.ts";
import { sha256 } from "../../base/io.ts";
import type { Json } from "../../base/types.ts";
import type { ShardHeader } from "../../report/shard-file.ts";

const texts = z.array(z.string());
const shape = z.strictObject({
  name: z.string(),
  target: z.string(),
  contract: z.string().exactOptional(),
  parameters: z.record(z.string(), z.json()).exactOptional(),
  digest: z.string().exactOptional(),
  options: z.strictObject({
    contract: z.string().exactOptional(),
    only: texts.exactOptional(),
    skip: texts.exactOptional(),
    level: z.enum(["MUST", "SHOULD", "MAY"]).exactOptional(),
    strict: z.boolean().exactOptional(),
    profile: z.string().exactOptional(),
    params: z.record(z.string(), z.json()).exactOptional(),
  }),
});

/** What a worker is told: one module of a list, and what was asked of all of them. It holds no command and no environment. */
export type ModuleJob = z.infer<typeof shape>;

/** Names in a queue hold no colon, and are no number. */
export function jobId(name: string): string {
  return `m-${sha256(name)}`;
}

/** Throws UsageError: whoever else writes to the queue may write anything. */
export function parseJob(data: Json): ModuleJob {
  const parsed = shape.safeParse(data);
  if (!parsed.success) throw new UsageError(`no job of conform: ${parsed.error.issues[0]?.message ?? "not valid"}`);
  return parsed.data;
}

/** What every job of a queue has alike: the header of the result file that is made of them. */
export type QueueRun = Pick<ShardHeader, "tool" | "started" | "list" | "selection">;

const runShape = z.object({
  tool: z.object({ name: z.string(), version: z.string() }),
  started: z.string(),
  list: z.object({ sha256: z.string(), modules: z.int() }),
  selection: z.string(),
});

/** Throws UsageError when a queue holds something else. */
export function parseRun(facts: Json | undefined, name: string): QueueRun {
  if (facts === undefined) throw new UsageError(`queue ${name} is empty; fill it with conform queue add`);
  const parsed = runShape.safeParse(facts);
  if (!parsed.success) throw new UsageError(`queue ${name} is no queue of conform's`);
  return parsed.data;
}

/** Why the run in the queue is not the one meant; undefined when it is. */
export function otherRun(there: QueueRun, own: QueueRun): string | undefined {
  if (there.tool.version !== own.tool.version) return `conform ${there.tool.version} began it`;
  if (there.selection !== own.selection) return `it was asked for ${there.selection || "everything"}`;
  if (there.list.sha256 !== own.list.sha256) return `its list is another one (${there.list.modules} modules)`;
  return undefined;
}
