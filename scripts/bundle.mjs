// Esbuild plugins: what is loaded on first use only, and from which file of dist/.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Files of dist/lib/ and the packages in each. None is loaded before something of it is used. */
export const libraries = {
  ajv: ["ajv/dist/2020.js", "ajv-formats"],
  badge: ["badge-maker"],
  execa: ["execa"],
  metrics: ["prom-client"],
  regex: ["re2js"],
  tsconfig: ["get-tsconfig"],
  toml: ["smol-toml", "toml-eslint-parser"],
  undici: ["undici/lib/dispatcher/client.js"],
  yaml: ["yaml"],
};

const fileOf = new Map(Object.entries(libraries).flatMap(([file, names]) => names.map((name) => [name, file])));
const resolver = createRequire(import.meta.url);

/** The program of one file of dist/lib/: its packages by name. */
export function librarySource(names) {
  return names.map((name) => `exports[${JSON.stringify(name)}] = require(${JSON.stringify(name)});`).join("\n");
}

/**
 * A static import of a library becomes an object of getters, which load it when one is read; a dynamic one loads it then. So the sources import
 * what they need where they need it, and stay synchronous.
 */
export const lazyLibraries = {
  name: "lazy-libraries",
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      fileOf.has(path) ? { path, namespace: kind === "dynamic-import" ? "library" : "lazy-library" } : undefined,
    );
    build.onResolve({ filter: /^\.\/lib\// }, ({ path, namespace }) =>
      namespace === "library" || namespace === "lazy-library" ? { path, external: true } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "library" }, ({ path }) => ({
      contents: `module.exports = ${loading(path)};`,
    }));
    build.onLoad({ filter: /.*/, namespace: "lazy-library" }, async ({ path }) => {
      const names = Object.keys(await import(pathToFileURL(resolver.resolve(path)).href));
      const getters = names.map((name) => {
        const key = JSON.stringify(name);
        return `Object.defineProperty(exports, ${key}, { enumerable: true, get: () => ${loading(path)}[${key}] });`;
      });
      return { contents: getters.join("\n") };
    });
  },
};

function loading(path) {
  return `require("./lib/${fileOf.get(path)}.cjs")[${JSON.stringify(path)}]`;
}

/** `import("./commands/x.ts")` and `import("./program.ts")` load one of the other start files. require() does not start the ES module loader, which would cost 10 ms. */
export const lazyCommands = {
  name: "lazy-commands",
  setup(build) {
    build.onResolve({ filter: /^\.\/(commands\/[\w-]+|program)\.ts$/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, namespace: "command" } : undefined,
    );
    build.onResolve({ filter: /\.cjs$/ }, ({ path, namespace }) =>
      namespace === "command" ? { path, external: true } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "command" }, ({ path }) => {
      const command = /^\.\/commands\/([\w-]+)\.ts$/.exec(path)?.[1];
      const file = command === undefined ? `"./program.cjs"` : `"./commands.cjs"`;
      return { contents: `module.exports = require(${file})${command === undefined ? "" : `["${command}"]`};` };
    });
  },
};

/** The program of commands.cjs: every command by name, whose modules run on first use. */
export function commandsSource(names) {
  return names
    .map(
      (name) =>
        `Object.defineProperty(exports, "${name}", { enumerable: true, get: () => require("./src/cli/commands/${name}.ts") });`,
    )
    .join("\n");
}
