// Contract x target x selection -> scenarios to run and requirements to judge.
import { didYouMean, UsageError } from "../base/errors.ts";
import type { Contract, Level, Requirement, Scenario, Target } from "../base/types.ts";
import { scenariosRead } from "../contract/reads.ts";
import { matches } from "../contract/select.ts";
import { stepsLeftOut } from "./trim.ts";

/** What the user left out or singled out. */
export interface Selection {
  only: string[];
  skip: string[];
  level?: Level;
  profile?: string;
  /** Ids to take (failed in an earlier report). */
  ids?: string[];
}

export interface Plan {
  /** The contract with the profile's levels applied. */
  contract: Contract;
  scenarios: Scenario[];
  /** Steps by scenario that nothing selected needs. */
  leftOut: ReadonlyMap<string, ReadonlySet<string>>;
  selected: ReadonlySet<string>;
  /** What was left out, in words; undefined when nothing was. */
  filtered?: string;
}

const rank = { MUST: 2, SHOULD: 1, MAY: 0 };

/** Throws UsageError when a glob, level or profile matches nothing. */
export function makePlan(given: Contract, target: Target, selection: Selection): Plan {
  const contract = withProfile(given, selection.profile);
  const profile = selection.profile === undefined ? undefined : contract.profiles[selection.profile];
  const wanted = select(contract, selection);
  const needed = withNeeds(contract, wanted);
  const names = new Set(needed.flatMap((requirement) => [...scenariosRead(contract, requirement)]));
  const scenarios = contract.scenarios.filter(
    (scenario) =>
      names.has(scenario.name) &&
      scenario.targets.includes(target.kind) &&
      !(profile?.without ?? []).some((glob) => matches(glob, scenario.name)),
  );
  const filtered = filterWords(
    contract,
    selection,
    wanted.filter((requirement) => !leftOut(requirement, profile)),
  );
  return {
    contract,
    scenarios,
    leftOut: needed.length === contract.requirements.length ? new Map() : stepsLeftOut(contract, scenarios, needed),
    selected: new Set(needed.map(({ id }) => id)),
    ...(filtered === undefined ? {} : { filtered }),
  };
}

function withProfile(contract: Contract, name: string | undefined): Contract {
  if (name === undefined) return contract;
  const profile = contract.profiles[name];
  if (profile === undefined) {
    const known = Object.keys(contract.profiles);
    throw new UsageError(
      `contract ${contract.name} has no profile "${name}"${didYouMean(name, known)} (it has: ${known.join(", ") || "none"})`,
    );
  }
  return {
    ...contract,
    requirements: contract.requirements.map((requirement) => ({
      ...requirement,
      level: profile.levels[requirement.id] ?? requirement.level,
    })),
  };
}

function select(contract: Contract, selection: Selection): Requirement[] {
  const globs = [...selection.only, ...selection.skip];
  for (const glob of globs) {
    if (
      !contract.requirements.some((requirement) => names(requirement, contract).some((name) => matches(glob, name)))
    ) {
      throw new UsageError(
        `no requirement of ${contract.name} matches "${glob}"${didYouMean(
          glob,
          contract.requirements.map(({ id }) => id),
        )}`,
      );
    }
  }
  const least = selection.level === undefined ? 0 : rank[selection.level];
  return contract.requirements.filter((requirement) => {
    const own = names(requirement, contract);
    const hit = (glob: string) => own.some((name) => matches(glob, name));
    return (
      rank[requirement.level] >= least &&
      (selection.only.length === 0 || selection.only.some(hit)) &&
      !selection.skip.some(hit) &&
      (selection.ids === undefined || own.some((name) => selection.ids?.includes(name)))
    );
  });
}

function names({ id, aliases }: Requirement, contract: Contract): string[] {
  return [id, ...aliases].flatMap((name) => [name, `${contract.name}:${name}`]);
}

function withNeeds(contract: Contract, wanted: Requirement[]): Requirement[] {
  const byId = new Map(contract.requirements.map((requirement) => [requirement.id, requirement]));
  const all = new Set<string>();
  const add = (id: string): void => {
    const requirement = byId.get(id);
    if (requirement === undefined || all.has(id)) return;
    all.add(id);
    requirement.needs.forEach(add);
  };
  for (const { id } of wanted) add(id);
  return contract.requirements.filter(({ id }) => all.has(id));
}

function filterWords(contract: Contract, selection: Selection, wanted: Requirement[]): string | undefined {
  const words = [
    ...selection.only.map((glob) => `--only ${glob}`),
    ...selection.skip.map((glob) => `--skip ${glob}`),
    ...(selection.level === undefined || selection.level === "MAY" ? [] : [`--level ${selection.level.toLowerCase()}`]),
    ...(selection.ids === undefined ? [] : ["only what failed before"]),
    ...(selection.profile === undefined || (contract.profiles[selection.profile]?.without ?? []).length === 0
      ? []
      : [`--profile ${selection.profile}`]),
  ];
  return words.length === 0
    ? undefined
    : `${words.join(" ")} (${wanted.length} of ${contract.requirements.length} requirements)`;
}

/** Nothing that the requirement reads is driven under this profile. */
function leftOut({ on }: Requirement, profile: Contract["profiles"][string] | undefined): boolean {
  const without = profile?.without ?? [];
  return on.length > 0 && on.every((place) => without.some((glob) => matches(glob, place.split(".")[0] ?? "")));
}
