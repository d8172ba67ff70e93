import { SS$_BADFILENAME, SS$_BADFILEVER, SS$_DUPFILENAME, SS$_NOMOREFILES, SS$_NOSUCHFILE } from '../executive/starlet/ssdef.js';
import type { BlockFlow } from './block-io.js';
import { entryMark, entryText, type Directory, type DirectoryEntry, type SearchResult } from './directory.js';
import { fail } from './file-failure.js';
import type { FileId } from './file-id.js';
import { HIGHEST_VERSION, compareNames, nameMatches, parseName, type NamePattern } from './file-name.js';

/** Finding and entering names in a directory: versions, wildcards, and where a wildcard search goes on. */

/** Parses a name of a request; fails with SS$_BADFILENAME, SS$_BADFILEVER. */
export function requestedName(text: string): NamePattern {
  const pattern = parseName(text) ?? fail(SS$_BADFILENAME);
  if (Number.isNaN(pattern.version)) fail(SS$_BADFILEVER);
  return pattern;
}

/** The entry of versions (newest first) that a version asks for. */
function chooseVersion(versions: readonly DirectoryEntry[], version: number): DirectoryEntry | undefined {
  if (version === 0) return versions[0];
  if (version < 0) return versions[-version];
  return versions.find((entry) => entry.version === version);
}

/** The entries that match, in the order of the directory. `entries` are all of them, or at least all of the names in question. */
export function matching(entries: readonly DirectoryEntry[], pattern: NamePattern): DirectoryEntry[] {
  const found: DirectoryEntry[] = [];
  for (let index = 0; index < entries.length;) {
    const { name } = entries[index]!;
    let end = index;
    while (end < entries.length && entries[end]!.name === name) end += 1;
    if (nameMatches(pattern.name, name)) {
      const versions = entries.slice(index, end);
      if (pattern.version === undefined) found.push(...versions);
      else {
        const one = chooseVersion(versions, pattern.version);
        if (one) found.push(one);
      }
    }
    index = end;
  }
  return found;
}

/** The one entry a name means; fails with SS$_NOSUCHFILE. */
export function* findEntry(directory: Directory, pattern: NamePattern): BlockFlow<DirectoryEntry> {
  const entries = pattern.hasWildcard ? yield* directory.entries() : yield* directory.versions(pattern.name);
  return matching(entries, pattern)[0] ?? fail(SS$_NOSUCHFILE);
}

/**
 * The next match of a wildcard search. The search goes on behind the name in `previous` (what the request's result buffer holds) when that is the name
 * found last; otherwise behind the place it had, allowing for that entry having been removed meanwhile.
 *
 * choice: the context has the place of the entry found last + 1 in its low word, a mark of its name in the high one. Fails with SS$_NOSUCHFILE at first, SS$_NOMOREFILES later.
 */
export function nextMatch(entries: readonly DirectoryEntry[], pattern: NamePattern, context: number, previous: string): SearchResult {
  const candidates = new Set(matching(entries, pattern));
  const start = context === 0 ? 0 : placeAfter(entries, context, previous);
  for (let index = start; index < entries.length; index += 1) {
    const entry = entries[index]!;
    if (candidates.has(entry)) return { entry, context: ((entryMark(entryText(entry)) << 16) | ((index + 1) & 0xffff)) >>> 0 };
  }
  return fail(context === 0 ? SS$_NOSUCHFILE : SS$_NOMOREFILES);
}

function placeAfter(entries: readonly DirectoryEntry[], context: number, previous: string): number {
  const ordinal = context & 0xffff;
  const wanted = context >>> 16;
  const semicolon = previous.lastIndexOf(';');
  if (semicolon > 0 && entryMark(previous) === wanted) {
    const name = previous.slice(0, semicolon);
    const version = Number(previous.slice(semicolon + 1));
    const after = entries.findIndex((entry) => compareNames(entry.name, name) > 0 || (entry.name === name && entry.version < version));
    return after < 0 ? entries.length : after;
  }
  const last = entries[ordinal - 1];
  return last && entryMark(entryText(last)) === wanted ? ordinal : Math.max(0, ordinal - 1);
}

/** What entering a name did. */
export interface Entered {
  readonly name: string;
  readonly version: number;
  /** The file whose place was taken (superseded); its deletion is the caller's. */
  readonly superseded: FileId | undefined;
  /** Files beyond the version limit, taken out of the directory, oldest last; their deletion is the caller's. */
  readonly purged: readonly DirectoryEntry[];
  /** Other versions that are lower, higher. */
  readonly hasLower: boolean;
  readonly hasHigher: boolean;
}

export interface EnterOptions {
  /** A version that is there already becomes the next one. */
  readonly newVersion: boolean;
  /** A version that is there already is replaced. */
  readonly supersede: boolean;
  readonly versionLimit?: number;
}

/** Enters a file under a name without wildcards. Version 0 is one more than the newest. Fails with SS$_DUPFILENAME, SS$_BADFILEVER. */
export function* enterName(directory: Directory, pattern: NamePattern, id: FileId, options: EnterOptions): BlockFlow<Entered> {
  if (pattern.hasWildcard || pattern.version === undefined) fail(SS$_BADFILENAME);
  const versions = yield* directory.versions(pattern.name);
  const highest = versions[0]?.version ?? 0;
  let version = pattern.version ?? 0;
  if (version < 0) version = versions[-version]?.version ?? fail(SS$_BADFILEVER);
  const taken = version > 0 && versions.some((entry) => entry.version === version);
  if (version === 0 || (taken && options.newVersion && !options.supersede)) version = highest + 1;
  else if (taken && options.supersede) {
    const superseded = yield* directory.replace(pattern.name, version, id);
    return { name: pattern.name, version, superseded, purged: [], hasLower: versions.at(-1)!.version < version, hasHigher: highest > version };
  } else if (taken) fail(SS$_DUPFILENAME);
  if (version > HIGHEST_VERSION) fail(SS$_BADFILEVER);
  yield* directory.enter(pattern.name, version, id, options.versionLimit);
  const limit = (yield* directory.versionLimit(pattern.name)) ?? 0;
  const all = [...versions.filter((entry) => entry.version > version), { name: pattern.name, version, id }, ...versions.filter((entry) => entry.version < version)];
  const purged = limit > 0 ? all.slice(limit).filter((entry) => entry.version !== version) : [];
  for (const entry of purged) yield* directory.remove(entry.name, entry.version);
  return {
    name: pattern.name, version, superseded: undefined, purged, hasLower: versions.some((entry) => entry.version < version), hasHigher: highest > version,
  };
}
