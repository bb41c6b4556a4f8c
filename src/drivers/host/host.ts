// A hosted module: foreign ES or TypeScript code in a child process of its own, operated by commands, watched from outside.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { within } from "../../base/deadline.ts";
import type { ExitInfo, LimitSeen } from "../../base/events.ts";
import { isObject, isScalar } from "../../base/json.ts";
import type { Limits } from "../../base/limits.ts";
import type { Json } from "../../base/types.ts";
import type { LineSeen } from "../process/lines.ts";
import { type EndReport, type ModuleProcess, spawnModule } from "../process/process.ts";
import { withPlaces } from "./places.ts";
import type { Common, HostCommand, HostRecord, Incident } from "./protocol.ts";
import type { Copied } from "./stage.ts";

/** What a child is given, and whom it is heard by. */
export interface HostFrame {
  env: Record<string, string>;
  token: string;
  limits: Limits;
  onLine(line: LineSeen): void;
  onLimit(limit: LimitSeen): void;
  onExit(exit: ExitInfo): void;
  onIncident(incident: SeenIncident): void;
}

export interface HostOptions extends HostFrame {
  /** Real path of the folder whose code is foreign. */
  moduleDir: string;
  /** Real path of an empty folder: the working folder, and the only place besides the copies where files may be written. */
  sandbox: string;
  /** Folders that were copied: code is taken from the copy. */
  copied: Copied[];
  /** tsconfig.json under which the module is loaded. */
  tsconfig: string;
  /** Real paths and the words that stand for them in everything reported, longest first. */
  names: [folder: string, word: string][];
}

/** An incident with the place in the module's files that caused it. */
export type SeenIncident = { [key: string]: Json } & { kind: Incident["kind"] };

/** What became of a command. `stuck`: the child does not answer, `problem` says why. */
export type HostAnswer =
  | { kind: "answer"; body: Record<string, Json> }
  | { kind: "exited"; exit: ExitInfo }
  | { kind: "stuck"; problem: string };

/** After its own deadline has passed inside the child, how much longer the runner waits for the answer. */
const SLACK_MS = 2_000;
/** Node and the loader need a moment before the first command is heard; on a busy machine, seconds. */
const BOOT_MS = 60_000;
/** A child that ends closes its pipes a little before its end is known. */
const CUT_MS = 500;
const REPORT_LINE_MAX = 4 * 1024 * 1024;

/** Starts the child and says hello. Rejects with SpawnFailure. */
export async function startHost(options: HostOptions): Promise<Host> {
  const child = await spawnModule({
    name: "host",
    argv: [process.execPath, ...nodeFlags(options), hostChild()],
    cwd: options.sandbox,
    env: { ...options.env, TSX_DISABLE_CACHE: "1", TSX_TSCONFIG_PATH: options.tsconfig },
    token: options.token,
    limits: options.limits,
    stdin: "empty",
    extraPipes: 2,
    home: options.sandbox,
    onLine: options.onLine,
    onLimit: options.onLimit,
    onExit: options.onExit,
  });
  return new Host(child, options);
}

/** Options of node: the full loader of tsx, no writing outside of the sandbox where this node can refuse it, a bounded heap. */
function nodeFlags({ copied, sandbox, limits }: HostOptions): string[] {
  const known = process.allowedNodeEnvironmentFlags;
  const permission = ["--permission", "--experimental-permission"].find((flag) => known.has(flag));
  const writable = [sandbox, ...copied.map(({ to }) => to)];
  const guard =
    permission === undefined
      ? []
      : [
          permission,
          "--allow-fs-read=*",
          ...writable.map((folder) => `--allow-fs-write=${folder}`),
          ...[
            "--allow-worker",
            "--allow-child-process",
            "--allow-addons",
            "--allow-wasi",
            "--allow-net",
            "--allow-inspector",
          ].filter((flag) => known.has(flag)),
        ];
  const quiet = known.has("--disable-warning")
    ? ["--disable-warning=ExperimentalWarning", "--disable-warning=SecurityWarning"]
    : [];
  const heapMb = Math.max(64, Math.floor(limits.memoryBytesMax / 2 / 1024 / 1024));
  return [...guard, ...quiet, `--max-old-space-size=${heapMb}`, "--import", tsxLoader()];
}

function tsxLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}

/** The child's program: beside this file in the sources, at the top of the built product. */
function hostChild(): string {
  const candidates = ["./child.ts", "./host-child.js", "../host-child.js"];
  const files = candidates.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  return files.find((file) => existsSync(file)) ?? files[0] ?? "";
}

/** A running child. Commands are answered in order. */
export class Host {
  readonly process: ModuleProcess;
  /** Resolves when the child is gone and everything it reported was read. */
  readonly exited: Promise<ExitInfo>;
  /** Everything that happened besides answers, in order. */
  readonly incidents: SeenIncident[] = [];
  readonly #options: HostOptions;
  readonly #token = randomBytes(16).toString("hex");
  /** The child listens. */
  readonly #ready: Promise<unknown>;
  /** Foreign code closed one of the two descriptors over which conform and the child talk. */
  readonly #cut: Promise<HostAnswer>;
  readonly #waiting = new Map<number, (body: Record<string, Json>) => void>();
  #lastId = 0;
  #pending = "";

  constructor(child: ModuleProcess, options: HostOptions) {
    this.process = child;
    this.#options = options;
    const report = child.pipe(3);
    report.setEncoding("utf8");
    report.on("data", (chunk: string) => this.#read(chunk));
    report.on("error", () => {});
    this.#cut = new Promise((resolve) => {
      const problem = "the module closed a descriptor that is not its own (3 or 4), over which conform sees it";
      const cut = () => setTimeout(() => resolve({ kind: "stuck", problem }), CUT_MS).unref();
      report.once("end", cut);
      // Nothing comes from there; only who reads is told of the end.
      child.pipe(4).on("error", cut).once("close", cut).resume();
    });
    const reported = new Promise((resolve) => report.once("close", resolve));
    this.exited = child.exited.then(async (exit) => {
      // A descendant may hold the pipe.
      await within(reported, 250);
      report.destroy();
      child.pipe(4).destroy();
      return exit;
    });
    this.#ready = this.#ask({
      do: "hello",
      token: this.#token,
      moduleDir: options.moduleDir,
      writable: [options.sandbox],
      copied: options.copied,
      forget: ["TSX_DISABLE_CACHE", "TSX_TSCONFIG_PATH"],
    });
  }

  /** Has a command done and waits for the answer, for `withinMs` and a little more. */
  async ask(command: HostCommand, withinMs: number, common: Omit<Common, "id"> = {}): Promise<HostAnswer> {
    // The exit is told after the output was read to its end, so an answer given before it wins.
    const exited = this.exited.then((exit): HostAnswer => ({ kind: "exited", exit }));
    const ready = await within(Promise.race([this.#ready, exited]), BOOT_MS);
    if (ready === undefined) return { kind: "stuck", problem: "node did not start in time" };
    const answer = this.#ask(command, common).then((body): HostAnswer => ({ kind: "answer", body }));
    const answered = await within(Promise.race([answer, exited, this.#cut]), withinMs + SLACK_MS);
    return answered ?? { kind: "stuck", problem: "the event loop is blocked, nothing settles any more" };
  }

  end(): Promise<EndReport> {
    return this.process.end({ afterStdinMs: 0, afterTermMs: 0, afterKillMs: 2_000 });
  }

  /** Text with the folders of this machine replaced by their names. */
  tidy(text: string): string {
    return this.#options.names.reduce(
      (result, [folder, word]) =>
        result
          .replaceAll(`file://${folder}${path.sep}`, word === "" ? "" : `${word}/`)
          .replaceAll(`${folder}${path.sep}`, word === "" ? "" : `${word}/`)
          .replaceAll(folder, word === "" ? "." : word),
      text,
    );
  }

  #ask(command: HostCommand, common: Omit<Common, "id"> = {}): Promise<Record<string, Json>> {
    const id = ++this.#lastId;
    this.process.pipe(4).write(`${JSON.stringify({ ...command, ...common, id })}\n`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #read(chunk: string): void {
    const lines = (this.#pending + chunk).split("\n");
    this.#pending = (lines.pop() ?? "").slice(-REPORT_LINE_MAX);
    for (const line of lines) {
      const record = this.#parse(line);
      if (record === undefined) continue;
      if ("incident" in record) this.#seen(record.incident as unknown as Incident);
      else this.#waiting.get(record.id)?.(this.#tidyJson(withPlaces(record, this.#options.moduleDir)));
    }
  }

  /** Only lines with the token are the child's own. */
  #parse(line: string): HostRecord | undefined {
    try {
      const record: unknown = JSON.parse(line);
      const known = isObject(record) && record.token === this.#token;
      return known ? (record as HostRecord) : undefined;
    } catch {
      return undefined;
    }
  }

  #seen(incident: Incident): void {
    const json = this.#tidyJson(withPlaces({ ...incident } as Record<string, Json>, this.#options.moduleDir));
    const seen: SeenIncident = { ...json, kind: incident.kind };
    this.incidents.push(seen);
    this.#options.onIncident(seen);
  }

  #tidyJson(record: Record<string, Json>): Record<string, Json> {
    const { token: _token, id: _id, ...body } = record;
    const tidy = (json: Json): Json => {
      if (typeof json === "string") return this.tidy(json);
      if (Array.isArray(json)) return json.map(tidy);
      if (isScalar(json)) return json;
      return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, tidy(value)]));
    };
    return tidy(body) as Record<string, Json>;
  }
}
