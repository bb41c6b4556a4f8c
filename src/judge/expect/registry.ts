// All expectation kinds by name. Contracts may use these and no others.

import { ContractError } from "../../base/errors.ts";
import { type ExpectationWords, jitless } from "../../contract/vocabulary.ts";
import { came, header, mediaType, status } from "./answers.ts";
import type { Evidences, ExpectationKind, FoundFault } from "./expectation.ts";
import { exposition } from "./exposition.ts";
import { known } from "./known.ts";
import { lintKind } from "./lint.ts";
import { metric } from "./metric.ts";
import { noSecrets } from "./no-secrets.ts";
import { openapi } from "./openapi.ts";
import { same } from "./same.ts";
import { schema } from "./schema.ts";
import { scrapesKind } from "./scrapes.ts";
import { each, that } from "./that.ts";

/** A kind whose value has been hidden behind its schema, so that all fit in one map. */
export interface AnyKind extends ExpectationWords {
  gate?: true;
  check(value: unknown, evidence: Evidences): FoundFault[] | { undecidable: string } | { skip: string };
}

function entry<A>(kind: ExpectationKind<A>): [string, AnyKind] {
  return [
    kind.name,
    {
      name: kind.name,
      about: kind.about,
      schema: kind.schema,
      ...(kind.gate ? { gate: kind.gate } : {}),
      lint: (value, contract) => kind.lint?.(kind.schema.parse(value, jitless), contract) ?? [],
      check: (value, evidence) => kind.check(kind.schema.parse(value, jitless), evidence),
    },
  ];
}

export const expectationKinds: ReadonlyMap<string, AnyKind> = new Map([
  entry(that),
  entry(each),
  entry(same),
  entry(status),
  entry(header),
  entry(mediaType),
  entry(came),
  entry(schema),
  entry(noSecrets),
  entry(openapi),
  entry(known),
  entry(exposition),
  entry(lintKind),
  entry(metric),
  entry(scrapesKind),
]);

/** What cannot be evaluated is undecided. */
export function checkedBy(kind: AnyKind, value: unknown, evidence: Evidences): ReturnType<AnyKind["check"]> {
  try {
    return kind.check(value, evidence);
  } catch (error) {
    if (error instanceof ContractError) return { undecidable: error.message };
    throw error;
  }
}
