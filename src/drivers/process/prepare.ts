// Before the first scenario: the module's build, or whether a URL answers at all.
import { homedir, tmpdir } from "node:os";
import { exchange } from "../net/http.ts";
import { scrubbedEnvironment } from "./environment.ts";

/**
 * Runs the build command once. Returns why it failed, in one line, or nothing. It gets the environment of a module and `env`, but keeps the home
 * folder, where tool chains have their caches, and the way to the network.
 */
export async function buildModule(
  target: { build?: string[]; folder?: string; cwd?: string },
  env: Record<string, string>,
  interrupt?: AbortSignal,
): Promise<string | undefined> {
  const [file, ...args] = target.build ?? [];
  if (file === undefined) return undefined;
  const { execa } = await import("execa");
  const result = await execa(file, args, {
    cwd: target.folder ?? target.cwd ?? ".",
    env: { ...scrubbedEnvironment(buildPlaces(), tmpdir()), ...env },
    extendEnv: false,
    ...(interrupt === undefined ? {} : { cancelSignal: interrupt }),
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

/** Home, and how the network is reached from here. */
function buildPlaces(): Record<string, string> {
  const network = /^((https?|all|no)_proxy|node_extra_ca_certs|ssl_cert_(file|dir))$/i;
  const passed = Object.entries(process.env).flatMap(([name, value]) =>
    network.test(name) && value !== undefined ? [[name, value]] : [],
  );
  return { HOME: homedir(), USERPROFILE: homedir(), ...Object.fromEntries(passed) };
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
