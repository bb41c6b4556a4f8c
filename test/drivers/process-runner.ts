// A small runner of its own, so that its memory can be measured and it can be killed: `node --import tsx test/process-runner.ts <what> <program>`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scrubbedEnvironment } from "../../src/drivers/process/environment.ts";
import { endAll } from "../../src/drivers/process/live.ts";
import { spawnModule } from "../../src/drivers/process/process.ts";

const [what, ...argv] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "conform-test-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const seen = { lines: 0, late: 0, limits: [] as unknown[], lags: 0, lagMax: 0 };
const limits = {
  lineBytesMax: 256 << 10,
  streamBytesMax: 4 << 20,
  linesMax: 20_000,
  bodyBytesMax: 0,
  headerBytesMax: 0,
  fileBytesMax: 0,
  eventsMax: 0,
  processesMax: 256,
  memoryBytesMax: 2 ** 31,
  serviceRequestsMax: 600,
};

const start = (): ReturnType<typeof spawnModule> =>
  spawnModule({
    name: "main",
    argv,
    cwd: folder,
    env: scrubbedEnvironment({}, folder),
    token: "runner",
    limits,
    stdin: "pipe",
    onLine: (line) => {
      if (line.late) seen.late++;
      else seen.lines++;
      if (seen.lines === 1) ready();
    },
    onLimit: (limit) => void seen.limits.push(limit),
    onExit: () => {},
  });

if (what === "start-and-end") {
  const all = Array.from({ length: 8 }, start);
  await endAll();
  const alive = (await Promise.all(all)).filter((one) => one.alive);
  console.log(`ended ${all.length - alive.length}`);
  process.exit();
}

const module = await start();

function ready(): void {
  if (what === "exit") process.exit(9);
  if (what === "throw") setImmediate(() => Promise.reject(new Error("a bug")));
  if (what === "wait") process.stdout.write("ready\n");
}

process.on("SIGTERM", () => {
  void module.end({ afterTermMs: 60_000 }); // Already ending, slowly: endAll must not wait for that.
  void endAll().then(() => process.exit(143));
});

if (what === "measure" || what === "measure-flood") {
  // How late is the event loop while the module floods? Measured by a timer that should come every 10 ms.
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const lag = now - last - 10;
    seen.lagMax = Math.max(seen.lagMax, lag);
    if (lag > 50) seen.lags++;
    last = now;
  }, 10);
  const late = setTimeout(() => void module.end({ afterTermMs: 1000 }), what === "measure" ? 60_000 : 1500);
  const exit = await module.exited;
  clearTimeout(late);
  clearInterval(timer);
  const report = await module.end();
  const rss = process.resourceUsage().maxRSS / 1024;
  console.log(
    JSON.stringify({ ...seen, exit, left: report.left, survivors: report.survivors, rss, totals: module.totals }),
  );
}
