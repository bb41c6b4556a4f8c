// The values of flags, worked out from their table: on the command line and in conform.yaml. Types only.
import type { Json } from "../base/types.ts";
import type { flags } from "./flags.ts";

type FlagTable = typeof flags;

type OnTheLine<T> = T extends "yes"
  ? boolean
  : T extends "texts" | "pairs" | "settings"
    ? string[]
    : T extends "whole" | "number" | "factor" | "mode"
      ? number
      : T extends "file-or-no"
        ? string | false
        : T extends readonly (infer Choice)[]
          ? Choice
          : string;

export type InTheFile<T> = T extends "line"
  ? string | string[]
  : T extends "pairs"
    ? Record<string, string>
    : T extends "settings"
      ? Record<string, Json>
      : T extends "mode"
        ? string
        : OnTheLine<T>;

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;

type Names = keyof FlagTable & string;
type On<C, N extends Names> = FlagTable[N]["on"] extends infer All ? (C extends keyof All ? All[C] : never) : never;
type TakenBy<C> = { [N in Names]: C extends keyof FlagTable[N]["on"] ? N : never }[Names];
/** Those of a command that it always has. */
type Sure<C> = {
  [N in TakenBy<C>]: On<C, N> extends { required: true } | { default: string | number } ? N : never;
}[TakenBy<C>];
type TypeOn<C, N extends Names> = On<C, N> extends { type: infer T } ? T : FlagTable[N]["type"];

/** Every command that takes flags. */
export type CommandName = { [N in Names]: keyof FlagTable[N]["on"] }[Names] & string;

/** The flags of a command as it gets them: names in camel case, times in seconds. */
export type FlagsOf<C extends CommandName> = { [N in Sure<C> as Camel<N>]: OnTheLine<TypeOn<C, N>> } & {
  [N in Exclude<TakenBy<C>, Sure<C>> as Camel<N>]?: OnTheLine<TypeOn<C, N>>;
};

type Keys = { [N in Names]: FlagTable[N] extends { key: true | string } ? N : never }[Names];

/** What stands in conform.yaml, once read. Paths are absolute once settled. `timeout`: seconds. */
export type Config = { [N in Keys]?: InTheFile<FlagTable[N]["type"]> | undefined };
