// `scrapes`: what must hold from one scrape to the next: counters do not fall, types stay, something counts.
import * as z from "zod";
import { isObject } from "../../base/json.ts";
import type { Finding } from "../../base/judged.ts";
import { idsOf } from "../../formats/exposition/catalogue.ts";
import { fallsAcross } from "../../formats/exposition/connections.ts";
import type { Exposition } from "../../formats/exposition/exposition.ts";
import { compareScrapes, movedCounters } from "../../formats/exposition/scrapes.ts";
import type { Evidences, ExpectationKind } from "./expectation.ts";
import { CUT, expositionOf, factOf } from "./scrape.ts";

const argSchema = z.strictObject({
  /** CEL: the scrapes, oldest first: a list, or one expression per scrape. Lists inside are flattened, absent ones left out. */
  of: z.union([z.string(), z.array(z.string()).min(2)]),
  /** Rules to hold. Default: all of level MUST, unless `moved` is given. */
  only: z
    .array(z.enum(idsOf("scrapes")))
    .min(1)
    .optional(),
  /** CEL: further scrapes, over connections of their own and `width` under way at once; no counter may be lower than one of `of` or an earlier lot saw it. */
  "at-once": z.strictObject({ of: z.string(), width: z.number().int().min(1) }).optional(),
  /** Some counter must grow from the first to the last scrape; counters whose names begin so do not count. */
  moved: z.strictObject({ except: z.array(z.string()).optional() }).optional(),
});

export const scrapesKind: ExpectationKind<z.infer<typeof argSchema>> = {
  name: "scrapes",
  about: "What must hold from one scrape to the next: counters do not fall, types stay, something counts.",
  schema: argSchema,
  check({ of, only, moved, "at-once": atOnce }, evidence) {
    const list = observations(of, evidence);
    const parsed = parsedAll(list);
    if (typeof parsed === "string") return { undecidable: parsed };
    const [first] = parsed;
    const last = parsed.at(-1);
    if (first === undefined || last === undefined || parsed.length < 2)
      return { undecidable: `there are ${parsed.length} scrapes; two are needed` };
    const events = list.map((scrape) => evidence.eventsOf(scrape));
    const findings: Finding[] = [];
    if (only !== undefined || moved === undefined)
      for (const finding of compareScrapes(parsed, only)) {
        if (only === undefined && finding.level !== "MUST") continue;
        // Seen below, against all scrapes before.
        if (atOnce !== undefined && finding.id === "counter-fell") continue;
        const k = finding.scrape ?? 0;
        const seen = [...(events[k - 1] ?? []), ...(events[k] ?? [])];
        findings.push(factOf(finding, `scrape ${k + 1} of ${parsed.length}`, seen));
      }
    if (atOnce !== undefined) {
      const more = observations(atOnce.of, evidence);
      const batches = [...parsed.map((one) => [one]), ...chunks(more, atOnce.width).map(whole)];
      const all = [...list, ...more.filter((scrape) => whole([scrape]).length > 0)].map((one) =>
        evidence.eventsOf(one),
      );
      for (const finding of fallsAcross(batches)) {
        const k = finding.scrape ?? 0;
        findings.push(factOf(finding, `connection ${k + 1} of ${all.length}`, all[k] ?? []));
      }
    }
    if (moved !== undefined)
      findings.push(...stillness(first, last, { except: moved.except ?? [], events: events.flat() }));
    // A counter that falls is seen in what is left of a body; that none moved is not.
    if (parsed.some(({ cut }) => cut) && findings.every(({ at }) => at === STILL)) return { undecidable: CUT };
    return findings;
  },
};

function parsedAll(list: readonly unknown[]): Exposition[] | string {
  const parsed: Exposition[] = [];
  for (const scrape of list) {
    const exposition = expositionOf(scrape);
    if (typeof exposition === "string") return exposition;
    parsed.push(exposition);
  }
  return parsed;
}

/** Answers that are scrapes; what else came, and whether something came at all, is judged elsewhere. */
function whole(scrapes: readonly unknown[]): Exposition[] {
  return scrapes.flatMap((scrape) => {
    const exposition = scrapeAnswered(scrape) ? expositionOf(scrape) : CUT;
    return typeof exposition === "string" ? [] : [exposition];
  });
}

function scrapeAnswered(scrape: unknown): boolean {
  return isObject(scrape) && scrape.status === 200;
}

function chunks<T>(list: readonly T[], width: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / width) }, (_, i) => list.slice(i * width, (i + 1) * width));
}

const STILL = "counters";

function observations(of: string | string[], evidence: Evidences): unknown[] {
  const values =
    typeof of === "string" ? [evidence.evaluate(of)] : of.map((expression) => evidence.evaluate(expression));
  return values.flat().filter((value) => value !== undefined && value !== null);
}

function stillness(first: Exposition, last: Exposition, how: { except: string[]; events: number[] }): Finding[] {
  const moved = movedCounters(first, last).filter(({ name }) => !how.except.some((prefix) => name.startsWith(prefix)));
  if (moved.length > 0) return [];
  const except = how.except.length === 0 ? "" : ` other than ${how.except.join("*, ")}*`;
  return [{ at: STILL, expected: `some counter${except} grows`, actual: "none grew", events: how.events }];
}
