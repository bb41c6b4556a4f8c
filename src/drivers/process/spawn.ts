// Starts a program in a session of its own, with pipes and nothing inherited.
// Not through execa: loading it would cost every run 15 ms, and of what it does beyond node's own spawn nothing is wanted here.
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { openPipes } from "./pipes.ts";
import { cannotStart, findProgram, type Program, startFailure } from "./spawn-failure.ts";

export interface StartOptions extends Program {
  /** `empty`: end of file at once. */
  stdin: "pipe" | "empty";
  /** So many pipes more, from descriptor 3 on, each readable and writable. */
  extraPipes?: number;
  /** A folder that nobody else uses: whoever works in it was started by the program. */
  home?: string;
  /** Pin to this CPU, where `taskset` exists. */
  cpu?: number;
}

export interface Started {
  child: ChildProcess;
  pid: number;
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** `performance.now()` before the spawn. */
  start: number;
}

/** Rejects with SpawnFailure. Everything in it has listeners for `error`, so it can never throw into the event loop. */
export async function startProgram(options: StartOptions): Promise<Started> {
  const refused = cannotStart(options);
  if (refused !== undefined) throw refused;
  const pipes = await openPipes();
  const [file = "", ...args] = pinned(options);
  const [stdin = "pipe", stdout = "pipe", stderr = "pipe"] = pipes?.childEnds ?? [];
  const start = performance.now();
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: [stdin, stdout, stderr, ...Array.from({ length: options.extraPipes ?? 0 }, () => "pipe" as const)],
      windowsHide: true,
    });
  } catch (error) {
    pipes?.closeChildEnds();
    for (const one of [pipes?.stdin, pipes?.stdout, pipes?.stderr]) one?.destroy();
    pipes?.release();
    throw startFailure(options, error);
  }
  pipes?.closeChildEnds();
  const streams = pipes ?? child;
  const { pid } = child;
  const failed = new Promise((resolve) => child.once("error", resolve));
  // Signals that could not be sent (`exit` tells what matters), and EPIPE (whoever writes gets it, too).
  for (const one of [child, streams.stdin, streams.stdout, streams.stderr]) one?.on("error", () => {});
  if (pid === undefined || streams.stdin === null || streams.stdout === null || streams.stderr === null) {
    for (const one of [streams.stdin, streams.stdout, streams.stderr]) one?.destroy();
    pipes?.release();
    throw startFailure(options, await failed);
  }
  child.once("exit", () => pipes?.release());
  if (options.stdin === "empty") streams.stdin.end();
  return { child, pid, start, stdin: streams.stdin, stdout: streams.stdout, stderr: streams.stderr };
}

function pinned({ argv, cpu, cwd }: StartOptions): string[] {
  const taskset = cpu === undefined ? undefined : findProgram("taskset", cwd, process.env.PATH ?? "");
  return taskset === undefined ? argv : [taskset, "-c", String(cpu), ...argv];
}
