// Label sets: read, hashed and checked in one walk over their bytes, without a string per label.
import { Cursor } from "./cursor.ts";
import { labelNamesBefore, QUANTILE_HASH, RESERVED_HASH } from "./label-names.ts";
import { decode, HASH_PRIME, mix, SECOND_PRIME } from "./names.ts";
import { BACKSLASH, BRACE_CLOSE, BRACE_OPEN, COMMA, EQUALS, LF, QUOTE, UNDERSCORE } from "./numbers.ts";

/** The cursor of one body, with the facts of the label set read last. */
export class Scanner extends Cursor {
  /** Number of the sample's name in the model. */
  nameId = -1;
  /** Family of the sample stored last; -1: none. */
  storedFamily = -1;
  /** Sums over the labels of the last label set. */
  sumA = 0;
  sumB = 0;
  shape = 0;
  /** The labels `le` and `quantile`: bytes of the value, -1: absent; and their share in the sums. */
  leAt = -1;
  leEnd = -1;
  leA = 0;
  leB = 0;
  quantileAt = -1;
  quantileEnd = -1;
  quantileA = 0;
  quantileB = 0;
  /** Opening brace of the current set; hashes of its label names, to see repeated ones. */
  private setAt = 0;
  private labelCount = 0;
  private readonly labelHash = new Int32Array(64);
  private seen: Set<string> | undefined;

  /** Gives the name read last its number. */
  internName(): void {
    this.nameId = this.model.names.intern(this.nameAt, this.nameEnd, this.nameHash);
  }

  /** A series whose first byte is at the cursor: bare or quoted name, labels. Cursor and `nameId` are set by it. */
  series(): boolean {
    const { bytes, strict } = this;
    const start = this.at;
    this.resetLabels();
    if (bytes[start] === BRACE_OPEN) {
      if (!this.labels(false)) return false;
      this.internName();
      return true;
    }
    if (!this.bareName()) return this.problem("metric-name", start, "a metric name, # or {");
    this.internName();
    if (!strict) this.skipBlanks();
    if (bytes[this.at] === BRACE_OPEN) return this.labels(true);
    this.at = this.nameEnd;
    return true;
  }

  resetLabels(): void {
    this.sumA = 0;
    this.sumB = 0;
    this.shape = 0;
    this.leAt = -1;
    this.quantileAt = -1;
    this.labelCount = 0;
    this.seen = undefined;
  }

  /**
   * A label set, cursor on its brace. `named`: the metric's name is known already; else one quoted string without value
   * is the name, and `nameAt` is set by it.
   */
  labels(named: boolean): boolean {
    const { bytes, strict } = this;
    this.setAt = this.at;
    let metricAt = named ? this.nameAt : -1;
    let metricEnd = this.nameEnd;
    let metricHash = this.nameHash;
    this.at++;
    for (let first = true; ; first = false) {
      if (!strict) this.skipBlanks();
      const c = bytes[this.at] ?? LF;
      if (c === BRACE_CLOSE && (first || !strict)) break;
      const quoted = c === QUOTE;
      if (quoted ? !this.quotedName("label-name") : !this.bareLabelName()) return false;
      if (!strict) this.skipBlanks();
      if (bytes[this.at] === EQUALS) {
        this.at++;
        if (!this.labelValue()) return false;
      } else if (quoted && metricAt < 0 && (first || this.model.format === "openmetrics")) {
        metricAt = this.nameAt;
        metricEnd = this.nameEnd;
        metricHash = this.nameHash;
      } else return this.problem(quoted && !named ? "metric-name" : "syntax", this.at, "= after the label name");
      if (!strict) this.skipBlanks();
      const next = bytes[this.at] ?? LF;
      if (next === BRACE_CLOSE) break;
      if (next !== COMMA) return this.problem("syntax", this.at, "a comma or } after the label");
      this.at++;
    }
    if (metricAt < 0) return this.problem("metric-name", this.at, "a metric name");
    this.at++;
    this.nameAt = metricAt;
    this.nameEnd = metricEnd;
    this.nameHash = metricHash;
    return true;
  }

  /** `"value"` after the equals sign, for the label name read last. */
  private labelValue(): boolean {
    const { bytes, strict, nameHash } = this;
    if (!strict) this.skipBlanks();
    const start = this.at + 1;
    if (bytes[this.at] !== QUOTE) return this.problem("label-value", this.at, 'a label value in double quotes (")');
    let a = nameHash ^ 0xff;
    let b = nameHash ^ 0x55aa;
    let i = start;
    for (;;) {
      const c = bytes[i] ?? LF;
      if (c === QUOTE) break;
      if (c === LF) return this.problem("label-value", i, 'a closing quote (") on the same line');
      a = Math.imul(a ^ c, HASH_PRIME);
      b = Math.imul(b ^ c, SECOND_PRIME);
      i++;
      if (c === BACKSLASH) {
        const escaped = bytes[i] ?? LF;
        if (escaped !== BACKSLASH && escaped !== QUOTE && escaped !== 110) {
          if (!strict || escaped === LF) return this.problem("escape", i - 1, 'one of \\\\, \\", \\n');
          // OpenMetrics: a lone backslash means itself, so hash it like the escaped one.
          a = Math.imul(a ^ c, HASH_PRIME);
          b = Math.imul(b ^ c, SECOND_PRIME);
        }
        a = Math.imul(a ^ escaped, HASH_PRIME);
        b = Math.imul(b ^ escaped, SECOND_PRIME);
        i++;
      }
    }
    this.at = i + 1;
    return this.addLabel(start, i, mix(a), mix(b));
  }

  private addLabel(valueAt: number, valueEnd: number, a: number, b: number): boolean {
    const { bytes, nameAt, nameHash } = this;
    const length = this.nameEnd - nameAt;
    if (!this.newLabel()) return false;
    this.sumA = (this.sumA + a) | 0;
    this.sumB = (this.sumB + b) | 0;
    this.shape = (this.shape + mix(nameHash)) | 0;
    if (length === 2 && bytes[nameAt] === 108 && bytes[nameAt + 1] === 101) {
      this.leAt = valueAt;
      this.leEnd = valueEnd;
      this.leA = a;
      this.leB = b;
    } else if (length === 8 && nameHash === QUANTILE_HASH && decode(bytes, nameAt, this.nameEnd) === "quantile") {
      this.quantileAt = valueAt;
      this.quantileEnd = valueEnd;
      this.quantileA = a;
      this.quantileB = b;
    } else if (length === 8 && nameHash === RESERVED_HASH && decode(bytes, nameAt, this.nameEnd) === "__name__") {
      return this.problem("reserved-label", nameAt, "a label name other than __name__");
    } else if (bytes[nameAt] === UNDERSCORE && this.strict) {
      this.reservedName(nameAt, this.nameEnd);
    }
    return true;
  }

  /** Remembers the label name just read; false and a problem when this label set has it already. */
  private newLabel(): boolean {
    const { labelHash, nameHash } = this;
    const count = this.labelCount++;
    let repeated = false;
    if (count < labelHash.length) {
      for (let k = 0; k < count; k++) if (labelHash[k] === nameHash) repeated = true;
      labelHash[count] = nameHash;
      if (!repeated) return true;
    }
    const name = decode(this.bytes, this.nameAt, this.nameEnd);
    if (count < labelHash.length) {
      // Equal hashes are almost surely equal names, but only the names decide.
      if (!this.namesSoFar().has(name)) return true;
    } else {
      this.seen ??= this.namesSoFar();
      if (!this.seen.has(name)) {
        this.seen.add(name);
        return true;
      }
    }
    return this.problem("duplicate-label", this.nameAt, "each label once");
  }

  private namesSoFar(): Set<string> {
    return labelNamesBefore(this.bytes, this.setAt + 1, this.nameAt);
  }
}
