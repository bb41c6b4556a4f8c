// Small real modules in temporary folders, hosted as scenarios host them.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LimitSeen } from "../../src/base/events.ts";
import type { Json } from "../../src/base/types.ts";
import type { HostAnswer } from "../../src/drivers/host/host.ts";
import { type Hosting, type HostingPlan, openHosting } from "../../src/drivers/host/hosting.ts";
import type { Common, HostCommand } from "../../src/drivers/host/protocol.ts";
import type { LineSeen } from "../../src/drivers/process/lines.ts";
import { limits } from "../drive/a-world.ts";

export interface Hosted extends Hosting {
  lines: LineSeen[];
  limitsSeen: LimitSeen[];
  folder: string;
  /** Does a command and gives its answer's body; throws when there is none. */
  ask(command: HostCommand, common?: Omit<Common, "id">): Promise<Record<string, Json>>;
  raw(command: HostCommand, withinMs: number): Promise<HostAnswer>;
  close(): Promise<void>;
}

export const stage: HostingPlan["stage"] = {
  at: "modules/custom/it",
  files: { "package.json": '{"type":"module"}', "src/faces/thing.js": "export const Thing = undefined;" },
  others: [],
};

/** A module's folder from its files. */
export function folderOf(files: Record<string, string>): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "hosted-")));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}

export async function hosted(folder: string, more: Partial<HostingPlan> = {}): Promise<Hosted> {
  const workFolder = mkdtempSync(path.join(tmpdir(), "host-work-"));
  const lines: LineSeen[] = [];
  const limitsSeen: LimitSeen[] = [];
  const hosting = await openHosting({
    folder,
    ...(stage === undefined ? {} : { stage }),
    folders: { TMPDIR: "tmp" },
    env: {},
    workFolder,
    token: "test",
    limits,
    onLine: (line) => lines.push(line),
    onLimit: (limit) => limitsSeen.push(limit),
    onExit: () => undefined,
    onIncident: () => undefined,
    ...more,
  });
  const raw = (command: HostCommand, withinMs: number, common?: Omit<Common, "id">) =>
    hosting.host.ask(command, withinMs, common);
  return {
    ...hosting,
    lines,
    limitsSeen,
    folder,
    raw,
    async ask(command, common) {
      const answer = await raw(command, 10_000, common);
      if (answer.kind !== "answer") throw new Error(`no answer: ${JSON.stringify(answer)}`);
      return answer.body;
    },
    async close() {
      await hosting.host.end();
      rmSync(workFolder, { recursive: true, force: true });
    },
  };
}

/** Imports index.ts and makes an instance of its class, kept as `it`. */
export async function opened(host: Hosted, args: Json[] = []): Promise<Record<string, Json>> {
  await host.ask({ do: "import", file: host.fileIn("index.ts"), as: "module", withinMs: 10_000 });
  await host.ask({ do: "find", in: "module", rules: [{ keys: "Module$", kind: "class" }], as: "found" });
  return host.ask({ do: "construct", from: "found", args, as: "it", withinMs: 1_000 });
}

export const call = (member: string, withinMs = 2_000): HostCommand => ({
  do: "call",
  on: "it",
  member,
  args: [],
  withinMs,
});

/** A class with the given body, whose code is foreign. */
export const moduleOf = (body: string, before = "") => ({
  "index.ts": `import { Thing } from '../../../src/faces/thing.js';\n${before}\nexport class OneModule implements Thing {\n${body}\n}\n`,
});
