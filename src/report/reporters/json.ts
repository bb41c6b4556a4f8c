// The report itself as JSON; its shape is published as reports/report.schema.json.

import { visibleJson } from "../../base/visible.ts";
import type { Report } from "../types.ts";
import type { Reporter, Stream, StreamFrame } from "./reporter.ts";

export const reporter: Reporter = {
  name: "json",
  fileName: "report.json",
  render: (report: Report) => `${visibleJson(JSON.stringify(report, null, 2))}\n`,
  stream,
};

/** A large report has one module a line, so that it can be read a line at a time; a text of more than 512 MiB is none to JavaScript. */
function stream({ modules, ...facts }: StreamFrame): Stream {
  return {
    head: `${visibleJson(JSON.stringify(facts)).slice(0, -1)},"modules":[\n`,
    module: (module, index, json) =>
      `${visibleJson(json ?? JSON.stringify(module))}${index === modules.length - 1 ? "" : ","}\n`,
    tail: (verdict) => `],"verdict":${visibleJson(JSON.stringify(verdict))}}\n`,
  };
}
