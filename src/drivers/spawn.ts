// Starts a program in a session of its own, with pipes and nothing inherited.
import type { ChildProcess } from "node:child_process";
import { cannotStart, findProgram, type Program, startFailure } from "./spawn-failure.ts";

export interface StartOptions extends Program {
  /** `empty`: end of file at once. */
  stdin: "pipe" | "empty";
  /** Pin to this CPU, where `taskset` exists. */
  cpu?: number;
}

export interface Started {
  child: ChildProcess;
  pid: number;
  /** `performance.now()` before the spawn. */
  start: number;
}

/** Rejects with SpawnFailure. The child has listeners for `error`, so it can never throw into the event loop. */
export async function startProgram(options: StartOptions): Promise<Started> {
  const refused = cannotStart(options);
  if (refused !== undefined) throw refused;
  const { execa } = await import("execa");
  const [file = "", ...args] = pinned(options);
  const start = performance.now();
  const child = execa(file, args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    detached: true,
    cleanup: false, // It kills no groups; process.ts does.
    buffer: false,
    reject: false,
    encoding: "buffer",
    stdin: options.stdin === "pipe" ? "pipe" : "ignore",
    stdout: "pipe",
    stderr: "pipe",
    windowsHide: true,
  });
  const { pid } = child;
  if (pid === undefined) throw startFailure(options, await child);
  child.on("error", () => {}); // A signal that could not be sent; `exit` tells what matters.
  child.stdin?.on("error", () => {}); // EPIPE; whoever writes gets it, too.
  return { child, pid, start };
}

function pinned({ argv, cpu, cwd }: StartOptions): string[] {
  const taskset = cpu === undefined ? undefined : findProgram("taskset", cwd, process.env.PATH ?? "");
  return taskset === undefined ? argv : [taskset, "-c", String(cpu), ...argv];
}
