// The public API, by name; the only barrel. Times in names: `_ms` milliseconds, `t` seconds since the run's start, `started` ISO 8601 in UTC.

export { ContractError, UnreachableError, UsageError } from "./base/errors.ts";
export type * from "./base/events.ts";
export type * from "./base/judged.ts";
export type * from "./base/transcript.ts";
export type * from "./base/types.ts";
export { version } from "./base/version.ts";
export { type ContractFiles, readContractFiles } from "./contract/files.ts";
export { type Baseline, type BaselineEntry, parseBaseline } from "./judge/baseline.ts";
export type { Case } from "./judge/judge.ts";
export { judgeLooks } from "./judge/looks.ts";
export { verdictOf, verdictOfAll } from "./judge/verdict.ts";
export { type Badge, badgeOf, endpointOf } from "./report/badge.ts";
export { type Delta, deltaOf, type ModuleDelta, type Turn } from "./report/diff.ts";
export { parseReport } from "./report/read.ts";
export { loadReporter, reporterNames } from "./report/reporters/registry.ts";
export type { RenderOptions, Reporter } from "./report/reporters/reporter.ts";
export { formatTranscript, parseTranscript } from "./report/transcript.ts";
export type * from "./report/types.ts";
export { findContract, loadContract, shippedContracts } from "./session/contracts.ts";
export type { RunOptions } from "./session/options.ts";
export { moduleReport, type ReportInput, type RunTimes, runReport } from "./session/report.ts";
export { type RunInput, type RunResult, type RunWatcher, runModule } from "./session/run.ts";
export { judgeModule, type Prepared, prepare, withPeers } from "./session/session.ts";
