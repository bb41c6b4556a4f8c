// Flags with which the PyWatt fixtures are judged.
import type { RunOptions } from "../../src/session/options.ts";

/** Each run has its own range of ports, so that runs side by side do not wait for each other. */
export function pywattOptions(index: number): RunOptions {
  const first = 10_000 + (index % 40) * 450;
  return {
    params: {
      port_first: first,
      port_last: first + 420,
      echo: "/api/echo",
      degrade: "/api/state?healthy=false",
      restore: "/api/state?healthy=true",
    },
    env: { CONFORM_FIXTURE_PORT: String(first) },
  };
}
