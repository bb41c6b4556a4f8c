// A body of OpenMetrics 1.0 under the name of 2.0: said once. Nothing else of it is judged, since all of it would follow from that.
import { COMPOSITE_TYPES } from "./composites.ts";
import type { Findings } from "./findings.ts";
import type { Model } from "./model.ts";
import { baseOf, SUFFIXES } from "./naming.ts";

/** Families of 2.0 that are samples of 1.0, with the family that each belongs to. */
export function olderParts(model: Model): ReadonlyMap<number, number> {
  const parts = new Map<number, number>();
  if (model.format !== "openmetrics@2") return parts;
  model.families.forEach((family, index) => {
    if (family.typed) return;
    for (const suffix of ["_total", "_created", "_count", "_sum", "_bucket", "_gcount", "_gsum", "_info"] as const) {
      const base = baseOf(model, family.nameId, suffix);
      const whole = base < 0 ? undefined : model.families[base];
      if (whole === undefined || !whole.typed || whole.samples > 0 || whole.refused) continue;
      if (SUFFIXES.openmetrics[whole.type].includes(suffix)) parts.set(index, base);
    }
  });
  return parts;
}

/** Is the body one of 1.0? Then that is the finding, told with the first of such samples. */
export function checkOlder(model: Model, findings: Findings): boolean {
  const parts = olderParts(model);
  const [first] = parts;
  if (first === undefined) return false;
  const [index, base] = first;
  const part = model.familyName(index);
  const whole = model.familyName(base);
  const type = model.families[base]?.type ?? "unknown";
  findings.add("om1-body", () => ({
    line: model.families[index]?.line ?? 0,
    family: whole,
    message: `${part} is a sample of the ${type} ${whole} as OpenMetrics 1.0 writes it; the content type says 2.0, where names are as written`,
    expected: COMPOSITE_TYPES.includes(type) ? `${whole} {count:…,sum:…,…}` : `samples named as their family`,
    actual: `${parts.size} ${parts.size === 1 ? "name" : "names"} of the kind ${part}`,
  }));
  return true;
}
