// The house rules that a machine can check.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { againstDirection, circles, importsOf, roomOf, waysTo } from "./imports.ts";

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

/** What each room may import from. Everything else, also types and lazy imports, is against the direction. */
const low = ["formats", "base"];
const rooms: Record<string, string[]> = {
  base: [],
  formats: ["base"],
  contract: low,
  drivers: low,
  drive: ["drivers", "contract", ...low],
  judge: ["contract", ...low],
  report: ["contract", ...low],
  session: ["drive", "judge", "report", "contract", "drivers", ...low],
  gate: ["session", "judge", "report", "contract", "drivers", ...low],
  cli: ["gate", "session", "drive", "judge", "report", "contract", "drivers", ...low],
};

describe("imports", () => {
  const imports = importsOf(new Map(sources.map((file) => [file, read(file)])));

  it("run in no circle, types and lazy imports included", () => {
    expect(imports.length).toBeGreaterThan(500);
    expect(circles(imports)).toEqual([]);
  });

  it("follow the direction of the rooms", () => {
    const inRooms = imports.filter(({ from }) => from !== "src/index.ts");
    expect([...new Set(inRooms.map(({ from }) => roomOf(from)))].sort()).toEqual(Object.keys(rooms).sort());
    expect(againstDirection(inRooms, rooms)).toEqual([]);
  });

  it("of floors inside a room run in no circle either; the commands are a drawer of cli/", () => {
    const folder = (file: string) => dirname(file).replace(/^src\/cli\/.*/, "src/cli");
    const between = imports
      .map(({ from, to, line }) => ({ from: folder(from), to: folder(to), line }))
      .filter(({ from, to }) => from !== to);
    expect(circles(between)).toEqual([]);
  });

  it("of what loads and lints contracts lead to no driver and to nothing that drives, also not lazily", () => {
    const acting = (file: string) => /^src\/(drivers|drive)\//.test(file);
    const loading = ["src/session/contracts.ts", "src/session/vocabulary.ts", "src/cli/commands/contracts.ts"];
    expect(loading.flatMap((file) => waysTo(imports, file, acting))).toEqual([]);
    expect(waysTo(imports, "src/session/session.ts", acting)).not.toEqual([]);
  });

  it("that break the rules are named with file and line", () => {
    const files = new Map([
      ["src/base/a.ts", '// a\nimport type { B } from "../cli/b.ts";\n'],
      ["src/cli/b.ts", 'export const b = () => import("../base/a.ts");\n'],
      ["src/cli/c.ts", 'import {\n  b,\n} from "./b.ts";\nexport * from "./d.ts";\nimport "./d.ts";\n'],
      ["src/cli/d.ts", ""],
    ]);
    const found = importsOf(files);
    expect(found).toHaveLength(5);
    expect(circles(found)).toEqual(["src/base/a.ts:2 -> src/cli/b.ts, src/cli/b.ts:1 -> src/base/a.ts"]);
    expect(againstDirection(found, rooms)).toEqual(["src/base/a.ts:2 -> src/cli/b.ts: base may not know cli"]);
  });
});

describe("exported names", () => {
  const pattern = /^export (?:async )?(const|let|function\*?|class|type|interface) (\w+)/gm;
  const exported = sources.flatMap((file) =>
    [...read(file).matchAll(pattern)].map(([, sort = "", name = ""]) => ({ file, sort, name })),
  );

  it("have one home in their room, and those of base/ in all; every reporter calls itself `reporter`", () => {
    const homes = new Map<string, Set<string>>();
    for (const { file, name } of exported) homes.set(name, new Set([...(homes.get(name) ?? []), file]));
    homes.delete("reporter");
    expect(homes.size).toBeGreaterThan(800);
    const twice = [...homes].filter(([, files]) => {
      const rooms = [...files].map(roomOf);
      return files.size > 1 && (rooms.includes("base") || new Set(rooms).size < rooms.length);
    });
    expect(twice.map(([name, files]) => `${name}: ${[...files].join(", ")}`)).toEqual([]);
  });

  it("of the public API have a docstring each", () => {
    const bare = [...read("src/index.ts").matchAll(/^export (?:type )?(\*|\{[^}]*\}) from "\.\/([^"]+)";/gm)].flatMap(
      ([, what = "", path = ""]) => {
        const text = read(join("src", path));
        const all = [...text.matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, name = ""]) => name);
        const names = what === "*" ? all : (what.match(/(?<=[{,]\s*(?:type )?)(?!type )\w+/g) ?? []);
        const documented = (name: string) =>
          new RegExp(`\\*/\nexport (?:async )?(?:const|function\\*?|class|type|interface) ${name}\\b`).test(text);
        return names.filter((name) => !documented(name)).map((name) => `${path}: ${name}`);
      },
    );
    expect(bare).toEqual([]);
  });

  it("of values are used by another file", () => {
    const others = [...sources, ...tests, "scripts/generated.ts"].map((file) => ({
      file,
      words: new Set(read(file).match(/\w+/g)),
    }));
    const values = exported.filter(({ sort }) => sort !== "type" && sort !== "interface");
    const dead = values.filter(
      ({ file, name }) => !others.some((other) => other.file !== file && other.words.has(name)),
    );
    expect(dead.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
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

  it("only cli/terminal.ts writes to the terminal, and only cli/files-out.ts and cli/fleet/staged.ts write files of the user's", () => {
    const cli = sources.filter((file) => file.startsWith("src/cli/") || file.startsWith("src/session/"));
    const terminal = /process\.std(?:out|err)\.write|console\./;
    const files =
      /\b(?:writeFile|writeFileSync|appendFile|appendFileSync|openSync|createWriteStream|rename|renameSync)\(/;
    const door = [
      "src/cli/terminal.ts",
      "src/cli/files-out.ts",
      "src/cli/fleet/staged.ts",
      "src/cli/cli.ts",
      "src/cli/keys.ts",
    ];
    const other = cli.filter((file) => !door.includes(file));
    expect(other.filter((file) => terminal.test(code(file)) || files.test(code(file)))).toEqual([]);
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
