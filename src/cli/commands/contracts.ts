// `conform contracts`: what conform can judge.

import type { Contract } from "../../base/types.ts";
import { shippedContracts } from "../../session/contracts.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { tell, tellJson } from "../terminal.ts";

export async function contracts(flags: FlagsOf<"contracts">): Promise<number> {
  const all = shippedContracts();
  if (flags.json) tellJson(all.map(asJson), 2);
  else tell(all.map(asText).join("\n"));
  return 0;
}

function asJson({ name, version, title, description, targets, detect, requirements, profiles, params }: Contract) {
  return {
    name,
    version,
    title,
    ...(description === undefined ? {} : { description }),
    targets,
    detected_by: detect.files,
    requirements: requirements.length,
    profiles: Object.keys(profiles),
    parameters: Object.fromEntries(Object.entries(params).map(([key, param]) => [key, param.description])),
  };
}

function asText({ name, version, title, targets, detect, requirements, profiles, params }: Contract): string {
  const clue = detect.files.join(", ") || "nothing, name it with --contract";
  return [
    `${name}@${version}  ${title}`,
    `  ${requirements.length} requirements; judges ${targets.join(", ")}; detected by ${clue}`,
    ...Object.entries(profiles).map(([key, profile]) => `  --profile ${key}  ${profile.description ?? ""}`.trimEnd()),
    ...Object.entries(params).map(([key, param]) => `  --set ${key}=...  ${param.description}`),
    "",
  ].join("\n");
}
