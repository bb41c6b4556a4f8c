// Durations as people write them.

/** `250ms`, `5s`, `2m`, or a number of milliseconds. */
export type Duration = string | number;

import { ContractError } from "./errors.ts";

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `250ms`, `5s`, `2m`, `1h` or a number of milliseconds. Throws ContractError. */
export function milliseconds(duration: string | number): number {
  if (typeof duration === "number") return duration;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(duration.trim());
  if (match === null) throw new ContractError(`"${duration}" is not a duration such as "250ms", "5s" or "2m"`);
  return Number(match[1]) * (units[match[2] ?? "ms"] ?? 1);
}
