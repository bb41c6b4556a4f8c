// YAML of a contract -> scenarios and requirements, with fragments put in and defaults filled.

import { milliseconds } from "../base/duration.ts";
import { type Complaint, didYouMean } from "../base/errors.ts";
import { isObject } from "../base/json.ts";
import type {
  Answer,
  Expectation,
  Json,
  Place,
  Requirement,
  Scenario,
  SourceRef,
  Step,
  TargetKind,
} from "../base/types.ts";
import { issueInWords, valueAt } from "./in-words.ts";
import type { ContractYaml, Part, RequirementYaml, ScenarioYaml } from "./shape.ts";
import type { Vocabulary } from "./vocabulary.ts";

const modifiers = new Set([
  "if",
  "because",
  "otherwise",
  "times",
  "repeat-every",
  "parallel",
  "apart",
  "each",
  "targets",
]);

type RawSteps = ScenarioYaml["steps"];
interface PlacedSteps {
  part: Part;
  path: (string | number)[];
  steps: RawSteps;
}

/** What building scenarios needs beside the files: the verbs there are, and where complaints go. */
export interface BuildSite {
  verbs: Vocabulary["verbs"];
  complaints: Complaint[];
}

/** All scenarios in file order. Unknown verbs and fragments are complaints. */
export function buildScenarios(main: ContractYaml, parts: Part[], site: BuildSite): Scenario[] {
  const fragments = new Map<string, PlacedSteps>();
  for (const part of parts) {
    for (const [name, steps] of Object.entries(part.value.fragments ?? {})) {
      fragments.set(name, { part, path: ["fragments", name], steps });
    }
  }
  const builder = { ...site, main, fragments };
  return parts.flatMap((part) =>
    Object.entries(part.value.scenarios ?? {}).map(([name, scenario]) => buildScenario(builder, part, name, scenario)),
  );
}

interface Builder extends BuildSite {
  main: ContractYaml;
  fragments: Map<string, PlacedSteps>;
}

function buildScenario(builder: Builder, part: Part, name: string, yaml: ScenarioYaml): Scenario {
  const path = ["scenarios", name];
  const base = yaml.base ?? builder.main.base;
  const at = part.yaml.placeOf(path, true);
  return {
    name,
    ...(yaml.title === undefined ? {} : { title: yaml.title }),
    targets: yaml.targets ?? ["command", "folder"],
    ...(yaml.if === undefined ? {} : { if: yaml.if }),
    ...(yaml.because === undefined ? {} : { ifText: yaml.because }),
    vars: yaml.vars ?? {},
    answers: (yaml.answers ?? builder.main.answers ?? []).map(buildAnswer),
    standIns: yaml["stand-ins"] ?? builder.main["stand-ins"] ?? {},
    ...(base === undefined ? {} : { base }),
    ...(builder.main.redirects === "follow" ? { follows: true } : {}),
    steps: buildSteps(builder, { part, path: [...path, "steps"], steps: yaml.steps }, []),
    at,
  };
}

function buildAnswer(yaml: NonNullable<ScenarioYaml["answers"]>[number]): Answer {
  return { when: yaml.when, send: yaml.send, after_ms: milliseconds(yaml.after ?? 0), limit: yaml.limit ?? 1000 };
}

/** Steps with `use: fragment` replaced by the fragment's steps, recursively. */
function buildSteps(builder: Builder, placed: PlacedSteps, within: string[]): Step[] {
  return placed.steps.flatMap((entry, index): Step[] => {
    const path = [...placed.path, index];
    const [name, body] = Object.entries(entry)[0] ?? ["", {}];
    const at = placed.part.yaml.placeOf(path);
    if (Object.keys(entry).length !== 1) {
      builder.complaints.push({
        place: at,
        message: "a step is a map with one key, its name: `- health: {get: /health}`",
      });
      return [];
    }
    if (name === "use") return useFragment(builder, String(body), at, within);
    if (typeof body === "string") {
      builder.complaints.push({
        place: at,
        message: `step "${name}" must be a map with a verb, such as {get: ${body}}`,
      });
      return [];
    }
    const step = buildStep(builder, name, body as { [key: string]: Json }, at);
    return step === undefined ? [] : [step];
  });
}

function useFragment(builder: Builder, name: string, at: Place, within: string[]): Step[] {
  const fragment = builder.fragments.get(name);
  if (fragment === undefined) {
    builder.complaints.push({
      place: at,
      message: `unknown fragment "${name}"${didYouMean(name, builder.fragments.keys())}`,
    });
    return [];
  }
  if (within.includes(name)) {
    builder.complaints.push({
      place: at,
      message: `fragment "${name}" uses itself: ${[...within, name].join(" -> ")}`,
    });
    return [];
  }
  return buildSteps(builder, fragment, [...within, name]);
}

function buildStep(
  { verbs, complaints }: BuildSite,
  name: string,
  body: { [key: string]: Json },
  at: Place,
): Step | undefined {
  const verbKeys = Object.keys(body).filter((key) => verbs.has(key));
  const verbName = verbKeys[0];
  if (verbName === undefined || verbKeys.length > 1) {
    const first = Object.keys(body).find((key) => !modifiers.has(key)) ?? "";
    const message =
      verbName === undefined
        ? `step "${name}": unknown verb "${first}"${didYouMean(first, verbs.keys())}`
        : `step "${name}" has more than one verb: ${verbKeys.join(", ")}`;
    complaints.push({ place: at, message });
    return undefined;
  }
  const verb = verbs.get(verbName);
  const arg = argumentOf(body, verbName, verb?.primary ?? "value");
  const checked = verb?.schema.safeParse(arg);
  if (checked?.success === false) {
    for (const issue of checked.error.issues) {
      const where = [verbName, ...issue.path.map(String)].join(".");
      complaints.push({
        place: at,
        message: `step "${name}": ${where}: ${issueInWords(issue, valueAt(arg, issue.path))}`,
      });
    }
  }
  return {
    name,
    verb: verbName,
    arg,
    otherwise: body.otherwise === "go-on" ? "go-on" : "stop",
    ...(typeof body.if === "string" ? { if: body.if } : {}),
    ...(typeof body.because === "string" ? { ifText: body.because } : {}),
    ...(body.times === undefined ? {} : { times: body.times as number | string }),
    ...(body["repeat-every"] === undefined ? {} : { every_ms: body["repeat-every"] as number | string }),
    ...(body.parallel === undefined ? {} : { parallel: body.parallel as number | string }),
    ...(body.apart === undefined ? {} : { apart_ms: body.apart as number | string }),
    ...(typeof body.each === "string" ? { each: body.each } : {}),
    ...(Array.isArray(body.targets) ? { targets: body.targets as TargetKind[] } : {}),
    at,
  };
}

/** `get: /health, within: 5s` and `get: {path: /health, within: 5s}` are the same. */
function argumentOf(body: { [key: string]: Json }, verb: string, primary: string): Json {
  const own = body[verb] ?? null;
  const siblings = Object.fromEntries(Object.entries(body).filter(([key]) => key !== verb && !modifiers.has(key)));
  if (isObject(own)) return { ...own, ...siblings };
  return { ...(own === null ? {} : { [primary]: own }), ...siblings };
}

/** All requirements in file order. */
export function buildRequirements(parts: Part[]): Requirement[] {
  return parts.flatMap((part) =>
    (part.value.requirements ?? []).map((yaml, index) =>
      buildRequirement(yaml, part.yaml.placeOf(["requirements", index])),
    ),
  );
}

function buildRequirement(yaml: RequirementYaml, at: Place): Requirement {
  const when =
    yaml.when === undefined
      ? {}
      : typeof yaml.when === "string"
        ? { when: yaml.when }
        : { when: yaml.when.if, whenText: yaml.when.because };
  return {
    id: yaml.id,
    area: yaml.id.split("/")[0] ?? "",
    level: yaml.level,
    text: yaml.text,
    sources: asList(yaml.source).map(sourceOf),
    aliases: yaml.aliases ?? [],
    needs: yaml.needs ?? [],
    ...when,
    on: yaml.on === undefined ? [] : asList(yaml.on),
    expect: asList(yaml.expect ?? []).flatMap((map): Expectation[] =>
      Object.entries(map).map(([kind, value]) => ({ kind, value })),
    ),
    ...(yaml.why === undefined ? {} : { why: yaml.why }),
    ...(yaml.hint === undefined ? {} : { hint: yaml.hint }),
    ...(yaml.mutant === undefined ? {} : { mutant: yaml.mutant }),
    ...(yaml.untested === undefined ? {} : { untested: yaml.untested }),
    targets: yaml.targets ?? [],
    at,
  };
}

function sourceOf(text: string): SourceRef {
  const [document = "", ...section] = text.split("#");
  return { document, ...(section.length > 0 ? { section: section.join("#") } : {}) };
}

function asList<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
