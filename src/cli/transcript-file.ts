// Writes the transcript while the run goes on, so that a run cut off leaves a readable, truncated one.
import { createHash } from "node:crypto";
import type { TranscriptEvent } from "../base/events.ts";
import type { TranscriptFooter, TranscriptHeader } from "../base/transcript.ts";
import { eventLine, footerLine, headerLine } from "../report/transcript.ts";
import { openOut } from "./files-out.ts";

export interface TranscriptFile {
  header(header: TranscriptHeader): void;
  event(event: TranscriptEvent): void;
  footer(footer: TranscriptFooter): void;
  /** Throws UsageError or ResourceError when not all could be written. */
  close(): Promise<void>;
}

/** Opens the file. Throws UsageError when it cannot be written. */
export async function transcriptFile(path: string, mode?: number): Promise<TranscriptFile> {
  const out = await openOut(path, mode === undefined ? {} : { mode });
  const hash = createHash("sha256");
  let pending = "";
  const flush = (): void => {
    if (pending !== "") out.write(pending);
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
      return out.close();
    },
  };
}
