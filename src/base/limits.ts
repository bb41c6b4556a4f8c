// The bounds of a run (principle: limits on everything). Contracts and users may not raise them; hitting one is an event.
import type { Limits } from "../drive/verbs/verb.ts";

const MiB = 1 << 20;

export const defaultLimits: Limits = {
  lineBytesMax: 256 * 1024,
  streamBytesMax: 4 * MiB,
  linesMax: 20_000,
  bodyBytesMax: 16 * MiB,
  headerBytesMax: 16 * 1024,
  fileBytesMax: MiB,
  eventsMax: 50_000,
  processesMax: 256,
  memoryBytesMax: 2048 * MiB,
  serviceRequestsMax: 600,
};
