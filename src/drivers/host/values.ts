// Runs in the hosted child: values of foreign code described within bounds, and values made from JSON descriptions.
import { types } from "node:util";
import { hasParts, isObject, isScalar } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import { apply, fromEntries, get, getOwnPropertyNames, getPrototypeOf, isArray, keys, stringify } from "./natives.ts";
import type { Described, Thrown } from "./protocol.ts";

const TEXT_MAX = 2_000;
const ENTRIES_MAX = 100;
const DEPTH_MAX = 5;

const ids = new WeakMap<object, number>();
let nextId = 1;

/** A number per object, so that "the same object" can be said in JSON. */
function identity(value: object): number {
  const known = ids.get(value);
  if (known !== undefined) return known;
  ids.set(value, nextId);
  return nextId++;
}

/** Can it have members of its own, as functions and classes can, too? */
export function isReference(value: unknown): value is object {
  return hasParts(value) || typeof value === "function";
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (!isReference(value)) return false;
  try {
    return typeof (value as { then?: unknown }).then === "function";
  } catch {
    return false;
  }
}

const sourceOf = Function.prototype.toString;

/** Is it a class (not a plain function)? */
export function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(apply(sourceOf, value, []));
}

export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (isList(value)) return "array";
  return isClass(value) ? "class" : typeof value;
}

/** A revoked proxy cannot even be asked that. */
function isList(value: unknown): value is unknown[] {
  try {
    return isArray(value);
  } catch {
    return false;
  }
}

/** What a value looks like, without running more of its code than its getters. */
export function describe(value: unknown): Described {
  const type = kindOf(value);
  const described: Described = { type };
  if (isReference(value)) {
    described.id = identity(value);
    described.thenable = isThenable(value);
    const name = className(value);
    if (name !== undefined) described.class = name;
    if (type === "object") {
      described.members = memberNames(value);
      described.types = described.members.map((member) => typeOfMember(value, member));
    }
  }
  const json = toJson(value, 0);
  if (json !== undefined) described.json = json;
  return described;
}

function className(value: object): string | undefined {
  try {
    const name = typeof value === "function" ? value.name : value.constructor?.name;
    return typeof name === "string" && name !== "" ? name.slice(0, 200) : undefined;
  } catch {
    return undefined;
  }
}

function memberNames(value: object): string[] {
  const names = new Set<string>();
  let at: object | null = value;
  for (let depth = 0; at !== null && at !== Object.prototype && depth < 10; depth++) {
    for (const name of ownNames(at)) if (name !== "constructor") names.add(name);
    at = prototypeOf(at);
  }
  return [...names].sort().slice(0, ENTRIES_MAX);
}

function prototypeOf(value: object): object | null {
  try {
    return getPrototypeOf(value);
  } catch {
    return null;
  }
}

function ownNames(value: object): string[] {
  try {
    return getOwnPropertyNames(value);
  } catch {
    return [];
  }
}

/** typeof of a member; `throws` when reading it does. */
function typeOfMember(value: object, member: string): string {
  try {
    return kindOf(get(value, member));
  } catch {
    return "throws";
  }
}

/** JSON of a value within bounds; undefined when it has none. */
export function toJson(value: unknown, depth: number): Json | undefined {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string") return value.slice(0, TEXT_MAX);
  if (typeof value === "bigint") return String(value).slice(0, TEXT_MAX);
  if (!hasParts(value) || depth > DEPTH_MAX) return undefined;
  try {
    if (isArray(value)) return value.slice(0, ENTRIES_MAX).map((item) => toJson(item, depth + 1) ?? null);
    const entries: [string, Json][] = [];
    for (const key of keys(value).slice(0, ENTRIES_MAX)) {
      const json = toJson(get(value, key), depth + 1);
      if (json !== undefined) entries.push([key.slice(0, 200), json]);
    }
    return fromEntries(entries);
  } catch {
    return undefined;
  }
}

function isError(thrown: unknown): thrown is Error {
  try {
    return types.isNativeError(thrown) || thrown instanceof Error;
  } catch {
    return false;
  }
}

/** Whatever was thrown or rejected. */
export function describeThrown(thrown: unknown): Thrown {
  if (!isError(thrown)) {
    const json = toJson(thrown, 0);
    const text = typeof thrown === "string" ? thrown : json === undefined ? kindOf(thrown) : stringify(json);
    return { is_error: false, name: kindOf(thrown), message: text.slice(0, TEXT_MAX), stack: "" };
  }
  const text = (key: string) => {
    try {
      const value: unknown = get(thrown, key);
      return typeof value === "string" || typeof value === "number" ? String(value).slice(0, TEXT_MAX * 2) : "";
    } catch {
      return "";
    }
  };
  const message = text("message");
  const result: Thrown = { is_error: message.trim() !== "", name: text("name"), message, stack: text("stack") };
  const code = text("code");
  if (code !== "") result.code = code;
  // Files outside of the sandbox are refused on purpose; the rest is what this Node cannot allow beside that.
  const refused = text("permission");
  if (code === "ERR_ACCESS_DENIED" && !refused.startsWith("FileSystem")) result.refused = refused || "unknown";
  const [, what, missing] = /^Cannot find (module|package) '([^']+)'/.exec(message) ?? [];
  if (missing !== undefined && /MODULE_NOT_FOUND$/.test(code)) {
    result.missing = missing;
    result.missing_in = placeOfMissing(missing, what === "package");
  }
  return result;
}

let home = "";

/** Names the folder whose files are the module's own. */
export function setHome(folder: string): void {
  home = folder;
}

/** Is what could not be found the module's own file, something of the project around it (also through an alias), or a package? */
function placeOfMissing(missing: string, isPackage: boolean): "module" | "host" | "package" {
  if (/^[@~#]\//.test(missing)) return "host";
  if (isPackage || !/^[./]/.test(missing)) return "package";
  return missing.startsWith(`${home}/`) || missing.startsWith("./") ? "module" : "host";
}

/** What `revive` may look up. */
export interface KeptValues {
  get(name: string): unknown;
  /** A poisoned object was touched. */
  hit(): void;
}

/**
 * A value from its description. Plain JSON stands for itself; an object with one of these keys alone for something JSON cannot say:
 * `$slot` a value kept earlier, `$env`, `$cwd`, `$poison` (every read throws), `$stub` (functions doing nothing under these names),
 * `$returns` (a function returning that), `$resolves` (an async one), `$anything` (an object with every member, all doing nothing).
 */
export function revive(json: Json, slots: KeptValues): unknown {
  if (Array.isArray(json)) return json.map((item) => revive(item, slots));
  if (isScalar(json)) return json;
  const names = keys(json);
  const special = names.length === 1 && names[0]?.startsWith("$") ? names[0] : undefined;
  const arg = special === undefined ? undefined : json[special];
  switch (special) {
    case "$slot":
      return slots.get(String(arg));
    case "$env":
      return { ...process.env };
    case "$cwd":
      return process.cwd();
    case "$poison":
      return poisoned(String(arg), slots);
    case "$stub":
      return fromEntries((Array.isArray(arg) ? arg : [arg]).map((name) => [String(name), () => undefined]));
    case "$returns":
      return () => revive(arg ?? null, slots);
    case "$resolves":
      return async () => revive(arg ?? null, slots);
    case "$anything":
      return anything();
    default:
      return fromEntries(names.map((key) => [key, revive(json[key] ?? null, slots)]));
  }
}

/** An object whose every read throws. `then` and symbols answer undefined: promises and consoles look there by themselves. */
function poisoned(message: string, slots: KeptValues): object {
  const fail = (): never => {
    slots.hit();
    throw new Error(message);
  };
  return new Proxy(Object.create(null), {
    get: (_target, key) => (typeof key === "symbol" || key === "then" ? undefined : fail()),
    has: fail,
    ownKeys: fail,
    getOwnPropertyDescriptor: fail,
  });
}

function anything(): object {
  return new Proxy(Object.create(null), {
    get: (_target, key) => (typeof key === "symbol" || key === "then" ? undefined : () => undefined),
  });
}

/** Pointers at which `now` differs from `before`; both plain data. */
export function changesBetween(before: unknown, now: unknown, at = "", depth = 0): string[] {
  if (Object.is(before, now)) return [];
  const both = isObject(before) && isObject(now);
  const arrays = Array.isArray(before) && Array.isArray(now) && before.length === now.length;
  if ((!both && !arrays) || depth > 20) return [at === "" ? "/" : at];
  const left = before as Record<string, unknown>;
  const right = now as Record<string, unknown>;
  const all = new Set([...keys(left), ...keys(right)]);
  return [...all]
    .flatMap((key) => changesBetween(left[key], right[key], `${at}/${key}`, depth + 1))
    .slice(0, ENTRIES_MAX);
}
