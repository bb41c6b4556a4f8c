// What plans run in: a scope, and slots for the names that macros bind.

/** What a plan runs in: the scope's values by name, and the values of macros' names. */
export interface Frame {
  scope: Record<string, unknown>;
  slots: unknown[];
}
export type Planned = (frame: Frame) => unknown;

/** Names that macros have bound, each with its slot. */
export interface BoundNames {
  slots: ReadonlyMap<string, number>;
}

/** A further name, which hides an outer one of the same name. */
export function bound(names: BoundNames, name: string): { slot: number; inner: BoundNames } {
  const slot = names.slots.size === 0 ? 0 : Math.max(...names.slots.values()) + 1;
  return { slot, inner: { slots: new Map([...names.slots, [name, slot]]) } };
}
