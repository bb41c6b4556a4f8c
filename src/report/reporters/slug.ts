// Names for machines: module names as file, class and anchor names, unique in a report.

/** What of a module its slug is made of. */
interface Named {
  name: string;
  contract: { name: string };
}

/** One slug per module, in order: letters, digits, `-` and `_`, at most 80 characters, different even where case is folded. */
export function moduleSlugs(report: { modules: readonly Named[] }): string[] {
  const plain = report.modules.map((module) => slug(module.name));
  const taken = new Map<string, number>();
  for (const name of plain) taken.set(name.toLowerCase(), (taken.get(name.toLowerCase()) ?? 0) + 1);
  const used = new Set<string>();
  return plain.map((name, i) => {
    const module = report.modules[i];
    const alone = taken.get(name.toLowerCase()) === 1;
    let unique = alone ? name : `${name.slice(0, 71)}-${hash(`${module?.name} ${module?.contract.name}`)}`;
    for (let n = 2; used.has(unique.toLowerCase()); n++)
      unique = `${name.slice(0, 65)}-${hash(`${module?.name} ${n}`)}`;
    used.add(unique.toLowerCase());
    return unique;
  });
}

/** A text reduced to letters, digits, `-` and `_`; shortened or emptied ones carry a hash of the whole. */
export function slug(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_]+/g, "-").replace(/^-+|-+$/g, "");
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain);
  if (plain !== "" && plain.length <= 80 && !reserved) return plain;
  return `${plain.slice(0, 71)}-${hash(text)}`.replace(/^-/, "m-");
}

/** FNV-1a over UTF-16 units, 8 hexadecimal digits. Tells names apart; nothing secret. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, "0");
}
