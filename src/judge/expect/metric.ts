// `metric`: a scrape has a metric of this name, type and labels, and it grew since an earlier scrape.

import * as z from "zod";
import { escapeRegex } from "../../base/escape.ts";
import type { Finding } from "../../base/judged.ts";
import { type Exposition, families, type SampleView, sampleAt } from "../../formats/exposition/exposition.ts";
import type { ExpectationKind } from "./expectation.ts";
import { CUT, expositionOf } from "./scrape.ts";

const argSchema = z.strictObject({
  /** Name of the samples or of their family; `*` stands for any characters. Default: any. */
  name: z.string().min(1).optional(),
  type: z
    .enum(["counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown"])
    .optional(),
  /** Labels that a sample must have; values may have `*`. */
  labels: z.record(z.string(), z.string()).optional(),
  /** All samples of that name must have the type and labels, not only one. Default false. */
  every: z.boolean().optional(),
  /** CEL: an earlier scrape. Some sample must be higher now than there, or new and above 0. */
  "moves-after": z.string().optional(),
  /** CEL over `value`, true for the samples that count. */
  value: z.string().optional(),
});

type Arg = z.infer<typeof argSchema>;

export const metric: ExpectationKind<Arg> = {
  name: "metric",
  about: "A scrape has a metric of this name, type and labels; with `moves-after`, it grew since an earlier scrape.",
  schema: argSchema,
  check(arg, evidence) {
    const scrape = expositionOf(evidence.it);
    if (typeof scrape === "string") return { undecidable: scrape };
    const named = matching(scrape, { ...(arg.name !== undefined && { name: arg.name }) });
    const found = matching(scrape, arg).filter(
      ({ value }) => arg.value === undefined || evidence.evaluate(arg.value, { value }) === true,
    );
    const at = `${evidence.at} ${arg.name ?? "metrics"}`;
    const { events } = evidence;
    if (found.length === 0 && scrape.cut) return { undecidable: CUT };
    if (found.length === 0 && unread(scrape, arg.name))
      return { undecidable: `lines that may be of ${arg.name ?? "it"} could not be read` };
    if (found.length === 0) return [missing(arg, named, { at, events })];
    if (arg.every === true && found.length < named.length) {
      const others = named.filter(({ series }) => !found.some((sample) => sample.series === series)).slice(0, 20);
      return others.map((sample) => ({
        at: `${at}, line ${sample.line}: ${sample.series}`,
        expected: wordsOf(arg),
        actual: described(sample),
        events,
      }));
    }
    if (arg["moves-after"] === undefined) return [];
    const earlier = evidence.evaluate(arg["moves-after"]);
    const before = expositionOf(earlier);
    if (typeof before === "string") return { undecidable: `${arg["moves-after"]}: ${before}` };
    const then = new Map(matching(before, arg).map((sample) => [keyOf(sample), sample.value]));
    if (found.some((sample) => sample.value > (then.get(keyOf(sample)) ?? 0))) return [];
    if (scrape.cut) return { undecidable: CUT };
    const actual = found.slice(0, 20).map(({ series, value }) => `${series} ${value}`);
    return [{ at, expected: "a higher value than before", actual, events: [...evidence.eventsOf(earlier), ...events] }];
  },
};

/** Was a line refused whose metric may be the one that is looked for? */
function unread({ model }: Exposition, name: string | undefined): boolean {
  if (model.refusedNameless) return true;
  const is = name === undefined ? undefined : glob(name);
  return (
    [...model.refusedNames].some((id) => is?.test(model.names.text(id)) ?? true) ||
    model.families.some(({ refused }, index) => refused && (is?.test(model.familyName(index)) ?? true))
  );
}

function missing(arg: Arg, named: SampleView[], { at, events }: { at: string; events: number[] }): Finding {
  const near = named.slice(0, 5).map(described);
  return { at, expected: wordsOf(arg), actual: near.length === 0 ? "no such metric" : near, events };
}

function described({ series, type, value }: SampleView): string {
  return `${series} ${value} (${type})`;
}

function wordsOf({ name = "any metric", type, labels, value }: Arg): string {
  const parts = [name, type === undefined ? "" : `of type ${type}`];
  if (labels !== undefined) parts.push(`with labels ${JSON.stringify(labels)}`);
  if (value !== undefined) parts.push(`where ${value}`);
  return parts.filter((part) => part !== "").join(" ");
}

function keyOf({ name, labels }: SampleView): string {
  return name + JSON.stringify(Object.entries(labels).sort());
}

function matching(scrape: Exposition, { name, type, labels }: Pick<Arg, "name" | "type" | "labels">): SampleView[] {
  const isName = name === undefined ? undefined : glob(name);
  const wanted = Object.entries(labels ?? {}).map(([label, value]) => ({ label, is: glob(value) }));
  const inFamily = families(scrape).map((family) => isName?.test(family.name) ?? true);
  const { model } = scrape;
  const found: SampleView[] = [];
  for (let i = 0; i < model.samples.count; i++) {
    const family = model.family(i);
    if (type !== undefined && model.families[family]?.type !== type) continue;
    if (inFamily[family] !== true && isName?.test(model.name(i)) !== true) continue;
    const sample = sampleAt(model, i);
    if (wanted.every(({ label, is }) => Object.hasOwn(sample.labels, label) && is.test(sample.labels[label] ?? "")))
      found.push(sample);
  }
  return found;
}

/** `*` is any run of characters, everything else is itself. */
function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.split("*").map(escapeRegex).join("[^]*?")}$`);
}
