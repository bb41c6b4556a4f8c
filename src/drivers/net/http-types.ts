// What is asked of an HTTP exchange and what comes of it. Types only, no code.
import type { WireStop } from "./wire.ts";

/** What to ask. Times in milliseconds. */
export interface HttpRequest {
  method: string;
  /** Absolute http: or https: URL. User and password in it become `Authorization: Basic`. */
  url: string;
  /** Added to or instead of conform's own (user-agent, accept, accept-encoding: identity); null takes one away. */
  headers?: Record<string, string | null>;
  body?: Uint8Array | string;
  /** From the start of the connection to the last byte. */
  deadlineMs: number;
  /** A longer body is no answer (`body-overflow`), unless `mayCut`. */
  bodyBytesMax: number;
  /** Take what came of a longer body as an answer that is `truncated`. */
  mayCut?: true;
  headerBytesMax: number;
  signal?: AbortSignal;
  /** Where to connect instead of the URL's host and port; the Host header stays. */
  connectTo?: { host: string; port: number };
  /** Refuse everything but literal loopback addresses, before any DNS look-up or packet. */
  loopbackOnly?: boolean;
  /** Send `Expect: 100-continue` and hold the body up to so long. */
  expectContinueMs?: number;
  /** How long to look for bytes after the answer when the peer does not close at once. Default 25. */
  settleMs?: number;
  /** Undo `Content-Encoding: gzip` up to so many bytes; without it bodies stay as they came. */
  gunzipBytesMax?: number;
}

/** Why there is no (whole, well-formed) answer. */
export type HttpProblem =
  | WireStop
  | "refused"
  | "unreachable"
  | "unresolved"
  | "tls"
  | "not-loopback"
  | "not-owned"
  | "bad-request"
  | "timeout"
  | "aborted"
  | "reset"
  | "closed"
  | "truncated"
  | "body-overflow"
  | "no-resources"
  | "extra-bytes"
  | "framing"
  | "encoding";

/** Header fields as they came: names in lower case, order and duplicates kept. */
export type HeaderList = [name: string, value: string][];

/** The answer, or as much of one as had come. */
export type HttpMessage = {
  status: number;
  reason?: string;
  http: string;
  headers: HeaderList;
  /** The body when it is valid UTF-8, else `body_b64`. */
  body?: string;
  body_b64?: string;
  trailers?: HeaderList;
  /** Interim answers before this one. */
  interim?: number[];
};

export type HttpAnswer = HttpMessage & {
  ok: true;
  method: string;
  url: string;
  path: string;
  /** Length of the body as kept. */
  bytes: number;
  /** The body was longer than `bodyBytesMax` and is cut; only with `mayCut`. */
  truncated: boolean;
  /** Of the whole body. */
  sha256?: string;
  /** Content-Encoding that was undone. */
  decoded?: string;
  /** Milliseconds from the start of the connection to connected, first byte, last byte. */
  connect_ms: number;
  ttfb_ms: number;
  ms: number;
};

export type HttpFailure = {
  ok: false;
  method: string;
  url: string;
  path: string;
  problem: HttpProblem;
  detail: string;
  phase: "connect" | "headers" | "body";
  /** Bytes received, framing included. */
  bytes: number;
  ms: number;
  /** What had come of an answer when it broke. Kept apart, so that nothing broken is taken for an answer. */
  partial?: HttpMessage;
};

export type HttpObservation = HttpAnswer | HttpFailure;
