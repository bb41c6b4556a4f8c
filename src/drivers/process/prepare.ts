// Before the first scenario: the module's build, or whether a URL answers at all.
import { exchange } from "../net/http.ts";

/** Runs the build command once. Returns why it failed, in one line, or nothing. */
export async function buildModule(
  target: { build?: string[]; folder?: string; cwd?: string },
  env: Record<string, string>,
): Promise<string | undefined> {
  const [file, ...args] = target.build ?? [];
  if (file === undefined) return undefined;
  const { execa } = await import("execa");
  const result = await execa(file, args, {
    cwd: target.folder ?? target.cwd ?? ".",
    env,
    reject: false,
    all: true,
    timeout: 600_000,
    stdin: "ignore",
    maxBuffer: 1 << 20,
  });
  if (!result.failed) return undefined;
  const last = (result.all ?? "").trim().split("\n").slice(-3).join(" | ");
  return `the build failed (${(result.shortMessage ?? "").split("\n")[0]})${last === "" ? "" : `: ${last.slice(0, 500)}`}`;
}

/** One GET of the URL itself; any HTTP answer will do. Returns why there is none, in one line, or nothing. */
export async function reachable(url: string): Promise<string | undefined> {
  const answer = await exchange({
    method: "GET",
    url,
    deadlineMs: 10_000,
    bodyBytesMax: 1 << 20,
    headerBytesMax: 16 << 10,
  });
  if (answer.ok || answer.phase !== "connect" || answer.problem === "tls") return undefined;
  return `${url} does not answer: ${answer.detail === "" ? answer.problem : answer.detail}`;
}
