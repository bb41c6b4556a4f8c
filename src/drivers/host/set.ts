// Runs in the hosted child: several modules in one registry, with a record of who was called when.
import { pathToFileURL } from "node:url";
import { hasParts } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import { Late } from "./calls.ts";
import { build, findExport } from "./find.ts";
import { apply, defineProperty, get } from "./natives.ts";
import type { CallOutcome, FindRule, SetMember } from "./protocol.ts";
import { Registry } from "./registry.ts";
import { describeThrown, type KeptValues, revive } from "./values.ts";

interface Entry {
  member: SetMember;
  instance: object;
}

export interface SetPlan {
  members: SetMember[];
  rules: FindRule[];
  up: string;
  down: string;
  withinMs: number;
  slots: KeptValues;
  /** Rejects when `work` does not settle in time. */
  inTime<T>(work: PromiseLike<T> | T, what: string): Promise<T>;
}

/** What became of each member when it was loaded. */
interface Loaded {
  name: string;
  ok: boolean;
  stub: boolean;
  error?: Json;
}

export class ModuleSet {
  readonly registry: Registry<Entry>;
  /** Every call of the up and down methods, in order, whoever made it. */
  readonly calls: { name: string; member: string }[] = [];
  readonly loaded: Loaded[] = [];
  /** Modules whose methods could not be replaced (frozen): their calls are not in `calls`. */
  readonly unspied: string[] = [];
  readonly #plan: SetPlan;
  /** The first module whose method failed. */
  #failing: string | undefined;
  /** A deadline passed during the command at work; else what failed there failed by itself. */
  #late = false;

  constructor(plan: SetPlan) {
    this.#plan = plan;
    this.registry = new Registry({
      nameOf: ({ member }) => member.name,
      typeOf: ({ instance }) => get(instance, "type"),
      requiresOf: ({ member }) => member.requires,
      up: (entry) => this.#invoke(entry, plan.up),
      down: (entry) => this.#invoke(entry, plan.down),
    });
  }

  /** Imports, builds and registers all members in the given order; goes on past a failure. */
  async load(): Promise<Record<string, Json>> {
    for (const member of this.#plan.members) {
      const stub = member.file === undefined;
      try {
        const instance = await this.#instance(member);
        this.#spy(member.name, instance);
        this.registry.register({ member, instance });
        this.loaded.push({ name: member.name, ok: true, stub });
      } catch (error) {
        this.#late ||= error instanceof Late;
        this.loaded.push({ name: member.name, ok: false, stub, error: { ...describeThrown(error) } });
      }
    }
    const failed = this.loaded.filter(({ ok }) => !ok).map(({ name }) => name);
    return { ...this.#end(failed.length === 0), loaded: this.loaded.map((one) => ({ ...one })), failed };
  }

  async up(): Promise<Record<string, Json>> {
    return this.#all(this.registry.initializeAll());
  }

  async down(): Promise<Record<string, Json>> {
    return this.#all(this.registry.shutdownAll());
  }

  async #all(work: Promise<void>): Promise<Record<string, Json>> {
    const from = this.calls.length;
    let error: Json = null;
    this.#failing = undefined;
    this.#late = false;
    await work.catch((thrown: unknown) => {
      error = { ...describeThrown(thrown instanceof AggregateError ? thrown.errors[0] : thrown) };
    });
    const calls = this.calls.slice(from).map((call) => ({ ...call }));
    const failing = this.#failing;
    return {
      ...this.#end(error === null),
      error,
      calls,
      unspied: this.unspied,
      ...(failing === undefined ? {} : { failing }),
    };
  }

  #end(ok: boolean): { ok: boolean; outcome?: CallOutcome } {
    return ok ? { ok } : { ok, outcome: this.#late ? "pending" : "rejected" };
  }

  async #instance({ file, stub, name, args }: SetMember): Promise<object> {
    const { rules, slots, inTime } = this.#plan;
    let made: unknown;
    if (file === undefined) made = revive({ name, ...(stub as Record<string, Json>) }, slots);
    else {
      const namespace: object = await inTime(import(pathToFileURL(file).href), `import of "${name}"`);
      const found = findExport(namespace, rules);
      if (found.value === undefined) throw new Error(`"${name}" exports no module (${String(found.report.problem)})`);
      made = build(
        found.value,
        args.map((arg) => revive(arg, slots)),
      );
    }
    if (!hasParts(made)) throw new Error(`"${name}" gives no object`);
    return made;
  }

  /** Own properties in place of the methods: a Proxy would break classes with private fields. */
  #spy(name: string, instance: object): void {
    for (const member of [this.#plan.up, this.#plan.down]) {
      const original: unknown = get(instance, member);
      if (typeof original !== "function") continue;
      const spied = defineProperty(instance, member, {
        configurable: true,
        writable: true,
        enumerable: false,
        value: (...args: unknown[]) => {
          this.calls.push({ name, member });
          return original.apply(instance, args);
        },
      });
      if (!spied && !this.unspied.includes(name)) this.unspied.push(name);
    }
  }

  async #invoke({ member, instance }: Entry, method: string): Promise<void> {
    const what = `${method}() of "${member.name}"`;
    const call: unknown = get(instance, method);
    if (typeof call !== "function") throw new Error(`"${member.name}" has no ${method}()`);
    try {
      await this.#plan.inTime(apply(call as () => unknown, instance, []), what);
    } catch (error) {
      this.#failing ??= member.name;
      this.#late ||= error instanceof Late;
      throw new Error(`${what}: ${describeThrown(error).message}`, { cause: error });
    }
  }
}
