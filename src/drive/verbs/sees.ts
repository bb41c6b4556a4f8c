// What each verb's observation holds, as types of the contract language. Verbs that are not listed may hold anything.

const waited = "waited_ms: number";
const end = "exited: bool, code: dyn, signal: dyn, by: dyn";
const http =
  "status: int, headers: list<dyn>, trailers: dyn, body: string, body_b64: dyn, body_bytes: dyn, json: dyn, ms: number, sent: dyn, url: dyn, method: dyn, tries: dyn, collected: dyn, stopped: dyn, phase: dyn, bytes: dyn, path: dyn, error: dyn, http: dyn, excess: dyn, count: dyn, all: dyn, media_type: dyn, truncated: dyn";

const methods = ["get", "head", "post", "put", "patch", "delete", "options", "request"];

/** Fields by verb, as `typeOf` reads them. */
export const sees: { [verb: string]: string } = {
  spawn: "pid: int",
  send: "bytes: int",
  await: `text: string, json: dyn, line: int, t: number, ${waited}, joined: dyn, stream: string, seen: dyn, last: dyn, exited: dyn, code: dyn, signal: dyn`,
  watch: `count: int, seen: list<dyn>, ${end}, ${waited}`,
  exit: `${end}, ${waited}`,
  signal: "sent: dyn",
  wait: `alive: bool, cpu_ms: number, busy: number, ${waited}, ${end}`,
  note: "text: string, disturbs: dyn",
  set: "value: dyn",
  require: "holds: dyn",
  parse: "format: string, data: dyn, text: string, salvaged: dyn",
  "pick-port": "port: int, from: int, to: int",
  "hold-port": "port: int",
  "release-port": "port: int, connections: int",
  "choose-port": "port: int, fixed: dyn, alone: dyn, busy: dyn",
  listening: `port: int, ports: dyn, addresses: list<dyn>, ${waited}, elsewhere: dyn`,
  "taken-ports": "taken: list<int>",
  ...Object.fromEntries(methods.map((method) => [method, http])),
};
