// Is a value a module's report? The same shape as schema.ts, compiled once and without a copy: for files of thousands of records.
import { Ajv2020 } from "ajv/dist/2020.js";
import * as z from "zod";
import { moduleShape } from "./schema.ts";
import type { ModuleReport } from "./types.ts";

let check: ((value: unknown) => boolean) | undefined;

/** The value must come from JSON.parse: what JSON cannot say is not looked for. */
export function isModuleReport(value: unknown): value is ModuleReport {
  check ??= compiled();
  return check(value);
}

function compiled(): (value: unknown) => boolean {
  const schema = z.toJSONSchema(moduleShape, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    // A value is looked at as the one kind that it says it is, not as each in turn.
    override: ({ jsonSchema }) => {
      if (jsonSchema.oneOf !== undefined) Object.assign(jsonSchema, { discriminator: { propertyName: "kind" } });
    },
  });
  return new Ajv2020({ strict: false, discriminator: true }).compile(schema);
}
