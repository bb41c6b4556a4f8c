// All step verbs and expectation kinds that conform has, as the loader is handed them.
import type { Vocabulary } from "../contract/vocabulary.ts";
import { verbs } from "../drive/verbs/registry.ts";
import { expectationKinds } from "../judge/expect/registry.ts";

/** Every word that a contract may use. */
export const vocabulary: Vocabulary = { verbs, expectations: expectationKinds };
