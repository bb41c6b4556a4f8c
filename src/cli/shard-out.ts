// The result file of a shard, written while the run goes on: what was judged is there even when the machine dies.
import { createHash } from "node:crypto";
import { footerLine, headerLine, moduleLine, type ShardHeader } from "../report/shard-file.ts";
import type { ModuleReport } from "../report/types.ts";
import { openOut } from "./files-out.ts";

export interface ShardOut {
  module(report: ModuleReport): void;
  /** Throws UsageError or ResourceError when not all could be written. */
  end(facts: { duration_ms: number; interrupted?: string }): Promise<void>;
}

/** Opens the file and writes the header. Throws UsageError. */
export async function shardOut(path: string, header: ShardHeader, mode?: number): Promise<ShardOut> {
  const out = await openOut(path, mode === undefined ? {} : { mode });
  const hash = createHash("sha256");
  let modules = 0;
  const put = (line: string): void => {
    hash.update(line);
    out.write(line);
  };
  put(headerLine(header));
  return {
    module(report) {
      modules++;
      put(moduleLine(report));
    },
    end(facts) {
      out.write(footerLine({ modules, ...facts, sha256: hash.digest("hex") }));
      return out.close();
    },
  };
}
