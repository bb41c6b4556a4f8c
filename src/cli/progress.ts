// Live progress on a terminal's standard error: which scenarios run, how long, what stopped early so far.
import type { TranscriptEvent, TranscriptHeader } from "../types.ts";

export interface Progress {
  header(header: TranscriptHeader): void;
  event(event: TranscriptEvent): void;
  end(): void;
}

/** One line, redrawn; nothing at all when it is not enabled. */
export function progress({ enabled, label }: { enabled: boolean; label: string }): Progress {
  if (!enabled) return { header: () => {}, event: () => {}, end: () => {} };
  const running = new Map<string, number>();
  let [total, done, stopped] = [0, 0, 0];
  const draw = (): void => {
    const columns = process.stderr.columns ?? 80;
    const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(0);
    const names = [...running].map(([name, since]) => `${name} ${seconds(since)}s`).join(", ");
    const early = stopped === 0 ? "" : `, ${stopped} stopped early`;
    const text = `${label}: ${done}/${total} scenarios${early}${names === "" ? "" : ` | ${names}`}`;
    process.stderr.write(`\r\x1b[2K${text.slice(0, columns - 1)}`);
  };
  const timer = setInterval(draw, 200);
  timer.unref();
  return {
    header(header) {
      total = header.plan.scenarios.length;
    },
    event(event) {
      if (event.kind === "scenario") {
        running.delete(event.scenario);
        done++;
        if (event.data.status === "stopped" || event.data.status === "error") stopped++;
      } else if (!running.has(event.scenario)) running.set(event.scenario, performance.now());
    },
    end() {
      clearInterval(timer);
      process.stderr.write("\r\x1b[2K");
    },
  };
}
