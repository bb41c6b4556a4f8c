// `lint`: the metrics keep the naming rules of promlint (`promtool check metrics`), all or the named ones.
import * as z from "zod";
import { idsOf } from "../../formats/exposition/catalogue.ts";
import { lint as lintExposition } from "../../formats/exposition/exposition.ts";
import type { ExpectationKind } from "./expectation.ts";
import { CUT, expositionOf, factOf } from "./scrape.ts";

const argSchema = z.union([z.literal("all"), z.array(z.enum(idsOf("lint"))).min(1)]);

export const lintKind: ExpectationKind<z.infer<typeof argSchema>> = {
  name: "lint",
  about: "The metrics keep the naming rules of promlint (`promtool check metrics`), all or the named ones.",
  schema: argSchema,
  check(arg, evidence) {
    const scrape = expositionOf(evidence.it);
    if (typeof scrape === "string") return { undecidable: scrape };
    const findings = arg === "all" ? lintExposition(scrape) : lintExposition(scrape, arg);
    if (scrape.cut && findings.length === 0) return { undecidable: CUT };
    return findings.map((finding) => factOf({ ...finding, actual: finding.message }, evidence.at, evidence.events));
  },
};
