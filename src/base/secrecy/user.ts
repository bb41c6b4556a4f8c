// Which of the things that a user hands to conform are secrets: never to be seen in a transcript or report.
import type { Secret } from "./secrets.ts";

const telling = /AUTH|COOKIE|TOKEN|SECRET|PASSW|KEY|CREDENTIAL|SESSION/i;

/** Shorter values of telling names are switches and numbers rather than secrets. */
const lengthMin = 6;

/** Does the name of a header or variable tell that its value is a secret? */
export function isSecret(name: string): boolean {
  return telling.test(name);
}

/** Values of headers and variables whose names tell, and what stands before the `@` of a URL. */
export function userSecrets(given: {
  headers?: Record<string, string> | undefined;
  env?: Record<string, string> | undefined;
  url?: string | undefined;
  /** Parameters that the contract calls secret. */
  params?: Record<string, unknown> | undefined;
}): Secret[] {
  const secrets = [
    ...Object.entries(given.headers ?? {})
      .filter(([name]) => telling.test(name))
      .flatMap(([name, value]) => named(`header-${name.toLowerCase()}`, headerParts(value))),
    ...Object.entries(given.env ?? {})
      .filter(([name]) => telling.test(name))
      .flatMap(([name, value]) => named(`env-${name.toLowerCase()}`, [value])),
    ...Object.entries(given.params ?? {}).flatMap(([name, value]) => named(name, [String(value)])),
    ...named("url-password", given.url !== undefined && URL.canParse(given.url) ? urlParts(new URL(given.url)) : []),
  ];
  return secrets.filter(({ value }) => value.length >= lengthMin);
}

function named(name: string, values: string[]): Secret[] {
  return values.map((value) => ({ name, value }));
}

/** `Bearer abc` hides `abc`, `Basic dTpw` also the password in it, `a=1; sid=xyz` each value. */
function headerParts(value: string): string[] {
  const [, scheme = "", rest = value] = /^(Bearer|Basic|Token)\s+(.*)$/i.exec(value) ?? [];
  if (scheme.toLowerCase() === "basic") {
    const decoded = Buffer.from(rest, "base64").toString("utf8");
    return [rest, decoded.slice(decoded.indexOf(":") + 1)];
  }
  const pairs = rest.split(/;\s*/).flatMap((pair) => /^[\w.-]+=(.+)$/.exec(pair)?.[1] ?? []);
  return pairs.length > 0 ? pairs : [rest];
}

function urlParts({ username, password }: URL): string[] {
  const parts = [password === "" ? username : password];
  return parts.flatMap((part) => {
    try {
      return [part, decodeURIComponent(part)];
    } catch {
      return [part];
    }
  });
}
