// Samples in columns: one typed array per fact, one row per sample, text left in the body.

/** Row `i` of every column describes sample `i`, in the order of the body. Grows by half. */
export class Samples {
  count = 0;
  /** Bytes [at, end) of the body are the series as written: name and labels. */
  at: Uint32Array;
  end: Uint32Array;
  line: Uint32Array;
  /** Interned name of the sample. */
  name: Uint32Array;
  value: Float64Array;
  /** NaN: none. Milliseconds in Prometheus text, seconds in OpenMetrics. */
  time: Float64Array;
  /** `le` of a bucket or `quantile`; NaN: none. */
  bound: Float64Array;
  /** 64-bit hash of name and labels, whatever the order of the labels. */
  seriesA: Int32Array;
  seriesB: Int32Array;
  /** 64-bit hash of the labels without `le` (histograms) or `quantile` (summaries). */
  groupA: Int32Array;
  groupB: Int32Array;
  /** Hash of the label names alone. */
  shape: Int32Array;

  constructor(bodyBytes: number) {
    const rows = Math.max(64, Math.min(1 << 20, Math.ceil(bodyBytes / 64)));
    this.at = new Uint32Array(rows);
    this.end = new Uint32Array(rows);
    this.line = new Uint32Array(rows);
    this.name = new Uint32Array(rows);
    this.value = new Float64Array(rows);
    this.time = new Float64Array(rows);
    this.bound = new Float64Array(rows);
    this.seriesA = new Int32Array(rows);
    this.seriesB = new Int32Array(rows);
    this.groupA = new Int32Array(rows);
    this.groupB = new Int32Array(rows);
    this.shape = new Int32Array(rows);
  }

  /** Number of a new row; its columns are to be filled by the caller. */
  add(): number {
    if (this.count === this.at.length) this.grow(Math.ceil(this.count * 1.5));
    return this.count++;
  }

  private grow(rows: number): void {
    const words = (old: Uint32Array): Uint32Array => {
      const next = new Uint32Array(rows);
      next.set(old);
      return next;
    };
    const ints = (old: Int32Array): Int32Array => {
      const next = new Int32Array(rows);
      next.set(old);
      return next;
    };
    const floats = (old: Float64Array): Float64Array => {
      const next = new Float64Array(rows);
      next.set(old);
      return next;
    };
    this.at = words(this.at);
    this.end = words(this.end);
    this.line = words(this.line);
    this.name = words(this.name);
    this.value = floats(this.value);
    this.time = floats(this.time);
    this.bound = floats(this.bound);
    this.seriesA = ints(this.seriesA);
    this.seriesB = ints(this.seriesB);
    this.groupA = ints(this.groupA);
    this.groupB = ints(this.groupB);
    this.shape = ints(this.shape);
  }
}

/** Exemplars, rare and only in OpenMetrics: row `k` belongs to sample `sample[k]`. */
export interface Exemplars {
  sample: number[];
  /** Bytes [at, end) are the labels with their braces. */
  at: number[];
  end: number[];
  value: number[];
  /** Seconds; NaN: none. */
  time: number[];
}

/** Native buckets of one sign: [offset, length] of each span, counts in order. */
export interface Side {
  spans: [number, number][];
  buckets: number[];
}

/** Counts as written; classic buckets cumulative, native ones not. */
export interface Composite {
  kind: "histogram" | "gaugehistogram" | "summary";
  count: number;
  sum: number;
  /** Classic buckets: upper bounds and counts. */
  bounds?: number[];
  counts?: number[];
  native?: Native;
  quantiles?: number[];
  values?: number[];
}

export interface Native {
  schema: number;
  /** Upper limit of the zero bucket, and its count. */
  threshold: number;
  zero: number;
  negative?: Side;
  positive?: Side;
}
