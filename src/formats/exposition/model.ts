// What a parsed exposition is: families and samples in columns over the unchanged body.
import type { Buffer } from "node:buffer";
import type { Format } from "./catalogue.ts";
import { decode, Names, unescaped } from "./names.ts";
import { type Composite, type Exemplars, Samples } from "./samples.ts";

export type FamilyType =
  | "counter"
  | "gauge"
  | "histogram"
  | "gaugehistogram"
  | "summary"
  | "info"
  | "stateset"
  | "unknown";

/** What a sample is in its family, by the end of its name. */
export const ROLES = ["", "_total", "_created", "_count", "_sum", "_bucket", "_gcount", "_gsum", "_info"] as const;
export type Role = (typeof ROLES)[number];

/** One family. `first` and lines are -1 where there is none. */
export interface Family {
  /** Number of its name in `Model.names`. */
  nameId: number;
  type: FamilyType;
  /** The type was written, not assumed. */
  typed: boolean;
  /** Line of the first mention. */
  line: number;
  typeLine: number;
  helpLine: number;
  unitLine: number;
  /** Help text as bytes of the body, escapes included. */
  helpAt: number;
  helpEnd: number;
  unit: string;
  samples: number;
  /** First sample. */
  first: number;
  /** First sample that stands apart from the others. */
  splitAt: number;
  splits: number;
  /** A line of the family was refused: no rule may call something of it absent. */
  refused: boolean;
  /** Another family that comes to have the same name, in OpenMetrics; -1: none. */
  clash: number;
}

/** One place where the body breaks the grammar. Columns count characters from 1. */
export interface Problem {
  id: string;
  line: number;
  column: number;
  expected: string;
  found: string;
  /** The line, cut to a window around the column. */
  text: string;
  /** Offset in the body. */
  at: number;
  series?: string;
  family?: string;
}

export interface Label {
  name: string;
  value: string;
}

export class Model {
  readonly bytes: Buffer;
  readonly format: Format;
  readonly names: Names;
  readonly samples: Samples;
  readonly exemplars: Exemplars = { sample: [], at: [], end: [], value: [], time: [] };
  /** Composite values and start timestamps (seconds) of OpenMetrics 2.0, by sample. */
  readonly composites = new Map<number, Composite>();
  readonly starts = new Map<number, number>();
  readonly families: Family[] = [];
  readonly problems: Problem[] = [];
  /** All problems by id, also those beyond the bound of the list. */
  readonly problemCounts = new Map<string, number>();
  lines = 0;
  /** The body was cut: what is not there may have stood behind the cut. */
  cut = false;
  /** Family and role by name number; family -1: the name was not resolved. */
  familyOf: Int32Array = new Int32Array(64).fill(-1);
  roleOf: Uint8Array = new Uint8Array(64);
  /** First line that is longer than 1 MiB, or -1. */
  longLine = -1;
  /** Names of lines that were refused; a line whose name could not be read was among them. */
  readonly refusedNames = new Set<number>();
  refusedNameless = false;
  /** First line with a name that must stand in quotes. */
  quotedLine = -1;
  quotedName = "";
  /** Names that begin with an underscore although OpenMetrics keeps such names for itself. Bounded. */
  readonly reserved: { line: number; name: string }[] = [];
  /** Pairs of rows with one series, later and earlier, flat; undefined: not looked for yet. */
  repeated: number[] | undefined;
  /** Names of families in other letter case than the format's words. */
  readonly typeCase: { family: number; line: number; word: string }[] = [];
  /** HELP, TYPE or UNIT after samples of the family; `apart`: after lines of other families too. */
  readonly lateMetadata: { family: number; line: number; word: string; apart: boolean }[] = [];

  constructor(bytes: Buffer, format: Format) {
    this.bytes = bytes;
    this.format = format;
    this.names = new Names(bytes);
    this.samples = new Samples(bytes.length);
  }

  /** Family of sample `i`. */
  family(i: number): number {
    return this.familyOf[this.samples.name[i] ?? 0] ?? -1;
  }

  role(i: number): Role {
    return ROLES[this.roleOf[this.samples.name[i] ?? 0] ?? 0] ?? "";
  }

  familyName(family: number): string {
    const found = this.families[family];
    return found === undefined ? "" : this.names.text(found.nameId);
  }

  help(family: Family): string | undefined {
    return family.helpAt < 0 ? undefined : unescaped(decode(this.bytes, family.helpAt, family.helpEnd));
  }

  /** Name of sample `i`. */
  name(i: number): string {
    return this.names.text(this.samples.name[i] ?? 0);
  }

  /** Series of sample `i` as written, cut to 300 bytes. */
  series(i: number): string {
    const at = this.samples.at[i] ?? 0;
    const end = this.samples.end[i] ?? 0;
    return end - at > 300 ? `${decode(this.bytes, at, at + 300)}…` : decode(this.bytes, at, end);
  }

  labels(i: number): Label[] {
    return readLabels(decode(this.bytes, this.samples.at[i] ?? 0, this.samples.end[i] ?? 0));
  }

  setFamily(nameId: number, family: number, role: number): void {
    if (nameId >= this.familyOf.length) {
      const size = Math.max(nameId + 1, this.familyOf.length * 2);
      const families = new Int32Array(size).fill(-1);
      families.set(this.familyOf);
      const roles = new Uint8Array(size);
      roles.set(this.roleOf);
      this.familyOf = families;
      this.roleOf = roles;
    }
    this.familyOf[nameId] = family;
    this.roleOf[nameId] = role;
  }

  addFamily(nameId: number, line: number): number {
    this.families.push({
      nameId,
      type: "unknown",
      typed: false,
      line,
      typeLine: -1,
      helpLine: -1,
      unitLine: -1,
      helpAt: -1,
      helpEnd: -1,
      unit: "",
      samples: 0,
      first: -1,
      splitAt: -1,
      splits: 0,
      refused: false,
      clash: -1,
    });
    const family = this.families.length - 1;
    this.setFamily(nameId, family, 0);
    return family;
  }
}

const LABEL = /(?:"((?:[^"\\]|\\[\s\S])*)"|([A-Za-z_][A-Za-z0-9_]*))[ \t]*(=?)[ \t]*(?:"((?:[^"\\]|\\[\s\S])*)")?/g;

/** Labels of a series that the scanner accepted: `name{a="b"}` or `{"name",a="b"}` or `{a="b"}`. */
export function readLabels(series: string): Label[] {
  const open = series.indexOf("{");
  if (open < 0) return [];
  const labels: Label[] = [];
  for (const [, quoted, bare, equals, value] of series.slice(open + 1).matchAll(LABEL)) {
    if (equals === "=")
      labels.push({ name: quoted === undefined ? (bare ?? "") : unescaped(quoted), value: unescaped(value ?? "") });
  }
  return labels;
}
