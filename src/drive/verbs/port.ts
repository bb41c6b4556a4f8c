// Verbs about where a module listens: choose a port for it, then see which one it took.
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { choosePortWords, listeningWords } from "../../contract/words/port.ts";
import { accepts, canListen, takeTurn, tryTurn } from "../../drivers/ports/fixed-port.ts";
import { freePort } from "../../drivers/ports/ports.ts";
import { hasProc } from "../../drivers/process/proc-fs.ts";
import type { ModuleProcess } from "../../drivers/process/process.ts";
import { tryStart } from "./port-trial.ts";
import { state } from "./state.ts";
import type { Verb, World } from "./verb.ts";

/** The port chosen in this scenario while nobody knows whether the module will take it, and whom to tell. */
const memory = state((): { choice?: { port: number; tell(took: boolean): void } } => ({}));

/** Whether a module (folder and way of telling) took the chosen port. Missing: not known yet. */
const takesChosen = new Map<string, boolean>();
/** Modules of which a scenario is finding that out. */
const learning = new Map<string, Promise<void>>();

export const choosePort: Verb<ArgOf<typeof choosePortWords>> = {
  ...choosePortWords,
  async run(arg, world) {
    const { fixed } = arg;
    const key = `${world.target.folder ?? world.target.label}\n${arg.way ?? ""}`;
    const port = await freePort();
    const free = { ok: true, port, fixed, alone: false, busy: false };
    while (!takesChosen.has(key) && learning.has(key) && !world.signal.aborted) await learning.get(key);
    if (takesChosen.get(key) === true) return free;
    const learnt = takesChosen.has(key) ? undefined : learn(key, world);
    let turn = learnt === undefined ? undefined : await tryTurn(fixed);
    if (learnt !== undefined && turn === undefined && arg.told !== undefined) {
      const trial = await tryStart({ port, fixed, told: arg.told }, world);
      turn = trial.turn;
      if (trial.took === "chosen") {
        turn?.end();
        learnt(true);
        return { ...free, trial: true };
      }
      if (trial.took === "fixed") learnt(false);
    }
    turn ??= await takeTurn(fixed, world.signal);
    if (turn === undefined) return { ok: false, problem: "interrupted" };
    const mine = turn;
    world.onEnd(() => mine.end());
    memory(world).choice ??= {
      port,
      tell(took) {
        learnt?.(took);
        if (took) mine.end();
      },
    };
    return { ...free, alone: true, busy: !(await canListen(fixed)) };
  },
};

/** Others of this module wait until it is told what was learnt, or this scenario ends without having learnt anything. */
function learn(key: string, world: World): (took: boolean) => void {
  let done = (): void => {};
  learning.set(
    key,
    new Promise((resolve) => {
      done = () => {
        learning.delete(key);
        resolve();
      };
    }),
  );
  world.onEnd(done);
  return (took) => {
    takesChosen.set(key, took);
    done();
  };
}

interface Found {
  port: number;
  addresses: string[];
}

export const listening: Verb<ArgOf<typeof listeningWords>> = {
  ...listeningWords,
  async run({ ports, of, within }, world) {
    const running = world.processes.get(of ?? "main");
    if (running === undefined) return { ok: false, problem: "not started" };
    const deadline = world.deadline(within, "30s");
    const from = world.now();
    const waited = () => Math.round((world.now() - from) * 1000);
    for (let tries = 1; !world.signal.aborted; tries++) {
      // Now and then a look at /proc: the module may listen on other addresses than loopback.
      const found = await look(running, ports, tries % 40 === 0);
      if (found !== undefined) {
        const { choice } = memory(world);
        choice?.tell(found.port === choice.port);
        return { ok: true, port: found.port, addresses: found.addresses, waited_ms: waited() };
      }
      if (!running.alive) return { ok: false, problem: "exited", waited_ms: waited(), ...exitOf(await running.exited) };
      if (waited() >= deadline)
        return { ok: false, problem: "timeout", elsewhere: elsewhere(running), waited_ms: waited() };
      await sleep(25);
    }
    return { ok: false, problem: "interrupted" };
  },
};

function exitOf({ code, signal }: { code: number | null; signal: string | null }): { [key: string]: Json } {
  return { code, signal };
}

/** With /proc only sockets of the module's own processes count; elsewhere a port counts when somebody accepts there. */
async function look(running: ModuleProcess, ports: number[], thorough: boolean): Promise<Found | undefined> {
  for (const port of ports) {
    if (!(thorough && hasProc) && !(await accepts(port))) continue;
    const own = running.listening();
    if (own === undefined) return { port, addresses: [] };
    const addresses = own.filter((one) => one.port === port).map(({ address }) => address);
    if (addresses.length > 0) return { port, addresses };
  }
  return undefined;
}

/** Ports that the module listens on instead. */
function elsewhere(running: ModuleProcess): number[] {
  return [...new Set(running.listening()?.map(({ port }) => port))];
}
