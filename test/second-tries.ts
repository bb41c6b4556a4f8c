// A vitest reporter: tests that passed only at a second try are counted and named. Where verdicts are tested against modules that do or do
// not deserve them, what was seen first was a false verdict under load: with CONFORM_SECOND_TRIES=fail such a test has failed.
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

/** Tests in which a second try was a false verdict. */
export const verdictFiles = /^test\/modules\/.*(kill-matrix|fair).*\.test\.ts$/;

export interface SecondTries {
  /** `file > suite > test` of those that passed in the end. */
  tried: string[];
  /** Those among them where no second try counts; none unless that is asked for. */
  unforgiven: string[];
}

const strict = process.env.CONFORM_SECOND_TRIES === "fail";

export function secondTries(modules: Iterable<Pick<TestModule, "moduleId" | "children">>): SecondTries {
  const tried = [...modules].flatMap(({ moduleId, children }) => {
    const file = relative(process.cwd(), moduleId).replaceAll("\\", "/");
    return [...children.allTests()]
      .filter((test) => (test.diagnostic()?.retryCount ?? 0) > 0 && test.result().state === "passed")
      .map((test) => ({ file, name: `${file} > ${test.fullName}` }));
  });
  return {
    tried: tried.map(({ name }) => name),
    unforgiven: strict ? tried.filter(({ file }) => verdictFiles.test(file)).map(({ name }) => name) : [],
  };
}

/** Prints them at the end and writes them to `file`, if one is given. */
export function secondTriesReporter(file: string | undefined): Reporter {
  return {
    onTestRunEnd(modules) {
      const seen = secondTries(modules);
      console.log(`${seen.tried.length} tests needed a second try`);
      for (const name of seen.tried)
        console.log(`  ${name}${seen.unforgiven.includes(name) ? " (a failure: it tests a verdict)" : ""}`);
      if (file !== undefined) writeFileSync(file, JSON.stringify(seen));
      if (seen.unforgiven.length > 0) process.exitCode = 1;
    },
  };
}
