// Selection: `a.b`, `a["b"]`, `list[0]`, `has(a.b)`, and all of it through optionals.
import { CelMap, Double, fault, isHostMap, isInt, Optional, typeName, Uint } from "./values.ts";

/** `value.field`. Throws EvalFault when it is not there. */
export function accessed(value: unknown, field: string): unknown {
  if (isHostMap(value)) {
    const found = Object.hasOwn(value, field) ? value[field] : undefined;
    if (found === undefined) throw fault(`no such key: ${field}`);
    return found;
  }
  if (value instanceof CelMap) {
    const entry = value.get(field);
    if (entry === undefined) throw fault(`no such key: ${field}`);
    return entry[1];
  }
  if (value instanceof Optional) return optionally(value, field);
  throw fault(`no such key: ${field} (of ${typeName(value)})`);
}

/** `value[key]`. Throws EvalFault when it is not there. */
export function indexed(value: unknown, key: unknown): unknown {
  if (value instanceof Optional) return optionally(value, key);
  if (Array.isArray(value)) {
    const index = indexOf(key);
    if (index === undefined) throw fault(`no such overload: list[${typeName(key)}]`);
    if (index < 0 || index >= value.length) throw fault(`index out of range: ${index}`);
    return value[index];
  }
  if (isHostMap(value)) {
    if (typeof key === "string") return accessed(value, key);
    throw fault(`no such key: ${String(key)}`);
  }
  if (value instanceof CelMap) {
    const entry = value.get(key);
    if (entry === undefined) throw fault(`no such key: ${String(key)}`);
    return entry[1];
  }
  throw fault(`no such overload: ${typeName(value)}[${typeName(key)}]`);
}

/** Whole numbers of any type. */
function indexOf(key: unknown): number | undefined {
  if (isInt(key)) return Number(key);
  if (key instanceof Double || key instanceof Uint) return Number(key.value);
  return undefined;
}

/** `value.?field` and `value[?key]`: none when it is not there. Throws EvalFault when the value has no members at all. */
export function optionally(value: unknown, key: unknown): Optional {
  if (value instanceof Optional) return value.present ? optionally(value.value, key) : Optional.none;
  if (Array.isArray(value)) {
    const index = indexOf(key);
    return index !== undefined && index >= 0 && index < value.length ? new Optional(value[index]) : Optional.none;
  }
  if (isHostMap(value)) {
    const found = typeof key === "string" && Object.hasOwn(value, key) ? value[key] : undefined;
    return found === undefined ? Optional.none : new Optional(found);
  }
  if (value instanceof CelMap) {
    const entry = value.get(key);
    return entry === undefined ? Optional.none : new Optional(entry[1]);
  }
  // What a module sent may be of any shape: a member of a text, a number or null is not there.
  if (value === null || ["string", "bool", "int", "double"].includes(typeName(value))) return Optional.none;
  throw fault(`no such overload: ${typeName(value)} has no members`);
}

/** `has(value.field)`. */
export function present(value: unknown, field: string): boolean {
  if (isHostMap(value)) return Object.hasOwn(value, field) && value[field] !== undefined;
  if (value instanceof CelMap) return value.get(field) !== undefined;
  if (value instanceof Optional) return value.present && present(value.value, field);
  throw fault(`no such key: ${field} (of ${typeName(value)})`);
}
