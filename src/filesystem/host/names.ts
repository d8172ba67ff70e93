/**
 * Names of a host directory as VMS sees them.
 *
 * - Letters become upper case; characters that VMS names do not have become `_`; of several dots the last one stays, the others become `_`.
 * - A directory `src` is SRC.DIR;1. A name without a dot has an empty type.
 * - Name and type are cut to 39 characters each.
 * - When two host names come out the same, the one that is written in lower case throughout has the name, then by the order of their bytes;
 *   the others have $2, $3 ... at the end of the name.
 * - `notes.txt;3` is version 3 of NOTES.TXT. The plain name is the newest version: one more than the highest number there, or 1. So host
 *   programs always see the newest version under the plain name.
 *
 * The other way round a new file gets its VMS name in lower case, without the dot of an empty type, and the version only when it is not the newest.
 */
export interface MappedName {
  readonly host: string;
  readonly isDirectory: boolean;
  /** NAME.TYP */
  readonly name: string;
  readonly version: number;
}

const LONGEST = 39;
const HIGHEST_VERSION = 32767;

const clean = (text: string): string => text.toUpperCase().replace(/[^A-Z0-9$_-]/g, '_').slice(0, LONGEST);

/** Plain name and version number of a host name; version 0 when it has none. */
export function splitVersion(host: string): { plain: string; version: number } {
  const match = /^(.+);([1-9]\d{0,4})$/.exec(host);
  const version = match ? Number(match[2]) : 0;
  return match && version <= HIGHEST_VERSION ? { plain: match[1]!, version } : { plain: host, version: 0 };
}

function nameAndType(plain: string, isDirectory: boolean): [string, string] {
  if (isDirectory) return [clean(plain), 'DIR'];
  const dot = plain.lastIndexOf('.');
  return dot < 0 ? [clean(plain), ''] : [clean(plain.slice(0, dot)), clean(plain.slice(dot + 1))];
}

/** Names of everything in one directory. */
export function mapNames(entries: readonly { readonly name: string; readonly isDirectory: boolean }[]): MappedName[] {
  const isLower = (name: string): boolean => name === name.toLowerCase();
  const sorted = [...entries].sort((a, b) => (isLower(a.name) !== isLower(b.name) ? (isLower(a.name) ? -1 : 1) : a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  // Versions of one file share its plain host name, so the plain names are given VMS names, and the versions follow.
  const given = new Map<string, string>();
  const taken = new Set<string>();
  const groups = new Map<string, { host: string; version: number; isDirectory: boolean }[]>();
  for (const { name: host, isDirectory } of sorted) {
    const { plain, version } = isDirectory ? { plain: host, version: 0 } : splitVersion(host);
    const key = `${isDirectory ? 'd' : 'f'}${plain}`;
    if (!given.has(key)) {
      const [name, type] = nameAndType(plain, isDirectory);
      let candidate = `${name}.${type}`;
      for (let copy = 2; taken.has(candidate); copy += 1) candidate = `${name.slice(0, LONGEST - 1 - String(copy).length)}$${copy}.${type}`;
      taken.add(candidate);
      given.set(key, candidate);
    }
    groups.set(key, [...(groups.get(key) ?? []), { host, version, isDirectory }]);
  }
  const mapped: MappedName[] = [];
  for (const [key, versions] of groups) {
    const highest = Math.max(...versions.map(({ version }) => version));
    for (const { host, version, isDirectory } of versions) {
      mapped.push({ host, isDirectory, name: given.get(key)!, version: version === 0 ? Math.min(HIGHEST_VERSION, highest + 1) : version });
    }
  }
  return mapped;
}

/** The plain host name of a new file or directory. */
export function hostNameFor(name: string, isDirectory: boolean): string {
  const lower = name.toLowerCase();
  if (isDirectory && lower.endsWith('.dir')) return lower.slice(0, -4);
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}
