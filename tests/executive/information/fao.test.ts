import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFao, formatFaoValues, uicText } from '../../../src/executive/information/fao.js';
import { binaryTime } from '../../../src/executive/information/time.js';
import { ArrayMemory, textToBytes } from '../../../src/executive/structures/memory.js';

const fao = (control: string, ...values: (number | string | bigint)[]): string => formatFaoValues(control, values).text;
const NOW = binaryTime('7-OCT-2026 13:45:56.78', 0n)!;

describe('number directives', () => {
  test('hexadecimal and octal: full datum, longer fields blank-filled in front, shorter ones keep the low digits', () => {
    expect(fao('!XB !XW !XL', 0xab, 0xab, 0xab)).toBe('AB 00AB 000000AB');
    expect(fao('!OB !OW !OL', 8, 8, 8)).toBe('010 000010 00000000010');
    expect(fao('!5XL', 0xab)).toBe('000AB');
    expect(fao('!10XL', 0xab)).toBe('  000000AB');
    expect(fao('!XB', 0x1234)).toBe('34');
  });

  test('decimal: blank-filled or zero-filled on the left, asterisks when too narrow', () => {
    expect(fao('!UL!UL', 0, 4294967295)).toBe('04294967295');
    expect(fao('!5UL|!5SL|!5ZL', 42, -42, 42)).toBe('   42|  -42|00042');
    expect(fao('!2UL !2SL !2ZL', 123, -12, 123)).toBe('** ** **');
    expect(fao('!SB !SW !SL', 0xff, 0x8000, 0x80000000)).toBe('-1 -32768 -2147483648');
    expect(fao('!0UL', 5)).toBe('');
  });

  test('a number comes back from what it was printed as', () => {
    fc.assert(fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: 20 }), (value, width) => {
      expect(Number(fao('!SL', value))).toBe(value);
      expect(Number(fao('!UL', value))).toBe(value >>> 0);
      expect(Number.parseInt(fao('!XL', value), 16)).toBe(value >>> 0);
      expect(Number.parseInt(fao('!OL', value), 8)).toBe(value >>> 0);
      for (const directive of ['SL', 'UL', 'ZL', 'XL', 'OL']) expect(fao(`!${width}${directive}`, value)).toHaveLength(width);
      const digits = fao('!UL', value);
      expect(fao(`!${width}ZL`, value)).toBe(digits.length > width ? '*'.repeat(width) : digits.padStart(width, '0'));
    }));
  });
});

describe('strings and layout', () => {
  test('strings are cut or blank-filled on the right', () => {
    expect(fao('!AS|!5AS|!2AS', 'abc', 'abc', 'abc')).toBe('abc|abc  |ab');
    expect(fao('!AF', 3, 'a\x01b')).toBe('a.b');
  });

  test('!/ !_ !^ !! and repetition of a character', () => {
    expect(fao('a!/b!_c!^d!!')).toBe('a\r\nb\tc\fd!');
    expect(fao('!5*-')).toBe('-----');
    expect(fao('!#*x', 3)).toBe('xxx');
  });

  test('repeat counts, and counts from the parameters', () => {
    expect(fao('!3(XB)', 1, 2, 3)).toBe('010203');
    expect(fao('!2(4UL)', 7, 8)).toBe('   7   8');
    // One length serves all turns. @source DCL Dictionary, F$FAO directives
    expect(fao('!#(#UL)', 2, 3, 7, 8)).toBe('  7  8');
    expect(fao('!0(UL)x', 1)).toBe('x');
  });

  test('!- takes the parameter again, !+ leaves one out', () => {
    expect(fao('!UL !-!XL', 16)).toBe('16 00000010');
    expect(fao('!+!UL', 1, 2)).toBe('2');
  });

  test('!%S is the plural of the last number, in the case of the letter before it', () => {
    expect(fao('!UL file!%S, !UL FILE!%S, !UL block!%S', 2, 3, 1)).toBe('2 files, 3 FILES, 1 block');
  });

  test('a field !n< !> is filled, and never cut', () => {
    expect(fao('[!10<!AS:!UL!>]', 'ab', 7)).toBe('[ab:7      ]');
    expect(fao('[!2<!AS!>]', 'abcdef')).toBe('[abcdef]');
  });

  test('times and UICs', () => {
    expect(fao('!%D', NOW)).toBe(' 7-OCT-2026 13:45:56.78');
    expect(fao('!11%D|!%T|!5%T', NOW, NOW, NOW)).toBe(' 7-OCT-2026|13:45:56.78|13:45');
    expect(formatFaoValues('!%T', [0n], { now: NOW }).text).toBe('13:45:56.78');
    expect(fao('!%U', 0x00010004)).toBe('[1,4]');
    expect(formatFaoValues('!%I !%I', [5, 6], { identifier: (value) => (value === 5 ? '[SYSTEM]' : undefined) }).text).toBe('[SYSTEM] [0,6]');
    expect(uicText(0x00800001)).toBe('[200,1]');
  });

  test('an unknown directive ends the conversion: what came before stays', () => {
    expect(formatFaoValues('ab!QZcd', [])).toMatchObject({ text: 'ab', outcome: 'bad' });
    expect(formatFaoValues('ab!', [])).toMatchObject({ text: 'ab', outcome: 'bad' });
    expect(formatFaoValues('!>', [])).toMatchObject({ outcome: 'bad' });
  });

  test('output is cut to the buffer', () => {
    expect(formatFaoValues('0123456789', [], { limit: 4 })).toMatchObject({ text: '0123', outcome: 'overflow' });
    expect(formatFaoValues('!3UL', [1], { limit: 3 })).toMatchObject({ text: '  1', outcome: 'ok' });
  });
});

test('parameters in memory: descriptors, counted and zero-terminated strings, length and address', () => {
  const memory = new ArrayMemory(new Uint8Array(256));
  memory.writeBytes(0x80, textToBytes('\x05COUNT'));
  memory.writeBytes(0x90, textToBytes('ZERO\0'));
  memory.writeWord(0x40, 4);
  memory.writeLong(0x44, 0x90);
  [0x40, 0x80, 0x90, 3, 0x90, 255].forEach((value, index) => { memory.writeLong(4 * index, value); });
  expect(formatFao(memory, '!AS !AC !AZ !AD !XL', 0).text).toBe('ZERO COUNT ZERO ZER 000000FF');
});

test('counts and fields of any size end at the longest string there is', () => {
  for (const control of ['!999999999*x', '!999999999AS', '!65535(65535AS)', '!999999999<!>', '!999999999UL', '!999999999(UL)']) {
    expect(fao(control, 'a', 'b').length).toBeLessThanOrEqual(65535);
  }
});

test('any control string gives some output', () => {
  fc.assert(fc.property(fc.string(), fc.array(fc.integer()), (control, values) => {
    const { text, outcome } = formatFaoValues(control, values);
    expect(text.length).toBeLessThanOrEqual(65535);
    expect(['ok', 'overflow', 'bad']).toContain(outcome);
  }));
  fc.assert(fc.property(fc.array(fc.constantFrom('!', '#', '5', '(', ')', '<', '>', '*', '%', 'S', 'U', 'L', 'A', 'D', 'T', '-', '+', 'x')), (parts) => {
    expect(() => formatFaoValues(parts.join(''), [1, 2, 3])).not.toThrow();
  }));
});
