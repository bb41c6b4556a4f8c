// `wait`: lets time pass and watches what the process does meanwhile.
import { within } from "../../base/deadline.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { waitWords } from "../../contract/words/wait.ts";
import type { ModuleProcess } from "../../drivers/process/process.ts";
import type { Verb } from "./verb.ts";

const lookEveryMs = 50;

export const wait: Verb<ArgOf<typeof waitWords>> = {
  ...waitWords,
  async run(arg, world) {
    const running = world.processes.get(arg.of ?? "main");
    const ms = world.deadline(arg.for, "1s");
    const from = world.now();
    const before = running?.cpuMs();
    const looks = lookingAt(running);
    const ended =
      running === undefined ? await within(new Promise<never>(() => {}), ms) : await within(running.exited, ms);
    const after = running?.cpuMs();
    const busy = looks.end();
    const cpu = before === undefined || after === undefined ? {} : { cpu_ms: Math.round(after - before) };
    return {
      ok: ended === undefined,
      alive: ended === undefined,
      ...cpu,
      ...(busy === undefined ? {} : { busy }),
      waited_ms: Math.round((world.now() - from) * 1000),
    };
  },
};

/** Share of looks at which the process ran or wanted to; on a loaded machine this tells more than CPU time. Undefined without /proc. */
function lookingAt(running: ModuleProcess | undefined): { end(): number | undefined } {
  let looks = 0;
  let active = 0;
  const timer = setInterval(() => {
    const seen = running?.activity();
    if (seen === undefined) return;
    looks++;
    if (seen.active) active++;
  }, lookEveryMs);
  return {
    end() {
      clearInterval(timer);
      return looks === 0 ? undefined : Math.round((100 * active) / looks) / 100;
    },
  };
}
