// Reads a stream of a module into its line splitter, in portions, so that a flood of lines never keeps the event loop from its other work.
import type { Readable } from "node:stream";
import type { LineSplitter } from "./lines.ts";

const portionBytes = 2048;
const turnMs = 8;

/** A stream being read. */
export interface Reading {
  /** Resolves when everything was read, or the stream destroyed, and all lines delivered. */
  ended: Promise<void>;
  /** Stops reading, so that the pipe fills. */
  pause(): void;
  resume(): void;
  /** Was read faster than its lines could be taken: more is waiting in the pipe. */
  readonly behind: boolean;
}

export function readInto(splitter: LineSplitter, readable: Readable): Reading {
  const waiting: Buffer[] = [];
  let paused = false;
  let turnStart: number | undefined;

  /** Works until this turn's time is over; then the next turn goes on. */
  const work = (): void => {
    turnStart ??= startTurn();
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
      for (let from = 0; from < chunk.length; from += portionBytes) {
        if (performance.now() - turnStart > turnMs) {
          waiting.unshift(chunk.subarray(from));
          readable.pause();
          return;
        }
        splitter.push(chunk.subarray(from, from + portionBytes));
      }
    }
    if (!paused) readable.resume();
  };
  const startTurn = (): number => {
    setImmediate(() => {
      turnStart = undefined;
      if (waiting.length > 0) work();
    });
    return performance.now();
  };
  const ended = new Promise<void>((resolve) => {
    readable.on("data", (chunk: Buffer) => {
      waiting.push(chunk);
      work();
    });
    readable.once("close", () => {
      for (const chunk of waiting.splice(0)) splitter.push(chunk);
      splitter.end();
      resolve();
    });
  });
  return {
    ended,
    get behind() {
      return waiting.length > 0;
    },
    pause() {
      paused = true;
      readable.pause();
    },
    resume() {
      paused = false;
      if (waiting.length === 0) readable.resume();
    },
  };
}
