// So many pieces of work at once, first come first served.

/** Shared by everything that must not run at the same time more than `count` times. */
export interface Slots {
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function slots(count: number): Slots {
  let free = Math.max(1, count);
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    async run(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
