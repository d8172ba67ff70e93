import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SdaError } from '../../src/sda/error.js';
import { evaluate, type ExpressionContext } from '../../src/sda/expression.js';
import { firstWord, matchKeyword, parseQualifiers } from '../../src/sda/command-line.js';

const SYMBOLS: Readonly<Record<string, number>> = { SCH$GL_CURPCB: 0x80001c9c, PCB$L_PHD: 0x6c, TEN: 10, AC: 5, G: 0x80000000, PC: 0x80004000 };
const MEMORY: Readonly<Record<number, number>> = { 0x80001c9c: 0x80294be0, 0x80294be0: 0x1234, 0x80294c4c: 0x80400a00 };

const context: ExpressionContext = {
  symbol: (name) => SYMBOLS[name],
  contents: (address) => {
    const value = MEMORY[address];
    if (value === undefined) throw new SdaError('E', 'NOREAD', `unable to access location ${address.toString(16)}`);
    return value;
  },
  here: 0x200,
};

const value = (text: string): number => evaluate(text, context);
const failure = (text: string): string => {
  try {
    value(text);
    return 'no error';
  } catch (error) {
    return error instanceof SdaError ? error.ident : String(error);
  }
};

describe('expressions', () => {
  test.each([
    ['10', 0x10], ['^D10', 10], ['^O17', 15], ['^XFF', 255], ['^d 10', 10], ['FFFFFFFF', 0xffffffff],
    ['1+2*3', 7], ['(1+2)*3', 9], ['10-1', 15], ['-1', 0xffffffff], ['#0', 0xffffffff], ['-1/4', 0], ['(((TEN * 6) + (-1/4)) + 6)', 0x42],
    ['F0&3C', 0x30], ['F0!F', 0xff], ['FF\\F', 0xf0], ['1@4', 0x10], ['100@-4', 0x10], ['80000000@-^D31', 0xffffffff],
    ['1+F0&3C', 0x31],
    ['.', 0x200], ['.+4', 0x204], ['TEN', 10], ['ten', 10],
    ['G100', 0x80000100], ['H100', 0x7ffe0100], ['G', 0x80000000], ['H', 0x7ffe0000], ['H(10+10)', 0x7ffe0020],
  ])('%s is %d', (text, expected) => { expect(value(text)).toBe(expected >>> 0); });

  test('a name is a symbol before it is a number', () => {
    expect(value('AC')).toBe(5);
    expect(value('0AC')).toBe(0xac);
    expect(value('AB')).toBe(0xab);
  });

  test('unary @ is the contents of a location and binds before +', () => {
    expect(value('@SCH$GL_CURPCB+PCB$L_PHD')).toBe(0x80294c4c);
    expect(value('@(@SCH$GL_CURPCB+PCB$L_PHD)')).toBe(0x80400a00);
    expect(value('@@SCH$GL_CURPCB')).toBe(0x1234);
  });

  test.each([
    ['', 'EXPSYN'], ['1+', 'EXPSYN'], ['(1', 'EXPSYN'], ['1)', 'EXPSYN'], ['1 2', 'EXPSYN'], ['^Z1', 'EXPSYN'], ['NOSUCH', 'UNDEFSYM'], ['1/0', 'DIVZERO'],
    ['^O8', 'INVNUM'], ['123456789', 'NUMTRUNC'], ['@5', 'NOREAD'], ['"', 'EXPSYN'], ['('.repeat(5000), 'EXPDEPTH'], ['-'.repeat(5000) + '1', 'EXPDEPTH'],
  ])('%s is refused', (text, ident) => { expect(failure(text)).toBe(ident); });

  test('no text makes it do anything but give a longword or an SDA condition', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9A-FGH^DXO()+\-*/@&!\\#. ]*$/)), (text) => {
      try {
        const result = value(text);
        return Number.isInteger(result) && result >= 0 && result <= 0xffffffff;
      } catch (error) {
        return error instanceof SdaError;
      }
    }), { numRuns: 500, seed: 7 });
  });
});

describe('command lines', () => {
  test('qualifiers are found anywhere, abbreviated, with values', () => {
    const { qualifiers, rest } = parseQualifiers('/INS @PC;20 /TYPE=PCB', ['INSTRUCTION', 'TYPE']);
    expect([...qualifiers]).toEqual([['INSTRUCTION', ''], ['TYPE', 'PCB']]);
    expect(rest).toBe('@PC;20');
  });

  test('a slash behind an operand is a division unless it names a qualifier', () => {
    expect(parseQualifiers('10/2', ['PTE']).rest).toBe('10/2');
    expect(parseQualifiers('TEN/AC', ['PTE']).rest).toBe('TEN/AC');
    expect(parseQualifiers('10/PTE', ['PTE']).qualifiers.has('PTE')).toBe(true);
  });

  test('unknown and ambiguous words are told apart', () => {
    expect(() => matchKeyword('S', ['SHOW', 'SEARCH'], 'verb')).toThrow(/ambiguous/);
    expect(() => matchKeyword('FOO', ['SHOW', 'SEARCH'], 'verb')).toThrow(/unrecognized/);
    expect(matchKeyword('sh', ['SHOW', 'SEARCH'], 'verb')).toBe('SHOW');
    expect(matchKeyword('P0', ['P0', 'P0LR'], 'qualifier')).toBe('P0');
    expect(() => parseQualifiers(' /FOO', ['BAR'])).toThrow(/unrecognized qualifier/);
  });

  test('the first word ends at a blank or a slash', () => {
    expect(firstWord('EXAMINE/PSL G')).toEqual(['EXAMINE', '/PSL G']);
    expect(firstWord('  SHOW  POOL')).toEqual(['SHOW', '  POOL']);
  });
});
