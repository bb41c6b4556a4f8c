// Units as promlint knows them.

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

const PREFIXES = /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mebi|giga|gibi|tera|tebi|peta|pebi)/;

const WORDS_MAX = 10_000;

const ABBREVIATIONS = new Set(["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"]);

/** What a word of a name is as a unit. */
interface Word {
  /** The base unit to use; undefined: no unit. */
  base: string | undefined;
  abbreviation: boolean;
}

/** Remembers the words of one lint pass: names share most of them. */
export class Units {
  private readonly words = new Map<string, Word>();

  /** The first unit in a metric name that is no base unit, with the base unit to use; undefined when the first unit is one. */
  nonBase(name: string): { unit: string; base: string } | undefined {
    for (const text of name.split("_")) {
      const { base } = this.word(text);
      if (base !== undefined) return base === text ? undefined : { unit: text, base };
    }
    return undefined;
  }

  /** Abbreviated units that stand as words in the name, after the first word. */
  abbreviated(name: string): string[] {
    return name
      .split("_")
      .slice(1)
      .filter((text) => this.word(text).abbreviation);
  }

  private word(text: string): Word {
    const known = this.words.get(text);
    if (known !== undefined) return known;
    const word = {
      base: UNITS.get(text) ?? UNITS.get(text.replace(PREFIXES, "")),
      abbreviation: ABBREVIATIONS.has(text.toLowerCase()),
    };
    if (this.words.size < WORDS_MAX) this.words.set(text, word);
    return word;
  }
}
