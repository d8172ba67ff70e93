import { privilegeMasks } from '../dcl/privileges.js';
import { KFE } from '../executive/structures/kfe.js';

/**
 * Commands of INSTALL: those of command mode (CREATE file/qualifiers, LIST, ...), and the older form, a file specification with qualifiers, where /DELETE,
 * /REPLACE and the like say what is to be done and /CREATE need not be said. @source VAX/VMS Install Utility Reference Manual
 */
export interface InstallCommand {
  readonly verb: 'create' | 'delete' | 'replace' | 'purge' | 'list' | 'exit' | 'help' | 'nothing';
  readonly file: string;
  /** KFE$M_ bits asked for, and those that are not wanted. */
  readonly flags: number;
  readonly cleared: number;
  /** undefined: none were named. */
  readonly privileges: bigint | undefined;
  readonly list: 'brief' | 'full' | 'global';
}

export interface InstallProblem {
  readonly problem: 'INSTALL$_SYNTAX' | 'INSTALL$_IVQUAL' | 'INSTALL$_IVPRIV' | 'INSTALL$_NOFILE';
  readonly what: string;
}

const { mask } = KFE;
const { KFE$V_OPEN: OPEN, KFE$V_HDRRES: HEADER, KFE$V_SHARED: SHARED, KFE$V_PROCPRIV: PRIVILEGED } = mask;

/** Qualifiers that are properties: the bits that each brings with it. */
const PROPERTIES: readonly (readonly [name: string, bits: number])[] = [
  ['ACCOUNTING', mask.KFE$V_ACCOUNT], ['EXECUTE_ONLY', mask.KFE$V_EXEONLY], ['HEADER_RESIDENT', HEADER | OPEN], ['OPEN', OPEN], ['PRIVILEGED', PRIVILEGED],
  ['PROTECTED', mask.KFE$V_PROTECT], ['SHARED', SHARED | OPEN], ['WRITEABLE', mask.KFE$V_WRITEABLE],
];

const VERBS: readonly (readonly [name: string, verb: InstallCommand['verb']])[] = [
  ['CREATE', 'create'], ['ADD', 'create'], ['REPLACE', 'replace'], ['DELETE', 'delete'], ['REMOVE', 'delete'], ['PURGE', 'purge'], ['LIST', 'list'], ['EXIT', 'exit'], ['HELP', 'help'],
];

const LEAST = 2;
/** What an abbreviation stands for; the first of the table counts. */
function lookUp<T>(table: readonly (readonly [string, T])[], word: string): T | undefined {
  return table.find(([name]) => name === word || (word.length >= LEAST && name.startsWith(word)))?.[1];
}

export function parseInstall(text: string): InstallCommand | InstallProblem {
  const line = text.replace(/!.*$/, '').trim().toUpperCase();
  const nothing: InstallCommand = { verb: 'nothing', file: '', flags: 0, cleared: 0, privileges: undefined, list: 'brief' };
  if (line === '') return nothing;
  const [, first = '', rest = ''] = /^([A-Z_]+)(?=$|[\s/])(.*)$/.exec(line) ?? [];
  const command = lookUp(VERBS, first);
  // A word alone or before a file is a command; with qualifiers right behind it, only if there is no image of that name.
  const parsed = parseWords(command === undefined ? line : rest);
  if ('problem' in parsed) return parsed;
  const verb = command ?? parsed.verb ?? 'create';
  const needsFile = verb === 'create' || verb === 'delete' || verb === 'replace';
  if (needsFile && parsed.file === '') return { problem: 'INSTALL$_NOFILE', what: line };
  return { verb, file: parsed.file, flags: parsed.flags, cleared: parsed.cleared, privileges: parsed.privileges, list: parsed.list };
}

interface Words {
  readonly verb: InstallCommand['verb'] | undefined;
  readonly file: string;
  readonly flags: number;
  readonly cleared: number;
  readonly privileges: bigint | undefined;
  readonly list: InstallCommand['list'];
}

/** A file specification and qualifiers, in any order. */
function parseWords(text: string): Words | InstallProblem {
  const [, leading = '', qualifiers = ''] = /^([^/]*)(.*)$/.exec(text.trim())!;
  const words: { verb: InstallCommand['verb'] | undefined; file: string; flags: number; cleared: number; privileges: bigint | undefined; list: InstallCommand['list'] } = {
    verb: undefined, file: leading.trim(), flags: 0, cleared: 0, privileges: undefined, list: 'brief',
  };
  for (const [whole, body = '', behind = ''] of qualifiers.matchAll(/\/\s*([A-Z_]+\s*(?:=\s*(?:\([^)]*\)|[^\s/]+))?)([^/]*)/g)) {
    const problem = qualifier(words, body.trim());
    if (problem) return { problem, what: whole.trim() };
    if (behind.trim() === '') continue;
    if (words.file !== '') return { problem: 'INSTALL$_SYNTAX', what: behind.trim() };
    words.file = behind.trim();
  }
  if (/\s/.test(words.file)) return { problem: 'INSTALL$_SYNTAX', what: words.file };
  return words;
}

function qualifier(words: { verb: InstallCommand['verb'] | undefined; flags: number; cleared: number; privileges: bigint | undefined; list: InstallCommand['list'] }, text: string): InstallProblem['problem'] | undefined {
  const [, name = '', value] = /^([A-Z_]+)\s*(?:=\s*(.*))?$/.exec(text) ?? [];
  if (name.length >= 4 && 'NOPURGE'.startsWith(name)) words.flags |= mask.KFE$V_NOPURGE;
  else if (name.startsWith('NO') && lookUp(PROPERTIES, name.slice(2)) !== undefined) words.cleared |= lookUp(PROPERTIES, name.slice(2))! & ~OPEN;
  else if (name === 'FULL' || name === 'GLOBAL' || name === 'FU' || name === 'GL') words.list = name.startsWith('FU') ? 'full' : 'global';
  else if (lookUp(PROPERTIES, name) !== undefined) {
    const bits = lookUp(PROPERTIES, name)!;
    words.flags |= bits;
    if (bits !== PRIVILEGED) return value === undefined ? undefined : 'INSTALL$_IVQUAL';
    const privileges = privilegeMask(value);
    if (privileges === undefined) return 'INSTALL$_IVPRIV';
    words.privileges = privileges;
  } else {
    const verb = lookUp(VERBS, name);
    if (verb === undefined || verb === 'exit' || verb === 'help') return 'INSTALL$_IVQUAL';
    words.verb = verb;
  }
  return undefined;
}

/** `(SYSPRV,NOOPER)`; without a value all of them. undefined: a name is none. */
function privilegeMask(value = 'ALL'): bigint | undefined {
  const { enable, unknown } = privilegeMasks(value.replace(/[()]/g, '').split(',').filter((part) => part.trim() !== ''));
  return unknown === undefined ? enable : undefined;
}

export const installSyntax: readonly string[] = [
  '  CREATE file [/qualifiers]     make an image known; also: file/qualifiers',
  '     /OPEN /HEADER_RESIDENT /SHARED /PRIVILEGED[=(priv,...)] /PROTECTED',
  '     /WRITEABLE /EXECUTE_ONLY /ACCOUNTING /NOPURGE',
  '  REPLACE file [/qualifiers]    the same for the latest version of its file',
  '  DELETE file, REMOVE file      known no more',
  '  PURGE                         all but those installed /NOPURGE',
  '  LIST [file] [/FULL]           known images',
  '  LIST/GLOBAL [name]            global sections',
  '  EXIT',
];
