// Expression text -> syntax tree. Macros (`has`, `all`, `map`, ...) are nodes of their own.
import { type Fault, type Token, tokens } from "./lex.ts";
import { expandMacro } from "./macros.ts";
import type { Node } from "./tree.ts";
import { double, int, intMax, Uint } from "./values.ts";

const depthMax = 250;
const tokensMax = 20_000;
const keywords = new Set(["in", "true", "false", "null"]);
const reserved = new Set(
  "as break const continue else for function if import let loop package namespace return var void while".split(" "),
);
const relations = new Set(["<", "<=", ">", ">=", "==", "!="]);

interface Reader {
  tokens: Token[];
  next: number;
  depth: number;
}

/** The tree of an expression. Throws a Fault. */
export function parseCel(source: string): Node {
  const all = tokens(source);
  if (all.length > tokensMax) throw { at: 0, message: `longer than ${tokensMax} words and marks` } satisfies Fault;
  const reader: Reader = { tokens: all, next: 0, depth: 0 };
  const node = expression(reader);
  const rest = peek(reader);
  if (rest.kind !== "end") throw unexpected(rest);
  return node;
}

function peek(reader: Reader): Token {
  return reader.tokens[reader.next] as Token;
}

function unexpected(token: Token): Fault {
  return {
    at: token.at,
    message: token.kind === "end" ? "unexpected end of the expression" : `unexpected ${token.text}`,
  };
}

function isMark(token: Token, text: string): boolean {
  return token.kind === "mark" && token.text === text;
}

/** Takes the mark if it is next. */
function taken(reader: Reader, text: string): Token | undefined {
  const token = peek(reader);
  if (!isMark(token, text)) return undefined;
  reader.next++;
  return token;
}

function must(reader: Reader, text: string): Token {
  const token = taken(reader, text);
  if (token === undefined) {
    const got = peek(reader);
    throw { at: got.at, message: `expected ${text}, got ${got.text}` } satisfies Fault;
  }
  return token;
}

function expression(reader: Reader): Node {
  if (++reader.depth > depthMax)
    throw { at: peek(reader).at, message: `nested deeper than ${depthMax}` } satisfies Fault;
  const test = logic(reader, false);
  const mark = taken(reader, "?");
  let node = test;
  if (mark !== undefined) {
    const yes = logic(reader, false);
    must(reader, ":");
    node = { kind: "choice", at: mark.at, test, yes, no: expression(reader) };
  }
  reader.depth--;
  return node;
}

function logic(reader: Reader, and: boolean): Node {
  let left = and ? relation(reader) : logic(reader, true);
  for (let mark = taken(reader, and ? "&&" : "||"); mark !== undefined; mark = taken(reader, and ? "&&" : "||"))
    left = { kind: "logic", at: mark.at, and, left, right: and ? relation(reader) : logic(reader, true) };
  return left;
}

function relation(reader: Reader): Node {
  let left = sum(reader);
  for (;;) {
    const token = peek(reader);
    const isIn = token.kind === "word" && token.text === "in";
    if (!isIn && !(token.kind === "mark" && relations.has(token.text))) return left;
    reader.next++;
    left = { kind: "call", at: token.at, name: isIn ? "@in" : `_${token.text}_`, args: [left, sum(reader)] };
  }
}

function sum(reader: Reader): Node {
  return binary(reader, ["+", "-"], (inner) => binary(inner, ["*", "/", "%"], unary));
}

function binary(reader: Reader, marks: string[], operand: (reader: Reader) => Node): Node {
  let left = operand(reader);
  for (;;) {
    const token = peek(reader);
    if (token.kind !== "mark" || !marks.includes(token.text)) return left;
    reader.next++;
    left = { kind: "call", at: token.at, name: `_${token.text}_`, args: [left, operand(reader)] };
  }
}

function unary(reader: Reader): Node {
  const token = peek(reader);
  if (!isMark(token, "!") && !isMark(token, "-")) return member(reader);
  if (++reader.depth > depthMax) throw { at: token.at, message: `nested deeper than ${depthMax}` } satisfies Fault;
  reader.next++;
  const after = peek(reader);
  if (token.text === "-" && (after.kind === "int" || after.kind === "double")) {
    after.value = typeof after.value === "bigint" ? -after.value : -Number(after.value);
    reader.depth--;
    return member(reader);
  }
  const args = [unary(reader)];
  reader.depth--;
  return { kind: "call", at: token.at, name: `${token.text}_`, args };
}

function member(reader: Reader): Node {
  let node = primary(reader);
  for (;;) {
    const dot = taken(reader, ".");
    if (dot !== undefined) {
      node = selected(reader, node);
      continue;
    }
    const bracket = taken(reader, "[");
    if (bracket === undefined) {
      if (isMark(peek(reader), "{") && (node.kind === "name" || node.kind === "select"))
        throw { at: peek(reader).at, message: "messages are not supported, only maps" } satisfies Fault;
      return node;
    }
    const optional = taken(reader, "?") !== undefined;
    const key = expression(reader);
    must(reader, "]");
    node = { kind: "index", at: bracket.at, of: node, key, ...(optional ? { optional } : {}) };
  }
}

function selected(reader: Reader, of: Node): Node {
  const optional = taken(reader, "?") !== undefined;
  const token = peek(reader);
  const isName = token.kind === "quoted" || (token.kind === "word" && !keywords.has(token.text));
  if (!isName) throw { at: token.at, message: `expected a name after the dot, got ${token.text}` } satisfies Fault;
  reader.next++;
  if (!optional && token.kind === "word" && taken(reader, "(") !== undefined) {
    const call = { at: token.at, name: token.text, on: of, args: list(reader, ")") };
    return expandMacro(call) ?? { kind: "call", ...call };
  }
  return { kind: "select", at: token.at, of, field: token.text, ...(optional ? { optional } : {}) };
}

/** Expressions up to the closing mark, which is taken. */
function list(reader: Reader, close: string): Node[] {
  const items: Node[] = [];
  while (taken(reader, close) === undefined) {
    items.push(expression(reader));
    if (taken(reader, ",") === undefined) {
      must(reader, close);
      break;
    }
    if (close === ")" && isMark(peek(reader), close)) throw unexpected(peek(reader));
  }
  return items;
}

function primary(reader: Reader): Node {
  const token = peek(reader);
  reader.next++;
  if (token.kind === "mark") return bracketed(reader, token);
  if (token.kind === "word") return named(reader, token, false);
  return { kind: "literal", at: token.at, value: literal(token) };
}

function bracketed(reader: Reader, token: Token): Node {
  if (token.text === "(") {
    const node = expression(reader);
    must(reader, ")");
    return node;
  }
  if (token.text === ".") {
    const name = peek(reader);
    if (name.kind !== "word") throw unexpected(name);
    reader.next++;
    return named(reader, name, true);
  }
  if (token.text === "[") return listLiteral(reader, token.at);
  if (token.text === "{") return mapLiteral(reader, token.at);
  throw unexpected(token);
}

function listLiteral(reader: Reader, at: number): Node {
  const items: { value: Node; optional: boolean }[] = [];
  while (taken(reader, "]") === undefined) {
    const optional = taken(reader, "?") !== undefined;
    items.push({ value: expression(reader), optional });
    if (taken(reader, ",") === undefined) {
      must(reader, "]");
      break;
    }
  }
  return { kind: "list", at, items };
}

function mapLiteral(reader: Reader, at: number): Node {
  const entries: { key: Node; value: Node; optional: boolean }[] = [];
  while (taken(reader, "}") === undefined) {
    const optional = taken(reader, "?") !== undefined;
    const key = expression(reader);
    must(reader, ":");
    entries.push({ key, value: expression(reader), optional });
    if (taken(reader, ",") === undefined) {
      must(reader, "}");
      break;
    }
  }
  return { kind: "map", at, entries };
}

function named(reader: Reader, token: Token, absolute: boolean): Node {
  const { text: name, at } = token;
  if (name === "true" || name === "false") return { kind: "literal", at, value: name === "true" };
  if (name === "null") return { kind: "literal", at, value: null };
  if (keywords.has(name) || reserved.has(name)) throw { at, message: `"${name}" is a reserved word` } satisfies Fault;
  if (taken(reader, "(") === undefined) return { kind: "name", at, name, ...(absolute ? { absolute } : {}) };
  const call = { at, name, args: list(reader, ")") };
  return expandMacro(call) ?? { kind: "call", ...call };
}

function literal(token: Token): unknown {
  const { value } = token;
  if (token.kind === "double") return double(Number(value));
  if (token.kind === "string" || token.kind === "bytes") return value;
  if (typeof value !== "bigint") throw unexpected(token);
  if (token.kind === "uint") {
    if (value > 2n ** 64n - 1n) throw { at: token.at, message: `${token.text} does not fit 64 bits` } satisfies Fault;
    return new Uint(value);
  }
  if (value > intMax || value < -intMax - 1n)
    throw { at: token.at, message: `${token.text} does not fit 64 bits` } satisfies Fault;
  return int(value);
}
