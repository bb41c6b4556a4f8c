// Writes everything that is generated from the sources. `npm run generate`; test/contract/generated.test.ts checks that nothing has drifted.
import { writeFileSync } from "node:fs";
import { generated } from "./generated.ts";

for (const [file, content] of await generated()) writeFileSync(file, content);
