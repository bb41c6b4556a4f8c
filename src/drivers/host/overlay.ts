// Runs in the hosted child: whoever imports a file of a folder that was copied gets the copy's. So a module is loaded once, even where its
// project leads back to it by another way.
import module from "node:module";
import { fileURLToPath } from "node:url";
import { type Copies, copyOf, urlOfCopy } from "./overlay-hooks.ts";

/** Hooks run in this thread where Node can do that, else in the loader's. */
export function takeFromCopies(copies: Copies): void {
  if (copies.length === 0) return;
  if ("registerHooks" in module && typeof module.registerHooks === "function")
    module.registerHooks({
      resolve(specifier: string, context: object, next: SyncResolve) {
        const found = next(specifier, context);
        return { ...found, url: urlOfCopy(copies, found.url) };
      },
    });
  else module.register(hooksFile(), { data: copies });
  const resolver: { _resolveFilename?: (...args: unknown[]) => string } = module as object;
  const resolve = resolver._resolveFilename;
  if (resolve === undefined) return;
  resolver._resolveFilename = function (this: unknown, ...args: unknown[]) {
    return copyOf(copies, resolve.apply(this, args));
  };
}

type SyncResolve = (specifier: string, context: object) => { url: string };

/** Beside this file, in the sources as in the built product. */
function hooksFile(): string {
  const here = import.meta.url;
  return new URL(`./overlay-hooks${fileURLToPath(here).endsWith(".ts") ? ".ts" : ".js"}`, here).href;
}
