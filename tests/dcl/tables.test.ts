import { describe, expect, it } from 'vitest';
import { ArrayMemory } from '../../src/executive/structures/memory.js';
import * as codes from '../../src/dcl/condition-codes.js';
import { CommandFailure } from '../../src/dcl/condition.js';
import { compileTables } from '../../src/dcl/tables/compiler.js';
import { parseCommand } from '../../src/dcl/tables/parse-command.js';
import { ParsedCommand } from '../../src/dcl/tables/parsed-command.js';
import { CommandTable } from '../../src/dcl/tables/reader.js';

const SOURCE = `
define verb COPY
  image copy
  parameter P1, label=FROM, prompt="From", value(required, list, concatenate, type=$FILE)
  parameter P2, label=TO, prompt="To", value(required, type=$FILE)
  qualifier LOG
  qualifier SIZE, nonnegatable, value(required, type=$NUMBER)
  qualifier PROT, placement=positional, value(list, type=PROT_KEYS)
  disallow LOG and SIZE
define type PROT_KEYS
  keyword SYSTEM, value
  keyword OWNER, value
define verb CONTINUE
  cliroutine CONTINUE
  synonym C
define verb SHOW
  parameter P1, label=OPTION, prompt="What", value(required, type=SHOW_OPTIONS)
define type SHOW_OPTIONS
  keyword SYMBOL, syntax=SHOW_SYMBOL
  keyword STATUS, syntax=SHOW_STATUS
  keyword SYSTEM
define syntax SHOW_SYMBOL
  cliroutine SHOW_SYMBOL
  parameter P1, label=OPTION, value(required)
  parameter P2, label=SYMBOL, value(type=$SYMBOL)
  qualifier ALL
  qualifier SEVERITY
define syntax SHOW_STATUS
  cliroutine SHOW_STATUS
  parameter P1, label=OPTION, value(required)
  noqualifiers
define verb WRITE
  cliroutine WRITE
  parameter P1, label=FILE, prompt="Log Name", value(required)
  parameter P2, label=ITEMS, prompt="Expression", value(required, type=$EXPRESSION)
  qualifier SYMBOL
`;

function parse(text: string): ParsedCommand {
  const bytes = compileTables([SOURCE]);
  // Mapped at an odd place: the table has no address in it.
  const table = new CommandTable(new ArrayMemory(bytes, 0x7ffc1203), 0x7ffc1203);
  const parsed = parseCommand(table, text, (name) => (name === 'X' ? 'lower  case' : undefined));
  if (!(parsed instanceof ParsedCommand)) throw new Error(`missing ${parsed.missing.prompt}`);
  return parsed;
}

function failure(text: string): [number, string | undefined] {
  try { parse(text); } catch (error) {
    if (error instanceof CommandFailure) return [error.code, error.token];
    throw error;
  }
  throw new Error('no failure');
}

describe('commands parsed from table bytes', () => {
  it('cuts lists, quotation marks and directories', () => {
    const command = parse('copy a.dat , [x,y]b.dat;3+"q u" /log [-]z');
    expect(command.values('FROM')).toEqual(['A.DAT', '[X,Y]B.DAT;3', 'q u']);
    expect(command.find('FROM')!.values.map((value) => value.delimiter)).toEqual(['', ',', '+']);
    expect(command.value('TO')).toBe('[-]Z');
    expect(command.has('LOG')).toBe(true);
  });

  it('reads qualifier values with = and :, blanks around them, lists and keywords', () => {
    expect(parse('COPY/SIZE = 5 A B').value('SIZE')).toBe('5');
    expect(parse('COPY/SIZE:5 A B').value('SIZE')).toBe('5');
    const command = parse('COPY A/PROT=(S:RW, OWN) B');
    expect(command.values('PROT')).toEqual(['SYSTEM', 'OWNER']);
    expect(command.value('SYSTEM')).toBe('RW');
    expect(command.presence('PROT')).toBe('local');
    expect(parse('COPY/NOLOG A B').negates('LOG')).toBe(true);
  });

  it('keywords switch to another syntax', () => {
    const command = parse('SH SYM/ALL FOO');
    expect(command.command.routine).toBe('SHOW_SYMBOL');
    expect(command.value('SYMBOL')).toBe('FOO');
    expect(command.has('ALL')).toBe(true);
  });

  it('a qualifier whose syntax comes later, and four characters, are enough', () => {
    expect(parse('SHOW/ALL SYMBOL FOO').has('ALL')).toBe(true);
    expect(parse('SHOW SYMBOL/SEVERE').has('SEVERITY')).toBe(true);
    expect(parse('CONTINUATION').verb).toBe('CONTINUE');
    expect(parse('C').verb).toBe('CONTINUE');
  });

  it('& keeps case and blanks as one token', () => {
    expect(parse('COPY &X B').value('FROM')).toBe('lower  case');
  });

  it('the rest of the line stays as typed for expressions', () => {
    expect(parse('WRITE/SYMBOL sys$output "a" + b/2, c').raw('ITEMS')).toBe('"a" + b/2, c');
  });

  it.each<[string, number, string | undefined]>([
    ['FOO', codes.CLI$_IVVERB, 'FOO'], ['CO A B', codes.CLI$_ABVERB, 'CO'], ['SHOW FOO', codes.CLI$_IVKEYW, 'FOO'], ['SHOW SY', codes.CLI$_ABKEYW, 'SY'],
    ['SHOW STATUS/BAD', codes.CLI$_NOQUAL, 'BAD'], ['SHOW SYMBOL/PAGE', codes.CLI$_IVQUAL, 'PAGE'], ['COPY A B C', codes.CLI$_MAXPARM, 'C'],
    ['COPY/NOSIZE A B', codes.CLI$_NOTNEG, 'NOSIZE'], ['COPY/SIZE A B', codes.CLI$_VALREQ, 'SIZE'], ['COPY/SIZE=X A B', codes.CLI$_NUMBER, 'X'],
    ['COPY/LOG=3 A B', codes.CLI$_NOVALU, 'LOG'], ['COPY A B,C', codes.CLI$_NOLIST, 'C'], ['COPY/LOG/SIZE=3 A B', codes.CLI$_CONFLICT, undefined], ['5', codes.CLI$_NOCOMD, undefined],
  ])('%s fails', (text, code, token) => { expect(failure(text)).toEqual([code, token]); });

  it('says which parameter is missing', () => {
    expect(() => parse('COPY A')).toThrow('missing To');
  });
});
