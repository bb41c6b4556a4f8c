// What goes on beside the thread of a hosted module, which Node does not list: threads, processes, the debugger.
import { afterEach, describe, expect, it } from "vitest";
import { call, folderOf, type Hosted, hosted, moduleOf, opened } from "./hosted.ts";

const open: Hosted[] = [];
async function start(...args: Parameters<typeof hosted>): Promise<Hosted> {
  const host = await hosted(...args);
  open.push(host);
  return host;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});

describe("what goes on beside the thread", () => {
  it("counts threads and processes, also unref'd ones, until they end; nothing of the loader", async () => {
    const body = `
  private thread: any; private child: any;
  async start() {
    this.thread = new Worker('setInterval(() => {}, 1000)', { eval: true });
    this.child = spawn('sleep', ['60'], { stdio: 'ignore' });
    this.thread.unref();
    this.child.unref();
    await import('./late.cts');
  }
  async stop() {
    await this.thread.terminate();
    await new Promise((resolve) => { this.child.once('exit', resolve); this.child.kill(); });
  }`;
    const imports = "import { Worker } from 'node:worker_threads';\nimport { spawn } from 'node:child_process';";
    const host = await start(folderOf({ ...moduleOf(body, imports), "late.cts": "export const late: number = 1;" }));
    await opened(host);
    const started = await host.ask(call("start"), { since: "import" });
    expect(started).toMatchObject({
      added: ["ProcessWrap", "Worker"],
      handles: [{ where: "index.ts:9" }, { where: "index.ts:8" }],
    });
    expect(await host.ask(call("stop"), { since: "import" })).toMatchObject({ added: [] });
    await host.ask({ do: "finish", settleMs: 20, graceMs: 400 });
    expect(await host.host.exited).toMatchObject({ code: 0, by: "module" });
  });

  it("says what this Node cannot allow beside the sandbox", async () => {
    const host = await start(
      folderOf(
        moduleOf(
          "open() { inspector.open(0, '127.0.0.1'); }\n  close() { inspector.close(); }",
          "import inspector from 'node:inspector';",
        ),
      ),
    );
    await opened(host);
    const answer = await host.ask(call("open"), { since: "import" });
    // Node 20 has no flag for it.
    if (answer.ok === false)
      expect(answer).toMatchObject({ error: { code: "ERR_ACCESS_DENIED", refused: "Inspector" } });
    else expect(answer).toMatchObject({ added: ["Inspector"] });
  });
});
