// `${NAME}` and `${NAME:-default}` in the strings of a value, as shells write them. Pure.
import { isScalar } from "../base/json.ts";
import type { Json } from "../base/types.ts";

/** The value with all placeholders replaced; a name nobody knows becomes an empty text and is reported. */
export function fillPlaceholders(value: Json, known: Record<string, string>): { value: Json; unresolved: string[] } {
  const unresolved = new Set<string>();
  const fill = (json: Json): Json => {
    if (typeof json === "string")
      return json.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => {
        const found = known[name];
        // As in a shell, an empty value counts as none.
        if (found !== undefined && found !== "") return found;
        if (fallback === undefined && found === undefined) unresolved.add(name);
        return fallback ?? "";
      });
    if (Array.isArray(json)) return json.map(fill);
    if (isScalar(json)) return json;
    return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, fill(item)]));
  };
  return { value: fill(value), unresolved: [...unresolved] };
}

/** Every string in a value, with the JSON pointer of its place. */
export function mapStrings(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (isScalar(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}
