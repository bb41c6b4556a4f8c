// The life of one HTTP exchange: connection, deadline, what undici reports, and how it ended.

import { isUtf8 } from "node:buffer";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import { callTime, within } from "../../base/deadline.ts";
import { headerOf } from "../../base/headers.ts";
import { connectError, type Dialing, dial, messageOf, networkCodeOf } from "./connect.ts";
import type { HeaderList, HttpFailure, HttpProblem, HttpRequest } from "./http-types.ts";
import type { Wire, WireStop } from "./wire.ts";

const interimMax = 5;

/** How an exchange ended. */
export type TalkEnd = "answered" | { problem: HttpProblem; detail: string };

/** The state of one exchange between undici's callbacks. The first call of `settle` decides. */
export class Talk {
  wire: Wire | undefined;
  status: number | undefined;
  headers: HeaderList = [];
  trailers: HeaderList = [];
  body: Buffer[] = [];
  bodyBytes = 0;
  truncated = false;
  connectedAt: number | undefined;
  finishedAt = 0;
  settle: (outcome: TalkEnd) => void = () => undefined;
  end: () => void = () => undefined;
  readonly start: number;
  readonly #request: HttpRequest;
  #socket: Socket | undefined;
  #stopClock: () => void;
  readonly #onAbort = () => this.stop("aborted", "the run was interrupted");

  constructor(request: HttpRequest, start: number) {
    this.start = start;
    this.#request = request;
    const left = Math.max(0, request.deadlineMs - (performance.now() - start));
    this.#stopClock = callTime(left, () => this.stop("timeout", this.#waited()));
    request.signal?.addEventListener("abort", this.#onAbort);
  }

  get phase(): HttpFailure["phase"] {
    if (this.connectedAt === undefined) return "connect";
    return this.status === undefined ? "headers" : "body";
  }

  /** HTTP gives this answer no body, whatever its headers say. */
  get bodiless(): boolean {
    return this.#request.method.toUpperCase() === "HEAD" || this.status === 204 || this.status === 304;
  }

  /** Value of the first header field of this name. */
  header(name: string): string | undefined {
    return headerOf(this.headers, name);
  }

  stop(problem: HttpProblem, detail: string): void {
    this.settle({ problem, detail });
    this.#socket?.destroy();
  }

  connect(dialing: Dialing, callback: (error: Error | null, socket: Duplex) => void): void {
    const { headerBytesMax, bodyBytesMax, expectContinueMs } = this.#request;
    const wireBytesMax = 4 * bodyBytesMax + 2 * headerBytesMax + 65_536;
    const onStop = (stop: WireStop, detail: string) => this.stop(stop, detail);
    const options = { headerBytesMax, wireBytesMax, interimMax, expectContinueMs, onStop };
    this.#socket = dial(dialing, options, (result) => {
      if (result instanceof Error) return this.stop(...connectError(result));
      this.connectedAt = performance.now();
      this.wire = result;
      callback(null, result);
    });
  }

  handler(): Dispatcher.DispatchHandler {
    return {
      onRequestStart: () => undefined,
      onResponseStart: (controller, status) => {
        this.status = status;
        this.headers = headerList(controller.rawHeaders);
      },
      onResponseData: (_controller, chunk) => this.#take(chunk),
      onResponseEnd: (controller) => {
        this.trailers = headerList(controller.rawTrailers);
        // A reset looks like the end of a body that only the end of the connection ends.
        const reset = this.wire?.ended ? this.wire.socketError : undefined;
        this.settle(reset ? { problem: "reset", detail: messageOf(reset) } : "answered");
      },
      onResponseError: (_controller, error) => this.settle(this.#broken(error)),
    };
  }

  /** Waits for the peer to close, or for `ms`, so that bytes after the answer are seen. */
  async settled(ms: number): Promise<void> {
    const { wire } = this;
    if (wire === undefined || wire.ended || this.truncated || ms <= 0) return;
    await within(new Promise<void>((resolve) => wire.socket.once("end", resolve).once("close", () => resolve())), ms);
  }

  close(): void {
    this.#stopClock();
    this.#request.signal?.removeEventListener("abort", this.#onAbort);
    this.end();
    this.#socket?.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.truncated) return;
    const room = this.#request.bodyBytesMax - this.bodyBytes;
    // undici's chunks are views of a buffer it uses again.
    this.body.push(Buffer.from(chunk.subarray(0, room)));
    this.bodyBytes += Math.min(chunk.length, room);
    if (chunk.length <= room) return;
    this.truncated = true;
    if (this.#request.mayCut) this.settle("answered");
    else {
      // Nothing of it is judged, so nothing of it is kept but its beginning.
      this.body = [Buffer.concat(this.body).subarray(0, 4096)].map((head) => Buffer.from(head));
      const seen = this.bodyBytes + chunk.length - room;
      this.settle({
        problem: "body-overflow",
        detail: `the body has at least ${seen} bytes; conform reads no more than ${this.#request.bodyBytesMax}`,
      });
    }
    this.#socket?.destroy();
  }

  #waited(): string {
    const what = { connect: "no connection", headers: "no answer", body: "the body did not end" }[this.phase];
    return `${what} within ${Math.round(this.#request.deadlineMs)} ms`;
  }

  #broken(error: Error): TalkEnd {
    // undici wants the body that Content-Length promises even where HTTP says that there is none (304).
    if (this.bodiless && networkCodeOf(error) === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return "answered";
    const reset = this.wire?.socketError;
    if (reset !== undefined) return { problem: "reset", detail: `${messageOf(reset)} after ${this.wire?.bytes} bytes` };
    return brokenAnswer(error, this);
  }
}

const badRequest = ["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"];
const cutShort = ["UND_ERR_SOCKET", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"];

/** What an error of undici says about the peer. */
function brokenAnswer(error: Error, talk: Talk): { problem: HttpProblem; detail: string } {
  const code = networkCodeOf(error);
  const { wire } = talk;
  if (/WebAssembly|out of memory/i.test(error.message)) return { problem: "no-resources", detail: error.message };
  if (badRequest.includes(code)) return { problem: "bad-request", detail: error.message };
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    const what = talk.phase === "body" ? "trailers" : "headers";
    return { problem: "header-overflow", detail: `too many bytes of ${what}` };
  }
  // undici 7 loses the parser's error codes; the reason stays in parentheses.
  const why = /\((.*)\)$/.exec(error.message)?.[1] ?? error.message;
  if (wire?.ended && (cutShort.includes(code) || why === "Invalid EOF state")) return closedEarly(talk, wire.bytes);
  const begins = `the answer begins ${JSON.stringify(wire?.first.toString("latin1") ?? "")}`;
  // The parser reports two lengths, or a length beside chunks, as a body of the wrong length.
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") {
    return { problem: "framing", detail: `Content-Length given twice, or beside Transfer-Encoding; ${begins}` };
  }
  return {
    problem: /Content-Length|Transfer-Encoding|chunk/i.test(why) ? "framing" : "malformed",
    detail: `not HTTP/1.1 (${why}); ${begins}`,
  };
}

function closedEarly(talk: Talk, bytes: number): { problem: HttpProblem; detail: string } {
  if (talk.phase === "body") {
    const length = talk.header("content-length");
    const cut =
      length === undefined
        ? `${talk.bodyBytes} bytes of body, without the last chunk`
        : `${talk.bodyBytes} of ${length} bytes of body`;
    return { problem: "truncated", detail: `the connection was closed after ${cut}` };
  }
  const when = bytes === 0 ? "without an answer" : `within the head of the answer, after ${bytes} bytes`;
  return { problem: "closed", detail: `the connection was closed ${when}` };
}

function headerList(raw: unknown): HeaderList {
  const list: HeaderList = [];
  if (!Array.isArray(raw)) return list;
  for (let i = 0; i + 1 < raw.length; i += 2) list.push([fieldText(raw[i]).toLowerCase(), fieldText(raw[i + 1])]);
  return list;
}

/** Header bytes are UTF-8 when they can be, else Latin-1 as HTTP once said. */
function fieldText(bytes: unknown): string {
  if (!Buffer.isBuffer(bytes)) return String(bytes);
  return isUtf8(bytes) ? bytes.toString("utf8") : bytes.toString("latin1");
}
