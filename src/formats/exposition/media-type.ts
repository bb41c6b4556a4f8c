// Content types of expositions: read by the grammar of RFC 9110, checked against what was asked for. Pure.
import type { Level } from "../../base/types.ts";
import type { Format } from "./catalogue.ts";

/** A content type that keeps the grammar. Names in lower case. */
export interface MediaType {
  type: string;
  parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const TYPE = new RegExp(`^[ \\t]*(${TOKEN}/${TOKEN})`);
const PARAMETER = new RegExp(`[ \\t]*;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\[\\s\\S])*)"))?`, "y");

/** RFC 9110, 8.3.1. A string says what is wrong. A parameter given twice with two values is wrong too: no receiver knows which holds. */
export function readMediaType(text: string): MediaType | string {
  const head = TYPE.exec(text);
  if (head === null) return text.trim() === "" ? "it is missing" : "it does not begin with type/subtype";
  const type = (head[1] ?? "").toLowerCase();
  const parameters = new Map<string, string>();
  let at = head[0].length;
  while (at < text.length) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(text);
    if (found === null) {
      const rest = text.slice(at);
      return rest.trim() === "" ? { type, parameters } : `${JSON.stringify(rest.trim().slice(0, 60))} is no parameter`;
    }
    at = PARAMETER.lastIndex;
    const [, name, token, quoted] = found;
    if (name === undefined) continue;
    const value = token ?? (quoted ?? "").replace(/\\([\s\S])/g, "$1");
    const known = parameters.get(name.toLowerCase());
    if (known !== undefined && known !== value) return `the parameter ${name} is there twice`;
    parameters.set(name.toLowerCase(), value);
  }
  return { type, parameters };
}

export const OPENMETRICS = "application/openmetrics-text";
const TEXT = "text/plain";
const PROTOBUF = "application/vnd.google.protobuf";

/** Versions that have rules here, by media type; "": no version given. */
const VERSIONS: { readonly [type: string]: { readonly [version: string]: Format } } = {
  [TEXT]: { "": "prometheus", "0.0.4": "prometheus", "1.0.0": "prometheus" },
  [OPENMETRICS]: {
    "": "openmetrics",
    "0.0.1": "openmetrics",
    "1.0.0": "openmetrics",
    "2.0.0": "openmetrics@2",
    "2.0.0-rc": "openmetrics@2",
    "2.0.0-rc0": "openmetrics@2",
  },
};

/** What a content type says of the body. */
export interface Negotiated {
  format?: Format;
  /** Why the body cannot be checked at all: its version has no rules here. */
  unchecked?: string;
  /** Why the body is no text: nothing in it is read. */
  opaque?: string;
}

/** The type and version before the first `;` decide, also where the rest breaks the grammar. */
export function negotiated(contentType: string): Negotiated {
  const read = readMediaType(contentType);
  const type = typeof read === "string" ? (contentType.split(/[;,]/)[0] ?? "").trim().toLowerCase() : read.type;
  if (type === PROTOBUF || type === "application/openmetrics-protobuf")
    return { opaque: "a protobuf answer, which was not asked for" };
  const versions = VERSIONS[type];
  if (versions === undefined) return {};
  const version = typeof read === "string" ? looseVersion(contentType) : (read.parameters.get("version") ?? "");
  const format = Object.hasOwn(versions, version) ? versions[version] : undefined;
  if (format !== undefined) return { format };
  const known = Object.keys(versions).filter((one) => one !== "");
  const format0: Format = type === TEXT ? "prometheus" : "openmetrics";
  if (typeof read === "string") return { format: format0 };
  return {
    format: format0,
    unchecked: `${type} of version ${version} has no rules here (known: ${known.join(", ")})`,
  };
}

function looseVersion(contentType: string): string {
  return /;\s*version\s*=\s*"?([\w.-]+)/i.exec(contentType)?.[1] ?? "";
}

export interface TypeFault {
  id: string;
  message: string;
  expected: string;
  level?: Level;
}

const ESCAPINGS = ["allow-utf-8", "underscores", "dots", "values"];
const WANTED = "text/plain; version=0.0.4 or application/openmetrics-text; version=1.0.0; charset=utf-8";

/** What is wrong with the content type itself. `asked`: the Accept field of the request; undefined: not known. */
export function contentTypeFaults(contentType: string, asked?: string): TypeFault[] {
  const read = readMediaType(contentType);
  const shown = contentType === "" ? "missing" : contentType;
  if (typeof read === "string") {
    const why = contentType.trim() === "" ? "" : ` is malformed: ${read}`;
    return [
      { id: "content-type", message: `the content type ${why === "" ? "is missing" : shown + why}`, expected: WANTED },
    ];
  }
  const { type } = read;
  if (negotiated(contentType).opaque !== undefined) return [];
  if (type !== TEXT && type !== OPENMETRICS)
    return [{ id: "content-type", message: `the content type is ${shown}`, expected: WANTED }];
  return [...charsetFaults(read), ...versionFaults(read, asked), ...escapingFaults(read, asked)];
}

function charsetFaults({ type, parameters }: MediaType): TypeFault[] {
  const charset = parameters.get("charset");
  const expected = "charset=utf-8";
  if (charset !== undefined && charset.toLowerCase() !== "utf-8" && charset.toLowerCase() !== "utf8")
    return [{ id: "content-type-charset", message: `the charset is ${charset}`, expected, level: "MUST" }];
  if (charset !== undefined || type === TEXT) return [];
  return [{ id: "content-type-charset", message: `the content type names no charset; expfmt refuses that`, expected }];
}

function versionFaults({ type, parameters }: MediaType, asked: string | undefined): TypeFault[] {
  const version = parameters.get("version");
  if (version === undefined)
    return type === TEXT
      ? []
      : [
          {
            id: "content-type-version",
            message: "the content type names no version",
            expected: "version=1.0.0",
            level: "SHOULD",
          },
        ];
  const offered = offers(asked, type);
  if (offered === undefined || offered.some((one) => (one.get("version") ?? version) === version)) return [];
  // OpenMetrics: the oldest version unless a newer one is asked for. The text format only recommends an accepted one.
  const newer = type === OPENMETRICS && version.startsWith("2");
  return [
    {
      id: "content-type-version",
      message: `${type} of version ${version} was not asked for`,
      expected: offered.map((one) => one.get("version")).join(" or ") || "a type that was asked for",
      level: newer ? "MUST" : "SHOULD",
    },
  ];
}

function escapingFaults({ type, parameters }: MediaType, asked: string | undefined): TypeFault[] {
  const escaping = parameters.get("escaping");
  const version = parameters.get("version") ?? "";
  if (escaping === undefined)
    return type === TEXT && version === "1.0.0"
      ? [{ id: "content-type-escaping", message: "text 1.0.0 names no escaping", expected: ESCAPINGS.join(", ") }]
      : [];
  if (!ESCAPINGS.includes(escaping))
    return [{ id: "content-type-escaping", message: `the escaping is ${escaping}`, expected: ESCAPINGS.join(", ") }];
  const offered = offers(asked, type)?.filter((one) => one.get("version") === version && one.has("escaping")) ?? [];
  if (offered.length === 0 || offered.some((one) => one.get("escaping") === escaping)) return [];
  return [
    {
      id: "content-type-escaping",
      message: `the escaping is ${escaping}, which was not asked for`,
      expected: offered.map((one) => one.get("escaping")).join(" or "),
      level: "SHOULD",
    },
  ];
}

/** Parameters of each offer of `type` in an Accept field; undefined: not known, or the type is only covered by a wildcard. */
function offers(asked: string | undefined, type: string): ReadonlyMap<string, string>[] | undefined {
  if (asked === undefined) return undefined;
  const found: ReadonlyMap<string, string>[] = [];
  for (const one of asked.split(",")) {
    const read = readMediaType(one);
    if (typeof read !== "string" && read.type === type) found.push(read.parameters);
  }
  return found.length === 0 ? undefined : found;
}

/** Which names may stand in the body: all of UTF-8, legacy ones only (a stated promise), or not said. */
export function namesAllowed(contentType: string | undefined): { promise: string; binding: boolean } | undefined {
  if (contentType === undefined) return undefined;
  const read = readMediaType(contentType);
  if (typeof read === "string") return undefined;
  const escaping = read.parameters.get("escaping");
  const version = read.parameters.get("version") ?? "";
  if (escaping === "allow-utf-8") return undefined;
  if (escaping !== undefined) return { promise: `escaping=${escaping}`, binding: true };
  if (version === "0.0.4" || version === "1.0.0" || version === "0.0.1")
    return { promise: `version=${version} without escaping=allow-utf-8`, binding: false };
  return undefined;
}
