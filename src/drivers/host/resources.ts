// Runs in the hosted child: which resources keep the process alive, and where they were made.
import { createHook, executionAsyncId } from "node:async_hooks";
import inspector from "node:inspector";
import { apply, get, NativePromise, setTimer, setTurn } from "./natives.ts";
import type { Handle } from "./protocol.ts";

/** Kinds that come and go by themselves (descriptors, file requests); a leaked pipe is still caught by the process not ending. */
const NOISE = new Set([
  "PipeWrap",
  "FSReqPromise",
  "FSReqCallback",
  "CloseReq",
  "ConnectWrap",
  "TTYWrap",
  "FileHandle",
  "FileHandleCloseReq",
]);
/** Work that goes on beside this thread. It is counted until it ends, also when it is allowed not to hold the process. */
const BESIDE: Record<string, string> = { WORKER: "Worker", PROCESSWRAP: "ProcessWrap" };
/** The loader compiles in processes of its own. */
const LOADER = /[\\/]node_modules[\\/](?:esbuild|tsx|@esbuild[\\/][^\\/]+)[\\/]/;
/** Too many to follow. */
const LIGHT = new Set(["PROMISE", "Microtask"]);
/** A server's handle is made two or three turns after the call that asked for it. */
const ANCESTORS_MAX = 4;
const TRACKED_MAX = 5_000;

interface Made {
  type: string;
  resource: WeakRef<object>;
  /** Stacks of its creation, and of the creation of what it was made in; formatted only when asked for. */
  errors: Error[];
}

export interface ResourceWatch {
  /** Names of the resources that hold the process now, sorted, with repetitions. */
  list(): Promise<string[]>;
  /** The same with the stacks of their creation, as far as they are known; or those alone that keep the process alive. */
  handles(which: "open" | "holding"): Handle[];
  /** Waits without counting as a resource afterwards. */
  sleep(ms: number): Promise<void>;
  /** Runs `work` so that what it creates is not taken for the module's. */
  own<T>(work: () => T): T;
}

function watchResources(): ResourceWatch {
  const made = new Map<number, Made>();
  let ours = false;
  createHook({
    init(id, type, _trigger, resource) {
      if (ours || LIGHT.has(type) || made.size >= TRACKED_MAX) return;
      const before = Error.stackTraceLimit;
      Error.stackTraceLimit = 20;
      const ancestors = made.get(executionAsyncId())?.errors.slice(0, ANCESTORS_MAX - 1) ?? [];
      made.set(id, { type, resource: new WeakRef(resource), errors: [new Error(type), ...ancestors] });
      Error.stackTraceLimit = before;
    },
    destroy(id) {
      made.delete(id);
    },
  }).enable();
  const own = <T>(work: () => T): T => {
    const before = ours;
    ours = true;
    try {
      return work();
    } finally {
      ours = before;
    }
  };
  const turn = () => own(() => new NativePromise<void>((resolve) => setTurn(resolve)));
  const info = (which: "open" | "holding") =>
    process
      .getActiveResourcesInfo()
      .filter((name) => !NOISE.has(name) && name !== "Immediate" && name !== "ProcessWrap")
      .concat(beside(made.values(), which))
      .sort();
  return {
    own,
    sleep: (ms) => own(() => new NativePromise<void>((resolve) => setTimer(resolve, ms))),
    async list() {
      // Two turns: handles that were just closed leave the list in the next turn of the loop.
      await turn();
      await turn();
      return info("open");
    },
    handles(which) {
      const stacks = new Map<string, string[]>();
      for (const { type, resource, errors } of made.values()) {
        const alive = resource.deref();
        if (alive === undefined || (isUnref(alive) && !(type in BESIDE))) continue;
        const key = kindKey(type);
        stacks.set(key, [...(stacks.get(key) ?? []), errors.map(({ stack }) => stack).join("\n")]);
      }
      // The newest of a kind first: what was added last is what is usually forgotten.
      return info(which).map((type) => ({ type, stack: stacks.get(kindKey(type))?.pop() ?? "" }));
    },
  };
}

/** The one watch of this process; it sees what is made after this module was loaded. */
export const resources: ResourceWatch = watchResources();

/** async_hooks says TCPSERVERWRAP where getActiveResourcesInfo says TCPServerWrap. */
const kindKey = (type: string) => type.toLowerCase().replace(/wrap$/, "");

/** Node lists no threads and no debugger, and of processes only those that hold this one. */
function beside(made: Iterable<Made>, which: "open" | "holding"): string[] {
  const names = [...made].flatMap(({ type, resource, errors }) => {
    const name = BESIDE[type];
    const open = name !== undefined && counts(resource.deref(), which);
    return open && !LOADER.test(String(errors[0]?.stack)) ? [name] : [];
  });
  return inspector.url() === undefined || which === "holding" ? names : [...names, "Inspector"];
}

function counts(resource: object | undefined, which: "open" | "holding"): boolean {
  return resource !== undefined && (which === "open" || !isUnref(resource));
}

function isUnref(resource: object): boolean {
  const hasRef: unknown = get(resource, "hasRef");
  if (typeof hasRef !== "function") return false;
  try {
    return apply(hasRef, resource, []) === false;
  } catch {
    return false;
  }
}
