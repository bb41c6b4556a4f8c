// Does a module take the port it is told? Found out by a start of its own while the fixed port is somebody else's, so that nobody waits for that.
import { setTimeout as sleep } from "node:timers/promises";
import { accepts, type PortTurn, tryTurn } from "../../drivers/ports/fixed-port.ts";
import { holdPort } from "../../drivers/ports/ports.ts";
import { scrubbedEnvironment } from "../../drivers/process/environment.ts";
import { type ModuleProcess, spawnModule } from "../../drivers/process/process.ts";
import { SpawnFailure } from "../../drivers/process/spawn-failure.ts";
import { startInTurn } from "../../drivers/process/start-gate.ts";
import { startOf } from "./copy.ts";
import { tokenOf } from "./state.ts";
import type { World } from "./verb.ts";

interface Trial {
  port: number;
  fixed: number;
  /** Environment, with `{port}` for the port. */
  told: Record<string, string>;
}

/** `took`: missing when it served on neither. `turn`: the right to the fixed port, when it came by the way. */
export interface Tried {
  took?: "chosen" | "fixed";
  turn?: PortTurn;
}

/** Starts the module once, as soon as the fixed port cannot become its own: because others listen there, or conform itself does. */
export async function tryStart(trial: Trial, world: World): Promise<Tried> {
  while (!world.signal.aborted) {
    const turn = await tryTurn(trial.fixed);
    if (turn !== undefined) {
      const held = await holdPort(trial.fixed);
      const took = await tookIn(trial, world).finally(() => held?.release());
      return { turn, ...(took === undefined ? {} : { took }) };
    }
    if (await accepts(trial.fixed)) {
      const took = await tookIn(trial, world);
      return took === undefined ? {} : { took };
    }
    await sleep(50);
  }
  return {};
}

async function tookIn(trial: Trial, world: World): Promise<Tried["took"]> {
  const running = await begun(trial, world);
  try {
    return running === undefined ? undefined : await seenOn(trial, running, world);
  } finally {
    await running?.end({ afterTermMs: 0 });
  }
}

/** Undefined when it cannot be started; the scenario's own start says why. */
async function begun({ port, told }: Trial, world: World): Promise<ModuleProcess | undefined> {
  const { argv, cwd } = startOf(world);
  if (argv === undefined) return undefined;
  const folder = await world.folder();
  const extra = Object.entries(told).map(([name, text]) => [name, text.replaceAll("{port}", String(port))]);
  let ended = (): void => {};
  const spoke = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const begin = (): Promise<ModuleProcess> =>
    spawnModule({
      name: "trial",
      argv,
      cwd: cwd ?? folder,
      env: scrubbedEnvironment({ ...world.env, ...Object.fromEntries(extra) }, folder),
      token: tokenOf(world),
      limits: world.limits,
      stdin: "pipe",
      onLine: () => ended(),
      onExit: () => ended(),
      onLimit: () => undefined,
    });
  try {
    return await startInTurn(begin, spoke);
  } catch (error) {
    if (error instanceof SpawnFailure) return undefined;
    throw error;
  }
}

async function seenOn({ port, fixed }: Trial, running: ModuleProcess, world: World): Promise<Tried["took"]> {
  const until = world.now() + world.deadline("30s", "30s") / 1000;
  while (running.alive && world.now() < until && !world.signal.aborted) {
    const own = running.listening();
    if (own?.some((one) => one.port === fixed)) return "fixed";
    if (own === undefined ? await accepts(port) : own.some((one) => one.port === port)) return "chosen";
    await sleep(25);
  }
  return undefined;
}
