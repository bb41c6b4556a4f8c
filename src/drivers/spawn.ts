// Starts a program in a session of its own, with pipes and nothing inherited.
import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { openPipes } from "./pipes.ts";
import { cannotStart, findProgram, type Program, startFailure } from "./spawn-failure.ts";

export interface StartOptions extends Program {
  /** `empty`: end of file at once. */
  stdin: "pipe" | "empty";
  /** So many pipes more, from descriptor 3 on, each readable and writable. */
  extraPipes?: number;
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
  const [{ execa }, pipes] = await Promise.all([import("execa"), openPipes()]);
  const [file = "", ...args] = pinned(options);
  // execa takes any descriptor; its types list 3 to 9 only.
  const ends = pipes?.childEnds.map((fd) => fd as 3) ?? [];
  const [stdin = "pipe", stdout = "pipe", stderr = "pipe"] = ends;
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
    stdio: [stdin, stdout, stderr, ...Array.from({ length: options.extraPipes ?? 0 }, () => "pipe" as const)],
    windowsHide: true,
  });
  pipes?.closeChildEnds();
  const streams = pipes ?? child;
  const { pid } = child;
  // Signals that could not be sent (`exit` tells what matters), and EPIPE (whoever writes gets it, too).
  for (const one of [child, streams.stdin, streams.stdout, streams.stderr]) one?.on("error", () => {});
  if (pid === undefined || streams.stdin === null || streams.stdout === null || streams.stderr === null) {
    for (const one of [streams.stdin, streams.stdout, streams.stderr]) one?.destroy();
    pipes?.release();
    throw startFailure(options, await child);
  }
  child.once("exit", () => pipes?.release());
  if (options.stdin === "empty") streams.stdin.end();
  return { child, pid, start, stdin: streams.stdin, stdout: streams.stdout, stderr: streams.stderr };
}

function pinned({ argv, cpu, cwd }: StartOptions): string[] {
  const taskset = cpu === undefined ? undefined : findProgram("taskset", cwd, process.env.PATH ?? "");
  return taskset === undefined ? argv : [taskset, "-c", String(cpu), ...argv];
}
