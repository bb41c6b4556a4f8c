// The public API, by name; the only barrel. Names that end in `_ms` or `Ms` are milliseconds; `t`, `from`, `to` seconds since the run's start;
// `started` is ISO 8601 in UTC; `bytes` and names that end in `bytes` or `BytesMax` are bytes. Whatever else is meant is said where it stands.

export { type Complaint, ContractError, ResourceError, UnreachableError, UsageError } from "./base/errors.ts";
export type * from "./base/events.ts";
export type * from "./base/judged.ts";
export type * from "./base/transcript.ts";
export type * from "./base/types.ts";
export { version } from "./base/version.ts";
export { type ContractFiles, readContractFiles } from "./contract/files.ts";
export { type Baseline, type BaselineEntry, parseBaseline } from "./judge/baseline.ts";
export type { Case } from "./judge/judge.ts";
export { judgeLooks } from "./judge/looks.ts";
export { type Circumstances, type Interruption, verdictOf, verdictOfAll } from "./judge/verdict.ts";
export { type Badge, type BadgeFrame, badgeOf, endpointOf } from "./report/badge.ts";
export { type Change, type Delta, deltaOf, type ModuleDelta, type Turn } from "./report/diff.ts";
export { parseReport } from "./report/read.ts";
export { loadReporter, reporterNames } from "./report/reporters/registry.ts";
export type { RenderOptions, Reporter, Stream, StreamFrame } from "./report/reporters/reporter.ts";
export { formatTranscript, parseTranscript } from "./report/transcript.ts";
export type * from "./report/types.ts";
export { findContract, loadContract, shippedContracts } from "./session/contracts.ts";
export type { RunOptions } from "./session/options.ts";
export { moduleReport, type ReportInput, type RunTimes, runReport } from "./session/report.ts";
export { type AgainRun, type RunInput, type RunResult, type RunWatcher, runModule } from "./session/run.ts";
export { judgeModule, type Prepared, prepare, withPeers } from "./session/session.ts";
