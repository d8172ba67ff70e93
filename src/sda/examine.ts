import { disassemble } from '../emulator/disassembler.js';
import { asciiTime } from '../executive/information/time.js';
import { searchSection } from '../executive/information/message-section.js';
import { statusName } from '../executive/starlet/symbols.js';
import { readQuad } from '../executive/structures/memory.js';
import { parseRange, topLevel, type Command } from './command.js';
import { hex, hex8, NoAccess, SdaError } from './error.js';
import { memoryLines } from './dump-lines.js';
import { protectionName, pteText } from './pte-text.js';
import { ascii, printable, type Session } from './session.js';

/** Bytes of one row of EXAMINE when no range is given. */
const LONGWORD = 4;
const MAX_NAMES = 12;
const NAME_WIDTH = 26;

/** `EXAMINE`: memory as longwords and text, instructions, PSLs, page table entries, times. */
export const EXAMINE: Command = {
  name: 'EXAMINE',
  qualifiers: ['ALL', 'INSTRUCTION', 'NOSUPPRESS', 'P0', 'P1', 'SYSTEM', 'PSL', 'PTE', 'TIME', 'CONDITION_VALUE'],
  help: ['EXAMINE [/qualifier] [location | start:end | start;length]', 'Contents of memory. Without a location: the next one.',
    '/INSTRUCTION  as VAX MACRO    /PSL /PTE /TIME /CONDITION_VALUE  the longword or quadword as such',
    '/P0 /P1 /SYSTEM  all of that region    /ALL  all of memory    /NOSUPPRESS  zeros too'],
  *run(session, { qualifiers, rest }) {
    const regions = regionRanges(session, qualifiers);
    if (regions.length > 0) {
      for (const [name, start, length] of regions) {
        yield name;
        yield '';
        yield* memoryLines(session, start, length, qualifiers.has('NOSUPPRESS'));
        yield '';
      }
      return;
    }
    const range = rest === '' ? { start: session.here, length: undefined } : parseRange(session, rest);
    const { start } = range;
    if (qualifiers.has('INSTRUCTION')) {
      yield* instructions(session, start, range.length ?? 1);
    } else if (qualifiers.has('TIME')) {
      session.here = start;
      yield `${session.name(start)}:  ${timeText(readQuad(session.memory, start))}`;
    } else if (qualifiers.has('PSL') || qualifiers.has('PTE') || qualifiers.has('CONDITION_VALUE')) {
      session.here = start;
      const value = session.memory.readLong(start);
      yield* qualifiers.has('PSL') ? pslLines(value) : qualifiers.has('PTE') ? pteLines(value) : conditionLines(session, value);
    } else if (range.length !== undefined) {
      session.here = start;
      yield* memoryLines(session, start, range.length, qualifiers.has('NOSUPPRESS'));
    } else {
      const bytes = session.memory.readBytes(start, LONGWORD);
      yield `${session.name(start)}:  ${hex8(session.memory.readLong(start))}   "${ascii(bytes)}"`;
      session.here = (start + LONGWORD) >>> 0;
    }
  },
};

function regionRanges(session: Session, qualifiers: ReadonlyMap<string, string>): [name: string, start: number, length: number][] {
  const { p0lr, p1lr } = session.context.tables;
  const { slr } = session.target.processor;
  const all = qualifiers.has('ALL');
  const regions: [string, number, number][] = [];
  if (all || qualifiers.has('P0')) regions.push(['P0 space', 0, (p0lr & 0x3fffff) * 512]);
  if (all || qualifiers.has('P1')) {
    const first = Math.min(p1lr & 0x3fffff, 0x200000);
    regions.push(['P1 space', 0x40000000 + first * 512, (0x200000 - first) * 512]);
  }
  if (all || qualifiers.has('SYSTEM')) regions.push(['System space', 0x80000000, (slr & 0x3fffff) * 512]);
  return regions;
}

function* instructions(session: Session, start: number, length: number): Generator<string> {
  const end = start + length;
  for (let at = start; at < end;) {
    const { text, length: size } = instruction(session, at);
    yield `${`${session.name(at)}:`.padEnd(NAME_WIDTH)}${text}`;
    at += size;
    session.here = at >>> 0;
  }
}

const XFC = 0xfc;

/** One instruction. XFC carries the number of a microroutine, which is shown by name. */
export function instruction(session: Session, at: number): { readonly text: string; readonly length: number } {
  if (session.memory.readByte(at) === XFC) {
    const number = session.memory.readWord(at + 1);
    const name = session.system.microroutine?.(number);
    return { text: `XFC     #${hex(number, 4)}${name === undefined ? '' : `   ; ${name}`}`, length: 3 };
  }
  return disassemble((address) => session.memory.readByte(address), at, (address) => session.name(address));
}

/** `EVALUATE`: the value of an expression in both radixes, and the symbols that have it. */
export const EVALUATE: Command = {
  name: 'EVALUATE',
  qualifiers: ['CONDITION_VALUE', 'PSL', 'PTE', 'SYMBOLS'],
  help: ['EVALUATE [/CONDITION_VALUE | /PSL | /PTE | /SYMBOLS] expression', 'The value in hexadecimal and decimal, with symbols of that value',
    '(all of them with /SYMBOLS); or as a condition value, PSL or page table entry.'],
  *run(session, { qualifiers, rest }) {
    if (rest === '') throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply an expression');
    const value = session.evaluate(rest);
    if (qualifiers.has('PSL')) yield* pslLines(value);
    else if (qualifiers.has('PTE')) yield* pteLines(value);
    else if (qualifiers.has('CONDITION_VALUE')) yield* conditionLines(session, value);
    else {
      const names = session.symbols.namesOf(value);
      const near = session.symbols.symbolize(value);
      if (near !== undefined && !names.includes(near)) names.unshift(near);
      // What was asked for is never among those left off.
      const asked = names.indexOf(rest.trim().toUpperCase());
      if (asked > 0) names.unshift(...names.splice(asked, 1));
      const shown = qualifiers.has('SYMBOLS') ? names : names.slice(0, MAX_NAMES);
      if (names.length > shown.length) shown.push(`(${names.length - shown.length} more: EVALUATE/SYMBOLS)`);
      const numbers = `Hex = ${hex8(value)}   Decimal = ${String(value | 0).padStart(10)}`;
      yield `${numbers}        ${shown[0] ?? ''}`.trimEnd();
      for (const name of shown.slice(1)) yield ' '.repeat(numbers.length + 8) + name;
    }
  },
};

const MODE_NAMES = ['KERN', 'EXEC', 'SUPR', 'USER'];

/** A PSL field by field. */
export function pslLines(psl: number): string[] {
  const bit = (number: number): string => String((psl >>> number) & 1);
  const fields: (readonly [string, string])[] = [
    ['CMP', bit(31)], ['TP', bit(30)], ['FPD', bit(27)], ['IS', bit(26)], ['CURMOD', MODE_NAMES[(psl >>> 24) & 3]!],
    ['PRVMOD', MODE_NAMES[(psl >>> 22) & 3]!], ['IPL', hex((psl >>> 16) & 31, 2)], ['DV', bit(7)], ['FU', bit(6)], ['IV', bit(5)],
    ['T', bit(4)], ['N', bit(3)], ['Z', bit(2)], ['V', bit(1)], ['C', bit(0)],
  ];
  const width = ([name, value]: readonly [string, string]): number => Math.max(name.length, value.length) + 1;
  return [fields.map((field) => field[0].padEnd(width(field))).join(' ').trimEnd(), fields.map((field) => field[1].padEnd(width(field))).join(' ').trimEnd()];
}

function pteLines(pte: number): string[] {
  const text = pteText(pte);
  const owner = 'KESU'[(pte >>> 23) & 3]!;
  const state = { VALID: 'Page is valid', TRANS: 'Page is in transition', DZERO: 'Page is demand zero', GPTX: 'Page is global', PGFIL: 'Page is in the page file',
    STX: 'Page is in a section file', NULL: 'Page does not exist' }[text.type] ?? text.type;
  return [
    `${hex8(pte)}  Vld=${pte >>> 31}  Prot=${protectionName(pte)}  ${text.type === 'VALID' ? `M=${(pte >>> 26) & 1}  ` : ''}Own=${owner}  ${text.place}`.trimEnd(),
    state,
  ];
}

/** The text of a condition value, from the system message section of the target. */
export function conditionLines(session: Session, code: number): string[] {
  const severity = 'WSEIF???'[code & 7]!;
  try {
    const section = session.cell('EXE$GL_SYSMSG');
    const found = section === 0 ? undefined : searchSection(session.memory, section, code);
    if (found) {
      return [`%${found.facility || 'NONAME'}-${severity}-${found.ident}, ${printable(found.text)}`];
    }
  } catch (error) {
    if (!(error instanceof SdaError)) throw error;
  }
  const name = statusName(code);
  return [name === undefined ? `%NONAME-${severity}-NOMSG, Message number ${hex8(code)}` : `${hex8(code)} = ${name}`];
}

export function timeText(quadword: bigint): string {
  return asciiTime(quadword) ?? quadword.toString(16).toUpperCase().padStart(16, '0');
}

/** `SEARCH range value`: every place of a range that holds a value. */
export const SEARCH: Command = {
  name: 'SEARCH',
  qualifiers: ['LENGTH', 'STEPS', 'MASK'],
  help: ['SEARCH [/LENGTH=BYTE|WORD|LONGWORD] [/STEPS=n] [/MASK=n] start:end value', 'Every location of the range that holds the value.'],
  *run(session, { qualifiers, rest }) {
    const [rangeText, valueText] = splitSearch(rest);
    const { start, length } = parseRange(session, rangeText);
    if (length === undefined) throw new SdaError('E', 'INVRANGE', 'a range is required: start:end or start;length', rangeText);
    const size = sizeOf(qualifiers.get('LENGTH') ?? '');
    const ones = size === 4 ? 0xffffffff : 2 ** (8 * size) - 1;
    const mask = ((qualifiers.get('MASK') ?? '') === '' ? ones : session.evaluate(qualifiers.get('MASK')!) & ones) >>> 0;
    const wanted = (session.evaluate(valueText) & mask) >>> 0;
    const step = (qualifiers.get('STEPS') ?? '') === '' ? size : session.evaluate(qualifiers.get('STEPS')!);
    if (step === 0) throw new SdaError('E', 'INVRANGE', 'the step must not be zero');
    yield `Searching from ${hex8(start)} to ${hex8(start + length - 1)} in ${['', 'BYTE', 'WORD', '', 'LONGWORD'][size]} steps for ${hex(wanted, 2 * size)}...`;
    let found = 0;
    const end = Math.min(start + length, 0x1_0000_0000);
    for (let at = start; at + size <= end;) {
      if (!session.memory.has(at)) {
        const next = (Math.floor(at / 512) + 1) * 512;
        at += Math.ceil((next - at) / step) * step;
        continue;
      }
      try {
        const value = size === 1 ? session.memory.readByte(at) : size === 2 ? session.memory.readWord(at) : session.memory.readLong(at);
        if (((value & mask) >>> 0) === wanted) {
          found += 1;
          session.here = at;
          yield `Match at ${`${session.name(at)}`.padEnd(NAME_WIDTH)}${hex8(at)}  ${hex(value, 2 * size)}`;
        }
      } catch (error) {
        if (!(error instanceof NoAccess)) throw error;
      }
      at += step;
    }
    if (found === 0) yield '%SDA-I-NOMATCH, no match found';
  },
};

function splitSearch(text: string): [range: string, value: string] {
  const equals = topLevel(text, /=/);
  const at = equals >= 0 ? equals : topLevel(text.trim(), /\s/);
  if (at < 0) throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply a range and a value');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function sizeOf(text: string): number {
  const size = { '': 4, BYTE: 1, WORD: 2, LONGWORD: 4, LONG: 4, B: 1, W: 2, L: 4 }[text.toUpperCase()];
  if (size === undefined) throw new SdaError('E', 'IVKEYW', 'unrecognized keyword - check validity and spelling', text);
  return size;
}
