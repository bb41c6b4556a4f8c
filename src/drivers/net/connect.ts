// Opens the TCP or TLS connection of one exchange, and names what kept it from opening.
import { connect as connectTcp, isIP, isIPv4, type Socket } from "node:net";
import { isPoverty } from "../../base/errors.ts";
import type { HttpProblem } from "./http-types.ts";
import { Wire, type WireOptions } from "./wire.ts";

/** Where and how to connect. `tls` is there for https: URLs. */
export interface Dialing {
  url: URL;
  to?: { host: string; port: number } | undefined;
  tls?: typeof import("node:tls") | undefined;
}

/** Starts to connect; calls `done` once, with the connected wire or the error. */
export function dial({ url, to, tls }: Dialing, options: WireOptions, done: (result: Wire | Error) => void): Socket {
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const host = to?.host ?? hostname;
  const port = to?.port ?? (Number(url.port) || (tls ? 443 : 80));
  const servername = isIP(hostname) === 0 ? { servername: hostname } : {};
  const socket = tls
    ? tls.connect({ host, port, ALPNProtocols: ["http/1.1"], ...servername })
    : connectTcp({ host, port, noDelay: true });
  let settled = false;
  const settle = (result: Wire | Error) => {
    if (settled) return;
    settled = true;
    done(result);
  };
  // The listener stays: a socket without one would throw.
  socket.on("error", settle);
  socket.once("close", () => settle(Object.assign(new Error("closed while connecting"), { code: "ECONNRESET" })));
  socket.once(tls ? "secureConnect" : "connect", () => settle(new Wire(socket, options)));
  return socket;
}

/** `127.x.y.z` or `::1` written out: no name that DNS could turn elsewhere, no other spelling of an address. */
export function literalLoopback(hostOrUrl: string): boolean {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(hostOrUrl)?.[1];
  if (authority === undefined) return isLoopback(hostOrUrl.replace(/^\[(.*)\]$/, "$1"));
  const parts = /^(?:\[([^\]]*)\]|([^:@[\]]*))(?::\d+)?$/.exec(authority);
  return isLoopback(parts?.[1] ?? parts?.[2] ?? "");
}

function isLoopback(host: string): boolean {
  return host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

/** The problem behind a failed connection, in words. */
export function connectError(error: Error): [problem: HttpProblem, detail: string] {
  const code = networkCodeOf(error);
  const detail = messageOf(error);
  if (isPoverty(error)) return ["no-resources", detail];
  if (code === "ECONNREFUSED") return ["refused", detail];
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "EAI_FAIL") return ["unresolved", detail];
  if (code === "ECONNRESET" || code === "EPIPE") return ["reset", detail];
  if (code === "ETIMEDOUT") return ["timeout", detail];
  if (/^(EHOST|ENET|EADDR|EACCES|EPERM|EINVAL)/.test(code)) return ["unreachable", detail];
  return ["tls", detail];
}

/** The code of a Node or undici error; of several tries to connect, that of the first. */
export function networkCodeOf(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return networkCodeOf(error.errors[0]);
  return "code" in error ? String(error.code) : "";
}

/** The message of an error; Node leaves that of several tries to connect empty. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
