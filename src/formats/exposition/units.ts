// The words of metric names, and which of them are units to promlint.

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

/** No underscore is a letter: what holds of a name holds of one of its words. */
export const CAMEL_CASE = /[a-z][A-Z]/;

/** A word of a name, and what it is as a unit. */
export interface Word {
  text: string;
  lowerCase: string;
  /** Is it written in camelCase? */
  camel: boolean;
  /** The base unit to use; undefined: no unit. */
  base: string | undefined;
  abbreviation: boolean;
}

/** The first unit in a metric name that is no base unit, with the base unit to use; undefined when the first unit is one. */
export function nonBase(words: readonly Word[]): { unit: string; base: string } | undefined {
  const unit = words.find(({ base }) => base !== undefined);
  return unit?.base === undefined || unit.base === unit.text ? undefined : { unit: unit.text, base: unit.base };
}

/** Remembers the words of one lint pass: names share most of them. */
export class Words {
  private readonly words = new Map<string, Word>();

  /** The words of a name, in order. */
  of(name: string): Word[] {
    const words: Word[] = [];
    let at = 0;
    for (let end = name.indexOf("_"); end >= 0; end = name.indexOf("_", at)) {
      words.push(this.word(name.slice(at, end)));
      at = end + 1;
    }
    words.push(this.word(name.slice(at)));
    return words;
  }

  private word(text: string): Word {
    const known = this.words.get(text);
    if (known !== undefined) return known;
    const lowerCase = text.toLowerCase();
    const word = {
      text,
      lowerCase,
      camel: CAMEL_CASE.test(text),
      base: UNITS.get(text) ?? UNITS.get(text.replace(PREFIXES, "")),
      abbreviation: ABBREVIATIONS.has(lowerCase),
    };
    if (this.words.size < WORDS_MAX) this.words.set(text, word);
    return word;
  }
}
