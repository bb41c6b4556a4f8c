// Writes one accepted sample into the columns of the model.
import { mix } from "./names.ts";
import type { Scanner } from "./scanner.ts";

export interface SampleFound {
  seriesAt: number;
  seriesEnd: number;
  value: number;
  time: number;
  family: number;
}

/** Stores the series whose name and label sums the scanner holds. False with a problem when `le` or `quantile` is no number. */
export function storeSample(scanner: Scanner, found: SampleFound): boolean {
  const { model } = scanner;
  const { samples } = model;
  const family = model.families[found.family];
  if (family === undefined) return false;
  const { nameId } = scanner;
  let groupA = scanner.sumA;
  let groupB = scanner.sumB;
  let bound = Number.NaN;
  // In OpenMetrics 2.0 bounds are no labels.
  const apart = model.format !== "openmetrics@2";
  const buckets = apart && (family.type === "histogram" || family.type === "gaugehistogram");
  if (buckets && scanner.leAt >= 0) {
    groupA -= scanner.leA;
    groupB -= scanner.leB;
    bound = scanner.decimal.exactly(scanner.leAt, scanner.leEnd);
    if (scanner.decimal.end < 0) return refuse(scanner, found, "bucket-bound");
  } else if (apart && family.type === "summary" && scanner.quantileAt >= 0) {
    groupA -= scanner.quantileA;
    groupB -= scanner.quantileB;
    bound = scanner.decimal.exactly(scanner.quantileAt, scanner.quantileEnd);
    if (scanner.decimal.end < 0) return refuse(scanner, found, "quantile-number");
  }
  const i = samples.add();
  samples.at[i] = found.seriesAt;
  samples.end[i] = found.seriesEnd;
  samples.line[i] = scanner.line;
  samples.name[i] = nameId;
  samples.value[i] = found.value;
  samples.time[i] = found.time;
  samples.bound[i] = bound;
  const name = mix(scanner.nameHash);
  samples.seriesA[i] = mix(name + scanner.sumA);
  samples.seriesB[i] = mix(scanner.nameHash ^ mix(scanner.sumB));
  samples.groupA[i] = groupA;
  samples.groupB[i] = groupB;
  samples.shape[i] = scanner.shape;
  if (family.samples === 0) family.first = i;
  else if (scanner.storedFamily !== found.family) {
    if (family.splits === 0) family.splitAt = i;
    family.splits++;
  }
  scanner.storedFamily = found.family;
  family.samples++;
  return true;
}

function refuse(scanner: Scanner, found: SampleFound, id: "bucket-bound" | "quantile-number"): false {
  const at = id === "bucket-bound" ? scanner.leAt : scanner.quantileAt;
  scanner.at = found.seriesEnd;
  return scanner.problem(id, at, id === "bucket-bound" ? "a number as `le`" : "a number as `quantile`");
}
