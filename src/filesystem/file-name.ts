/**
 * File names within a directory: NAME.TYP;version, the version 0 (newest), -n (n older than the newest) or a number, or * for all.
 * Names match with * (any characters) and % (one character), as the file system does it. @source VMS I/O User's Reference, ACP-QIO
 */
export const HIGHEST_VERSION = 32767;
const LONGEST_PART = 39;

/** A name as given to a lookup. */
export interface NamePattern {
  /** NAME.TYP, with a dot always; may hold wildcards. */
  readonly name: string;
  /** Undefined for all versions. */
  readonly version: number | undefined;
  readonly hasWildcard: boolean;
}

const VALID_PART = /^[A-Z0-9$_\-*%]*$/;

/**
 * Parses NAME.TYP;VER (a second dot may stand for the semicolon).
 *
 * @returns undefined when it is no file name; `version` NaN when only the version is wrong
 */
export function parseName(text: string): NamePattern | undefined {
  const upper = text.toUpperCase().trim();
  const match = /^([^.;]*)(?:\.([^.;]*))?(?:[.;]([^.;]*))?$/.exec(upper);
  if (!match) return undefined;
  const [, name = '', type = '', version = ''] = match;
  if (name.length > LONGEST_PART || type.length > LONGEST_PART || !VALID_PART.test(name) || !VALID_PART.test(type)) return undefined;
  const hasWildcard = /[*%]/.test(name + type) || version === '*';
  return { name: `${name}.${type}`, version: version === '*' ? undefined : versionOf(version), hasWildcard };
}

function versionOf(text: string): number {
  if (text === '') return 0;
  const value = /^-?\d{1,5}$/.test(text) ? Number(text) : NaN;
  return value > HIGHEST_VERSION || value < -HIGHEST_VERSION ? NaN : value === 0 ? 0 : value;
}

/** Whether `name` matches `pattern`, where * is any run of characters and % is one. */
export function matches(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p;
      p += 1;
      resume = n;
    } else if (p < pattern.length && (pattern[p] === name[n] || pattern[p] === '%')) {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      n = resume;
    } else return false;
  }
  while (p < pattern.length && pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** Whether a NAME.TYP matches a pattern; name and type are matched apart, so that * does not run over the dot. */
export function nameMatches(pattern: string, name: string): boolean {
  const split = (text: string): [string, string] => {
    const dot = text.lastIndexOf('.');
    return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
  };
  const [patternName, patternType] = split(pattern);
  const [ownName, ownType] = split(name);
  return matches(patternName, ownName) && matches(patternType, ownType);
}

/** The order of names in a directory: by bytes, the shorter first. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
