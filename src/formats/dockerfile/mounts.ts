// `RUN --mount=`: its fields, where it is taken from, and what a builder refuses in them (BuildKit 0.34). Pure.
import { DockerfileRefusal } from "./words.ts";

export interface Mount {
  type: string;
  /** A stage or image; empty: the folder, or nothing. */
  from: string;
  /** As written: relative to the working directory, may be empty. */
  target: string;
}

const types = ["bind", "cache", "tmpfs", "secret", "ssh"];
const shared = ["shared", "private", "locked"];
const truths = /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;
const wrong = (message: string) => new DockerfileRefusal(`--mount: ${message}`);

/** What is wrong whatever names are worth; `from` takes none. */
export function mountFields(text: string): string[] {
  const fields = csv(text);
  for (const field of fields) {
    const [key, value = ""] = cut(field);
    const at = value.indexOf("$");
    if (key === "from" && at !== -1 && at !== value.length - 1) throw wrong("from takes no variable");
  }
  return fields;
}

/** `fill`: a value with its names put in, undefined when the base image could give one another. Undefined: a value is not known. */
export function mountOf(text: string, fill: (value: string) => string | undefined): Mount | undefined {
  let known = true;
  const seen = new Map<string, string>();
  let type = "bind";
  for (const field of mountFields(text)) {
    const [key, raw] = cut(field);
    if (raw === undefined) bare(key, field, type);
    else {
      const value = fill(raw);
      if (value === undefined) {
        known = false;
        continue;
      }
      if (key === "type") {
        if (!types.includes(value.toLowerCase())) throw wrong(`there is no type ${value.slice(0, 40)}`);
        type = value.toLowerCase();
      } else check(key, value, type);
      seen.set(names.get(key) ?? key, value);
    }
  }
  if (!known) return undefined;
  together(type, seen);
  return { type, from: seen.get("from") ?? "", target: seen.get("target") ?? "" };
}

const names = new Map([
  ["src", "source"],
  ["dst", "target"],
  ["destination", "target"],
]);

function bare(key: string, field: string, type: string): void {
  if (["readonly", "ro", "readwrite", "rw"].includes(key)) return;
  if (key === "required" && (type === "secret" || type === "ssh")) return;
  if (key === "required") throw wrong(`required is no key of a mount of type ${type}`);
  throw wrong(`${field.slice(0, 40) || "an empty field"} is no key=value`);
}

const free = new Set(["from", "source", "src", "target", "dst", "destination", "id", "env"]);

function check(key: string, value: string, type: string): void {
  const bad = () => wrong(`${key}=${value.slice(0, 40)} is none`);
  if (free.has(key)) return;
  if (["readonly", "ro", "readwrite", "rw"].includes(key)) {
    if (!truths.test(value)) throw bad();
  } else if (key === "required" || key === "size") {
    const allowed = key === "size" ? ["tmpfs"] : ["secret", "ssh"];
    if (!allowed.includes(type)) throw wrong(`${key} is no key of a mount of type ${type}`);
    if (!(key === "size" ? bytes : truths).test(value)) throw bad();
  } else if (key === "sharing") {
    if (!shared.includes(value.toLowerCase())) throw bad();
  } else if (key === "mode") {
    if (!/^[0-7]+$/.test(value) || Number.parseInt(value, 8) >= 2 ** 32) throw bad();
  } else if (key === "uid" || key === "gid") {
    if (!/^\d+$/.test(value) || Number(value) >= 2 ** 32) throw bad();
  } else throw wrong(`there is no key ${key.slice(0, 40)}`);
}

/** `64m`, `1.5 GiB`. */
const bytes = /^\d+(\.\d+)? ?([kKmMgGtTpP]?(i?[bB])?)$/;

function together(type: string, seen: Map<string, string>): void {
  const has = (key: string) => (seen.get(key) ?? "") !== "";
  if (type === "bind" || type === "tmpfs") {
    const key = ["mode", "uid", "gid"].find((one) => seen.has(one));
    if (key !== undefined) throw wrong(`${key} is no key of a mount of type ${type}`);
  }
  if (type === "secret") {
    if (has("from") || has("sharing")) throw wrong("a secret takes neither from nor sharing");
    if (!has("source") && !has("target") && !has("id")) throw wrong("a secret wants an id, a source or a target");
    if (has("source") && has("id")) throw wrong("a secret takes an id or a source, not both");
  }
  if (type === "ssh" && has("source")) throw wrong("source is no key of a mount of type ssh");
  if (has("sharing") && type !== "cache") throw wrong(`sharing is no key of a mount of type ${type}`);
}

function cut(field: string): [string, string | undefined] {
  const at = field.indexOf("=");
  return at === -1 ? [field.toLowerCase(), undefined] : [field.slice(0, at).toLowerCase(), field.slice(at + 1)];
}

/** One line of comma-separated values; `""` in quotes is one quote. */
function csv(text: string): string[] {
  if (text === "") throw wrong("no fields");
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const quoted = /"((?:[^"]|"")*)"(,|$)/y;
    quoted.lastIndex = at;
    const plain = /([^",]*)(,|$)/y;
    plain.lastIndex = at;
    const found = quoted.exec(text) ?? plain.exec(text);
    if (found === null) throw wrong("a quote inside a field");
    fields.push((found[1] ?? "").replaceAll('""', '"'));
    at += found[0].length;
    if (found[2] === "") return fields;
  }
}
