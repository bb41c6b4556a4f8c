// The house rules that a machine can check.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const linesMax = 300;
const functionLinesMax = 60;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const sources = filesBelow("src").filter((file) => file.endsWith(".ts"));
const tests = filesBelow("test").filter((file) => file.endsWith(".ts"));
const read = (file: string): string => readFileSync(file, "utf8");
/** Source without comments and string contents, lines kept. */
const code = (file: string): string =>
  read(file)
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');

const effects = /^src\/(base\/io\.ts$|contract\/files\.ts$|cli\/|drivers\/)/;

describe("files", () => {
  it("there is something to check", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(tests.length).toBeGreaterThan(10);
  });

  it(`none is longer than ${linesMax} lines`, () => {
    const long = [...sources, ...tests].map((file) => [file, read(file).split("\n").length - 1] as const);
    expect(long.filter(([, lines]) => lines > linesMax)).toEqual([]);
  });

  it("each begins with a line that says what it is", () => {
    expect([...sources, ...tests].filter((file) => !/^(#!.*\n)?\/\/ \S/.test(read(file)))).toEqual([]);
  });

  it("rooms hold files or one more floor of rooms, at most twelve things lie in src/, and index.ts is the only barrel", () => {
    expect(sources.filter((file) => file.split("/").length > 4)).toEqual([]);
    expect(readdirSync("src").length).toBeLessThanOrEqual(12);
    expect(sources.filter((file) => file.endsWith("/index.ts"))).toEqual(["src/index.ts"]);
  });

  it("the engine names no contract", () => {
    const names = /pywatt|systemprompt|blux/i;
    expect(filesBelow("src").filter((file) => names.test(read(file)) || names.test(file))).toEqual([]);
  });
});

describe("code", () => {
  it("effects are in base/io.ts, contract/files.ts, the command line and the drivers only", () => {
    const modules =
      /^import (?!type)[^;]*from "(node:(?:child_process|fs|fs\/promises|net|http|https|tls|dgram|worker_threads)|undici[^"]*|execa)"/gm;
    const globals = /(?<![\w.$"])(?:process\.|console\.|Date\.now\(|new Date\(\)|Math\.random\()/;
    const faults = sources
      .filter((file) => !effects.test(file))
      .flatMap((file) => {
        const imports = [...read(file).matchAll(modules)].map((match) => `${file}: ${match[1]}`);
        const lines = code(file)
          .split("\n")
          .flatMap((line, index) => (globals.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : []));
        return [...imports, ...lines];
      });
    expect(faults).toEqual([]);
  });

  it(`no function is longer than ${functionLinesMax} lines`, () => {
    const starts =
      /^( *)(?:export )?(?:async )?(?:function\*? \w+|(?:static |private |readonly )*(?:async )?#?\w+\([^)]*\)(?:: [^={]+)? \{$|(?:const|let) \w+ = (?:async )?(?:\([^)]*\)|\w+)(?:: [^=]+)? => \{$)/;
    const faults = [...sources, ...tests].flatMap((file) => {
      const lines = read(file).split("\n");
      return lines.flatMap((line, index) => {
        const indent = starts.exec(line)?.[1];
        if (indent === undefined) return [];
        const end = lines.findIndex((other, at) => at > index && other.startsWith(`${indent}}`));
        return end - index > functionLinesMax ? [`${file}:${index + 1} (${end - index} lines)`] : [];
      });
    });
    expect(faults).toEqual([]);
  });

  it("nothing is left undone or switched off", () => {
    const marks = /(?:\/\/|\*) *(?:TODO|FIXME|XXX)\b|not implemented|\b(?:it|describe|test)\.(?:only|todo)\(/;
    const own = "test/tidy.test.ts";
    expect([...sources, ...tests].filter((file) => file !== own && marks.test(read(file)))).toEqual([]);
  });

  it("no any and no non-null assertion", () => {
    const faults = sources.flatMap((file) =>
      code(file)
        .split("\n")
        .flatMap((line, index) =>
          /(?::|<|as|,) any\b|[\w)\]]!(?=[.;,)\]])/.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
        ),
    );
    expect(faults).toEqual([]);
  });
});
