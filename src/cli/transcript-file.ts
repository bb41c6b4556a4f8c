// Writes the transcript while the run goes on, so that a run cut off leaves a readable, truncated one.
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../base/errors.ts";
import { codeOf } from "../base/io.ts";
import type { TranscriptEvent, TranscriptFooter, TranscriptHeader } from "../base/types.ts";
import { eventLine, footerLine, headerLine } from "../report/transcript.ts";

export interface TranscriptFile {
  header(header: TranscriptHeader): void;
  event(event: TranscriptEvent): void;
  footer(footer: TranscriptFooter): void;
  close(): void;
}

/** Opens the file. Throws UsageError when it cannot be written. */
export function transcriptFile(path: string): TranscriptFile {
  let fd: number;
  try {
    mkdirSync(dirname(path), { recursive: true });
    fd = openSync(path, "w");
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${codeOf(error)}`);
  }
  const hash = createHash("sha256");
  let pending = "";
  const flush = (): void => {
    if (pending !== "") writeSync(fd, pending);
    pending = "";
  };
  const put = (line: string): void => {
    hash.update(line);
    pending += line;
    if (pending.length > 65_536) flush();
  };
  const timer = setInterval(flush, 200);
  timer.unref();
  return {
    header: (header) => put(headerLine(header)),
    event: (event) => put(eventLine(event)),
    footer: (footer) => put(footerLine({ ...footer, sha256: hash.copy().digest("hex") })),
    close() {
      clearInterval(timer);
      flush();
      closeSync(fd);
    },
  };
}
