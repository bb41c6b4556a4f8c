// Families with all that promlint looks at, made from a seed: names, types, help texts, labels.

const WORDS =
  "http request queue seconds bytes total count sum bucket milliseconds kilobytes mebibytes mibibytes bits moles millimoles minutes celsius fahrenheit gauge counter summary histogram gauge_histogram untyped s ms mb d h info created timestamp_seconds nanoSeconds reqDuration x y2 GAUGE Counter microbytes weeks metres meters kelvin kelvins inches decaseconds decimeters petabits".split(
    " ",
  );
const TYPES = ["counter", "gauge", "summary", "histogram", "untyped", "", "gaugehistogram"];
const LABELS = ["a", "b", "method", "statusCode", "le", "quantile", "path", "LE", "camelCase"];
const VALUES = ["1", "x", "v w", "0.5"];
const SUFFIXES = ["", "_sum", "_count", "_bucket", "_gsum", "_gcount"];

/** Bodies of one family each in Prometheus text; expfmt reads all of them as one body too. */
export function familiesOf(seed: number, count: number): string[] {
  const random = generator(seed);
  const taken = new Set<string>();
  return Array.from({ length: count }, () => {
    const lines: string[] = [];
    family(nameOf(random, taken), random, lines);
    return `${lines.join("\n")}\n`;
  });
}

type Random = (below: number) => number;

/** mulberry32: the same numbers everywhere. */
function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function one<T>(list: readonly T[], random: Random): T {
  const found = list[random(list.length)];
  if (found === undefined) throw new Error("empty list");
  return found;
}

function nameOf(random: Random, taken: Set<string>): string {
  let name = Array.from({ length: 1 + random(4) }, () => one(WORDS, random)).join("_");
  if (random(12) === 0) name = name.replace("_", ":");
  const clashes = SUFFIXES.some(
    (suffix) =>
      taken.has(name + suffix) || (name.endsWith(suffix) && taken.has(name.slice(0, -suffix.length || undefined))),
  );
  if (clashes) name += `_f${taken.size}`;
  taken.add(name);
  return name;
}

function labelsOf(random: Random, own: string): string[] {
  const wanted = [0, 0, 1, 1, 2][random(5)] ?? 0;
  const names = new Set<string>();
  while (names.size < wanted) {
    const label = one(LABELS, random);
    if (label !== own) names.add(label);
  }
  return [...names].map((label) => `${label}="${one(VALUES, random)}"`);
}

const braced = (pairs: string[]): string => (pairs.length === 0 ? "" : `{${pairs.join(",")}}`);

function family(name: string, random: Random, lines: string[]): void {
  const type = one(TYPES, random);
  if (random(4) > 0) lines.push(`# HELP ${name}${one([" text", " more text", ""], random)}`);
  if (type !== "") lines.push(`# TYPE ${name} ${type}`);
  const own = type === "summary" ? "quantile" : type.endsWith("histogram") ? "le" : "";
  if (own === "") {
    for (let k = 0; k <= random(3); k++)
      lines.push(`${name}${braced(labelsOf(random, own))} ${one(["1", "2.5", "+Inf"], random)}`);
    return;
  }
  const pairs = labelsOf(random, own);
  if (own === "quantile") lines.push(`${name}${braced([...pairs, 'quantile="0.5"'])} 1`);
  else for (const le of ["1", "+Inf"]) lines.push(`${name}_bucket${braced([...pairs, `le="${le}"`])} 1`);
  lines.push(`${name}_sum${braced(pairs)} 1`, `${name}_count${braced(pairs)} 1`);
}
