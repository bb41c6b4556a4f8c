// Starting loads a machine, waiting does not: only so many modules start at once, however many scenarios run side by side.
import { cores } from "../../base/io.ts";
import { slots } from "../../base/slots.ts";
import type { ModuleProcess } from "./process.ts";

const starts = slots(2 * cores());
const startMsMax = 20_000;
const lookEveryMs = 50;
/** Samples in a row at which a process wants no CPU, before it counts as started: right after its start it may wait for its own file. */
const stillSamples = 2;
/** Where nobody tells whether a process is at rest. */
const blindMs = 1000;

/**
 * Starts a module when there is a place, and resolves as soon as it runs. Its place is free again when it has spoken (`spoke` resolves), has
 * ended or is at rest, after 20 s at the latest. Without this, conform's own crowd would make a module late that needs a second of CPU
 * time to start.
 */
export function startInTurn(begin: () => Promise<ModuleProcess>, spoke: Promise<void>): Promise<ModuleProcess> {
  return new Promise((resolve, reject) => {
    starts
      .run(async () => {
        const running = await begin();
        resolve(running);
        await started(running, spoke);
      })
      .catch(reject);
  });
}

async function started(running: ModuleProcess, spoke: Promise<void>): Promise<void> {
  const from = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const rests = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      const { still } = running;
      const patience = still === undefined ? blindMs : startMsMax;
      if ((still ?? 0) >= stillSamples || performance.now() - from >= patience) resolve();
    }, lookEveryMs);
  });
  await Promise.race([rests, spoke, running.exited]);
  clearInterval(timer);
}
