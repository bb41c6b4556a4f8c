// `exposition`: the body of a scrape is valid Prometheus text or OpenMetrics, wholly or in the named respects.
import * as z from "zod";
import { CATALOGUE } from "../../formats/exposition/catalogue.ts";
import { FORMAT_CHOICES, type MetricsFinding, validate } from "../../formats/exposition/exposition.ts";
import type { ExpectationKind } from "./expectation.ts";
import { CUT, expositionOf, factOf } from "./scrape.ts";

/** Ids of findings about one body, and the names of the two passes for all of theirs. */
const rule = z.enum(["parse", "validity", ...CATALOGUE.filter(onBody).map(({ id }) => id)]);

const argSchema = z.union([
  z.literal("valid"),
  z.strictObject({
    /** Only these rules, whatever their level. Default: all of level MUST. */
    only: z.array(rule).min(1).optional(),
    /** Not these. */
    except: z.array(rule).min(1).optional(),
    /** Default: by content type, else by the text. */
    format: z.enum(FORMAT_CHOICES).optional(),
    /** At least so many samples. */
    samples: z.int().min(0).optional(),
  }),
]);

export const exposition: ExpectationKind<z.infer<typeof argSchema>> = {
  name: "exposition",
  about: "The body of a scrape is valid Prometheus text or OpenMetrics, wholly or in the named respects.",
  schema: argSchema,
  check(arg, evidence) {
    const { only, except, format, samples } = arg === "valid" ? {} : arg;
    const scrape = expositionOf(evidence.it, format);
    if (typeof scrape === "string") return { undecidable: scrape };
    const wanted = only === undefined ? undefined : expanded(only);
    const unwanted = expanded(except ?? []);
    const counts = ({ id, level }: MetricsFinding): boolean =>
      (wanted?.has(id) ?? (samples === undefined ? level === "MUST" : false)) && !unwanted.has(id);
    const facts = validate(scrape)
      .filter(counts)
      .map((finding) => factOf(finding, evidence.at, evidence.events));
    const count = scrape.model.samples.count;
    if (samples !== undefined && count < samples && !scrape.cut)
      facts.push({ at: `${evidence.at} samples`, expected: `>= ${samples}`, actual: count, events: evidence.events });
    // What was not seen cannot pass; that there are enough samples can be told all the same.
    const told = samples !== undefined && wanted === undefined && count >= samples;
    return scrape.cut && facts.length === 0 && !told ? { undecidable: CUT } : facts;
  },
};

function onBody({ pass }: { pass: string }): boolean {
  return pass === "parse" || pass === "validity";
}

function expanded(rules: readonly string[]): Set<string> {
  return new Set(rules.flatMap((name) => [name, ...CATALOGUE.filter(({ pass }) => pass === name).map(({ id }) => id)]));
}
