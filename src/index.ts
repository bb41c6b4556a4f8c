// The public API, by name; the only barrel.
export { loadContract } from "./contract.ts";
export { findContract, shippedContracts } from "./contracts.ts";
export { ContractError, UnreachableError, UsageError } from "./errors.ts";
export { readContractFiles } from "./io.ts";
export type { RunOptions } from "./options.ts";
export { moduleReport } from "./report.ts";
export type * from "./report-types.ts";
export { type RunResult, type RunWatcher, runModule } from "./run.ts";
export { judgeModule, type Prepared, prepare, withPeers } from "./session.ts";
export type * from "./types.ts";
export { verdictOf, verdictOfAll } from "./verdict.ts";
export { version } from "./version.ts";
