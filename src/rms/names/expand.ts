import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { LNM$C_MAXDEPTH, LNM$M_CONCEALED, LNM$M_TERMINAL } from '../../executive/starlet/lnmdef.js';
import {
  NAM$M_CNCL_DEV, NAM$M_EXP_DEV, NAM$M_EXP_DIR, NAM$M_EXP_NAME, NAM$M_EXP_TYPE, NAM$M_EXP_VER, NAM$M_HIGHVER, NAM$M_LOWVER, NAM$M_PPF,
  NAM$M_ROOT_DIR, NAM$M_SEARCH_LIST, NAM$M_WILD_DIR, NAM$M_WILD_NAME, NAM$M_WILD_TYPE, NAM$M_WILD_VER, NAM$M_WILDCARD,
} from '../../executive/starlet/namdef.js';
import { RMS$_DEV, RMS$_DIR, RMS$_FNM, RMS$_LNE, RMS$_TYP, RMS$_VER } from '../../executive/starlet/rmsdef.js';
import { PIO_BASE, PIO_CELLS } from '../../executive/structures/p1-cells.js';
import { readCounted } from '../../executive/structures/memory.js';
import { hasWildcard, isTooDeep, isWildDirectory, parseDirectory, parseSpec, resolveDirectory, type DirectoryForm, type DirectorySpec, type FileSpec } from './file-spec.js';
import { permanentFile, translate, type Translation } from './translate.js';

/**
 * From the strings a caller gives to a whole file specification: logical names are translated, fields that are missing come from the
 * default string, the related file, SYS$DISK and the default directory PIO$GT_DDSTRING, in this order.
 * @source VMS RMS Reference, file specification processing; book 23.2.1 for process permanent files
 */
export interface NameStrings {
  readonly primary: string;
  readonly defaults: string;
  /** Resultant string of the related file, '' none. */
  readonly related: string;
}

export interface ExpandOptions {
  /** Access mode in whose name logical names are translated. */
  readonly mode: number;
  /** Which equivalence name to take at each search list that is met; 0 where the list ends. */
  readonly picks: readonly number[];
  /** FAB$V_OFP: the related file replaces wildcards of an output name. */
  readonly output: boolean;
  readonly noConceal: boolean;
}

export interface Expanded {
  /** Internal identifier of a process permanent file, 0 none. */
  readonly permanent: number;
  /** With its colons; empty for a file of this node. */
  readonly node: string;
  /** Device as shown, without colon; empty when nothing names one. */
  readonly device: string;
  /** Device behind all logical names, without colon. */
  readonly physical: string;
  readonly root: readonly string[];
  readonly directory: readonly string[];
  readonly form: DirectoryForm;
  readonly name: string;
  readonly type: string;
  readonly version: string;
  /** NAM$L_FNB. */
  readonly flags: number;
  /** Equivalence names at each search list that was met. */
  readonly choices: readonly number[];
}

type Source = 'primary' | 'default';

class Builder {
  permanent = 0;
  node: string | undefined;
  shown: string | undefined;
  physical: string | undefined;
  root: readonly string[] = [];
  directory: DirectorySpec | undefined;
  name: string | undefined;
  type: string | undefined;
  version: string | undefined;
  flags = 0;
  depth = 0;
  readonly choices: number[] = [];

  constructor(readonly p: Procedure, readonly options: ExpandOptions) {}

  /** One translation; at a search list, the equivalence name that the picks say. */
  *translate(name: string): Flow<Translation | undefined> {
    if (name.startsWith('_') || name.length > 255) return undefined;
    const first = yield* translate(this.p, name, this.options.mode);
    if (!first || first.count <= 1) return first;
    const pick = this.options.picks[this.choices.length] ?? 0;
    this.choices.push(first.count);
    this.flags |= NAM$M_SEARCH_LIST;
    return pick === 0 ? first : yield* translate(this.p, name, this.options.mode, pick);
  }

  /** Takes over fields; one that the primary string and its logical names give twice is an error. */
  fill(spec: FileSpec, source: Source): number {
    const twice = source === 'primary';
    if (spec.root) {
      this.root = [...spec.root, ...this.root];
      this.flags |= NAM$M_ROOT_DIR;
    }
    if (spec.directory) {
      if (this.directory === undefined) this.directory = spec.directory;
      // SYS$LOGIN:[.SUB] as well: a relative directory goes with the default directory alone (run on V5.5).
      else if (twice) return RMS$_DIR;
      if (twice) this.flags |= NAM$M_EXP_DIR;
    }
    if (spec.name !== undefined) {
      if (this.name === undefined) this.name = spec.name;
      else if (twice) return RMS$_FNM;
      if (twice) this.flags |= NAM$M_EXP_NAME;
    }
    if (spec.type !== undefined) {
      if (this.type === undefined) this.type = spec.type;
      else if (twice) return RMS$_TYP;
      if (twice) this.flags |= NAM$M_EXP_TYPE;
    }
    if (spec.version !== undefined) {
      if (this.version === undefined) this.version = spec.version;
      else if (twice) return RMS$_VER;
      if (twice && spec.version !== '') this.flags |= NAM$M_EXP_VER;
    }
    return 0;
  }

  /** Follows a device name, or with `isBare` a name without colon, through the logical names. A status, or 0. */
  *follow(start: string, isBareName: boolean, source: Source): Flow<number> {
    let name = start;
    let isBare = isBareName;
    for (;;) {
      this.depth += 1;
      if (this.depth > LNM$C_MAXDEPTH) return RMS$_LNE;
      const found = yield* this.translate(name);
      if (!found) return isBare ? this.fill({ ...NOTHING, name }, source) : this.settle(name);
      const permanent = permanentFile(found.text);
      if (permanent) {
        this.permanent = permanent.ifi;
        this.flags |= NAM$M_PPF;
        return this.settle(permanent.device);
      }
      if (source === 'primary') this.flags |= NAM$M_EXP_DEV;
      if (found.attributes & LNM$M_CONCEALED && !this.options.noConceal && this.shown === undefined) {
        this.shown = name;
        this.flags |= NAM$M_CNCL_DEV;
      }
      const spec = parseSpec(found.text);
      if (typeof spec === 'number') return RMS$_LNE;
      const isTerminal = (found.attributes & LNM$M_TERMINAL) !== 0;
      if (isBareSpec(spec)) {
        name = spec.name!;
        if (isTerminal) return isBare ? this.fill({ ...NOTHING, name }, source) : this.settle(name);
        continue;
      }
      if (spec.node !== undefined) return this.remote(spec, source);
      const status = this.fill(spec, source);
      if (status !== 0 || spec.device === undefined) return status;
      isBare = false;
      name = spec.device;
      if (isTerminal) return this.settle(name);
    }
  }

  /** A file of another node: what its names mean is for that node to say. */
  private remote(spec: FileSpec, source: Source): number {
    this.node ??= spec.node;
    if (spec.device !== undefined) this.shown ??= spec.device;
    this.physical = '';
    return this.fill(spec, source);
  }

  private settle(device: string): number {
    this.physical = device;
    this.shown ??= device;
    return 0;
  }

  *apply(text: string, source: Source): Flow<number> {
    if (text === '') return 0;
    const spec = parseSpec(text);
    if (typeof spec === 'number') return spec;
    if (this.node !== undefined || (spec.node !== undefined && this.physical === undefined)) return this.remote(spec, source);
    if (source === 'primary' && isBareSpec(spec)) return yield* this.follow(spec.name!, true, source);
    const needsDevice = this.physical === undefined;
    const status = this.fill(spec, source);
    if (status !== 0 || spec.device === undefined || !needsDevice) return status;
    if (source === 'primary') this.flags |= NAM$M_EXP_DEV;
    return yield* this.follow(spec.device, false, source);
  }
}

const NOTHING: FileSpec = {
  node: undefined, device: undefined, root: undefined, directory: undefined, name: undefined, type: undefined, version: undefined,
};

/** A name and nothing else: it may be a logical name. */
function isBareSpec(spec: FileSpec): boolean {
  return spec.name !== undefined && spec.type === undefined && spec.version === undefined && spec.directory === undefined
    && spec.root === undefined && spec.device === undefined && spec.node === undefined && !hasWildcard(spec.name);
}

/** The default directory of the process; the master file directory when it is not readable. */
export function defaultDirectory(p: Procedure): readonly string[] {
  const parsed = parseDirectory(readCounted(p.memory, PIO_BASE + PIO_CELLS.offset.PIO$GT_DDSTRING));
  return typeof parsed === 'number' ? [] : parsed.elements;
}

/**
 * The access mode in whose name logical names are translated: that of FAB$V_LNM_MODE, user mode when it is zero, whatever mode calls RMS.
 * So the image activator, in executive mode, sees the user's default device. @source RMS reference, FAB$B_ACMODES
 */
export function translationMode(fab: { readonly FAB$V_LNM_MODE: number }): number {
  const user = 3;
  return fab.FAB$V_LNM_MODE === 0 ? user : fab.FAB$V_LNM_MODE;
}

/** Expands a file specification. @returns what it stands for, or an RMS status */
export function* expandName(p: Procedure, strings: NameStrings, options: ExpandOptions): Flow<Expanded | number> {
  const builder = new Builder(p, options);
  let status = yield* builder.apply(strings.primary, 'primary');
  if (status !== 0) return status;
  const isPermanent = builder.permanent !== 0;
  if (!isPermanent) {
    builder.depth = 0;
    status = yield* builder.apply(strings.defaults, 'default');
    if (status !== 0) return status;
    status = yield* applyRelated(builder, strings.related, options);
    if (status !== 0) return status;
    if (builder.physical === undefined) {
      builder.depth = 0;
      status = yield* builder.follow('SYS$DISK', false, 'default');
      if (status !== 0) return status;
      if (builder.physical === undefined || builder.physical === 'SYS$DISK') return RMS$_DEV;
    }
  }
  const base = defaultDirectory(p);
  const directory = builder.node !== undefined ? remoteDirectory(builder.directory) : builder.directory === undefined ? [...base] : resolveDirectory(builder.directory, base);
  if (directory === undefined || isTooDeep(directory)) return RMS$_DIR;
  const { isAngled, isFromMaster } = builder.directory ?? {};
  return {
    form: { isAngled, isFromMaster },
    permanent: builder.permanent, node: builder.node ?? '', device: builder.shown ?? '', physical: builder.physical ?? '', root: builder.root, directory,
    name: builder.name ?? '', type: builder.type ?? '', version: builder.version ?? '',
    flags: builder.flags | wildcards(builder, directory), choices: builder.choices,
  };
}

/** The directory on another node, where the default directory of this one does not count. */
function remoteDirectory(directory: DirectorySpec | undefined): readonly string[] | undefined {
  return directory === undefined ? [] : directory.up === undefined ? directory.elements : undefined;
}

/** The related file: its fields where none are given, or, for output, its name and type in the place of wildcards. */
function* applyRelated(builder: Builder, related: string, options: ExpandOptions): Flow<number> {
  if (related === '') return 0;
  const spec = parseSpec(related);
  if (typeof spec === 'number') return spec;
  if (!options.output) return yield* builder.apply(related.replace(/;.*$/, ''), 'default');
  if (builder.name === undefined || builder.name === '*') builder.name = spec.name;
  if (builder.type === undefined || builder.type === '*') builder.type = spec.type;
  if (builder.version === '*') builder.version = spec.version;
  return 0;
}

function wildcards(builder: Builder, directory: readonly string[]): number {
  let flags = 0;
  if (hasWildcard(builder.name ?? '')) flags |= NAM$M_WILD_NAME;
  if (hasWildcard(builder.type ?? '')) flags |= NAM$M_WILD_TYPE;
  if (builder.version === '*') flags |= NAM$M_WILD_VER;
  if (isWildDirectory(directory)) flags |= NAM$M_WILD_DIR;
  if (flags !== 0) flags |= NAM$M_WILDCARD;
  if (/^-\d/.test(builder.version ?? '')) flags |= NAM$M_LOWVER;
  if (/^0*[1-9]/.test(builder.version ?? '')) flags |= NAM$M_HIGHVER;
  return flags;
}

/** The picks that follow `picks` when each search list met has `choices` equivalence names; undefined: that was the last. */
export function nextPicks(picks: readonly number[], choices: readonly number[]): number[] | undefined {
  const next = choices.map((_, index) => picks[index] ?? 0);
  for (let index = choices.length - 1; index >= 0; index -= 1) {
    if (next[index]! + 1 < choices[index]!) {
      next[index] = next[index]! + 1;
      return next.slice(0, index + 1);
    }
  }
  return undefined;
}
