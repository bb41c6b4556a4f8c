// Plays a recorded scenario to a fresh process of the module: what was sent is sent, in order, once as much was said as had been said then.

import { setTimeout as pause } from "node:timers/promises";
import type { EventFrame, TranscriptEvent } from "../base/events.ts";
import { fieldsOf } from "../base/json.ts";
import { defaultLimits } from "../base/limits.ts";
import { lastLooks } from "../base/looks.ts";
import type { Transcript } from "../base/transcript.ts";
import type { Json } from "../base/types.ts";
import { exchange } from "../drivers/net/http.ts";
import { scrubbedEnvironment } from "../drivers/process/environment.ts";
import { type ModuleProcess, spawnModule } from "../drivers/process/process.ts";

type Fields = { [key: string]: Json };

export interface ReplayFrame {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  /** Milliseconds that a line may be late. */
  patience: number;
  say(line: string): void;
}

interface Played {
  frame: ReplayFrame;
  process?: ModuleProcess;
  /** Lines on standard output so far. */
  lines: number;
  spoke(): void;
}

/** Plays `scenario` up to and with `step`. What cannot be played (stand-ins, other processes) is said. */
export async function replay(transcript: Transcript, place: string, frame: ReplayFrame): Promise<void> {
  const [scenario = "", step = ""] = place.split(".");
  const own = [...lastLooks(transcript.events)].filter((event) => event.scenario === scenario);
  const end = own.findIndex((event) => event.kind === "step" && event.step === step);
  const played: Played = { frame, lines: 0, spoke: () => {} };
  let due = 0;
  try {
    for (const event of end === -1 ? own : own.slice(0, end + 1)) {
      if (event.kind === "line" && isMain(event) && event.data.stream === "stdout") due++;
      else if (event.kind === "spawn") await start(event, played);
      else if (event.kind === "sent" && isMain(event)) await send(`${JSON.stringify(event.data.json)}\n`, due, played);
      else if (event.kind === "step") await playStep(event, due, played);
    }
    // The answer to the last thing sent.
    await said(due, played);
    await pause(500);
  } finally {
    await played.process?.end();
  }
}

const isMain = ({ proc }: EventFrame): boolean => proc === undefined || proc === "main";

async function start(event: TranscriptEvent<"spawn">, played: Played): Promise<void> {
  const { frame } = played;
  if (!isMain(event)) return frame.say(`(process ${event.proc} is not started)`);
  const argv = [...frame.argv, ...event.data.argv.slice(frame.argv.length)];
  frame.say(`$ ${argv.join(" ")}`);
  played.process = await spawnModule({
    name: "main",
    argv,
    cwd: frame.cwd,
    env: scrubbedEnvironment(frame.env, frame.cwd),
    token: "replay",
    limits: defaultLimits,
    stdin: "pipe",
    onLine: ({ stream, text }) => {
      frame.say(`${stream === "stderr" ? "2<" : "<"} ${text}`);
      if (stream !== "stdout") return;
      played.lines++;
      played.spoke();
    },
    onExit: ({ code, signal }) => {
      frame.say(signal === null ? `ended with exit code ${code}` : `ended by ${signal}`);
      played.spoke();
    },
    onLimit: ({ limit }) => frame.say(`(limit reached: ${limit})`),
  });
}

async function playStep({ step, data }: TranscriptEvent<"step">, due: number, played: Played): Promise<void> {
  const { frame } = played;
  const { value } = data;
  if (data.status === "skipped" || data.status === "not-run" || value === undefined) return;
  if (data.verb === "send") {
    if (typeof value.text === "string") return send(value.text, due, played);
    return frame.say(`(step ${step}: ${String(value.bytes ?? "?")} bytes were sent that the record does not keep)`);
  }
  if (data.verb === "close-stdin") {
    await said(due, played);
    frame.say("> (end of input)");
    return played.process?.closeStdin();
  }
  if (data.verb === "signal") {
    await said(due, played);
    frame.say("(signals are not replayed)");
  }
  for (const one of exchangesIn(value)) await ask(one, due, played);
}

async function send(recorded: string, due: number, played: Played): Promise<void> {
  await said(due, played);
  const text = recorded.replace(/‹secret:([^›]*)›/g, "replayed-$1");
  played.frame.say(`> ${text.replace(/\n$/, "")}`);
  const sent = await played.process?.write(Buffer.from(text), 10_000);
  if (sent?.ok !== true) played.frame.say(`(not written: ${sent?.problem ?? "no process"})`);
}

/** Waits until the module has said as many lines as it had then, or is gone, or is later than patience allows. */
async function said(due: number, played: Played): Promise<void> {
  const { frame } = played;
  const late = AbortSignal.timeout(frame.patience);
  while (played.lines < due && played.process?.alive === true && !late.aborted) {
    await new Promise<void>((resolve) => {
      played.spoke = resolve;
      late.addEventListener("abort", () => resolve(), { once: true });
    });
  }
  if (played.lines < due) frame.say(`(it had said ${due} lines by now, not ${played.lines})`);
}

function exchangesIn(value: Fields): Fields[] {
  const answers = Array.isArray(value.all) ? value.all.map(fieldsOf) : [value];
  return answers
    .filter((one) => one !== undefined)
    .filter(({ url, method }) => typeof url === "string" && typeof method === "string")
    .slice(0, 50);
}

async function ask(recorded: Fields, due: number, played: Played): Promise<void> {
  await said(due, played);
  const sent = fieldsOf(recorded.sent) ?? {};
  const headers = Object.fromEntries(
    Object.entries(fieldsOf(sent.headers) ?? {}).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
  const url = String(recorded.url);
  const { say } = played.frame;
  say(`> ${recorded.method} ${url}`);
  const answer = await exchange({
    method: String(recorded.method),
    url,
    headers,
    ...(typeof sent.body === "string" ? { body: sent.body } : {}),
    deadlineMs: played.frame.patience,
    bodyBytesMax: defaultLimits.bodyBytesMax,
    headerBytesMax: defaultLimits.headerBytesMax,
    loopbackOnly: true,
  });
  say(answer.ok ? `< ${answer.status} ${answer.body ?? ""}` : `< ${String(answer.problem)}: ${String(answer.detail)}`);
}
