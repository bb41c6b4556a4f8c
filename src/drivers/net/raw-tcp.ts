// Bytes over TCP as they are: connections opened, fed in pieces, held, closed.
import { isUtf8 } from "node:buffer";
import { connect, type Socket } from "node:net";
import { within } from "../../base/deadline.ts";

export interface TcpRequest {
  host: string;
  port: number;
  /** Written one after the other, `gapMs` apart. */
  send: Uint8Array[];
  gapMs: number;
  /** Keep the connection open so long after the last piece; 0 closes as soon as the peer does or `deadlineMs` passes. */
  holdMs: number;
  /** `reset`: drop it at once, `end`: half-close after sending, `wait`: until the peer closes or time is up. */
  finish: "wait" | "end" | "reset";
  readBytesMax: number;
  deadlineMs: number;
  signal: AbortSignal;
  /** Called when everything was written. */
  onSent?(): void;
}

export type TcpObservation = {
  ok: boolean;
  connected: boolean;
  /** errno name when there was no connection or it broke. */
  problem?: string;
  /** At most `readBytesMax` bytes, as text where they are text. */
  received?: string;
  received_b64?: string;
  /** All that came, also what was not kept. */
  bytes: number;
  closed_by: "module" | "conform";
  ms: number;
};

/** One connection. Never throws. */
export function talk(request: TcpRequest): Promise<TcpObservation> {
  const start = performance.now();
  const chunks: Buffer[] = [];
  let bytes = 0;
  let connected = false;
  return new Promise((resolve) => {
    const socket = connect({ host: request.host, port: request.port, allowHalfOpen: false });
    const finish = (by: "module" | "conform", problem?: string): void => {
      clearTimeout(timer);
      request.signal.removeEventListener("abort", abort);
      if (request.finish === "reset" && connected) socket.resetAndDestroy();
      else socket.destroy();
      resolve({
        ok: connected,
        connected,
        ...(problem === undefined ? {} : { problem }),
        ...textOf(Buffer.concat(chunks)),
        bytes,
        closed_by: by,
        ms: Math.round((performance.now() - start) * 100) / 100,
      });
    };
    const abort = (): void => finish("conform", "interrupted");
    const timer = setTimeout(() => finish("conform", connected ? undefined : "ETIMEDOUT"), request.deadlineMs);
    request.signal.addEventListener("abort", abort, { once: true });
    socket.on("data", (chunk) => {
      const room = request.readBytesMax - bytes;
      bytes += chunk.length;
      if (room > 0) chunks.push(chunk.subarray(0, room));
    });
    socket.once("error", (error: NodeJS.ErrnoException) => finish("module", error.code ?? error.message));
    socket.once("close", () => finish("module"));
    socket.once("connect", () => {
      connected = true;
      void feed(socket, request).then(() => {
        request.onSent?.();
        if (request.finish === "reset") finish("conform");
      });
    });
  });
}

/** Ends early when the connection does. */
async function feed(socket: Socket, { send, gapMs, holdMs, finish }: TcpRequest): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  for (const [index, piece] of send.entries()) {
    if (index > 0 && gapMs > 0) await within(closed, gapMs);
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  }
  if (holdMs > 0) await within(closed, holdMs);
  if (finish === "end" && !socket.destroyed) socket.end();
}

function textOf(bytes: Buffer): { received?: string; received_b64?: string } {
  if (bytes.length === 0) return {};
  return isUtf8(bytes) ? { received: bytes.toString() } : { received_b64: bytes.toString("base64") };
}
