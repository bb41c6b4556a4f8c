// Where in the module a stack leads: what the hosted child reports is told with places in the module's own files.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isScalar } from "../../base/json.ts";
import type { Json, Place } from "../../base/types.ts";

/** Every object with a `stack` gets the `place` in the module's files that the stack leads to; the stack is cut to the module's own frames. */
export function withPlaces(record: Record<string, Json>, moduleDir: string): Record<string, Json> {
  const walk = (json: Json): Json => {
    if (Array.isArray(json)) return json.map(walk);
    if (isScalar(json)) return json;
    const walked = Object.fromEntries(Object.entries(json).map(([key, value]) => [key, walk(value)]));
    const { stack, ...rest } = walked;
    if (typeof stack !== "string") return walked;
    const place = placeInStack(stack, moduleDir) ?? placeInMessage(rest.message, moduleDir);
    return place === undefined ? rest : { ...rest, place: { ...place }, where: `${place.file}:${place.line}` };
  };
  return walk(record) as Record<string, Json>;
}

/** The first frame of a stack that lies in the module's folder. */
function placeInStack(stack: string, moduleDir: string): Place | undefined {
  for (const line of stack.split("\n")) {
    const [, file, row, column] =
      /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]*?):(\d+):(\d+)\)?$/.exec(line.trim()) ?? [];
    if (file === undefined) continue;
    const absolute = file.startsWith("file://") ? fileURLToPath(file) : file;
    const relative = path.relative(moduleDir, absolute);
    if (relative.startsWith("..") || relative.includes("node_modules")) continue;
    return { file: relative, line: Number(row), column: Number(column) };
  }
  return undefined;
}

/** A file that cannot be compiled is named in the message: `/folder/index.ts:5:10: ERROR: ...`. */
function placeInMessage(message: Json | undefined, moduleDir: string): Place | undefined {
  if (typeof message !== "string") return undefined;
  const [, file = "", row, column] = /(\/[^\s:]+):(\d+):(\d+): ERROR/.exec(message) ?? [];
  if (!file.startsWith(moduleDir + path.sep)) return undefined;
  return { file: path.relative(moduleDir, file), line: Number(row), column: Number(column) };
}
