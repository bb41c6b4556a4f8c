// The one table of flags: what each takes, what help says of it, which commands take it, and whether it is a key of conform.yaml.
import { flagsOfCommands } from "./flags-of-commands.ts";
import { flagsOfFleets } from "./flags-of-fleets.ts";
import { flagsOfRuns } from "./flags-of-runs.ts";

/** By name; help lists them in this order. */
export const flags = { ...flagsOfRuns, ...flagsOfFleets, ...flagsOfCommands } as const;
