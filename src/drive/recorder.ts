// The transcript while it is written: redacts on append, counts, bounds, tells who watches.
import { mapOutside, type NewEvent, type TranscriptEvent } from "../base/events.ts";
import type { Json } from "../base/types.ts";

export interface RecorderOptions {
  /** Seconds since the run's start. */
  now(): number;
  redact(value: Json): Json;
  eventsMax: number;
  /** Events of earlier runs that stay in the record: numbers go on after them. */
  after?: number;
  /** Called for every event kept, in order. */
  onEvent(event: TranscriptEvent): void;
}

/** Append-only record of one run. */
export class Recorder {
  readonly events: TranscriptEvent[] = [];
  /** Events that the cap has swallowed. */
  dropped = 0;
  readonly #options: RecorderOptions;
  readonly #watchers: ((event: TranscriptEvent) => void)[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** All events so far, swallowed ones too: while it stays, nothing that expressions see has changed. */
  get count(): number {
    return this.events.length + this.dropped;
  }

  /** Calls `watcher` for every event kept from now on. */
  watch(watcher: (event: TranscriptEvent) => void): void {
    this.#watchers.push(watcher);
  }

  /** Appends an event and returns it. Over the cap only steps, scenarios, exits, limits and second looks are kept; one `limit` event says so. */
  append(event: NewEvent): TranscriptEvent {
    const { now, redact, eventsMax, onEvent, after = 0 } = this.#options;
    const kept: TranscriptEvent = { n: after + this.events.length + 1, t: round(now()), ...mapOutside(event, redact) };
    if (this.events.length >= eventsMax && !["step", "scenario", "exit", "limit", "again"].includes(event.kind)) {
      if (this.dropped++ === 0) {
        this.append({
          scenario: event.scenario,
          kind: "limit",
          data: { limit: "events per run", bound: eventsMax, seen: eventsMax + 1 },
        });
      }
      return { ...kept, n: 0 };
    }
    this.events.push(kept);
    onEvent(kept);
    for (const watcher of this.#watchers) watcher(kept);
    return kept;
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1e4) / 1e4;
}
