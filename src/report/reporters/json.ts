// The report itself as JSON; its shape is published as reports/report.schema.json.

import { visibleJson } from "../../base/visible.ts";
import type { Report } from "../types.ts";
import type { Reporter } from "./reporter.ts";

export const reporter: Reporter = {
  name: "json",
  fileName: "report.json",
  render: (report: Report) => `${visibleJson(JSON.stringify(report, null, 2))}\n`,
};
