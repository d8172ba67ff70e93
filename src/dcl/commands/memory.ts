import type { Flow } from '../../executive/gate/microroutine.js';
import { SS$_ACCVIO } from '../../executive/starlet/ssdef.js';
import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { CLI$_EXPSYN } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { trim, unquote } from '../language/characters.js';
import { evaluateText } from '../language/evaluate.js';
import { parseNumber, toInteger } from '../language/value.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';

/** EXAMINE and DEPOSIT: user memory of an interrupted image. The radix given (hexadecimal by default) also reads locations. */

const USER = 3;

interface Shape {
  readonly size: 1 | 2 | 4;
  readonly radix: 16 | 10 | 8;
  readonly ascii: boolean;
}

function shapeOf(command: ParsedCommand): Shape {
  return {
    size: command.has('BYTE') || command.has('ASCII') ? 1 : command.has('WORD') ? 2 : 4,
    radix: command.has('DECIMAL') ? 10 : command.has('OCTAL') ? 8 : 16,
    ascii: command.has('ASCII'),
  };
}

/** A number in the command's radix, or a DCL expression. */
function* numberOf(dcl: Dcl, text: string, radix: number): Flow<number> {
  const plain = trim(text);
  const digits = radix === 16 ? /^[0-9A-F]+$/i : radix === 8 ? /^[0-7]+$/ : /^\d+$/;
  if (digits.test(plain)) return Number.parseInt(plain, radix) >>> 0;
  return (parseNumber(plain) ?? toInteger(yield* evaluateText(plain, dcl))) >>> 0;
}

function accessible(dcl: Dcl, address: number, length: number, write: boolean): void {
  if (!dcl.outside.procedure.kernel.cpu.probe(address, length, USER, write)) fail(SS$_ACCVIO, { args: [write ? 4 : 0, address, 0, 0] });
}

function shown(value: number, { size, radix }: Shape): string {
  const text = (value >>> 0).toString(radix).toUpperCase();
  return radix === 10 ? text : text.padStart(radix === 16 ? size * 2 : Math.ceil((size * 8) / 3), '0');
}

/** EXAMINE location[:location] @dcl full */
function* examine(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const shape = shapeOf(command);
  const [first = '', last] = command.raw('LOCATION')!.split(':');
  const from = yield* numberOf(dcl, first, shape.radix);
  const to = last === undefined ? from : yield* numberOf(dcl, last, shape.radix);
  const { memory } = dcl;
  if (to < from) return 1;
  if (shape.ascii) {
    accessible(dcl, from, to - from + 1, false);
    yield* dcl.write(`${from.toString(16).toUpperCase().padStart(8, '0')}:  "${bytesToText(memory.readBytes(from, to - from + 1)).replace(/[^\x20-\x7e]/g, '.')}"`);
    return 1;
  }
  const perLine = 4;
  for (let at = from; at <= to; at += shape.size * perLine) {
    const values: string[] = [];
    for (let item = at; item <= to && item < at + shape.size * perLine; item += shape.size) {
      accessible(dcl, item, shape.size, false);
      values.push(shown(shape.size === 1 ? memory.readByte(item) : shape.size === 2 ? memory.readWord(item) : memory.readLong(item), shape));
    }
    yield* dcl.write(`${at.toString(16).toUpperCase().padStart(8, '0')}:  ${values.join('  ')}`);
  }
  return 1;
}

/** DEPOSIT location=data[,...] @dcl full */
function* deposit(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const shape = shapeOf(command);
  const match = /^([^=]*)=(.*)$/.exec(command.raw('LOCATION')!);
  if (!match) return fail(CLI$_EXPSYN);
  let at = yield* numberOf(dcl, match[1]!.split(':')[0]!, shape.radix);
  if (shape.ascii) {
    const bytes = textToBytes(unquote(trim(match[2]!)));
    accessible(dcl, at, bytes.length, true);
    dcl.memory.writeBytes(at, bytes);
    return 1;
  }
  for (const item of match[2]!.split(',')) {
    const value = yield* numberOf(dcl, item, shape.radix);
    accessible(dcl, at, shape.size, true);
    if (shape.size === 1) dcl.memory.writeByte(at, value);
    else if (shape.size === 2) dcl.memory.writeWord(at, value);
    else dcl.memory.writeLong(at, value);
    at += shape.size;
  }
  return 1;
}

export const MEMORY_COMMANDS: CommandRoutines = { EXAMINE: examine, DEPOSIT: deposit };
