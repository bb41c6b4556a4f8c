// Where a sample is, as findings tell it.
import type { Found } from "./findings.ts";
import type { Model } from "./model.ts";

/** Line, series and family of sample `i`. */
export function placeOf(model: Model, i: number): Pick<Found, "line" | "series" | "family"> {
  return {
    line: model.samples.line[i] ?? 0,
    series: model.series(i),
    family: model.familyName(model.family(i)),
  };
}
