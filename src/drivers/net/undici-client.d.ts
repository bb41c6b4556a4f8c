// undici's client alone: loading the package's root costs 30 ms more and brings fetch, caches and mocks.
// Declared here with what conform uses; a connection may be any Duplex (undici's own types ask for a Socket).
declare module "undici/lib/dispatcher/client.js" {
  import type { Duplex } from "node:stream";
  import type { Dispatcher } from "undici";

  type Connected = (error: Error | null, socket: Duplex) => void;
  export default class Client {
    constructor(
      origin: string,
      options: {
        maxHeaderSize: number;
        headersTimeout: number;
        bodyTimeout: number;
        pipelining: number;
        connect: (options: unknown, callback: Connected) => void;
      },
    );
    dispatch(
      options: {
        method: string;
        path: string;
        headers: Record<string, string>;
        body: Uint8Array | string | null;
        reset: boolean;
      },
      handler: Dispatcher.DispatchHandler,
    ): boolean;
    destroy(): Promise<void>;
  }
}
