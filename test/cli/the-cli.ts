// The command line as users run it: started as a real process; and module folders to give it.
import { type SpawnOptions, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const tinyContract = join(root, "fixtures/contracts/tiny");
export const goodModule = join(root, "fixtures/modules/tiny/good");

export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Cli {
  /** The start file, for tests that spawn it themselves. */
  file: string;
  /** A fresh folder, removed by `close`. Commands run in it unless told otherwise. */
  folder: string;
  run(args: readonly string[], options?: { cwd?: string; env?: Record<string, string> }): Promise<Answer>;
  close(): void;
}

/** An environment without the variables by which CI systems are known. */
export function quietEnv(more: Record<string, string> = {}): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, NO_COLOR: "1", ...more };
}

/** The tests' global setup has built it. */
export function theCli(): Cli {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "conform-test-")));
  const file = join(root, "dist/conform.cjs");
  return {
    file,
    folder,
    run: (args, { cwd = folder, env } = {}) => answerOf(process.execPath, [file, ...args], { cwd, env: quietEnv(env) }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a program to its end. */
export function answerOf(program: string, args: readonly string[], options: SpawnOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: ["ignore", "pipe", "pipe"], ...options });
    const text = { stdout: "", stderr: "" };
    child.stdout?.on("data", (data) => {
      text.stdout += data;
    });
    child.stderr?.on("data", (data) => {
      text.stderr += data;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...text }));
  });
}

export interface Tiny {
  hello?: string;
  mood?: string;
  /** Written to tiny.json instead of its usual contents. */
  facts?: string;
  exit?: number;
  config?: string | undefined;
  baseline?: string;
}

/** A module of the tiny contract; by default it keeps everything. Its conform.yaml names the contract. */
export function tinyModule(folder: string, tiny: Tiny = {}): string {
  mkdirSync(folder, { recursive: true });
  cpSync(goodModule, folder, { recursive: true });
  const greeting = { hello: tiny.hello ?? "world", ...(tiny.mood === "" ? {} : { mood: tiny.mood ?? "bright" }) };
  const script = `#!/bin/sh\necho '${JSON.stringify(greeting)}'\ncat > /dev/null\nexit ${tiny.exit ?? 0}\n`;
  writeFileSync(join(folder, "module"), script, { mode: 0o755 });
  if (tiny.facts !== undefined) writeFileSync(join(folder, "tiny.json"), tiny.facts);
  writeFileSync(join(folder, "conform.yaml"), tiny.config ?? `contract: ${tinyContract}\n`);
  if (tiny.baseline !== undefined) writeFileSync(join(folder, "conform.baseline.yaml"), tiny.baseline);
  return folder;
}
