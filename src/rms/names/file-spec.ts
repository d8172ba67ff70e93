import { RMS$_DEV, RMS$_DIR, RMS$_FNM, RMS$_NOD, RMS$_SYN, RMS$_TYP, RMS$_VER } from '../../executive/starlet/rmsdef.js';

/**
 * The text of a file specification, taken apart: NODE::DEVICE:[ROOT.][DIRECTORY]NAME.TYPE;VERSION. Wildcards: * and % in names, `...`
 * for a directory and all below it, a leading - or . for a directory relative to another.
 * @source VMS DCL Concepts, file specifications; choice: [*,*] in UIC form is read as six %
 */
export const LONGEST_FIELD = 39;
/** Deepest directory below the master file directory, a root's levels not counted. */
export const MAXIMUM_LEVELS = 8;
const HIGHEST_VERSION = 32767;
export const ELLIPSIS = '...';

/** How a directory was written, where that is not the usual way: RMS gives it back so (run on V5.5). */
export interface DirectoryForm {
  /** `<A.B>` */
  readonly isAngled?: boolean | undefined;
  /** `[000000.A.B]` */
  readonly isFromMaster?: boolean | undefined;
}

export interface DirectorySpec extends DirectoryForm {
  /** Leading minus signs of a relative directory; undefined for one that starts at the master file directory. */
  readonly up: number | undefined;
  /** Names from the outside in, `...` among them; the master file directory's own 000000 is left out. */
  readonly elements: readonly string[];
}

/** Fields are undefined when the text does not have them. */
export interface FileSpec {
  readonly node: string | undefined;
  /** Without colon. */
  readonly device: string | undefined;
  readonly root: readonly string[] | undefined;
  readonly directory: DirectorySpec | undefined;
  readonly name: string | undefined;
  /** Without dot. */
  readonly type: string | undefined;
  /** Without semicolon: '', '*', or a number. */
  readonly version: string | undefined;
}

export const EMPTY_SPEC: FileSpec = {
  node: undefined, device: undefined, root: undefined, directory: undefined, name: undefined, type: undefined, version: undefined,
};

const NAME_FIELD = /^[A-Z0-9$_\-*%]*$/;
const DEVICE_FIELD = /^[A-Z0-9$_-]+$/;

/** Lengths of the parts of a specification as they stand in the text. Undefined when a bracket is not closed. */
export interface SpecFields {
  readonly node: string;
  /** With colon. */
  readonly device: string;
  /** With brackets. */
  readonly root: string;
  readonly directory: string;
  readonly name: string;
  /** With dot. */
  readonly type: string;
  /** With semicolon, or dot. */
  readonly version: string;
}

/** Takes a text apart without judging its fields ($FILESCAN). Undefined: a bracket is not closed, or something follows the version. */
export function scanFields(text: string): SpecFields | undefined {
  let rest = text;
  const node = /^(?:[A-Za-z0-9$_]*(?:"[^"]*")?::)+/.exec(rest)?.[0] ?? '';
  rest = rest.slice(node.length);
  const device = /^[^[\]<>.;:"]*:/.exec(rest)?.[0] ?? '';
  rest = rest.slice(device.length);
  let first = directoryAt(rest);
  if (first === undefined) return undefined;
  rest = rest.slice(first.length);
  let root = '';
  if (first.length > 3 && /[^.]\.[\]>]$/.test(first)) {
    root = first;
    first = directoryAt(rest);
    if (first === undefined) return undefined;
    rest = rest.slice(first.length);
  }
  const match = /^("[^"]*"|[^.;]*)(\.[^.;]*)?([.;][^.;]*)?$/.exec(rest);
  return match ? { node, device, root, directory: first, name: match[1]!, type: match[2] ?? '', version: match[3] ?? '' } : undefined;
}

/** The bracketed text that `rest` begins with; '' when it begins otherwise. */
function directoryAt(rest: string): string | undefined {
  const close = rest.startsWith('[') ? ']' : rest.startsWith('<') ? '>' : undefined;
  if (close === undefined) return '';
  const end = rest.indexOf(close);
  return end < 0 ? undefined : rest.slice(0, end + 1);
}

/**
 * Parses a file specification.
 *
 * @param text  any case; blanks and tabs outside quotes are left out
 * @returns the fields, upper case, or the RMS status that says what is wrong
 */
export function parseSpec(text: string): FileSpec | number {
  const upper = text.toUpperCase().replace(/("[^"]*")|[ \t]+/g, '$1');
  const fields = scanFields(upper);
  if (!fields) return /[[<][^\]>]*$/.test(upper) ? RMS$_DIR : RMS$_SYN;
  if (fields.node !== '' && !/^[A-Z0-9$_]/.test(fields.node)) return RMS$_NOD;
  const device = fields.device === '' ? undefined : fields.device.slice(0, -1);
  if (device !== undefined && (!DEVICE_FIELD.test(device) || device.length > 255)) return RMS$_DEV;
  const root = fields.root === '' ? undefined : parseDirectory(fields.root.replace(/\.(?=[\]>]$)/, ''));
  const directory = fields.directory === '' ? undefined : parseDirectory(fields.directory);
  if (typeof root === 'number' || typeof directory === 'number') return RMS$_DIR;
  if (root && (root.up !== undefined || root.elements.includes(ELLIPSIS))) return RMS$_DIR;
  if (fields.name.length > LONGEST_FIELD || !NAME_FIELD.test(fields.name)) return RMS$_FNM;
  const type = fields.type.slice(1);
  if (type.length > LONGEST_FIELD || !NAME_FIELD.test(type)) return RMS$_TYP;
  const version = fields.version.slice(1);
  if (!validVersion(version)) return RMS$_VER;
  return {
    node: fields.node === '' ? undefined : fields.node, device, root: root?.elements, directory,
    name: fields.name === '' ? undefined : fields.name, type: fields.type === '' ? undefined : type,
    version: fields.version === '' ? undefined : version,
  };
}

function validVersion(text: string): boolean {
  return text === '' || text === '*' || /^-?\d{0,5}$/.test(text) && Number(text === '-' ? 0 : text) <= HIGHEST_VERSION;
}

/** A directory in its brackets; a number (RMS$_DIR) when it is none. */
export function parseDirectory(bracketed: string): DirectorySpec | number {
  const text = bracketed.slice(1, -1);
  if (text === '') return { up: 0, elements: [], ...(bracketed.startsWith('<') ? { isAngled: true } : {}) };
  const uic = /^([0-7*%]{1,3}),([0-7*%]{1,3})$/.exec(text);
  if (uic) {
    const half = (part: string): string => (part === '*' ? '%%%' : part.padStart(3, '0'));
    return { up: undefined, elements: [half(uic[1]!) + half(uic[2]!)] };
  }
  let rest = text;
  let up = 0;
  let isRelative = rest.startsWith('.') || rest.startsWith('-');
  for (let minus = /^\.?-(?=[-.]|$)/.exec(rest); minus; minus = /^\.?-(?=[-.]|$)/.exec(rest)) {
    if (rest.startsWith('.') && !/^\.-/.test(rest)) break;
    up += 1;
    rest = rest.slice(minus[0].length);
    isRelative = true;
  }
  const elements: string[] = [];
  if (!isRelative && rest !== '') rest = `.${rest}`;
  while (rest !== '') {
    if (rest.startsWith(ELLIPSIS)) {
      if (elements[elements.length - 1] === ELLIPSIS) return RMS$_DIR;
      elements.push(ELLIPSIS);
      rest = rest.slice(ELLIPSIS.length);
      if (rest !== '' && !rest.startsWith('.')) rest = `.${rest}`;
      continue;
    }
    const match = /^\.([A-Z0-9$_\-*%]+)/i.exec(rest);
    if (!match || match[1]!.length > LONGEST_FIELD) return RMS$_DIR;
    elements.push(match[1]!);
    rest = rest.slice(match[0].length);
  }
  const isFromMaster = elements[0] === '000000' && !isRelative;
  const plain = isFromMaster ? elements.slice(1) : elements;
  if (plain.includes('000000') || isTooDeep(plain)) return RMS$_DIR;
  return {
    up: isRelative ? up : undefined, elements: plain, ...(bracketed.startsWith('<') ? { isAngled: true } : {}),
    ...(isFromMaster && plain.length > 0 && plain[0] !== ELLIPSIS ? { isFromMaster: true } : {}),
  };
}

/** Whether a directory is below MAXIMUM_LEVELS others. */
export function isTooDeep(elements: readonly string[]): boolean {
  return elements.filter((element) => element !== ELLIPSIS).length > MAXIMUM_LEVELS;
}

/** The directory that `relative` names when `base` is the current one; undefined: it would be above the master file directory. */
export function resolveDirectory(relative: DirectorySpec, base: readonly string[]): string[] | undefined {
  if (relative.up === undefined) return [...relative.elements];
  const kept = base.filter((element) => element !== ELLIPSIS);
  if (relative.up > kept.length) return undefined;
  const start = relative.up === 0 && relative.elements.length === 0 ? [...base] : kept.slice(0, kept.length - relative.up);
  return [...start, ...relative.elements];
}

/** `[A.B...]`; the master file directory is [000000]. */
export function directoryText(elements: readonly string[], form: DirectoryForm = {}): string {
  let text = elements.length === 0 || elements[0] === ELLIPSIS || form.isFromMaster ? '000000' : '';
  for (const element of elements) text += element === ELLIPSIS ? ELLIPSIS : text === '' || text.endsWith(ELLIPSIS) ? element : `.${element}`;
  return form.isAngled ? `<${text}>` : `[${text}]`;
}

/** `[A.B.]`, a root; '' when there is none. */
export function rootText(elements: readonly string[]): string {
  return elements.length === 0 ? '' : `[${elements.join('.')}.]`;
}

export function hasWildcard(text: string): boolean {
  return /[*%]/.test(text);
}

export function isWildDirectory(elements: readonly string[]): boolean {
  return elements.some((element) => element === ELLIPSIS || hasWildcard(element));
}
