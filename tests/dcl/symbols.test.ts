import { describe, expect, it } from 'vitest';
import { ArrayMemory } from '../../src/executive/structures/memory.js';
import { CLI$_ABSYMD, CLI$_SYMOVF } from '../../src/dcl/condition-codes.js';
import { CommandFailure } from '../../src/dcl/condition.js';
import { readAssignment, assign, type AssignmentTarget } from '../../src/dcl/language/assignment.js';
import type { Value } from '../../src/dcl/language/value.js';
import { Storage } from '../../src/dcl/storage.js';
import { STG, SYM } from '../../src/dcl/structures.js';
import { SymbolTables } from '../../src/dcl/symbols.js';
import { finish, fixedEnvironment } from './support.js';

const BASE = 0x7ffd0000;
function tables(size = 0x4000): SymbolTables {
  return new SymbolTables(Storage.initialize(new ArrayMemory(new Uint8Array(size), BASE), BASE, size));
}

function code(run: () => unknown): number {
  try { run(); } catch (error) {
    if (error instanceof CommandFailure) return error.code;
    throw error;
  }
  return 0;
}

describe('symbol tables in the CLI symbol table pages', () => {
  it('keeps integers and strings as bytes, redefines in place, and deletes', () => {
    const symbols = tables();
    const table = symbols.create(0, 8);
    symbols.define(table, 'COUNT', -3);
    symbols.define(table, 'TEXT', 'hello');
    const count = symbols.find(table, 'COUNT');
    expect(SYM.at(symbols.storage.memory, count).SYM$L_VALUE).toBe(0xfffffffd);
    expect(symbols.value(symbols.find(table, 'TEXT'))).toBe('hello');
    symbols.define(table, 'COUNT', 4);
    expect(symbols.find(table, 'COUNT')).toBe(count);
    symbols.define(table, 'COUNT', 'a string much longer than the block had room for');
    expect(symbols.value(symbols.find(table, 'COUNT'))).toBe('a string much longer than the block had room for');
    symbols.remove(table, symbols.find(table, 'COUNT'));
    expect(symbols.find(table, 'COUNT')).toBe(0);
    expect(symbols.list(table).map((symbol) => symbol.name)).toEqual(['TEXT']);
  });

  it('finds abbreviations from the part before the star on, and refuses clashes', () => {
    const symbols = tables();
    const table = symbols.create(0, 8);
    symbols.define(table, 'PNDATE', 'x', 2);
    for (const name of ['PN', 'PND', 'PNDATE']) expect(symbols.find(table, name)).not.toBe(0);
    for (const name of ['P', 'PNX', 'PNDATES']) expect(symbols.find(table, name)).toBe(0);
    expect(code(() => symbols.define(table, 'PNDA', 'y'))).toBe(CLI$_ABSYMD);
    expect(code(() => symbols.define(table, 'PNEW', 'y', 2))).toBe(CLI$_ABSYMD);
    expect(code(() => symbols.define(table, 'PNEW', 'y'))).toBe(0);
  });

  it('a full table gives SYMOVF and loses nothing; everything freed is one free block again', () => {
    const symbols = tables(0x1000);
    const table = symbols.create(0, 8);
    let made = 0;
    expect(code(() => { for (;;) symbols.define(table, `SYMBOL_${made}`, made++ % 2 === 0 ? made : 'text'); })).toBe(CLI$_SYMOVF);
    expect(symbols.list(table)).toHaveLength(made - 1);
    symbols.destroy(table);
    const head = STG.at(symbols.storage.memory, BASE);
    expect(head.STG$L_FREEBYTES).toBe(0x1000 - STG.size);
    expect(symbols.storage.memory.readLong(head.STG$L_FREE)).toBe(0);
    expect(symbols.storage.memory.readLong(head.STG$L_FREE + 4)).toBe(0x1000 - STG.size);
  });

  it('grows its buckets as symbols come', () => {
    const symbols = tables(0x20000);
    const table = symbols.create(0, 8);
    for (let index = 0; index < 1000; index += 1) symbols.define(table, `S${index}`, index);
    for (let index = 0; index < 1000; index += 1) expect(symbols.value(symbols.find(table, `S${index}`))).toBe(index);
  });
});

describe('assignment (dcl-language.md section 4)', () => {
  function run(lines: string[]): Record<string, Value> {
    const values: Record<string, Value> = {};
    const target: AssignmentTarget = {
      ...fixedEnvironment(values),
      follow: () => undefined, current: (name) => values[name],
      assign: (name, value) => { values[name] = value; },
    };
    for (const line of lines) finish(assign(readAssignment(line)!, target));
    return values;
  }

  it('takes expressions, text, and both globally', () => {
    expect(run(['a = 1 + 2', 'B := hello   "World" x', 'C := "Keep  Case"', 'd == a * 2', 'E :== dir/size']))
      .toEqual({ A: 3, B: 'HELLO "World" X', C: 'Keep  Case', D: 6, E: 'DIR/SIZE' });
    expect(readAssignment('d == 1')!.global).toBe(true);
    expect(readAssignment('d = 1')!.global).toBe(false);
  });

  it('overlays bits: an integer stays one, an undefined symbol becomes a string', () => {
    expect(run(['BELL = 7', 'BELL[5,1] = 1'])).toEqual({ BELL: 39 });
    expect(run(['ESC[0,8] = 27', 'CRLF[0,8] = 13', 'CRLF[8,8] = 10'])).toEqual({ ESC: '\x1b', CRLF: '\r\n' });
  });

  it('replaces part of a string, blank filled or cut', () => {
    expect(run(['A := ABCDEF', 'A[1,3] := X', 'B := AB', 'B[4,2] := WXYZ'])).toEqual({ A: 'AX  EF', B: 'AB  WX' });
  });

  it('is no assignment when no equal sign follows', () => {
    for (const text of ['DIR [-]', 'SET DEF [X]', 'LABEL: X = 1', 'DIR[-]', 'READ /END = DONE F X']) expect(readAssignment(text)).toBeUndefined();
  });
});
