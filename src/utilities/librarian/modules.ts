import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { GSY$M_DEF, MHD$C_MHD, OBJ$C_EOM, OBJ$C_EOMW, OBJ$C_HDR } from '../../macro/object/language.js';
import { decodeModules } from '../../macro/object/reader.js';
import { LHD$C_HELP, LHD$C_MACRO, LHD$C_OBJECT, type LibraryModule, type LibraryType } from './format.js';

/** Modules in the records of an input file: what kind of library takes what. @source VAX Librarian manual; dcl-commands.md, LIBRARY */
export type InputModule = Omit<LibraryModule, 'inserted'>;

/** The input holds no module, or something that is none. `ident` and `text` of the message, as LIBRAR-E. */
export class ModuleError extends Error {
  constructor(readonly ident: string, text: string) {
    super(text);
  }
}

/**
 * @param name     what a text module is called, and an object or macro never
 * @param squeeze  take comments and trailing blanks out of macros
 */
export function modulesOf(type: LibraryType, records: readonly Uint8Array[], name: string, squeeze: boolean): InputModule[] {
  switch (type) {
    case LHD$C_OBJECT: return objectModules(records);
    case LHD$C_MACRO: return macroModules(records, squeeze);
    case LHD$C_HELP: return helpModules(records);
    default: return [{ name, ident: '', names: [], records }];
  }
}

function objectModules(records: readonly Uint8Array[]): InputModule[] {
  const modules: InputModule[] = [];
  let from = 0;
  records.forEach((record, index) => {
    if (record[0] === OBJ$C_HDR && record[1] === MHD$C_MHD) from = index;
    if (record[0] !== OBJ$C_EOM && record[0] !== OBJ$C_EOMW) return;
    const part = records.slice(from, index + 1);
    for (const { name, ident, symbols } of decodeModules(part)) {
      modules.push({ name, ident, records: part, names: symbols.filter(({ flags }) => (flags & GSY$M_DEF) !== 0).map((symbol) => symbol.name) });
    }
    from = index + 1;
  });
  if (modules.length === 0) throw new ModuleError('NOOBJ', 'no object modules found');
  return modules;
}

const MACRO_LINE = /^\s*\.MACRO[\s,]+([A-Za-z0-9_$.]+)/i;
const END_LINE = /^\s*\.ENDM\b/i;
const OPENING_LINE = /^\s*(?:[A-Za-z0-9_$.]+:+\s*)?\.(?:MACRO|REPT|REPEAT|IRP|IRPC)\b/i;

/** A macro without its comments; a semicolon in a string stays. */
function squeezed(line: string): string {
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === '<') quote = character === '<' ? '>' : character;
    else if (character === ';') return line.slice(0, at).trimEnd();
  }
  return line.trimEnd();
}

function macroModules(records: readonly Uint8Array[], squeeze: boolean): InputModule[] {
  const modules: InputModule[] = [];
  let name: string | undefined;
  let lines: string[] = [];
  let depth = 0;
  for (const record of records) {
    const line = bytesToText(record);
    if (depth === 0) {
      name = MACRO_LINE.exec(line)?.[1]?.toUpperCase();
      if (name === undefined) continue;
      lines = [];
    }
    const kept = squeeze ? squeezed(line) : line;
    if (kept !== '' || !squeeze) lines.push(kept);
    if (END_LINE.test(line) || /^\s*\.ENDR\b/i.test(line)) depth -= 1;
    else if (OPENING_LINE.test(line)) depth += 1;
    if (depth === 0 && name !== undefined) modules.push({ name, ident: '', names: [], records: lines.map((text) => textToBytes(text)) });
  }
  if (depth > 0) throw new ModuleError('NOMACEND', `macro ${name ?? ''} has no .ENDM`);
  if (modules.length === 0) throw new ModuleError('NOMACFOU', 'no macros found');
  return modules;
}

/** A line that starts a topic: its level and its key. A `/` in the first column starts a qualifier, on level 2. */
export function helpKey(line: string): { readonly level: number; readonly key: string } | undefined {
  if (line.startsWith('/')) return { level: 2, key: line.trim() };
  const match = /^([1-9])[ \t]+(\S.*)$/.exec(line);
  return match ? { level: Number(match[1]), key: match[2]!.trim() } : undefined;
}

function helpModules(records: readonly Uint8Array[]): InputModule[] {
  const modules: { name: string; ident: string; names: string[]; records: Uint8Array[] }[] = [];
  for (const record of records) {
    const line = bytesToText(record);
    if (line.startsWith('!')) continue;
    const key = helpKey(line);
    if (key?.level === 1) modules.push({ name: key.key, ident: '', names: [], records: [] });
    const current = modules.at(-1);
    if (current) current.records.push(record);
    else if (line.trim() !== '') throw new ModuleError('NOHLPTXT', 'help text does not start with a level 1 key');
  }
  if (modules.length === 0) throw new ModuleError('NOHLPTXT', 'no help text found');
  return modules;
}
