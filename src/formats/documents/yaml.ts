// YAML 1.2 (core schema) with places: the yaml package parses, the tree is walked here so that aliases, depth and size stay bounded.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { isObject, pointer as pointerOf } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import { kubectlScalar } from "./kubernetes.ts";
import { type DocumentOptions, depthMax, type LineColumn, Notes, type ParsedDocument } from "./parsed.ts";

/** Keys must be unique; anchors may not hold themselves; what JSON has no word for is kept as text, with a warning. */
export function parseYamlDocument(text: string, options: DocumentOptions): ParsedDocument {
  const lines = new LineCounter();
  const notes = new Notes();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    schema: "core",
    resolveKnownTags: false,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: "silent",
  });
  const documents: Document.Parsed[] = "empty" in parsed ? [] : parsed;
  const place = (offset: number): LineColumn => {
    const { line, col } = lines.linePos(offset);
    return [Math.max(line, 1), Math.max(col, 1)];
  };
  for (const { errors, warnings } of documents) {
    for (const error of errors) notes.fail(kindOf(error), error.message, place(error.pos[0]));
    for (const warning of warnings) notes.warn("tag", warning.message, place(warning.pos[0]));
  }
  if (notes.problem !== undefined && notes.problem.kind !== "duplicate-key") return notes.result({});
  const many = options.documents === true;
  const values = documents.map((document, index) => {
    const walk = new YamlWalk(notes, place, options);
    return walk.value(document.contents, many ? pointerOf([index]) : "", undefined);
  });
  if (notes.problem !== undefined && notes.problem.kind !== "duplicate-key") return notes.result({});
  if (many) return notes.result({ documents: values });
  const second = documents[1];
  if (second !== undefined) {
    const start = place(second.contents?.range?.[0] ?? second.range[0]);
    notes.fail("documents", `holds ${documents.length} documents, one is wanted`, start);
  }
  return notes.result({ data: values[0] ?? null });
}

function kindOf(error: YAMLError): string {
  if (error.code === "DUPLICATE_KEY") return "duplicate-key";
  return error.code === "RESOURCE_EXHAUSTION" ? "depth" : "syntax";
}

class YamlWalk {
  readonly #notes: Notes;
  readonly #place: (offset: number) => LineColumn;
  readonly #merge: boolean;
  readonly #kubectl: boolean;
  readonly #anchors = new Map<string, Node>();
  readonly #open: Node[] = [];
  #stopped = false;
  /** Place of the outermost alias being read. */
  #alias: LineColumn | undefined;

  constructor(notes: Notes, place: (offset: number) => LineColumn, options: DocumentOptions) {
    this.#notes = notes;
    this.#place = place;
    this.#kubectl = options.kubectl === true;
    this.#merge = this.#kubectl || options.merge === true;
  }

  /** `keyAt`: offset of the key it belongs to. */
  value(node: Node | null, pointer: string, keyAt: number | undefined): Json {
    if (this.#stopped) return null;
    const own = node?.range?.[0];
    const place = this.#place((isScalar(node) ? own : (keyAt ?? own)) ?? keyAt ?? 0);
    if (!this.#notes.count(pointer, place)) return this.#stop("alias", "grows too large, aliases expanded", place);
    if (node === null) return null;
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) return this.#stop("alias", `no anchor &${node.source} before *${node.source}`, place);
      const outer = this.#alias;
      this.#alias ??= place;
      const value = this.value(target, pointer, keyAt ?? own);
      this.#alias = outer;
      return value;
    }
    if (this.#open.includes(node)) return this.#stop("alias", "an anchor holds itself", place);
    if (this.#open.length >= depthMax && !isScalar(node)) {
      return this.#stop("depth", `nested deeper than ${depthMax}`, place);
    }
    if ("anchor" in node && typeof node.anchor === "string") this.#anchors.set(node.anchor, node);
    this.#open.push(node);
    const value = this.#content(node, pointer, place);
    this.#open.pop();
    return value;
  }

  #content(node: Node, pointer: string, place: LineColumn): Json {
    if (isMap(node)) return this.#map(node, pointer);
    if (isSeq(node)) return this.#list(node, pointer);
    return isScalar(node) ? this.#scalar(node, place) : null;
  }

  #list(node: YAMLSeq, pointer: string): Json {
    return node.items.map((item, index) => this.value(asNode(item), `${pointer}/${index}`, undefined));
  }

  #map(node: YAMLMap, pointer: string): Json {
    const entries: [string, Json][] = [];
    const merged: [string, Json][] = [];
    const names = new Set<string>();
    for (const { key, value } of node.items) {
      const keyNode = asNode(key);
      const at = keyNode?.range?.[0];
      const name = this.#key(keyNode, at);
      const read = this.value(asNode(value), pointer + pointerOf([name]), at);
      if (this.#merge && name === "<<") merged.push(...sources(read).flatMap((map) => Object.entries(map)));
      else entries.push([name, read]);
      // `yes` and `on` are one key for kubectl.
      if (this.#kubectl && names.has(name) && name !== "<<")
        this.#notes.fail("duplicate-key", `the key ${name.slice(0, 60)} is there twice`, this.#place(at ?? 0));
      names.add(name);
      if (!this.#merge && name === "<<")
        this.#notes.warn("key", "`<<` merges nothing in YAML 1.2", this.#place(at ?? 0));
    }
    // fromEntries makes `__proto__` a key like any other. Of merged maps the first wins, and the map's own keys win over all.
    return Object.fromEntries([...merged.reverse(), ...entries]);
  }

  #key(node: Node | null, at: number | undefined): string {
    const target = isAlias(node) ? this.#anchors.get(node.source) : node;
    if (isScalar(target) && "anchor" in target && target.anchor !== undefined) this.#anchors.set(target.anchor, target);
    const value = isScalar(target) ? this.#keyValue(target) : undefined;
    if (typeof value === "string") return value;
    const place = this.#place(at ?? 0);
    if (this.#kubectl && target !== undefined && target !== null && !isScalar(target))
      this.#notes.fail("key", "a map or a list cannot be a key", place);
    const text = isScalar(target) ? (target.source ?? String(value)) : String(target ?? "");
    this.#notes.warn("key", `the key ${text.slice(0, 60)} is no string`, place);
    return text;
  }

  /** kubectl takes `on` for true and `017` for 15 in keys as well, and makes text of them. */
  #keyValue(node: Scalar): unknown {
    if (!this.#plain(node)) return node.value;
    const value = kubectlScalar(node.source ?? "");
    return typeof value === "boolean" || Number.isSafeInteger(value) ? String(value) : value;
  }

  #plain(node: Scalar): boolean {
    return this.#kubectl && node.type === "PLAIN" && (node.tag === undefined || node.tag === "");
  }

  #scalar(node: Scalar, place: LineColumn): Json {
    const value = this.#plain(node) ? kubectlScalar(node.source ?? "") : node.value;
    if (typeof value === "number") {
      if (!Number.isFinite(value)) {
        this.#notes.warn("number", `${node.source} is kept as text`, place);
        return node.source ?? String(value);
      }
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        this.#notes.warn("number", `${node.source} is not exact as a double`, place);
      }
      return value;
    }
    return typeof value === "string" || typeof value === "boolean" ? value : null;
  }

  #stop(kind: string, message: string, place: LineColumn): null {
    this.#stopped = true;
    this.#notes.fail(kind, message, this.#alias ?? place);
    return null;
  }
}

function asNode(value: unknown): Node | null {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null;
}

function sources(value: Json): { [key: string]: Json }[] {
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => (isObject(item) ? [item] : []));
}
