// Operators: arithmetic with 64-bit overflow, order, membership. What they do is CEL's; int and double also mix, giving a double.
import {
  CelDuration,
  CelMap,
  compare,
  double,
  equals,
  fault,
  int,
  isDouble,
  isHostMap,
  isInt,
  numeric,
  Timestamp,
  toNumber,
  typeName,
  Uint,
  uint,
} from "./values.ts";

type Arithmetic = "+" | "-" | "*" | "/" | "%";

/** Applies a binary operator of arithmetic. Throws EvalFault. */
function arithmetic(operator: Arithmetic, a: unknown, b: unknown): unknown {
  if (typeof a === "number" && typeof b === "number" && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
    const quick = quickly(operator, a, b);
    if (quick !== undefined) return quick;
  }
  if (isInt(a) && isInt(b)) return int(wholly(operator, BigInt(a), BigInt(b)));
  if (a instanceof Uint && b instanceof Uint) return uint(wholly(operator, a.value, b.value));
  if (operator !== "%" && (isDouble(a) || isDouble(b)) && isReal(a) && isReal(b))
    return double(really(operator, toNumber(a), toNumber(b)));
  if (operator === "+") return added(a, b);
  if (operator === "-") return subtracted(a, b);
  throw noOverload(operator, a, b);
}

const isReal = (value: unknown): boolean => isInt(value) || isDouble(value);

function noOverload(operator: string, a: unknown, b: unknown): Error {
  return fault(`no such overload: ${typeName(a)} ${operator} ${typeName(b)}`);
}

/** Whole numbers whose result is one as well, and small. */
function quickly(operator: Arithmetic, a: number, b: number): number | undefined {
  if (b === 0 && (operator === "/" || operator === "%"))
    throw fault(operator === "/" ? "division by zero" : "modulus by zero");
  const result = operator === "/" ? Math.trunc(a / b) : operator === "%" ? a % b : really(operator, a, b);
  return Number.isSafeInteger(result) ? result + 0 : undefined;
}

function wholly(operator: Arithmetic, a: bigint, b: bigint): bigint {
  if (operator === "+") return a + b;
  if (operator === "-") return a - b;
  if (operator === "*") return a * b;
  if (b === 0n) throw fault(operator === "/" ? "division by zero" : "modulus by zero");
  return operator === "/" ? a / b : a % b;
}

function really(operator: Arithmetic, a: number, b: number): number {
  if (operator === "+") return a + b;
  if (operator === "-") return a - b;
  return operator === "*" ? a * b : a / b;
}

function added(a: unknown, b: unknown): unknown {
  if (typeof a === "string" && typeof b === "string") return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Uint8Array.from([...a, ...b]);
  if (a instanceof Timestamp && b instanceof CelDuration) return celTimestamp(a.ns + b.ns);
  if (a instanceof CelDuration && b instanceof Timestamp) return celTimestamp(a.ns + b.ns);
  if (a instanceof CelDuration && b instanceof CelDuration) return celDuration(a.ns + b.ns);
  throw noOverload("+", a, b);
}

function subtracted(a: unknown, b: unknown): unknown {
  if (a instanceof Timestamp && b instanceof CelDuration) return celTimestamp(a.ns - b.ns);
  if (a instanceof Timestamp && b instanceof Timestamp) return celDuration(a.ns - b.ns);
  if (a instanceof CelDuration && b instanceof CelDuration) return celDuration(a.ns - b.ns);
  throw noOverload("-", a, b);
}

const second = 1_000_000_000n;

/** From year 1 to year 9999. Throws EvalFault outside. */
export function celTimestamp(ns: bigint): Timestamp {
  if (ns < -62_135_596_800n * second || ns >= 253_402_300_800n * second) throw fault("timestamp out of range");
  return new Timestamp(ns);
}

/** About 10,000 years. Throws EvalFault beyond. */
export function celDuration(ns: bigint): CelDuration {
  const size = ns < 0n ? -ns : ns;
  if (size >= 315_576_000_001n * second) throw fault("duration out of range");
  return new CelDuration(ns);
}

/** Is a value in a list, or a key in a map? */
export function isIn(value: unknown, container: unknown): boolean {
  if (Array.isArray(container)) return container.some((item) => equals(item, value));
  if (container instanceof CelMap) return container.get(value) !== undefined;
  if (isHostMap(container)) return typeof value === "string" && Object.hasOwn(container, value);
  throw noOverload("in", value, container);
}

/** Order of two values of one kind, numbers of all types being one kind. */
function ordered(a: unknown, b: unknown, holds: (order: number) => boolean): boolean {
  return holds(compare(a, b));
}

function negated(value: unknown): unknown {
  if (isInt(value)) return int(-BigInt(value));
  if (isDouble(value)) return double(-Number(numeric(value)));
  throw fault(`no such overload: -${typeName(value)}`);
}

function not(value: unknown): boolean {
  if (typeof value !== "boolean") throw fault(`no such overload: !${typeName(value)}`);
  return !value;
}

/** Operators by the name of their call in the tree; types are checked by the checker's own table. */
export const operators: Record<string, (a: unknown, b: unknown) => unknown> = {
  "_+_": (a, b) => arithmetic("+", a, b),
  "_-_": (a, b) => arithmetic("-", a, b),
  "_*_": (a, b) => arithmetic("*", a, b),
  "_/_": (a, b) => arithmetic("/", a, b),
  "_%_": (a, b) => arithmetic("%", a, b),
  "_==_": equals,
  "_!=_": (a, b) => !equals(a, b),
  "_<_": (a, b) => ordered(a, b, (order) => order < 0),
  "_<=_": (a, b) => ordered(a, b, (order) => order <= 0),
  "_>_": (a, b) => ordered(a, b, (order) => order > 0),
  "_>=_": (a, b) => ordered(a, b, (order) => order >= 0),
  "@in": isIn,
  "-_": negated,
  "!_": not,
};
