// The program run in a hosted child: loads foreign code and does to it what the runner says on descriptor 4; answers on descriptor 3.
import { Socket } from "node:net";
import { pathToFileURL } from "node:url";
import { hasParts } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import { inTime, outcomeJson, settle } from "./calls.ts";
import { build, describeExports, findExport } from "./find.ts";
import {
  type Faults,
  type Surroundings,
  surroundings,
  surroundingsChanged,
  takePrinted,
  unwrittenBytes,
  watchEnds,
  watchOutput,
  watchWork,
} from "./guard.ts";
import { apply, fromEntries, NativePromise, parse, get as read, setTimer, stringify, writeSync } from "./natives.ts";
import { takeFromCopies } from "./overlay.ts";
import { type Common, type HostCommand, type Incident, WRITTEN_WITHIN_MS } from "./protocol.ts";
import { resources } from "./resources.ts";
import { ModuleSet } from "./set.ts";
import { changesBetween, describe, describeThrown, isReference, revive, setHome, toJson } from "./values.ts";

const REPORT = 3;
const COMMANDS = 4;
const INCIDENTS_MAX = 200;

const faults: Faults = { hits: 0 };
const slots = new Map<string, unknown>();
const marks = new Map<string, string[]>();
/** Arguments given to the module and what they were, to see later whether it changed them. */
const given: { value: unknown; before: unknown }[] = [];
let before: Surroundings | undefined;
let token = "";
let incidents = 0;
let set: ModuleSet | undefined;

const slotReader = { get: (name: string) => slots.get(name), hit: () => void faults.hits++ };

/** Synchronous, so that it arrives even if the process ends in the next line. A line of its own, whatever foreign code wrote there before. */
function write(record: Record<string, unknown>): void {
  const line = Buffer.from(`\n${stringify({ token, ...record })}\n`);
  for (let at = 0; at < line.length; )
    try {
      at += writeSync(REPORT, line, at);
    } catch (error) {
      // The pipe is full for a moment; anything else means that the runner is gone.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
    }
}

function report(incident: Incident): void {
  if (incidents++ < INCIDENTS_MAX) write({ incident });
}

function slotObject(name: string): object {
  const value = slots.get(name);
  if (!isReference(value)) throw new Error(`nothing is kept as "${name}"`);
  return value;
}

async function doImport(file: string, as: string, withinMs: number): Promise<Record<string, Json>> {
  const first = slots.size === 0;
  if (first) {
    before = surroundings();
    marks.set("start", await resources.list());
  }
  const end = await settle(() => import(pathToFileURL(file).href), withinMs);
  const body = outcomeJson(end);
  delete body.value;
  delete body.thenable;
  if (end.outcome === "resolved") {
    slots.set(as, end.value);
    body.exports = describeExports(slotObject(as));
  }
  if (first) marks.set("import", await resources.list());
  return body;
}

async function doCall(command: HostCommand & { do: "call" }): Promise<Record<string, Json>> {
  const on = slotObject(command.on);
  let method: unknown;
  try {
    method = read(on, command.member);
  } catch (error) {
    return { ...outcomeJson({ outcome: "threw", ms: 0, error, thenable: false }), member: "throws" };
  }
  const member = describe(method).type;
  if (method === undefined) return { ok: false, outcome: "absent", ms: 0, member };
  if (typeof method !== "function") return { ok: false, outcome: "not-function", ms: 0, member };
  const args = command.args.map((arg) => revive(arg, slotReader));
  const end = await settle(() => apply(method as () => unknown, on, args), command.withinMs);
  if (command.as !== undefined && end.value !== undefined) slots.set(command.as, end.value);
  return { ...outcomeJson(end), member };
}

async function doConstruct(command: HostCommand & { do: "construct" }): Promise<Record<string, Json>> {
  const args = command.args.map((arg) => revive(arg, slotReader));
  for (const value of command.args.some(isSpecial) ? [] : args) given.push({ value, before: structuredClone(value) });
  const end = await settle(() => build(slots.get(command.from), args), command.withinMs);
  const made = hasParts(end.value);
  if (made) slots.set(command.as, end.value);
  const body = outcomeJson(end);
  return { ...body, ok: body.ok === true && made };
}

const isSpecial = (arg: Json) => stringify(arg).includes('{"$');

function doRead(on: string, members: string[]): Record<string, Json> {
  const object = slotObject(on);
  const seen = fromEntries(
    members.map((member): [string, Json] => {
      try {
        return [member, { present: member in object, ...describe(read(object, member)) }];
      } catch (error) {
        return [member, { present: true, type: "throws", error: { ...describeThrown(error) } }];
      }
    }),
  );
  return { ok: true, members: seen };
}

async function doFinish(settleMs: number, graceMs: number): Promise<Record<string, Json>> {
  await resources.sleep(settleMs);
  await written();
  const changed = given.flatMap(({ value, before: copy }, index) =>
    changesBetween(copy, value).map((at) => `${index}${at === "/" ? "" : at}`),
  );
  // Shortly before the grace time ends, if the process still lives: what holds it. Unref'd, it holds nothing itself.
  resources.own(() =>
    setTimer(async () => {
      report({ kind: "alive", handles: resources.handles("holding"), resources: await resources.list() });
    }, graceMs).unref(),
  );
  return {
    ok: true,
    args_changed: changed,
    exit_code: (process.exitCode ?? 0) as Json,
    ...(before === undefined ? {} : surroundingsChanged(before)),
  };
}

/** What was printed may wait for the runner to read it; that holds the process without being the module's doing. */
async function written(): Promise<void> {
  for (let waited = 0; unwrittenBytes() > 0 && waited < WRITTEN_WITHIN_MS; waited += 20) await resources.sleep(20);
}

async function perform(command: HostCommand): Promise<Record<string, Json>> {
  switch (command.do) {
    case "hello":
      return hello(command);
    case "import":
      return doImport(command.file, command.as, command.withinMs);
    case "find": {
      const found = findExport(slotObject(command.in), command.rules);
      if (found.value !== undefined) slots.set(command.as, found.value);
      return found.report;
    }
    case "construct":
      return doConstruct(command);
    case "call":
      return doCall(command);
    case "read":
      return doRead(command.on, command.members);
    case "fault":
      faults[command.fault] = command.code;
      return { ok: true };
    case "wait":
      await resources.sleep(command.ms);
      return { ok: true };
    case "set": {
      const { members, rules, up, down, withinMs } = command;
      const inTimeOf = <T>(work: PromiseLike<T> | T, what: string) => inTime(work, withinMs, what);
      set = new ModuleSet({ members, rules, up, down, withinMs, slots: slotReader, inTime: inTimeOf });
      slots.set("registry", set.registry);
      return set.load();
    }
    case "set-up":
    case "set-down":
      if (set === undefined) throw new Error("there is no set yet");
      return command.do === "set-up" ? set.up() : set.down();
    case "finish":
      return doFinish(command.settleMs, command.graceMs);
  }
}

function hello(command: HostCommand & { do: "hello" }): Record<string, Json> {
  token = command.token;
  setHome(command.moduleDir);
  for (const name of command.forget) delete process.env[name];
  takeFromCopies(command.copied);
  watchEnds(report);
  watchOutput();
  watchWork({ writable: command.writable, moduleDir: command.moduleDir }, faults, report);
  process.on("unhandledRejection", (error) => report({ kind: "unhandled", error: describeThrown(error) }));
  process.on("uncaughtException", (error) => report({ kind: "uncaught", error: describeThrown(error) }));
  let natural = false;
  process.on("beforeExit", () => {
    natural = true;
  });
  process.on("exit", (code) => report({ kind: "exiting", code, natural }));
  return { ok: true };
}

/** Names in `now` beyond those in `base`, with repetitions. */
function added(base: string[], list: string[]): string[] {
  const left = [...base];
  return list.filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Resources, watched members and fault hits after a command. Closing takes a moment: what was added may still go for 200 ms. */
async function aftermath({ watch, mark, since }: Common): Promise<Record<string, Json>> {
  const base = marks.get(since ?? "import") ?? marks.get("start") ?? [];
  let list = await resources.list();
  for (let waited = 0; since !== undefined && added(base, list).length > 0 && waited < 200; waited += 10) {
    await resources.sleep(10);
    list = await resources.list();
  }
  if (mark !== undefined) marks.set(mark, list);
  const extra = added(base, list);
  const body: Record<string, Json> = { resources: list, added: extra, hits: faults.hits, printed: takePrinted() };
  if (extra.length > 0) body.handles = resources.handles("open").map((handle) => ({ ...handle }));
  if (watch !== undefined && slots.has(watch.on)) {
    const object = slotObject(watch.on);
    body.seen = fromEntries(watch.members.map((member): [string, Json] => [member, glance(object, member)]));
  }
  return body;
}

/** A member's JSON, its type when it has none, or what reading it threw. */
function glance(object: object, member: string): Json {
  try {
    const value: unknown = read(object, member);
    return toJson(value, 0) ?? typeof value;
  } catch (error) {
    return `throws ${describeThrown(error).message}`;
  }
}

async function obey(line: string, socket: Socket): Promise<void> {
  const command = parse(line) as HostCommand & Common;
  let body: Record<string, Json>;
  try {
    body = { ...(await perform(command)) };
    if (command.do !== "hello") body = { ...(await aftermath(command)), ...body };
  } catch (error) {
    body = { ok: false, trouble: { ...describeThrown(error) } };
  }
  if (command.do === "finish") socket.destroy();
  write({ id: command.id, ...body });
}

/** Commands are obeyed one after another; the socket keeps the process alive until `finish` closes it. */
function listen(): void {
  const socket = resources.own(() => new Socket({ fd: COMMANDS, readable: true, writable: false }));
  let pending = "";
  let last: Promise<void> = NativePromise.resolve();
  socket.setEncoding("utf8");
  socket.on("error", () => process.exit(1));
  socket.on("data", (chunk: string) => {
    const lines = (pending + chunk).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) last = last.then(() => obey(line, socket));
  });
  // The runner is gone: nobody wants an answer any more.
  socket.on("end", () => process.exit(1));
}

listen();
