// Finds a secret in every usual encoding and replaces it by a marker.
import type { Json } from "./types.ts";

export function makeRedactor(secrets: { name: string; value: string }[]) {
  const forms = secrets.flatMap(({ name, value }) => [
    { from: value, to: `‹secret:${name}›` },
    { from: Buffer.from(value).toString("base64").replace(/=+$/, "").slice(0, -1), to: `‹secret:${name}:base64›` },
  ]);
  const redact = (text: string): string =>
    forms.reduce((all, { from, to }) => (all.includes(from) ? all.replaceAll(from, to) : all), text);
  const redactJson = (value: Json): Json => {
    if (typeof value === "string") return redact(value);
    if (Array.isArray(value)) return value.map(redactJson);
    if (value !== null && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [redact(k), redactJson(v)]));
    return value;
  };
  return { redact, redactJson };
}
