// The result file of a shard, written while the run goes on: what was judged is there even when the machine dies.
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../base/errors.ts";
import { codeOf } from "../base/io.ts";
import { footerLine, headerLine, moduleLine, type ShardHeader } from "../report/shard-file.ts";
import type { ModuleReport } from "../report/types.ts";

export interface ShardOut {
  module(report: ModuleReport): void;
  end(facts: { duration_ms: number; interrupted?: string }): void;
}

/** Opens the file and writes the header. Throws UsageError. */
export function shardOut(path: string, header: ShardHeader): ShardOut {
  let fd: number;
  try {
    mkdirSync(dirname(path), { recursive: true });
    fd = openSync(path, "w");
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${codeOf(error)}`);
  }
  const hash = createHash("sha256");
  let modules = 0;
  const put = (line: string): void => {
    hash.update(line);
    writeSync(fd, line);
  };
  put(headerLine(header));
  return {
    module(report) {
      modules++;
      put(moduleLine(report));
    },
    end(facts) {
      writeSync(fd, footerLine({ modules, ...facts, sha256: hash.digest("hex") }));
      closeSync(fd);
    },
  };
}
