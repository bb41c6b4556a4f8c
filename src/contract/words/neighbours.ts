// Words of a contract: the other modules of the run. What they do: drive/verbs/neighbours.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";

const shape = z.strictObject({
  file: z.string().describe("the manifest's name; folders without it are no modules"),
  below: z.string().nullable().optional().describe("a folder of modules"),
  beside: z
    .union([z.boolean(), z.string().includes("${")])
    .optional()
    .describe("look in the folder in which the module itself lies, too"),
  name: z.string().describe("key of the manifest with the module's name"),
  requires: z
    .array(z.string())
    .min(1)
    .describe("keys of the manifest with the names of the modules it needs, read as one list"),
  self: z.union([z.record(z.string(), z.json()), z.string().includes("${")]).describe("the module's own manifest"),
  also: z
    .union([z.array(z.string()), z.string().includes("${")])
    .optional()
    .describe("names that are needed besides those in the manifests"),
});

/**
 * The observation is {ok, modules: [{key, name, peer, requires, data (of peers and of what is needed), problem}], those needed first; needed: [keys, whatever the module
 * needs, in turn]; absent: [{name, by}], cycle: [names] or null}.
 */
export const neighboursWords = says({
  name: "neighbours",
  about:
    "Finds the other modules of the run and of a given folder, and which of them the module needs, directly or not.",
  schema: shape,
  targets: ["folder"],
  primary: "file",
  peers: true,
});
