// Functions of numbers: `math.greatest`, `math.round`, `math.bitAnd` and so on.
import type { Definition } from "./types.ts";
import { compare, double, fault, int, numeric, toNumber, typeName, Uint, uint } from "./values.ts";

function most(sign: 1 | -1): (...args: unknown[]) => unknown {
  return (...args) => {
    const values = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
    if (values.length === 0) throw fault("no number given");
    return values.reduce((best, value) => {
      if (numeric(value) === undefined) throw fault(`no such overload: ${typeName(value)} is no number`);
      return compare(value, best) * sign > 0 ? value : best;
    }, checked(values[0]));
  };
}

function checked(value: unknown): unknown {
  if (numeric(value) === undefined) throw fault(`no such overload: ${typeName(value)} is no number`);
  return value;
}

const real = (apply: (value: number) => number) => (value: unknown) => double(apply(toNumber(value)));
const tell = (apply: (value: number) => boolean) => (value: unknown) => apply(toNumber(value));

function round(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

function abs(value: unknown): unknown {
  if (value instanceof Uint) return value;
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return int(magnitude(BigInt(value as number | bigint)));
  return double(Math.abs(toNumber(value)));
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

function sign(value: unknown): unknown {
  if (value instanceof Uint) return new Uint(value.value === 0n ? 0n : 1n);
  const number = Math.sign(toNumber(value));
  return typeof value === "bigint" || Number.isSafeInteger(value) ? number : double(number);
}

const intMask = (value: bigint): unknown => int(BigInt.asIntN(64, value));
const uintMask = (value: bigint): unknown => uint(BigInt.asUintN(64, value));

function bitwise(apply: (a: bigint, b: bigint) => bigint): Definition["2"][] {
  return [
    (a: number | bigint, b: number | bigint) => intMask(apply(BigInt(a), BigInt(b))),
    (a: Uint, b: Uint) => uintMask(apply(a.value, b.value)),
  ];
}

function shifted(left: boolean): Definition["2"][] {
  const amount = (by: number | bigint): bigint => {
    if (by < 0) throw fault("negative shift");
    return BigInt(by);
  };
  const apply = (bits: bigint, by: bigint) => (by > 63n ? 0n : left ? bits << by : bits >> by);
  return [
    // An int shifts right as if it were unsigned.
    (value: number | bigint, by: number | bigint) => intMask(apply(BigInt.asUintN(64, BigInt(value)), amount(by))),
    (value: Uint, by: number | bigint) => uintMask(apply(value.value, amount(by))),
  ];
}

function both(name: string, [onInt, onUint]: Definition["2"][], second?: string): Definition[] {
  return [
    [`math.${name}(int, ${second ?? "int"}): int`, "", onInt ?? (() => null)],
    [`math.${name}(uint, ${second ?? "uint"}): uint`, "", onUint ?? (() => null)],
  ];
}

export const numbers: Definition[] = [
  ["math.greatest(dyn...): dyn", "", most(1)],
  ["math.least(dyn...): dyn", "", most(-1)],
  ["math.ceil(double): double", "", real(Math.ceil)],
  ["math.floor(double): double", "", real(Math.floor)],
  ["math.round(double): double", "", real(round)],
  ["math.trunc(double): double", "", real(Math.trunc)],
  ["math.sqrt(number): double", "", real(Math.sqrt)],
  ["math.abs(number): number", "", abs],
  ["math.sign(number): number", "", sign],
  ["math.isNaN(double): bool", "", tell(Number.isNaN)],
  ["math.isInf(double): bool", "", tell((value) => Math.abs(value) === Number.POSITIVE_INFINITY)],
  ["math.isFinite(double): bool", "", tell(Number.isFinite)],
  ...both(
    "bitAnd",
    bitwise((a, b) => a & b),
  ),
  ...both(
    "bitOr",
    bitwise((a, b) => a | b),
  ),
  ...both(
    "bitXor",
    bitwise((a, b) => a ^ b),
  ),
  ...both("bitShiftLeft", shifted(true), "int"),
  ...both("bitShiftRight", shifted(false), "int"),
  ["math.bitNot(int): int", "", (value: number | bigint) => intMask(~BigInt(value))],
  ["math.bitNot(uint): uint", "", (value: Uint) => uintMask(~value.value)],
];
