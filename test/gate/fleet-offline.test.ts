// A run over a registry contacts nothing but the modules: who could open a connection is counted.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** What opens connections: modules of Node, libraries, and the global functions. */
const opening =
  /^import (?!type)[^;]*from "(?:node:(?:net|http|https|http2|tls|dgram|dns)|undici[^"]*|bullmq|ioredis)"|import\("(?:bullmq|ioredis|undici[^"]*)"\)|(?<![\w.$"/])fetch\(|new WebSocket\(/m;

test("only the drivers of modules, the server of metrics, what a user names by URL, and the queue can open a connection", () => {
  const files = filesBelow("src").filter((file) => file.endsWith(".ts") && opening.test(readFileSync(file, "utf8")));
  expect(files.sort()).toEqual([
    "src/cli/files-out.ts",
    "src/drivers/host/child.ts",
    "src/drivers/host/guard.ts",
    "src/drivers/net/connect.ts",
    "src/drivers/net/http.ts",
    "src/drivers/net/metrics-server.ts",
    "src/drivers/net/raw-tcp.ts",
    "src/drivers/net/stand-in.ts",
    "src/drivers/ports/fixed-port.ts",
    "src/drivers/ports/machine-lock.ts",
    "src/drivers/ports/ports.ts",
    "src/drivers/process/pipes.ts",
    "src/drivers/queue/queue.ts",
  ]);
});

test("the queue's library is loaded by conform worker and conform queue alone", () => {
  const users = filesBelow("src").filter((file) =>
    /from "[^"]*drivers\/queue\/queue\.ts"/.test(readFileSync(file, "utf8")),
  );
  expect(users.sort()).toEqual(["src/cli/commands/queue.ts", "src/cli/commands/worker.ts"]);
});
