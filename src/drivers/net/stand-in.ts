// Plays a peer of the module: a real HTTP server on loopback that records what it is asked and answers as described.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";
import type { Duration } from "../../base/duration.ts";
import { ContractError } from "../../base/errors.ts";
import type { PeerRequest, StandInMode } from "../../base/events.ts";
import { parseJson } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import {
  answerFor,
  errorAnswer,
  holds,
  htmlAnswer,
  renderAnswer,
  type Stage,
  type StandInAnswer,
  type StandInSpec,
  standInSchema,
} from "./stand-in-spec.ts";

/** More requests than this are answered but no longer recorded; a `limit` event says so. */
const requestsMax = 5000;
const connectionsMax = 500;
const headersMax = 64;

/** A running stand-in. Its port stays its own while it is closed. */
export interface StandIn {
  readonly name: string;
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly url: string;
  readonly mode: StandInMode;
  /** All requests so far, oldest first, at most `requestsMax`. */
  readonly requests: readonly PeerRequest[];
  setMode(mode: StandInMode, options?: { delay?: Duration; hold?: string }): Promise<void>;
  /** Answers the held requests; how many there were. */
  release(): Promise<number>;
  /** Calls back after each recorded request until the returned function is called. */
  onRequest(listener: (request: PeerRequest) => void): () => void;
}

/** A stand-in with its end, which whoever starts it owes it. */
export interface StartedStandIn extends StandIn {
  end(): Promise<void>;
}

/** Starts a stand-in from its description, as it stands in a contract. Throws ContractError when that is none. */
export async function startStandIn(name: string, value: Json, stage: Stage): Promise<StartedStandIn> {
  const parsed = standInSchema.safeParse(value);
  if (!parsed.success) throw new ContractError(`stand-in "${name}": ${parsed.error.issues[0]?.message ?? "bad value"}`);
  const peer = new Peer(name, parsed.data, stage);
  try {
    await peer.start();
  } catch (error) {
    await peer.end();
    throw error;
  }
  return peer;
}

class Peer implements StartedStandIn {
  readonly name: string;
  readonly #spec: StandInSpec;
  readonly #stage: Stage;
  readonly #requests: PeerRequest[] = [];
  readonly #listeners = new Set<(request: PeerRequest) => void>();
  readonly #sockets = new Set<Socket>();
  #held: (() => void)[] = [];
  #server: Server | undefined;
  #reservation: { server: TcpServer; sockets: Socket[] } | undefined;
  #mode: StandInMode;
  #delay: Duration | undefined;
  #hold: string | undefined;
  #count = 0;
  port = 0;

  constructor(name: string, spec: StandInSpec, stage: Stage) {
    this.name = name;
    this.#spec = spec;
    this.#stage = stage;
    this.#mode = spec.mode;
    this.#delay = spec.delay;
    this.#hold = spec.hold;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }
  get url(): string {
    return `http://${this.address}`;
  }
  get mode(): StandInMode {
    return this.#mode;
  }
  get requests(): readonly PeerRequest[] {
    return this.#requests;
  }

  async start(): Promise<void> {
    await this.#open();
    if (this.#mode === "closed") await this.#close();
  }

  async setMode(mode: StandInMode, options: { delay?: Duration; hold?: string } = {}): Promise<void> {
    const before = this.#mode;
    this.#mode = mode;
    this.#delay = options.delay ?? this.#spec.delay;
    this.#hold = options.hold ?? this.#spec.hold;
    if (before === "brake" && mode !== "brake") this.#letGo();
    if (mode === "closed") await this.#close();
    else if (this.#server === undefined) await this.#open();
  }

  async release(): Promise<number> {
    const count = this.#held.length;
    if (this.#mode === "brake") this.#mode = "up";
    this.#letGo();
    return count;
  }

  onRequest(listener: (request: PeerRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async end(): Promise<void> {
    this.#held = [];
    await this.#shut();
    this.#unreserve();
  }

  async #open(): Promise<void> {
    this.#unreserve();
    const server = createServer(
      { keepAliveTimeout: 60_000 },
      (request, response) => void this.#take(request, response),
    );
    server.maxConnections = connectionsMax;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    server.on("clientError", (_, socket) => socket.destroy());
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Refuses connections from now on, yet keeps the number: an outgoing connection is bound to it, so nobody else is given it. */
  async #close(): Promise<void> {
    await this.#shut();
    const server = createTcpServer((socket) => socket.on("error", () => {}));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const socket = connect({
      port: (server.address() as AddressInfo).port,
      host: "127.0.0.1",
      localAddress: "127.0.0.1",
      localPort: this.port,
    });
    socket.on("error", () => {});
    await Promise.race([once(socket, "connect"), once(socket, "close")]);
    this.#reservation = { server, sockets: [socket] };
  }

  #unreserve(): void {
    for (const socket of this.#reservation?.sockets ?? []) socket.resetAndDestroy();
    this.#reservation?.server.close();
    this.#reservation = undefined;
  }

  async #shut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #letGo(): void {
    const held = this.#held;
    this.#held = [];
    for (const answer of held) answer();
  }

  async #take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const mode = this.#mode;
    const text = await this.#body(message);
    if (text === undefined) return void response.writeHead(413, { connection: "close" }).end();
    const request = this.#describe(message, text, mode);
    this.#note(request);
    if (mode === "silent") return;
    const answer = this.#answer(request, mode);
    const send = () => void this.#send(response, request, answer);
    if (mode === "brake" && (this.#hold === undefined || holds(this.#hold, request, this.#evaluate)))
      this.#held.push(send);
    else send();
  }

  #answer(request: PeerRequest, mode: StandInMode): StandInAnswer {
    if (mode === "error") return errorAnswer;
    return mode === "html" ? htmlAnswer : answerFor(this.#spec, request, this.#evaluate);
  }

  #evaluate = (expression: string, extra: Record<string, unknown>): unknown => this.#stage.evaluate(expression, extra);

  #describe(message: IncomingMessage, text: string, mode: StandInMode): PeerRequest {
    const [path = "/", query = ""] = (message.url ?? "/").split(/\?(.*)/s);
    const { value: json } = parseJson(text);
    return {
      peer: this.name,
      index: ++this.#count,
      method: message.method ?? "",
      path,
      query,
      headers: Object.fromEntries(
        Object.entries(message.headers)
          .slice(0, headersMax)
          .map(([key, value]) => [key, [value].flat().join(", ")]),
      ),
      text,
      ...(json === undefined ? {} : { json }),
      mode,
      t: this.#stage.now(),
      at: Date.now() / 1000,
    };
  }

  #note(request: PeerRequest): void {
    if (this.#requests.length >= requestsMax) {
      if (this.#count === requestsMax + 1)
        this.#stage.record(
          "limit",
          { limit: "requests at a stand-in", bound: requestsMax, seen: this.#count, peer: this.name },
          this.name,
        );
      return;
    }
    this.#requests.push(request);
    this.#stage.record("request", request, this.name);
    for (const listener of this.#listeners) listener(request);
  }

  async #body(message: IncomingMessage): Promise<string | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of message as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > this.#stage.limits.bodyBytesMax) {
          this.#stage.record(
            "limit",
            { limit: "body sent to a stand-in", bound: this.#stage.limits.bodyBytesMax, seen: size, peer: this.name },
            this.name,
          );
          return undefined;
        }
        chunks.push(chunk);
      }
    } catch {
      return undefined; // the module went away while sending
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  async #send(response: ServerResponse, request: PeerRequest, answer: StandInAnswer): Promise<void> {
    const wait = this.#stage.pause(this.#delay, 0) + this.#stage.pause(answer.delay, 0);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait).unref());
    if (response.destroyed) return;
    try {
      const { status, headers, body } = renderAnswer(answer, (value) => this.#stage.fill(value, { request }));
      response.writeHead(status, headers).end(body);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#stage.record(
        "note",
        { text: "a stand-in's answer could not be made", peer: this.name, message },
        this.name,
      );
      response.writeHead(500).end();
    }
  }
}
