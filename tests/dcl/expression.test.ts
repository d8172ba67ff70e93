import { describe, expect, it } from 'vitest';
import { CLI$_EXPSYN, CLI$_IVCHAR, CLI$_IVOPER, CLI$_SYMDEL, CLI$_UNDSYM } from '../../src/dcl/condition-codes.js';
import { CommandFailure } from '../../src/dcl/condition.js';
import { evaluateText } from '../../src/dcl/language/evaluate.js';
import { substitute } from '../../src/dcl/language/substitute.js';
import type { Value } from '../../src/dcl/language/value.js';
import { fixedEnvironment, finish } from './support.js';

const evaluated = (text: string, symbols: Record<string, Value> = {}): Value => finish(evaluateText(text, fixedEnvironment(symbols)));

function failure(run: () => unknown): [number, string | undefined] {
  try { run(); } catch (error) {
    if (error instanceof CommandFailure) return [error.code, error.token];
    throw error;
  }
  throw new Error('no failure');
}

describe('DCL expressions (results run on V7.3, dcl-language.md section 5)', () => {
  it.each<[string, Value]>([
    ['"abc"+1', 1], ['"12"+"3"', '123'], ['" 12"+0', 12], ['"12 "+0', 12], ['"%X10"+0', 16], ['""+2', 2], ['"12XY"+0', 0], ['"+5"+0', 5],
    ['10 .EQS. "10"', 1], ['.NOT. 1', -2], ['.NOT. 1 .EQ. 0', -1], ['3 .AND. 5', 1], ['"T" .AND. "Y"', 1], ['1 .EQ. .NOT. 0', 0], ['- - 3', 3],
    ['+"abc"', 0], ['-"5"', -5], ['"abc" .EQS. "ab" + "c"', 1], ['1 .EQ 1', 1], ['-8/3', -2], ['7/0', 2147483647], ['4294967297', 1],
    ['2147483647 + 1', -2147483648], ['1+2*3', 7], ['(1+2)*3', 9], ['%x1f', 31], ['%O17', 15], ['"HELLO" - "L"', 'HELO'], ['"a" - "b"', 'a'],
    ['"say ""hi"""', 'say "hi"'], ['"open', 'open'], ['2.GT.1.AND.3.GT.2', 1], ['","+5+","', 5],
  ])('%s', (text, value) => { expect(evaluated(text)).toBe(value); });

  it('symbols are case-blind, a logical value follows the first letter', () => {
    expect(evaluated('a + B', { A: 2, B: '3' })).toBe(5);
    expect(evaluated('yes .and. 1', { YES: 'Yes' })).toBe(1);
  });

  it.each<[string, number, string | undefined]>([
    ['12AB', CLI$_IVCHAR, '12AB'], ['%XG', CLI$_IVCHAR, '%XG'], ['%Q1', CLI$_IVCHAR, '%Q1'], ['1.5', CLI$_IVOPER, '.5'], ['1 .FOO. 2', CLI$_IVOPER, '.FOO.'],
    ['1 +', CLI$_EXPSYN, undefined], ['(1 + 2', CLI$_EXPSYN, undefined], ['', CLI$_EXPSYN, undefined], ['1 2', CLI$_EXPSYN, undefined],
    ['1 .NOT. 2', CLI$_EXPSYN, undefined], ['nosuch + 1', CLI$_UNDSYM, 'NOSUCH'], ['nosuch + ', CLI$_UNDSYM, 'NOSUCH'], ['1 + 2)', CLI$_SYMDEL, undefined],
  ])('%s fails', (text, code, token) => { expect(failure(() => evaluated(text))).toEqual([code, token]); });

  it('& puts a value in place of the token; the message keeps its case', () => {
    expect(evaluated('&N', { N: '5' })).toBe(5);
    expect(failure(() => evaluated('&LC', { LC: 'lower' }))).toEqual([CLI$_UNDSYM, 'lower']);
  });
});

describe('apostrophe substitution (dcl-language.md section 2)', () => {
  const replaced = (line: string, symbols: Record<string, Value>): string => finish(substitute(line, fixedEnvironment(symbols)));
  it.each<[string, Record<string, Value>, string]>([
    ["TYPE 'NAME''FTYPE'", { NAME: 'A', FTYPE: '.DAT' }, 'TYPE A.DAT'],
    ["X = ' NAME'", { NAME: 'A' }, 'X = A'],
    ["h_'n = 1", { N: 3 }, 'h_3 = 1'],
    ["'A'", { A: "'B'", B: 'deep' }, 'deep'],
    ["\"''A'\"", { A: "'B'", B: 'deep' }, "\"'B'\""],
    ["FILE = \"'FILE''NUM''\"", { NUM: 1 }, "FILE = \"'FILE1'\""],
    ["X 'NOSUCH' Y", {}, 'X  Y'],
    ["X ! 'A'", { A: 'gone' }, "X ! 'A'"],
    ["\"it's\" 'A'", { A: 'x' }, "\"it's\" x"],
  ])('%s', (line, symbols, result) => { expect(replaced(line, symbols)).toBe(result); });

  it('a symbol that leads back to itself ends with EXPSYN and its name', () => {
    expect(failure(() => replaced("'SELF'", { SELF: "'SELF'" }))).toEqual([CLI$_EXPSYN, "'SELF"]);
    expect(failure(() => replaced("'A'", { A: "'B'", B: "'A'" }))).toEqual([CLI$_EXPSYN, "'A"]);
  });
});
