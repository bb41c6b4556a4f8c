// What kubectl takes words of a manifest for: plain YAML scalars as go-yaml v2 resolves them, and resource quantities. Pure.

const words = new Map<string, boolean | null>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word): [string, boolean] => [
    word,
    true,
  ]),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word): [string, boolean] => [
    word,
    false,
  ]),
  ...["", "~", "null", "Null", "NULL"].map((word): [string, null] => [word, null]),
]);

/** A plain scalar: `yes` is true, `017500` is octal, `8_000` a number, `1:30` a text. Source: sigs.k8s.io/yaml 1.6. */
export function kubectlScalar(source: string): string | number | boolean | null {
  const word = words.get(source);
  if (word !== undefined) return word;
  const digits = source.replaceAll("_", "");
  const integer = integerOf(digits);
  if (integer !== undefined && /^[-+.0-9]/.test(source)) return integer;
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits) && /^[-+.0-9]/.test(source))
    return Number(digits);
  if (/^[-+]?\.(inf|Inf|INF)$/.test(source)) return source.startsWith("-") ? -Infinity : Infinity;
  return /^\.(nan|NaN|NAN)$/.test(source) ? Number.NaN : source;
}

const integerMax = 2n ** 64n - 1n;

function integerOf(digits: string): number | undefined {
  const [, sign = "", body = ""] = /^([-+]?)(.+)$/s.exec(digits) ?? [];
  const octal = /^0[oO]?([0-7]+)$/.exec(body)?.[1];
  const text = octal !== undefined ? `0o${octal}` : body;
  if (!/^(0|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[bB][01]+|0o[0-7]+)$/.test(text)) return undefined;
  const value = BigInt(text);
  if (value > integerMax || (sign === "-" && value > 2n ** 63n)) return undefined;
  return sign === "-" ? 0 - Number(value) : Number(value);
}

const binary: { [suffix: string]: number } = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const decimal: { [suffix: string]: number } = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** A resource quantity (`250m`, `1Gi`, `1e3`, `+0.25`) as a number; undefined when it is none. Source: apimachinery 0.37, resource.Quantity. */
export function quantityOf(text: string): number | undefined {
  const [, amount, suffix = ""] =
    /^([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+|)$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  if (suffix in binary) return Number(amount) * 1024 ** (binary[suffix] ?? 0);
  // One conversion for both, so that 700m and 0.7 are the same number.
  return Number(`${amount.replace(/\.$/, "")}e${decimal[suffix] ?? suffix.slice(1)}`);
}
