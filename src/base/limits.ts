// The bounds of a run (principle: limits on everything). Contracts and users may not raise them; hitting one is an event.

/** Bounds on everything a module can make conform hold or wait for. Bytes, counts and milliseconds. */
export interface Limits {
  lineBytesMax: number;
  streamBytesMax: number;
  linesMax: number;
  bodyBytesMax: number;
  headerBytesMax: number;
  fileBytesMax: number;
  eventsMax: number;
  processesMax: number;
  memoryBytesMax: number;
  /** Requests to a service that conform did not start, over the whole run. */
  serviceRequestsMax: number;
}

const MiB = 1 << 20;

export const defaultLimits: Limits = {
  lineBytesMax: 256 * 1024,
  streamBytesMax: 4 * MiB,
  linesMax: 20_000,
  bodyBytesMax: 8 * MiB,
  headerBytesMax: 16 * 1024,
  fileBytesMax: MiB,
  eventsMax: 50_000,
  processesMax: 256,
  memoryBytesMax: 2048 * MiB,
  serviceRequestsMax: 600,
};
