// The socket of one HTTP exchange as undici sees it: interim answers taken out, bytes counted, what the peer did remembered.
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** Why conform itself ended an exchange. */
export type WireStop = "header-overflow" | "too-many-1xx" | "unexpected-upgrade" | "wire-overflow" | "malformed";

export interface WireOptions {
  headerBytesMax: number;
  /** Everything the peer may send, framing included. */
  wireBytesMax: number;
  /** Interim answers (1xx) accepted before the final one. */
  interimMax: number;
  /** Send `Expect: 100-continue` and hold the body until the peer says 100, answers, or so many milliseconds pass. */
  expectContinueMs?: number | undefined;
  onStop(stop: WireStop, detail: string): void;
}

/** The status line of the final answer. */
export interface StatusLine {
  version: string;
  status: number;
  reason: string;
}

const statusLine = /^HTTP\/(\d\.\d) (\d{3})(?: ([^\r\n]*))?\r?$/;
const headEnd = /\r?\n\r?\n/g;

/**
 * undici refuses a 100 nobody asked for, reads 1xx answers without end, and drops what follows an answer. HTTP allows the
 * first and must be told about the others, so the head is looked at here and everything else passes through untouched.
 */
export class Wire extends Duplex {
  /** Bytes received, framing and interim answers included. */
  bytes = 0;
  /** Bytes of the final answer's head. */
  headBytes = 0;
  /** Bytes after the final answer's head. */
  tailBytes = 0;
  /** Bytes that came after the end of the answer. */
  extraBytes = 0;
  interim: number[] = [];
  final: StatusLine | undefined;
  firstByteAt: number | undefined;
  /** First bytes received, for messages. */
  first: Buffer = Buffer.alloc(0);
  socketError: NodeJS.ErrnoException | undefined;
  /** The peer has ended or dropped the connection. */
  ended = false;
  readonly socket: Socket;
  readonly #options: WireOptions;
  #head: Buffer | undefined = Buffer.alloc(0);
  #forwarded = 0;
  #listening = false;
  #stopped = false;
  #release: (() => void) | undefined;

  constructor(socket: Socket, options: WireOptions) {
    super({ allowHalfOpen: true, autoDestroy: false, emitClose: true });
    this.socket = socket;
    this.#options = options;
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.socketError ??= error;
      this.#end();
    });
    socket.on("close", () => this.#end());
  }

  override _read(): void {
    if (this.#listening) this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const first = !this.#listening;
    if (first) this.#listen();
    const wait = this.#options.expectContinueMs;
    if (wait === undefined) this.socket.write(chunk, () => done());
    else if (first) {
      this.socket.write(chunk.subarray(0, -2));
      this.socket.write("expect: 100-continue\r\n\r\n", () => done());
    } else this.#hold(wait, () => this.socket.write(chunk, () => done()));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.extraBytes += this.readableLength;
    this.socket.resume();
    done(error);
  }

  /** undici gives back here what it read beyond the end of the answer. */
  override unshift(chunk: Buffer): boolean {
    this.extraBytes += chunk.length;
    return false;
  }

  // Reading starts with the request: a peer that talks first (SSH, SMTP) must be met by the parser, not by an idle client.
  #listen(): void {
    this.#listening = true;
    this.socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.socket.on("end", () => this.#end());
  }

  #hold(wait: number, send: () => void): void {
    if (this.final !== undefined) return;
    if (this.interim.includes(100)) {
      send();
      return;
    }
    const timer = setTimeout(() => this.#release?.(), wait);
    this.#release = () => {
      clearTimeout(timer);
      this.#release = undefined;
      if (this.final === undefined) send();
    };
    this.once("close", () => clearTimeout(timer));
  }

  #end(): void {
    if (this.ended) return;
    this.ended = true;
    if (!this.destroyed) this.push(null);
  }

  #stop(stop: WireStop, detail: string): void {
    this.#stopped = true;
    this.#options.onStop(stop, detail);
  }

  #receive(chunk: Buffer): void {
    this.firstByteAt ??= performance.now();
    if (this.first.length < 64) this.first = Buffer.concat([this.first, chunk.subarray(0, 64 - this.first.length)]);
    this.bytes += chunk.length;
    if (this.#stopped) return;
    if (this.#head === undefined) this.tailBytes += chunk.length;
    if (this.destroyed) {
      this.extraBytes += chunk.length;
      return;
    }
    if (this.bytes > this.#options.wireBytesMax) {
      this.#stop("wire-overflow", `more than ${this.#options.wireBytesMax} bytes on the wire`);
    } else if (this.#head === undefined) this.#pass(chunk);
    else {
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      this.#scanHead();
    }
  }

  #pass(chunk: Buffer): void {
    if (chunk.length > 0 && !this.push(chunk)) this.socket.pause();
  }

  /** Hands on what is held of the head; `whole`: the rest of the connection passes unseen. */
  #forward(whole: boolean): void {
    const head = this.#head ?? Buffer.alloc(0);
    const rest = head.subarray(this.#forwarded);
    this.#forwarded = head.length;
    if (whole) this.#head = undefined;
    this.#pass(rest);
  }

  #scanHead(): void {
    let again = true;
    while (again && !this.#stopped && this.#head !== undefined && this.#head.length > 0)
      again = this.#scanOne(this.#head);
  }

  /** Looks at the head held. True: it was an interim answer's and is gone, so what follows is to be looked at. */
  #scanOne(head: Buffer): boolean {
    const newline = head.indexOf(10);
    const line = newline < 0 ? null : statusLine.exec(head.subarray(0, newline).toString("latin1"));
    if (line === null) {
      // Not HTTP: the parser is to see it at once, not when the head ends, which may be never.
      if (newline >= 0 || !"HTTP/".startsWith(head.subarray(0, 5).toString("latin1"))) this.#forward(true);
      else this.#checkSize(head.length);
      return false;
    }
    const status = Number(line[2]);
    // Latin-1 keeps one character per byte, so positions in the text are positions in the bytes.
    headEnd.lastIndex = 0;
    const end = headEnd.test(head.toString("latin1")) ? headEnd.lastIndex : -1;
    if (status === 101) this.#stop("unexpected-upgrade", "answered 101 although no upgrade was asked for");
    else if (status >= 200 || status < 100) this.#finalHead(line, end);
    else if (end < 0) this.#checkSize(head.length);
    else return this.#interimHead(status, head.subarray(end));
    return false;
  }

  #interimHead(status: number, rest: Buffer): boolean {
    this.#head = rest;
    this.interim.push(status);
    const max = this.#options.interimMax;
    if (this.interim.length > max) this.#stop("too-many-1xx", `more than ${max} interim answers (1xx)`);
    if (status === 100) this.#release?.();
    return true;
  }

  #finalHead(line: RegExpExecArray, end: number): void {
    const [, version = "", status, reason = ""] = line;
    if (version !== "1.0" && version !== "1.1") {
      this.#stop("malformed", `HTTP/${version} over a connection opened as HTTP/1.1`);
      return;
    }
    if (Number(status) < 100) {
      this.#stop("malformed", `${status} is no HTTP status`);
      return;
    }
    this.final = { version, status: Number(status), reason: reason.trimEnd() };
    this.#release?.();
    const bytes = this.#head?.length ?? 0;
    this.headBytes = end < 0 ? bytes : end;
    this.tailBytes = bytes - this.headBytes;
    this.#checkSize(this.headBytes);
    if (!this.#stopped) this.#forward(end >= 0);
  }

  #checkSize(bytes: number): void {
    const max = this.#options.headerBytesMax;
    if (bytes > max) this.#stop("header-overflow", `more than ${max} bytes of headers`);
  }
}
