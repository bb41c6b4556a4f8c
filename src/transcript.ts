// The transcript as NDJSON: header, one event per line, footer. No footer means the run was cut off.
import { UsageError } from "./errors.ts";
import type { Transcript, TranscriptEvent, TranscriptFooter, TranscriptHeader } from "./types.ts";

export function headerLine(header: TranscriptHeader): string {
  return `${JSON.stringify({ kind: "header", ...header })}\n`;
}

export function eventLine(event: TranscriptEvent): string {
  return `${JSON.stringify(event)}\n`;
}

export function footerLine(footer: TranscriptFooter): string {
  return `${JSON.stringify({ kind: "footer", ...footer })}\n`;
}

/** Throws UsageError with the line number. */
export function parseTranscript(text: string): Transcript {
  const lines = text.split("\n").filter((line) => line !== "");
  const values = lines.map((line, index) => {
    try {
      return JSON.parse(line) as { kind: string };
    } catch {
      if (index === lines.length - 1) return undefined;
      throw new UsageError(`transcript line ${index + 1} is not JSON`);
    }
  });
  const [header, ...rest] = values;
  if (header?.kind !== "header") throw new UsageError("not a transcript: the first line is no header");
  const last = rest.at(-1);
  return {
    header: header as unknown as TranscriptHeader,
    events: rest.filter((value) => value !== undefined && value.kind !== "footer") as unknown as TranscriptEvent[],
    ...(last?.kind === "footer" ? { footer: last as unknown as TranscriptFooter } : {}),
  };
}
