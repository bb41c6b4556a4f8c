// All step verbs and expectation kinds that conform has, as the loader is handed them.
import type { Vocabulary } from "../contract/vocabulary.ts";
import { verbWords } from "../contract/words/verbs.ts";
import { expectationKinds } from "../judge/expect/registry.ts";

/** Every word that a contract may use. */
export const vocabulary: Vocabulary = { verbs: verbWords, expectations: expectationKinds };
