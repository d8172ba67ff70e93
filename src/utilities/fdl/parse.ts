import { PRIMARY, type ValueKind } from './attributes.js';

/** FDL text into sections. Keywords may be cut short as long as they mean one attribute. */
export type Value = number | boolean | string;

/** A primary attribute with its secondary ones. */
export interface Section {
  readonly name: string;
  /** AREA 2, KEY 0: the number. */
  readonly number: number;
  readonly values: Map<string, Value>;
  readonly line: number;
}

/** What is wrong with a definition. The code is the name of a message of the FDL facility. */
export class FdlError extends Error {
  constructor(readonly code: 'UNPRIKW' | 'UNSECKW' | 'ABKW' | 'NULLPRI' | 'VALPRI' | 'VALERR' | 'MULPRI' | 'SYNTAX' | 'MULSEC', readonly line: number, readonly word: string) {
    super(`${code} ${line} ${word}`);
  }
}

/** The keyword that `word` means. */
function keyword(word: string, known: readonly string[], otherwise: 'UNPRIKW' | 'UNSECKW', line: number): string {
  if (known.includes(word)) return word;
  const candidates = known.filter((name) => name.startsWith(word));
  if (candidates.length > 1) throw new FdlError('ABKW', line, word);
  return candidates[0] ?? (() => { throw new FdlError(otherwise, line, word); })();
}

/** The statements of a line: parts between semicolons, without comment. Quotes keep both. */
function statements(text: string): string[] {
  const parts = [''];
  let quote = '';
  for (const character of text) {
    if (quote === '' && character === '!') break;
    if (quote === '' && character === ';') {
      parts.push('');
      continue;
    }
    if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    parts[parts.length - 1]! += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function unquoted(text: string): string {
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  return quoted ? quoted[2]!.replaceAll(quoted[1]! + quoted[1]!, quoted[1]!) : text;
}

function valueOf(kind: ValueKind, text: string, line: number): Value {
  const wrong = (): never => { throw new FdlError('VALERR', line, text); };
  switch (kind) {
    case 'number': return /^\d+$/.test(text) ? Number(text) : wrong();
    case 'switch': {
      const word = text.toUpperCase();
      const means = ['YES', 'TRUE'].some((yes) => word !== '' && yes.startsWith(word)) || word === '';
      return means ? true : ['NO', 'FALSE'].some((no) => no.startsWith(word)) ? false : wrong();
    }
    case 'word': return text === '' ? wrong() : text.toUpperCase();
    default: return unquoted(text);
  }
}

/** Parses a definition. Throws FdlError. */
export function parseFdl(lines: readonly string[]): Section[] {
  const sections: Section[] = [];
  let open: Section | undefined;
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    for (const statement of statements(text)) {
      const [, first = '', rest = ''] = /^([A-Za-z0-9_$]+)\s*(.*)$/s.exec(statement) ?? (() => { throw new FdlError('SYNTAX', line, statement); })();
      const word = first.toUpperCase();
      const secondary = open ? Object.keys(PRIMARY[open.name]!.secondary) : [];
      const isSecondary = open !== undefined && !(word in PRIMARY) && secondary.some((name) => name.startsWith(word));
      if (isSecondary) {
        const name = keyword(word, secondary, 'UNSECKW', line);
        if (open!.values.has(name)) throw new FdlError('MULSEC', line, name);
        open!.values.set(name, valueOf(PRIMARY[open!.name]!.secondary[name]!, rest, line));
        continue;
      }
      if (open && !Object.keys(PRIMARY).some((name) => name.startsWith(word))) throw new FdlError('UNSECKW', line, word);
      open = primary(word, rest, line, sections);
      sections.push(open);
    }
  }
  return sections;
}

function primary(word: string, rest: string, line: number, sections: readonly Section[]): Section {
  const name = keyword(word, Object.keys(PRIMARY), 'UNPRIKW', line);
  const { qualifier } = PRIMARY[name]!;
  let number = 0;
  if (qualifier === 'number') {
    if (rest === '') throw new FdlError('NULLPRI', line, name);
    if (!/^\d+$/.test(rest) || Number(rest) > 254) throw new FdlError('VALPRI', line, rest);
    number = Number(rest);
  } else if (qualifier === 'none' && rest !== '') throw new FdlError('VALPRI', line, rest);
  if (qualifier !== 'text' && sections.some((other) => other.name === name && other.number === number)) throw new FdlError('MULPRI', line, name);
  return { name, number, values: new Map(), line };
}
