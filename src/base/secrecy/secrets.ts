// Finds a secret in every usual encoding and replaces it by a marker: `‹secret:name›`, `‹secret:name:base64›`, ...
import { escapeRegex } from "../escape.ts";
import { isScalar, parseJson } from "../json.ts";
import type { Json } from "../types.ts";
import { encodedLengthMin, patternsOf, type SecretForm, type SecretPattern, secretScan } from "./forms.ts";

export interface Secret {
  name: string;
  value: string;
}

export interface Redactor {
  /** The text itself when it holds no secret. */
  redact(text: string): string;
  /** All strings and keys, and byte arrays; the value itself when it holds no secret. */
  redactJson(value: Json): Json;
}

/** Shorter values hide nothing and would tear every text apart; they are not replaced at all. */
const lengthMin = 4;

/** One secret made ready: its name as it stands in markers, and how it is replaced. */
interface Ready {
  name: string;
  value: string;
  bytes: Buffer;
  replaceIn(text: string): string;
}

/** Longer secrets are replaced before shorter ones. Markers that are there already stay. */
export function makeRedactor(secrets: readonly Secret[]): Redactor {
  const sorted = secrets
    .filter(({ value }) => value.length >= lengthMin)
    .sort((a, b) => b.value.length - a.value.length || (a.name < b.name ? -1 : 1));
  if (sorted.length === 0) return { redact: (text) => text, redactJson: (value) => value };
  const markers = [...new Set(sorted.map(({ name }) => markerName(name)))].map((name) => escapeRegex(name)).join("|");
  const ready = sorted.map((secret) => makeReady(secret, `‹secret:(?:${markers})(?::[a-z0-9]+)?›`));
  const scan = secretScan(ready.map(({ value }) => value));
  const redact = (text: string): string => {
    if (text.length < lengthMin) return text;
    return stillJson(
      text,
      scan(text).reduce((all, index) => ready[index]?.replaceIn(all) ?? all, text),
    );
  };
  const redactBytes = byteRedactor(ready, redact);
  const redactJson = (value: Json): Json => {
    if (typeof value === "string") return redact(value);
    if (typeof value === "number") return redactNumber(value, ready);
    if (isScalar(value)) return value;
    return Array.isArray(value) ? redactBytes(mapped(value, redactJson)) : redactObject(value, redact, redactJson);
  };
  return { redact, redactJson };
}

/** A marker in the place of some numbers of an array becomes a string there, so that what was JSON stays JSON. */
function stillJson(text: string, redacted: string): string {
  if (!redacted.includes(":bytes›") || redacted === text || parseJson(text).value === undefined) return redacted;
  return parseJson(redacted).value === undefined ? redacted.replace(/‹secret:[^›]*:bytes›/g, '"$&"') : redacted;
}

function markerName(name: string): string {
  return name.replace(/[:‹›]/g, "-");
}

function marker(name: string, form: SecretForm): string {
  return form === "plain" ? `‹secret:${name}›` : `‹secret:${name}:${form}›`;
}

function makeReady(secret: Secret, knownMarker: string): Ready {
  const name = markerName(secret.name);
  const { value } = secret;
  // Most secrets are never seen: the patterns wait until the scan suspects one. One group per form tells which of them matched.
  let search: { patterns: SecretPattern[]; all: RegExp } | undefined;
  const made = () => {
    const patterns = patternsOf(value);
    return {
      patterns,
      all: new RegExp(`${knownMarker}|${patterns.map(({ source }) => `(${source})`).join("|")}`, "g"),
    };
  };
  const replaceIn = (text: string): string => {
    search ??= made();
    const { patterns, all } = search;
    return text.replace(all, (match, ...groups) => {
      const form = patterns.find((_, index) => groups[index] !== undefined)?.form;
      if (form === undefined) return match;
      return marker(name, form === "escaped" ? escapeForm(match, value) : form);
    });
  };
  return { name, value, bytes: Buffer.from(value, "utf8"), replaceIn };
}

/** The escape that the match has more of than the secret itself. */
function escapeForm(match: string, value: string): SecretForm {
  const added = (character: string) => match.split(character).length > value.split(character).length;
  if (match === value) return "plain";
  if (added("&")) return "html";
  return added("%") || added("+") ? "percent" : "json";
}

function mapped(values: Json[], each: (value: Json) => Json): Json[] {
  let changed = false;
  const result = values.map((value) => {
    const next = each(value);
    changed ||= next !== value;
    return next;
  });
  return changed ? result : values;
}

type JsonObject = { [key: string]: Json };

function redactObject(
  value: JsonObject,
  redact: (text: string) => string,
  redactJson: (value: Json) => Json,
): JsonObject {
  let changed = false;
  const entries = Object.entries(value).map(([key, item]): [string, Json] => {
    const next: [string, Json] = [redact(key), redactJson(item)];
    changed ||= next[0] !== key || next[1] !== item;
    return next;
  });
  // fromEntries keeps `__proto__` an ordinary key.
  return changed ? Object.fromEntries(entries) : value;
}

/** A secret of digits may come as a number. */
function redactNumber(value: number, ready: readonly Ready[]): Json {
  const text = String(value);
  const found = text.length < encodedLengthMin ? undefined : ready.find((secret) => secret.value === text);
  return found === undefined ? value : marker(found.name, "plain");
}

/** Bodies sent as arrays of byte values: the bytes of a secret become one marker. */
function byteRedactor(ready: readonly Ready[], redact: (text: string) => string): (values: Json[]) => Json[] {
  const secrets = ready.filter(({ value }) => value.length >= encodedLengthMin);
  return (values) => {
    if (values.length < encodedLengthMin || !values.every(isByte)) return values;
    const bytes = Buffer.from(values);
    const result: Json[] = [];
    for (let i = 0; i < bytes.length; ) {
      const found = secrets.find(
        (one) => one.bytes[0] === bytes[i] && one.bytes.equals(bytes.subarray(i, i + one.bytes.length)),
      );
      result.push(found === undefined ? (bytes[i] ?? 0) : marker(found.name, "bytes"));
      i += found?.bytes.length ?? 1;
    }
    if (result.length < values.length) return result;
    // Encoded once more within the bytes: the whole array is told as text.
    const text = bytes.toString("latin1");
    const shown = redact(text);
    return shown === text ? values : [shown];
  };
}

function isByte(value: Json): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;
}
