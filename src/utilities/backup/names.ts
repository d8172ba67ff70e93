import { matchesWildcard } from '../../dcl/language/wildcard.js';

/** Names of files in a save set, `[DIR.SUB]NAME.TYP;1`, and where they go. */
export interface SavedName {
  readonly directory: string;
  readonly name: string;
  readonly version: string;
}

export function splitSaved(spec: string): SavedName {
  const match = /^(?:[^[\]]*)\[([^\]]*)\]([^;]*);?(.*)$/.exec(spec);
  return { directory: match?.[1] ?? '', name: match?.[2] ?? spec, version: match?.[3] ?? '' };
}

/** Directories as `[A...]`, `[*...]`, `[A.*]` name them. */
function directoryMatches(directory: string, pattern: string): boolean {
  const escaped = pattern.replaceAll('...', '\u0001').replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('\u0001', '(?:\\.[^\\]]*)?').replaceAll('*', '[^.\\]]*').replaceAll('%', '[^.\\]]')}$`).test(directory);
}

/** Does a specification of /SELECT or /EXCLUDE mean the file? A missing name, type or version stands for all. */
export function isMeant(spec: string, saved: SavedName): boolean {
  const match = /^(?:[^[\]]*:)?(?:\[([^\]]*)\])?([^;]*);?(.*)$/.exec(spec.toUpperCase());
  if (!match) return false;
  const [, directory, typed, version] = match;
  if (directory !== undefined && !directoryMatches(saved.directory, directory)) return false;
  const [name = '', type] = (typed ?? '').split('.');
  const pattern = `${name === '' ? '*' : name}.${type === undefined || type === '' ? '*' : type}`;
  const wantedVersion = version === '' || version === undefined ? '*' : version;
  return matchesWildcard(saved.name, pattern) && matchesWildcard(saved.version, wantedVersion);
}

/** The fixed beginning of a directory with `...`, and whether it has it. */
function treeOf(directory: string): { readonly base: string; readonly isTree: boolean } {
  return directory.endsWith('...') ? { base: directory.slice(0, -3), isTree: true } : { base: directory, isTree: false };
}

export interface Target {
  /** Device and colon, may be empty. */
  readonly device: string;
  readonly directory: string;
  readonly name: string;
  readonly version: string;
}

export function targetOf(spec: string): Target {
  const match = /^([^[\]]*:)?(?:\[([^\]]*)\])?([^;]*)(?:;(.*))?$/.exec(spec.toUpperCase());
  return { device: match?.[1] ?? '', directory: match?.[2] ?? '', name: match?.[3] ?? '', version: match?.[4] ?? '' };
}

/**
 * Where a file goes: `[B]` all into one directory, `[B...]` the tree below `base` (or all of its directories) below B, `[*...]` into the directories that it
 * had.
 *
 * @param base  the directory of the input with `...`, or of /SELECT; its part of the names is replaced
 * @param here  the default directory, for `[]`, `[...]` and `[.X]`
 */
export function outputSpec(target: Target, saved: SavedName, base: string | undefined, here: string): string {
  const { base: own, isTree } = treeOf(target.directory);
  const start = own === '' || own.startsWith('.') ? `${here}${own}` : own;
  let directory = start;
  if (own === '*' || own === '*...') directory = saved.directory;
  else if (isTree) {
    const below = base !== undefined && (saved.directory === base || saved.directory.startsWith(`${base}.`)) ? saved.directory.slice(base.length).replace(/^\./, '')
      : saved.directory === '000000' ? '' : saved.directory;
    directory = [start === '000000' && below !== '' ? '' : start, below].filter((part) => part !== '').join('.');
  }
  const [savedName = '', savedType = ''] = saved.name.split('.');
  const [name = '', type] = target.name.split('.');
  const version = target.version === '' || target.version === '*' ? saved.version : target.version;
  return `${target.device}[${directory}]${name === '' || name === '*' ? savedName : name}.${type === undefined || type === '' || type === '*' ? savedType : type};${version}`;
}

/** The base of an input specification with `[A...]`; undefined when it has none. */
export function baseOf(spec: string): string | undefined {
  const { base, isTree } = treeOf(targetOf(spec).directory);
  return isTree && base !== '*' ? base : undefined;
}
