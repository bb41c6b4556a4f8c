// The head of a contract: all that choosing one needs. Types only, no code.
import type { Contract, TargetKind } from "../base/types.ts";

/** What choosing a contract needs. */
export interface ContractHead {
  name: string;
  version: string;
  title: string;
  targets: TargetKind[];
  detect: { files: string[] };
  load(): Contract;
}
