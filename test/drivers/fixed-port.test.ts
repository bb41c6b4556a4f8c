// Modules that take the port they are told, and modules that know one port only: turns, and proof of who listens.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Target } from "../../src/base/types.ts";
import { choosePort, listening } from "../../src/drive/verbs/port.ts";
import { spawn } from "../../src/drive/verbs/process.ts";
import { canListen, takeTurn } from "../../src/drivers/ports/fixed-port.ts";
import { freePort } from "../../src/drivers/ports/ports.ts";
import { aWorld, type TestWorld } from "../drive/a-world.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A module that listens on the port of PORT (`obeys`) or on a fixed one, as its folder says. */
function module(listens: string): Target {
  const script = `require("node:net").createServer().listen(${listens}, () => console.log("up"))`;
  return { kind: "folder", label: `m-${Math.random()}`, argv: [process.execPath, "-e", script] };
}

function worldOf(target: Target): TestWorld {
  const folder = mkdtempSync(join(tmpdir(), "conform-port-"));
  const own: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  cleanups.push(async () => {
    for (const cleanup of own.splice(0).reverse()) await cleanup();
  });
  return aWorld(target, {
    folder: () => Promise.resolve(folder),
    onEnd: (cleanup) => void own.push(cleanup),
    random: (n) => "7".repeat(n),
  });
}

async function startModule(world: TestWorld, fixed: number) {
  const chosen = await choosePort.run({ fixed }, world);
  await spawn.run({ env: { PORT: Number(chosen.port) } }, world);
  return { chosen, seen: await listening.run({ ports: [Number(chosen.port), fixed], within: "10s" }, world) };
}

describe("choose-port and listening", () => {
  it("see the chosen port, and do not wait for a turn once the module is known to take it", async () => {
    const fixed = await freePort();
    const target = module("process.env.PORT, '127.0.0.1'");
    const first = await startModule(worldOf(target), fixed);
    expect(first.chosen).toMatchObject({ ok: true, fixed, alone: true, busy: false });
    expect(first.seen).toMatchObject({ ok: true, port: first.chosen.port });
    if (process.platform === "linux") expect(first.seen.addresses).toEqual(["127.0.0.1"]);
    const second = await startModule(worldOf(target), fixed);
    expect(second.chosen).toMatchObject({ alone: false });
    expect(second.seen).toMatchObject({ ok: true, port: second.chosen.port });
  });

  it("give the fixed port to one scenario after the other", async () => {
    const fixed = await freePort();
    const target = module(String(fixed));
    const first = await startModule(worldOf(target), fixed);
    expect(first.seen).toMatchObject({ ok: true, port: fixed });
    const waiting = startModule(worldOf(target), fixed);
    const early = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 150, "waits"))]);
    expect(early).toBe("waits");
    await cleanups.shift()?.();
    expect((await waiting).seen).toMatchObject({ ok: true, port: fixed });
  });

  it("do not wait for the fixed port with a module that takes the chosen one, as a trial start shows", async () => {
    const fixed = await freePort();
    const told = { PORT: "{port}" };
    const theirs = await takeTurn(fixed, new AbortController().signal);
    cleanups.push(() => theirs?.end());
    const service = createServer().listen(fixed, "0.0.0.0");
    cleanups.push(() => void service.close());
    await new Promise((resolve) => service.once("listening", resolve));
    const target = module("process.env.PORT");
    const chosen = await Promise.all(
      [worldOf(target), worldOf(target)].map((world) => choosePort.run({ fixed, told }, world)),
    );
    expect(chosen).toMatchObject([
      { ok: true, alone: false, trial: true },
      { ok: true, alone: false },
    ]);
    expect(chosen[1]).not.toHaveProperty("trial");
    const needy = worldOf(module(String(fixed)));
    const waiting = choosePort.run({ fixed, told }, needy);
    service.close();
    theirs?.end();
    expect(await waiting).toMatchObject({ ok: true, alone: true });
  });

  it("keep a trial start from the fixed port", async () => {
    const fixed = await freePort();
    const theirs = await takeTurn(fixed, new AbortController().signal);
    const [obeys, needs] = [module("process.env.PORT"), module(String(fixed))].map((target) =>
      choosePort.run({ fixed, told: { PORT: "{port}" } }, worldOf(target)),
    );
    const early = new Promise((resolve) => setTimeout(resolve, 150, "they wait"));
    expect(await Promise.race([obeys, needs, early])).toBe("they wait");
    theirs?.end();
    expect(await obeys).toMatchObject({ ok: true, alone: false, trial: true });
    expect(await needs).toMatchObject({ ok: true, alone: true, busy: false });
  });

  it("tell when something else holds the fixed port, and never take it for the module", async () => {
    const stranger = createServer().listen(0, "0.0.0.0");
    cleanups.push(() => void stranger.close());
    await new Promise((resolve) => stranger.once("listening", resolve));
    const address = stranger.address();
    const fixed = typeof address === "object" && address !== null ? address.port : 0;
    expect(await canListen(fixed)).toBe(false);
    const world = worldOf({
      kind: "folder",
      label: `q-${Math.random()}`,
      argv: [process.execPath, "-e", "setTimeout(() => {}, 60000)"],
    });
    const chosen = await choosePort.run({ fixed }, world);
    expect(chosen).toMatchObject({ busy: true });
    await spawn.run({}, world);
    const seen = await listening.run({ ports: [Number(chosen.port), fixed], within: 300 }, world);
    expect(seen).toMatchObject({ ok: false, problem: "timeout" });
  });

  it("tell the code of a module that ends, and the port of one that listens elsewhere", async () => {
    const ends = worldOf({
      kind: "folder",
      label: `e-${Math.random()}`,
      argv: [process.execPath, "-e", "process.exit(3)"],
    });
    const fixed = await freePort();
    expect((await startModule(ends, fixed)).seen).toMatchObject({ ok: false, problem: "exited", code: 3 });
    const elsewhere = await freePort();
    const world = worldOf(module(String(elsewhere)));
    const other = await freePort();
    const chosen = await choosePort.run({ fixed: other }, world);
    await spawn.run({}, world);
    const seen = await listening.run({ ports: [Number(chosen.port), other], within: "3s" }, world);
    expect(seen).toMatchObject({ ok: false, problem: "timeout" });
    if (process.platform === "linux") expect(seen.elsewhere).toEqual([elsewhere]);
  });
});
