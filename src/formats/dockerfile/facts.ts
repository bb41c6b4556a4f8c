// What is known of one instruction of a Dockerfile.

/** One instruction; words and text with build arguments of known value put in. */
export type DockerInstruction = {
  line: number;
  keyword: string;
  /** Everything after the keyword and flags, continuation lines joined, here-documents below it. */
  text: string;
  words: string[];
  flags: { [name: string]: string };
  /** The exec form's list; null for the shell form. */
  exec: string[] | null;
  /** 0 before the first FROM. */
  stage: number;
  /** The final image needs its stage: a builder leaves out the others. */
  built: boolean;
  /** It has a part in the final image: its stage is the last or one that the last is made from, and nothing later takes its place. */
  counts: boolean;
  /** Names in its words that only the base image could give a value. */
  unset: string[];
  /** ADD and COPY from the folder: what is taken from it, here-documents and addresses left out. */
  sources: string[];
  /** FROM only: `tag` and `digest` are empty when absent, `from_stage` says that the image is an earlier stage. */
  image?: { name: string; tag: string; digest: string; as: string; from_stage: boolean };
};
