// The result file of a shard, written while the run goes on: what was judged is there even when the machine dies.
import { createHash } from "node:crypto";
import { moduleLine, type ShardHeader, shardFooterLine, shardHeaderLine } from "../../report/shard-file.ts";
import type { ModuleReport } from "../../report/types.ts";
import { growing } from "./staged.ts";

export interface ShardOut {
  module(report: ModuleReport): void;
  /** A record as it is. */
  line(record: Uint8Array): void;
  /** Throws UsageError or ResourceError when not all could be written. */
  end(facts: { duration_ms: number; interrupted?: string }): void;
}

/**
 * Begins the file with `records`, taken over from an earlier run as they are, and puts it in its place; until then what is there stays.
 * Another process that still writes the old file writes into a file that nobody sees. Throws UsageError or ResourceError.
 */
export function shardOut(
  path: string,
  { header, records, mode }: { header: ShardHeader; records: Iterable<Buffer>; mode?: number },
): ShardOut {
  const out = growing(path, mode);
  const hash = createHash("sha256");
  let [modules, reused] = [0, 0];
  let fault: unknown;
  const put = (line: string | Uint8Array): void => {
    hash.update(line);
    out.write(line);
  };
  put(shardHeaderLine(header));
  for (const line of records) {
    put(line);
    put("\n");
    reused++;
  }
  out.publish();
  const add = (...pieces: (string | Uint8Array)[]): void => {
    // Nothing else of the run may be lost by a full disk; it is told at the end.
    if (fault !== undefined) return;
    try {
      modules++;
      for (const piece of pieces) put(piece);
    } catch (error) {
      fault = error;
    }
  };
  return {
    module: (report) => add(moduleLine(report)),
    line: (record) => add(record, "\n"),
    end(facts) {
      if (fault !== undefined) {
        out.close();
        throw fault;
      }
      const counted = { modules: modules + reused, ...facts, ...(reused === 0 ? {} : { reused }) };
      out.write(shardFooterLine({ ...counted, sha256: hash.digest("hex") }));
      out.close();
    },
  };
}
