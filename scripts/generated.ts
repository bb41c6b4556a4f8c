// File name -> content of everything that is generated from the sources.
import { readFileSync } from "node:fs";
import { shownPath } from "../src/base/io.ts";
import { contractReadme, contractSchema, wordLists } from "../src/contract/docs.ts";
import { shippedContractFolders } from "../src/contract/files.ts";
import { reportJsonSchema } from "../src/report/schema.ts";
import { transcriptJsonSchema } from "../src/report/transcript-schema.ts";
import { configJsonSchema } from "../src/session/config.ts";
import { shippedContracts } from "../src/session/contracts.ts";
import { vocabulary } from "../src/session/vocabulary.ts";
import { table } from "../test/hostile/table.ts";

/** Between these lines of a file the text is generated; the rest is written by hand. */
const begin = "<!-- generated: begin -->";
const end = "<!-- generated: end -->";

export async function generated(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  files.set("specs/contract.schema.json", `${JSON.stringify(contractSchema(vocabulary), null, 2)}\n`);
  files.set("specs/conform.schema.json", `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  files.set("specs/README.md", between("specs/README.md", wordLists(vocabulary)));
  files.set("docs/security.md", between("docs/security.md", hostileTable()));
  files.set("reports/report.schema.json", `${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
  files.set("reports/transcript.schema.json", `${JSON.stringify(transcriptJsonSchema(), null, 2)}\n`);
  const folders = shippedContractFolders().map(shownPath);
  for (const contract of shippedContracts()) {
    const folder = folders.find((name) => name === contract.folder);
    if (folder !== undefined)
      files.set(`${folder.replace(/^\.\//, "")}/README.md`, contractReadme(contract, vocabulary));
  }
  return files;
}

/** The behaviours that `npm run hostile` drives, with the requirement that each must fail. */
function hostileTable(): string {
  const rows = table.map(({ act, about, fails }) => `| \`${act}\` | ${about} | ${fails.join(", ") || "conformant"} |`);
  return ["| behaviour | what the module does | what fails |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

function between(file: string, text: string): string {
  const old = readFileSync(file, "utf8");
  const [before] = old.split(begin);
  const after = old.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has no "${begin}" and "${end}"`);
  return `${before}${begin}\n\n${text}\n${end}${after}`;
}
