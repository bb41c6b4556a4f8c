// Header fields as they came: `[name, value]` pairs, duplicates kept.

/** All values of the fields of this name, whatever their case, in order. Anything that is no list of pairs has none. */
function headerValues(headers: unknown, name: string): string[] {
  const wanted = name.toLowerCase();
  return (Array.isArray(headers) ? headers : []).flatMap((field: unknown) =>
    Array.isArray(field) && String(field[0]).toLowerCase() === wanted ? [String(field[1])] : [],
  );
}

/** The value of the first such field. */
export function headerOf(headers: unknown, name: string): string | undefined {
  return headerValues(headers, name)[0];
}
