// All step verbs by name, as words: contracts may use these and no others. What they do: drive/verbs/.
import type { VerbWords } from "../vocabulary.ts";
import { assembleWords, bringDownWords, bringUpWords } from "./assembly.ts";
import { copyWords, writeWords } from "./copy.ts";
import { dockerfileWords } from "./dockerfile.ts";
import { grepWords, listWords, readWords } from "./files.ts";
import {
  callWords,
  constructWords,
  faultWords,
  findWords,
  hostWords,
  importFileWords,
  letBeWords,
  membersWords,
} from "./host.ts";
import { finishWords } from "./host-finish.ts";
import { methodWords, requestWords } from "./http.ts";
import { importsWords } from "./imports.ts";
import { awaitLineWords, watchWords } from "./lines.ts";
import { awaitFreePortWords, takenPortsWords, watchListenersWords } from "./listeners.ts";
import { neighboursWords } from "./neighbours.ts";
import { noteWords } from "./note.ts";
import { parseWords } from "./parse.ts";
import { choosePortWords, listeningWords } from "./port.ts";
import { holdPortWords, lockWords, pickPortWords, releasePortWords, unlockWords } from "./ports.ts";
import {
  closeStdinWords,
  endWords,
  exitWords,
  pauseOutputWords,
  sendWords,
  signalWords,
  spawnWords,
} from "./process.ts";
import { requireWords } from "./require.ts";
import { sessionWords } from "./session.ts";
import { setWords } from "./set.ts";
import { awaitRequestWords, peerWords, releaseWords } from "./stand-in.ts";
import { syntaxCheckWords } from "./syntax-check.ts";
import { tcpWords } from "./tcp.ts";
import { waitWords } from "./wait.ts";

const byName = (all: VerbWords[]): ReadonlyMap<string, VerbWords> => new Map(all.map((words) => [words.name, words]));

/** Verbs that operate a hosted child; a session may do all of them. */
const hosted = [
  hostWords,
  importFileWords,
  findWords,
  constructWords,
  callWords,
  membersWords,
  faultWords,
  letBeWords,
  finishWords,
  assembleWords,
  bringUpWords,
  bringDownWords,
];

/** The words of `session`. */
export const session = sessionWords(byName(hosted));

export const verbWords: ReadonlyMap<string, VerbWords> = byName([
  spawnWords,
  sendWords,
  awaitLineWords,
  watchWords,
  exitWords,
  closeStdinWords,
  signalWords,
  waitWords,
  noteWords,
  pauseOutputWords,
  endWords,
  setWords,
  ...methodWords,
  requestWords,
  peerWords,
  releaseWords,
  awaitRequestWords,
  readWords,
  copyWords,
  writeWords,
  dockerfileWords,
  syntaxCheckWords,
  choosePortWords,
  listeningWords,
  listWords,
  grepWords,
  requireWords,
  parseWords,
  pickPortWords,
  holdPortWords,
  releasePortWords,
  lockWords,
  unlockWords,
  tcpWords,
  watchListenersWords,
  takenPortsWords,
  awaitFreePortWords,
  ...hosted,
  neighboursWords,
  importsWords,
  session,
]);
