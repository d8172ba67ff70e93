import type { Assembly } from '../assembly.js';
import { COMMA, SEMICOLON, type Cursor } from '../cursor.js';
import { StatementError } from '../diagnostics.js';
import { parseWideLiteral } from '../expression.js';
import { encodeFloat, floatLength, type FloatType } from '../float.js';
import { findOpcode } from '../opcodes.js';
import { storeValue, wideBytes } from '../operand.js';
import type { Value } from '../value.js';
import type { Directive } from './index.js';

/** Directives that store data or reserve room for it. */

const LEFT_BRACKET = 0x5b;

/** `item, item[repeat], ...`; an empty list is one zero item. */
function eachItem(assembly: Assembly, cursor: Cursor, storeItem: (assembly: Assembly, cursor: Cursor) => () => void): void {
  do {
    const store = storeItem(assembly, cursor);
    let count = 1;
    if (cursor.take(LEFT_BRACKET)) {
      count = assembly.absolute(cursor);
      if (!cursor.take(0x5d) || count < 0) throw new StatementError('DATALSTSYN');
      if (count > 0x100000) throw new StatementError('REPEATRNG');
    }
    for (let i = 0; i < count; i++) {
      assembly.psect.beginItem(false);
      store();
    }
  } while (cursor.take(COMMA));
  if (!cursor.atEnd()) throw new StatementError('DATALSTSYN');
}

function isEmptyItem(cursor: Cursor): boolean {
  const code = cursor.skip();
  return code === 0 || code === SEMICOLON || code === COMMA;
}

function integers(size: number): Directive {
  return (assembly, cursor) => eachItem(assembly, cursor, () => {
    const value: Value = isEmptyItem(cursor) ? 0 : assembly.expression(cursor);
    return () => storeValue(assembly, value, size);
  });
}

function signedIntegers(size: number): Directive {
  const limit = 2 ** (size * 8 - 1);
  return (assembly, cursor) => eachItem(assembly, cursor, () => {
    const value = isEmptyItem(cursor) ? 0 : assembly.expression(cursor);
    if (typeof value === 'number' && (value < -limit || value >= limit)) assembly.warn('DATATRUNC');
    return () => storeValue(assembly, value, size);
  });
}

/** .QUAD, .OCTA: literals of the full width; an expression is a longword, extended with its sign. */
function wideIntegers(size: number): Directive {
  return (assembly, cursor) => eachItem(assembly, cursor, () => {
    const wide = isEmptyItem(cursor) ? 0n : parseWideLiteral(cursor);
    if (wide !== undefined) return () => storeBytes(assembly, wideBytes(wide, size, assembly));
    const value = assembly.expression(cursor);
    return () => {
      storeValue(assembly, value, 4);
      const fill = typeof value === 'number' && value < 0 ? 0xff : 0;
      for (let i = 4; i < size; i++) assembly.psect.store(fill);
    };
  });
}

function floats(type: FloatType): Directive {
  return (assembly, cursor) => eachItem(assembly, cursor, () => {
    cursor.skip();
    const length = floatLength(cursor.text, cursor.at);
    if (length === 0) throw new StatementError('FLTPNTSYN');
    const bytes = encodeFloat(cursor.text.slice(cursor.at, cursor.at + length), type);
    cursor.at += length;
    return () => storeBytes(assembly, bytes);
  });
}

const addresses: Directive = (assembly, cursor) => eachItem(assembly, cursor, () => {
  const value = assembly.expression(cursor);
  return () => typeof value === 'number' ? assembly.psect.storeLong(value) : assembly.fixup('address', 4, value);
});

function storeBytes(assembly: Assembly, bytes: Iterable<number>): void {
  for (const byte of bytes) {
    assembly.psect.beginItem(false);
    assembly.psect.store(byte);
  }
}

function reserve(size: number): Directive {
  return (assembly, cursor) => {
    const count = cursor.atEnd() ? 1 : assembly.absolute(cursor);
    if (!cursor.atEnd() || count < 0) throw new StatementError('BLKDIRSYN');
    assembly.psect.moveTo(assembly.psect.location + count * size);
    assembly.listing.value(assembly.psect.location);
  };
}

// Text

/** `/text/<expression>/text/...`: delimited strings and single bytes in angle brackets. */
function textBytes(assembly: Assembly, cursor: Cursor): number[] {
  const bytes: number[] = [];
  while (!cursor.atEnd()) {
    if (cursor.peek() === 0x3c) {
      cursor.at++;
      bytes.push(assembly.absolute(cursor) & 0xff);
      if (!cursor.take(0x3e)) throw new StatementError('ILLASCARG');
      continue;
    }
    const { text } = cursor;
    const end = text.indexOf(text[cursor.at]!, cursor.at + 1);
    if (text[cursor.at] === '=' || end < 0) throw new StatementError('ILLASCARG');
    for (let i = cursor.at + 1; i < end; i++) bytes.push(text.charCodeAt(i) & 0xff);
    cursor.at = end + 1;
  }
  return bytes;
}

/** DSC$K_CLASS_S and DSC$K_DTYPE_T, the high word of a descriptor of fixed-length text. */
const TEXT_DESCRIPTOR = 0x010e;

const descriptor: Directive = (assembly, cursor) => {
  const bytes = textBytes(assembly, cursor);
  const { psect } = assembly;
  psect.storeWord(bytes.length);
  psect.storeWord(TEXT_DESCRIPTOR);
  const here = assembly.here();
  if (typeof here === 'number') psect.storeLong(here + 4);
  else assembly.fixup('address', 4, { ...here, offset: here.offset + 4 });
  storeBytes(assembly, bytes);
};

/** .PACKED decimal[,symbol]: two digits a byte, sign in the low half of the last; the symbol becomes the digit count. */
const packed: Directive = (assembly, cursor) => {
  cursor.skip();
  const match = /^([+-]?)(\d+)/.exec(cursor.text.slice(cursor.at));
  if (match === null) throw new StatementError('NOTDECSTRG');
  const digits = match[2]!;
  if (digits.length > 31) throw new StatementError('PACTOOLONG');
  cursor.at += match[0].length;
  const nibbles = [...digits].map(Number);
  nibbles.push(match[1] === '-' ? 13 : 12);
  if (nibbles.length % 2 !== 0) nibbles.unshift(0);
  for (let i = 0; i < nibbles.length; i += 2) assembly.psect.store(nibbles[i]! << 4 | nibbles[i + 1]!);
  if (cursor.take(COMMA)) {
    cursor.skip();
    assembly.define(cursor.symbol(), digits.length, false);
  }
};

/** The gate into a microroutine written in TypeScript: XFC and the routine's number (design.md, decision 3). */
const micro: Directive = (assembly, cursor) => {
  cursor.skip();
  const name = cursor.symbol();
  const number = microroutineNumber(assembly, name);
  assembly.expectEnd(cursor);
  assembly.psect.store(findOpcode('XFC')?.opcode ?? 0xfc);
  assembly.psect.storeWord(number);
};

function microroutineNumber(assembly: Assembly, name: string): number {
  const numberOf = assembly.options.microroutine;
  try {
    if (numberOf !== undefined) return numberOf(name);
  } catch (error) {
    throw new StatementError('NOMICRO', `${name} (${error instanceof Error ? error.message : String(error)})`);
  }
  throw new StatementError('NOMICRO', name);
}

export const dataDirectives: Record<string, Directive> = {
  '.BYTE': integers(1), '.WORD': integers(2), '.LONG': integers(4), '.QUAD': wideIntegers(8), '.OCTA': wideIntegers(16),
  '.SIGNED_BYTE': signedIntegers(1), '.SIGNED_WORD': signedIntegers(2),
  '.ADDRESS': addresses,
  '.FLOAT': floats('f'), '.F_FLOATING': floats('f'), '.DOUBLE': floats('d'), '.D_FLOATING': floats('d'),
  '.G_FLOATING': floats('g'), '.H_FLOATING': floats('h'),
  '.BLKA': reserve(4), '.BLKB': reserve(1), '.BLKW': reserve(2), '.BLKL': reserve(4), '.BLKQ': reserve(8), '.BLKO': reserve(16),
  '.BLKF': reserve(4), '.BLKD': reserve(8), '.BLKG': reserve(8), '.BLKH': reserve(16),
  '.ASCII': (assembly, cursor) => storeBytes(assembly, textBytes(assembly, cursor)),
  '.ASCIZ': (assembly, cursor) => storeBytes(assembly, [...textBytes(assembly, cursor), 0]),
  '.ASCIC': (assembly, cursor) => {
    const bytes = textBytes(assembly, cursor);
    if (bytes.length > 255) throw new StatementError('ILLASCARG', '(longer than 255)');
    storeBytes(assembly, [bytes.length, ...bytes]);
  },
  '.ASCID': descriptor,
  '.PACKED': packed,
  '.MICRO': micro,
};
