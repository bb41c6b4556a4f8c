// How OpenMetrics 1.0 wants `le` and `quantile` to be written, so that one number is one label value everywhere.
import type { Findings } from "./findings.ts";
import type { Model } from "./model.ts";
import { placeOf } from "./place.ts";

/** Powers of ten from 1e-10 to 1e+10, as the specification shows them: Go's %g, with `.0` where nothing says that it is a float. */
const POWERS: ReadonlyMap<number, string> = new Map(
  Array.from({ length: 21 }, (_, k): [number, string] => {
    const exponent = k - 10;
    const text = `1e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
    const fixed = String(10 ** exponent);
    return [Number(text), exponent < -4 || exponent > 5 ? text : exponent < 0 ? fixed : `${fixed}.0`];
  }),
);

/** The canonical text of a bound; undefined where the specification names none. */
function canonicalBound(bound: number): string | undefined {
  const power = POWERS.get(bound);
  if (power !== undefined) return power;
  if (!(bound >= 0 && bound <= 10) || Math.round(bound * 1000) / 1000 !== bound) return undefined;
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

const WRITTEN = { le: /[{,]le="([^"]*)"/, quantile: /[{,]quantile="([^"]*)"/ };

/** One finding for each family; `seen` are those that have theirs. */
export function checkBoundText(
  model: Model,
  { i, label, seen }: { i: number; label: "le" | "quantile"; seen: Set<number> },
  findings: Findings,
): void {
  const expected = canonicalBound(model.samples.bound[i] ?? Number.NaN);
  const family = model.family(i);
  if (expected === undefined || seen.has(family)) return;
  const written = WRITTEN[label].exec(model.series(i))?.[1];
  if (written === undefined || written === expected) return;
  seen.add(family);
  findings.add("bound-canonical", () => ({
    ...placeOf(model, i),
    message: `${label}="${written}" is not the canonical text of this number, by which it is found everywhere`,
    expected: `${label}="${expected}"`,
    actual: `${label}="${written}"`,
  }));
}
