// The public API, by name; the only barrel.

export { ContractError, UnreachableError, UsageError } from "./base/errors.ts";
export type * from "./base/types.ts";
export { version } from "./base/version.ts";
export { readContractFiles } from "./contract/files.ts";
export { verdictOf, verdictOfAll } from "./judge/verdict.ts";
export type * from "./report/types.ts";
export { findContract, loadContract, shippedContracts } from "./session/contracts.ts";
export type { RunOptions } from "./session/options.ts";
export { moduleReport } from "./session/report.ts";
export { type RunResult, type RunWatcher, runModule } from "./session/run.ts";
export { judgeModule, type Prepared, prepare, withPeers } from "./session/session.ts";
