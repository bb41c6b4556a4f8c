// A TCP server that answers every first packet with given bytes, for testing the HTTP driver; it knows no HTTP itself.
import { createServer, type Server, type Socket } from "node:net";
import { exchange } from "../../src/drivers/net/http.ts";
import type { HttpObservation, HttpRequest } from "../../src/drivers/net/http-types.ts";

/** Bytes to send before closing, or what to do with the connection once a request came. */
export type Answer = string | ((socket: Socket, request: string) => void);

export interface HostileServer {
  port: number;
  base: string;
  /** Connections seen. */
  connections(): number;
  /** What the peers sent first. */
  requests: string[];
  close(): Promise<void>;
}

export async function serve(answer: Answer): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.once("data", (data) => {
      requests.push(data.toString("latin1"));
      if (typeof answer === "string") socket.end(answer, "latin1");
      else answer(socket, data.toString("latin1"));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server);
  return {
    port,
    base: `http://127.0.0.1:${port}`,
    connections: () => connections,
    requests,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Writes `head`, then the text again and again, as fast as the peer reads, until the connection closes. */
export function pour(socket: Socket, head: string, text: string): void {
  socket.write(head);
  const many = text.repeat(Math.ceil(16_384 / text.length));
  const more = () => {
    while (!socket.destroyed && socket.write(many)) {}
  };
  socket.on("drain", more);
  more();
}

/** Writes `head`, then one character of the text every 10 ms, then for ever the last one. */
export function drip(socket: Socket, head: string, text: string): void {
  socket.write(head);
  let i = 0;
  const timer = setInterval(() => socket.write(text[i++] ?? text.slice(-1)), 10);
  socket.on("close", () => clearInterval(timer));
}

/** Asks a fresh hostile server once. */
export async function ask(answer: Answer, more: Partial<HttpRequest> = {}): Promise<HttpObservation> {
  const server = await serve(answer);
  try {
    return await exchange({
      method: "GET",
      url: `${server.base}/x?y=1`,
      deadlineMs: 5000,
      bodyBytesMax: 65_536,
      headerBytesMax: 16_384,
      ...more,
    });
  } finally {
    await server.close();
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
