// What is wrong with an answer as a whole, before its first line: content type, encoding, promises about names.
import type { Findings } from "./findings.ts";
import { contentTypeFaults, namesAllowed } from "./media-type.ts";
import type { Model } from "./model.ts";

/** Facts of an answer beside its body; absent: not known. */
export interface Scraped {
  model: Model;
  contentType?: string;
  asked?: string;
  encoding?: { name: string; undone: boolean };
  opaque?: string;
}

export function about({ contentType, asked, encoding, opaque, model }: Scraped, findings: Findings): void {
  if (contentType !== undefined)
    for (const { id, ...fault } of contentTypeFaults(contentType, asked))
      findings.add(id, () => ({ ...fault, actual: contentType }));
  if (opaque !== undefined)
    findings.add("content-encoding", () => ({
      message: `the answer is ${opaque}; nothing in it was read`,
      expected: "text as it was asked for",
      actual: opaque,
    }));
  else if (encoding !== undefined)
    findings.add("content-encoding", () => ({
      level: "SHOULD",
      message: `the body came encoded as ${encoding.name}, although identity was asked for`,
      expected: "identity",
      actual: encoding.name,
    }));
  const promised = namesAllowed(contentType);
  if (promised !== undefined && model.quotedLine >= 0)
    findings.add("escaping-names", () => ({
      level: promised.binding ? "MUST" : "SHOULD",
      line: model.quotedLine,
      message: `the name ${model.quotedName} is not escaped, against ${promised.promise}`,
      expected: "names of letters, digits, _ and :",
      actual: model.quotedName,
    }));
}
