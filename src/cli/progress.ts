// Live progress on a terminal's standard error: which scenarios run, how long, what stopped early so far.
import type { TranscriptEvent } from "../base/events.ts";
import type { TranscriptHeader } from "../base/transcript.ts";
import { redraw } from "./terminal.ts";

export interface Progress {
  header(module: string, header: TranscriptHeader): void;
  event(module: string, event: TranscriptEvent): void;
  /** The module is judged. */
  done(module: string): void;
  end(): void;
}

const silent: Progress = { header: () => {}, event: () => {}, done: () => {}, end: () => {} };

/** One line, redrawn; nothing at all when it is not enabled. With several modules it counts these. */
export function progress({ enabled, label, modules }: { enabled: boolean; label: string; modules: number }): Progress {
  if (!enabled) return silent;
  const running = new Map<string, number>();
  /** Scenarios or modules that are done, and scenarios that stopped early: by name, as one may be looked at again. */
  const [done, stopped] = [new Set<string>(), new Set<string>()];
  let total = 0;
  const draw = (): void => {
    const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(0);
    const names = [...running].map(([name, since]) => `${name} ${seconds(since)}s`).join(", ");
    const early = stopped.size === 0 ? "" : `, ${stopped.size} stopped early`;
    const what = modules > 1 ? "judged" : "scenarios";
    const text = `${label}: ${done.size}/${modules > 1 ? modules : total} ${what}${early}${names === "" ? "" : ` | ${names}`}`;
    redraw(text);
  };
  const timer = setInterval(draw, 200);
  timer.unref();
  return {
    header(module, header) {
      total = header.plan.scenarios.length;
      if (modules > 1) running.set(module, performance.now());
    },
    event(_, event) {
      if (modules > 1) return;
      const { kind, scenario, data } = event;
      if (kind === "scenario") {
        running.delete(scenario);
        done.add(scenario);
        if (data.status === "stopped" || data.status === "error") stopped.add(scenario);
      } else if (!running.has(scenario)) {
        running.set(scenario, performance.now());
        done.delete(scenario);
        stopped.delete(scenario);
      }
    },
    done(module) {
      if (modules > 1) done.add(module);
      running.delete(module);
    },
    end() {
      clearInterval(timer);
      redraw("");
    },
  };
}
