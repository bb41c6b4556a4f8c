// watch-listeners: a process that listens is seen; where conform itself had no time to look, it does not say that nobody listened.
import { afterEach, expect, test } from "vitest";
import { watchListeners } from "../../src/drive/verbs/listeners.ts";
import type { World } from "../../src/drive/verbs/verb.ts";
import { endStarted, start } from "../drivers/a-process.ts";
import { aWorld } from "./a-world.ts";

afterEach(endStarted);

async function aProcess(code: string) {
  const { process: child } = await start([process.execPath, "-e", code]);
  const world: World = aWorld({ kind: "command", label: "x" }, { processes: new Map([["main", child]]) });
  return { child, world };
}

test("what listens for a second is seen", async () => {
  const code =
    "require('node:net').createServer().listen(0, '127.0.0.1', () => setTimeout(() => process.exit(), 1000))";
  const { world } = await aProcess(code);
  const seen = await watchListeners.run({ for: "20s", of: "main" }, world);
  expect(seen).toMatchObject({ ok: true, ports: [expect.any(Number)] });
});

test("with nobody looking for half a second it did not see that nobody listened", async () => {
  const { child, world } = await aProcess("process.stdin.resume().once('end', () => process.exit())");
  const watching = watchListeners.run({ for: "20s", of: "main" }, world);
  const until = performance.now() + 600;
  while (performance.now() < until);
  child.closeStdin();
  const seen = await watching;
  expect(seen).toMatchObject({ ok: false, ports: [] });
  expect(Number(seen.blind_ms)).toBeGreaterThanOrEqual(500);
});
