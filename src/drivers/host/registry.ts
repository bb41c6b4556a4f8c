// A registry of modules as a host keeps it: unique names, order by requirements, one after another, down in reverse. No effects of its own.

/** How a registry looks at its modules. */
export interface RegistryWords<M> {
  nameOf(module: M): string;
  typeOf(module: M): unknown;
  requiresOf(module: M): string[];
  up(module: M): Promise<void>;
  down(module: M): Promise<void>;
}

/** Why a set of modules has no order. */
export class OrderError extends Error {
  override name = "OrderError";
}

export interface RegistryItem {
  name: string;
  requires: string[];
}

/**
 * Names in an order in which each comes after what it requires; ties in the given order.
 * Throws OrderError on an absent name (naming both) and on a cycle (listing it).
 */
export function requirementOrder(items: RegistryItem[]): string[] {
  const byName = new Map(items.map((item) => [item.name, item]));
  const order: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (item: RegistryItem): void => {
    if (done.has(item.name)) return;
    const from = path.indexOf(item.name);
    if (from >= 0) throw new OrderError(`circular dependency: ${[...path.slice(from), item.name].join(" -> ")}`);
    path.push(item.name);
    for (const required of item.requires) {
      const next = byName.get(required);
      if (next === undefined) throw new OrderError(`"${item.name}" requires "${required}", which is not registered`);
      visit(next);
    }
    path.pop();
    done.add(item.name);
    order.push(item.name);
  };
  for (const item of items) visit(item);
  return order;
}

/** One cycle among the items, as a list that ends where it began; loops of one are left out. */
export function findCycle(items: RegistryItem[], through?: string): string[] | undefined {
  const byName = new Map(items.map((item) => [item.name, item]));
  const starts = through === undefined ? items.map((item) => item.name) : [through];
  for (const start of starts) {
    // Breadth first from `start` back to itself: the shortest cycle reads best.
    const from = new Map<string, string>();
    const queue = [start];
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      for (const next of byName.get(name)?.requires ?? []) {
        if (next === name || !byName.has(next)) continue;
        if (next === start) return cyclePath(from, start, name);
        if (from.has(next)) continue;
        from.set(next, name);
        queue.push(next);
      }
    }
  }
  return undefined;
}

function cyclePath(from: Map<string, string>, start: string, last: string): string[] {
  const path = [start];
  for (let at: string | undefined = last; at !== undefined && at !== start; at = from.get(at)) path.unshift(at);
  return [start, ...path];
}

export class Registry<M> {
  readonly #modules = new Map<string, M>();
  readonly #words: RegistryWords<M>;
  /** Names in the order in which they came up. */
  #up: string[] = [];

  constructor(words: RegistryWords<M>) {
    this.#words = words;
  }

  /** Throws when the name is taken. */
  register(module: M): void {
    const name = this.#words.nameOf(module);
    if (this.#modules.has(name)) throw new Error(`"${name}" is already registered`);
    this.#modules.set(name, module);
  }

  get(name: string): M | undefined {
    return this.#modules.get(name);
  }

  getByType(type: unknown): M[] {
    return [...this.#modules.values()].filter((module) => this.#words.typeOf(module) === type);
  }

  /** One after another, requirements first. On the first failure the ones that are up go down again, in reverse; then it rejects. */
  async initializeAll(): Promise<void> {
    const items = [...this.#modules].map(([name, module]) => ({ name, requires: this.#words.requiresOf(module) }));
    for (const name of requirementOrder(items)) {
      const module = this.#modules.get(name);
      if (module === undefined) continue;
      try {
        await this.#words.up(module);
        this.#up.push(name);
      } catch (error) {
        await this.#down().catch(() => undefined);
        throw error;
      }
    }
  }

  /** In reverse order, each awaited; all are called before the errors are thrown together. Empty afterwards. */
  async shutdownAll(): Promise<void> {
    try {
      await this.#down();
    } finally {
      this.#modules.clear();
    }
  }

  async #down(): Promise<void> {
    const errors: unknown[] = [];
    for (const name of this.#up.reverse()) {
      const module = this.#modules.get(name);
      if (module !== undefined) await this.#words.down(module).catch((error: unknown) => errors.push(error));
    }
    this.#up = [];
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} modules did not shut down`);
  }
}
