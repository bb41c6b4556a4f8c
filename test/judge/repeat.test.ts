// Repeat commands: what they name, and that a real shell takes them apart as they were meant.
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { EventData, EventKind, TranscriptEvent } from "../../src/base/events.ts";
import type { Transcript, TranscriptHeader } from "../../src/base/transcript.ts";
import type { Contract, Json, Requirement } from "../../src/base/types.ts";
import { repeatCommands } from "../../src/judge/repeat.ts";
import { anEvent } from "../an-event.ts";

const requirement = { id: "handshake/x", on: ["main.one"] } as unknown as Requirement;
const params = { root: { description: "", default: "" }, word: { description: "", secret: true } };

const event = <K extends EventKind>(n: number, kind: K, data: Partial<EventData[K]>, step = "one") =>
  anEvent(n, kind, data, { t: 0, step });

function commands(header: Partial<TranscriptHeader>, events: TranscriptEvent[] = [], version = "1.0.0"): string[] {
  const transcript = {
    header: { target: { kind: "folder", label: "./m" }, params: {}, ...header },
    events,
  } as unknown as Transcript;
  const finding = { at: "GET /x", expected: 1, actual: 2, events: events.slice(-1).map(({ n }) => n) };
  const contract = { name: "c", version, params } as unknown as Contract;
  return repeatCommands(requirement, { kind: "fail", findings: [finding] }, contract, transcript);
}

/** What a shell makes of the words. */
function words(command: string, env: Record<string, string> = {}): string[] {
  const program = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
  const { stdout } = spawnSync("sh", ["-c", command.replace(/^(conform|curl) /, `node -e '${program}' -- `)], {
    env: { PATH: process.env.PATH ?? "", ...env },
  });
  return JSON.parse(stdout.toString()) as string[];
}

describe("conform", () => {
  test("everything that matters is named, for a shell", () => {
    const [command = ""] = commands({
      target: { kind: "folder", label: "./my module" },
      params: { root: "./a b", word: "‹secret:word›" },
      unsafe_probes: true,
      asked: {
        contract: "./con tract",
        run: ["./run me", "-x"],
        cwd: "sub",
        env: { A: "it's", TOKEN: "$TOKEN" },
        headers: { "x-a": "b" },
        peers: ["./other"],
      },
    });
    expect(words(command, { TOKEN: "hush", WORD: "w" })).toEqual([
      ...["./my module", "./other", "--contract", "./con tract", "--set", "root=./a b", "--set", "word=w"],
      ...["--run", "'./run me' -x", "--cwd", "sub", "--env", "A=it's", "--env", "TOKEN=hush", "--header", "x-a: b"],
      ...["--unsafe-probes", "--only", "handshake/x"],
    ]);
    expect(command).not.toContain("hush");
  });

  test("a command keeps its words; a later generation is named", () => {
    expect(commands({ asked: { command: ["node", "my module.js"] } }, [], "2.1.0")).toEqual([
      "conform --contract c@2 --only 'handshake/x' -- node 'my module.js'",
    ]);
  });

  test("a started scenario is recorded and replayed up to the step that showed it", () => {
    const seen = [
      event(1, "spawn", { argv: ["x"] }),
      event(2, "step", { verb: "send", status: "done", value: { ok: true, text: "{}" } }),
    ];
    expect(commands({}, seen)).toEqual([
      "conform ./m --contract c --transcript run.ndjson --only 'handshake/x'",
      "conform replay run.ndjson --step main.one",
    ]);
    expect(commands({ asked: { transcript: "kept.ndjson" } }, seen)[1]).toBe(
      "conform replay kept.ndjson --step main.one",
    );
  });
});

describe("curl", () => {
  const answer = { ok: true, method: "POST", url: "http://h:1/a?b=c", path: "/x", status: 500 };
  const curl = (sent: Json) => {
    const all = commands({ target: { kind: "url", label: "http://h:1" } }, [
      event(1, "step", { verb: "post", status: "done", value: { ...answer, sent } }),
    ]);
    return all.filter((command) => command.startsWith("curl "));
  };
  test("sends method, headers and body as they were sent", () => {
    const [command = ""] = curl({
      headers: { "content-type": "application/json", "x-q": "it's", accept: null },
      body: '{"a":"$x"}',
    });
    expect(words(command)).toEqual([
      ...[
        "-sS",
        "-i",
        "--path-as-is",
        "-X",
        "POST",
        "-H",
        "content-type: application/json",
        "-H",
        "x-q: it's",
        "-H",
        "accept:",
      ],
      ...["--data-binary", '{"a":"$x"}', "http://h:1/a?b=c"],
    ]);
  });
  test.each<[string, Json]>([
    ["bytes that were not kept", { headers: {}, bytes: 9000 }],
    ["a body of bytes", { headers: {}, body_b64: "AAAA" }],
    ["hidden characters", { headers: {}, body: "a\u0000b" }],
    ["a secret", { headers: { authorization: "Bearer ‹secret:header-authorization›" } }],
  ])("is not printed where it would send something else: %s", (_, sent) => expect(curl(sent)).toEqual([]));
});
