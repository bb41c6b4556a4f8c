// The syntax tree of an expression.

interface At {
  /** Offset in the expression: of a name the name's own, of an operator the operator's. */
  at: number;
}

/** A node of the syntax tree. */
export type Node = At &
  (
    | { kind: "literal"; value: unknown }
    | { kind: "name"; name: string; absolute?: boolean }
    | { kind: "select"; of: Node; field: string; optional?: boolean; test?: boolean }
    | { kind: "index"; of: Node; key: Node; optional?: boolean }
    | { kind: "call"; name: string; on?: Node; args: Node[] }
    | { kind: "list"; items: { value: Node; optional: boolean }[] }
    | { kind: "map"; entries: { key: Node; value: Node; optional: boolean }[] }
    | { kind: "logic"; and: boolean; left: Node; right: Node }
    | { kind: "choice"; test: Node; yes: Node; no: Node }
    | { kind: "bind"; name: string; value: Node; body: Node }
    | { kind: "macro"; name: MacroName; of: Node; names: string[]; args: Node[] }
  );

export type MacroName =
  | "all"
  | "exists"
  | "existsOne"
  | "map"
  | "filter"
  | "transformList"
  | "transformMap"
  | "transformMapEntry"
  | "sortBy"
  | "optMap"
  | "optFlatMap";
