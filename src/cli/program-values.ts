// Values of flags as commander parses them.
import { InvalidArgumentError } from "commander";

/** Repeatable flags. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Throws InvalidArgumentError. */
export function positive(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError("expected a number above 0.");
  return number;
}

/** Throws InvalidArgumentError. */
export function whole(value: string): number {
  const number = positive(value);
  if (!Number.isInteger(number)) throw new InvalidArgumentError("expected a whole number.");
  return number;
}

/** Permissions in octal, as chmod takes them. Throws InvalidArgumentError. */
export function fileMode(value: string): number {
  if (!/^0?[0-7]{3}$/.test(value)) throw new InvalidArgumentError("expected octal permissions such as 640.");
  return Number.parseInt(value, 8);
}
