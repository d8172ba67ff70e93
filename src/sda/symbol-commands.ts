import { GSY$M_DEF } from '../macro/object/language.js';
import { decodeModules, ObjectFormatError } from '../macro/object/reader.js';
import { heading, type Command } from './command.js';
import { hex8, SdaError } from './error.js';
import type { Session } from './session.js';

/** `SHOW SYMBOL`: the value of a symbol, and what is there. @source digest appB fact 13 */
export const SHOW_SYMBOL: Command = {
  name: 'SHOW SYMBOL',
  qualifiers: ['ALL'],
  help: ['SHOW SYMBOL [/ALL] name', 'Value of a symbol and, when it is an address, the contents there. /ALL: every symbol that begins so.'],
  *run(session, { qualifiers, rest }) {
    const name = rest.toUpperCase();
    if (qualifiers.has('ALL')) {
      yield* heading('Symbols sorted by name');
      let count = 0;
      for (const [symbol, value, isAddress] of session.symbols.list(name)) {
        count += 1;
        yield symbolLine(session, symbol, value, isAddress);
      }
      if (count === 0) throw new SdaError('E', 'UNDEFSYM', `undefined symbol ${name}`);
      return;
    }
    if (name === '') throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply a symbol');
    const value = session.symbols.lookup(name);
    if (value === undefined) throw new SdaError('E', 'UNDEFSYM', `undefined symbol ${name}`);
    yield symbolLine(session, name, value >>> 0, true);
  },
};

function symbolLine(session: Session, name: string, value: number, isAddress: boolean): string {
  const contents = isAddress && value >= 0x200 && session.memory.has(value) && session.memory.has(value + 3) ? ` : ${hex8(session.memory.readLong(value))}` : '';
  return `${name.padEnd(31)} = ${hex8(value)}${contents}`;
}

/** `DEFINE`: a symbol of the user's own. */
export const DEFINE: Command = {
  name: 'DEFINE',
  qualifiers: [],
  help: ['DEFINE name [=] expression', 'Gives a symbol a value.'],
  *run(session, { rest }) {
    const match = /^([A-Za-z$_][A-Za-z0-9$_]{0,30})\s*(?:=|\s)\s*(.+)$/.exec(rest);
    if (!match) throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply a symbol and a value', rest || undefined);
    session.symbols.define(match[1]!.toUpperCase(), session.evaluate(match[2]!));
  },
};

const DEFINITION = /^\s*([A-Za-z$_][A-Za-z0-9$_]{0,30})\s*==?\s*(?:\^X|0x)?([0-9A-Fa-f]{1,8})\s*(?:;.*|!.*)?$/;

function* textSymbols(text: string): Generator<readonly [string, number]> {
  for (const line of text.split(/\r?\n/)) {
    const match = DEFINITION.exec(line);
    if (match) yield [match[1]!.toUpperCase(), Number.parseInt(match[2]!, 16)];
  }
}

/** Global definitions of object modules and symbol table files, relative to their program sections. */
function* objectSymbols(records: readonly Uint8Array[]): Generator<readonly [string, number]> {
  let modules: ReturnType<typeof decodeModules>;
  try {
    modules = decodeModules(records);
  } catch (error) {
    if (error instanceof ObjectFormatError) return;
    throw error;
  }
  for (const { symbols } of modules) for (const { name, flags, value } of symbols) if (flags & GSY$M_DEF) yield [name, value];
}

/** `READ`: more symbols, from object modules and symbol tables, or from lines `name = hexadecimal value` (also as in MACRO, `NAME == ^X10`). */
export const READ: Command = {
  name: 'READ',
  qualifiers: ['LOG', 'NOLOG', 'RELOCATE'],
  help: ['READ [/RELOCATE=expression] [/NOLOG] file', 'Adds the symbols of an object module or symbol table, or of lines "name = value" (hexadecimal), relocated by an offset.'],
  *run(session, { qualifiers, rest }) {
    if (rest === '') throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply a file');
    const name = rest.replace(/^"|"$/g, '');
    const text = session.files.readText?.(name);
    const records = session.files.readRecords?.(name);
    if (text === undefined && records === undefined) throw new SdaError('E', 'OPENIN', `error opening ${rest} as input`);
    const offset = (qualifiers.get('RELOCATE') ?? '') === '' ? 0 : session.evaluate(qualifiers.get('RELOCATE')!);
    if (!qualifiers.has('NOLOG')) yield `%SDA-I-READSYM, reading symbol table  ${rest}`;
    const found = [...objectSymbols(records ?? []), ...textSymbols(text ?? '')];
    for (const [symbol, value] of found) session.symbols.define(symbol, (value + offset) >>> 0);
    if (found.length === 0) throw new SdaError('W', 'NOSYMBOLS', `${rest} holds no symbol definitions`);
  },
};
