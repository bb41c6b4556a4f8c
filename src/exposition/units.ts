// Units as the lint of `promtool check metrics` knows them.

/** Unit -> the base unit to use. */
const UNITS = new Map(
  Object.entries({
    amperes: "amperes",
    bytes: "bytes",
    celsius: "celsius",
    grams: "grams",
    joules: "joules",
    kelvin: "kelvin",
    meters: "meters",
    metres: "metres",
    moles: "moles",
    seconds: "seconds",
    volts: "volts",
    minutes: "seconds",
    hours: "seconds",
    days: "seconds",
    weeks: "seconds",
    kelvins: "kelvin",
    fahrenheit: "celsius",
    rankine: "celsius",
    inches: "meters",
    yards: "meters",
    miles: "meters",
    bits: "bytes",
    calories: "joules",
    pounds: "grams",
    ounces: "grams",
  }),
);

const PREFIXES = /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)/;

const ABBREVIATIONS = new Set(["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"]);

/** The first unit in a metric name that is no base unit, with the base unit to use; undefined when the first unit is one. */
export function nonBaseUnit(name: string): { unit: string; base: string } | undefined {
  for (const word of name.split("_")) {
    const base = UNITS.get(word) ?? UNITS.get(word.replace(PREFIXES, ""));
    if (base !== undefined) return base === word ? undefined : { unit: word, base };
  }
  return undefined;
}

/** Abbreviated units that stand as words in the name, after the first word. */
export function abbreviatedUnits(name: string): string[] {
  return name
    .toLowerCase()
    .split("_")
    .slice(1)
    .filter((word) => ABBREVIATIONS.has(word));
}
