/**
 * A line of the console's command language taken apart: verb, qualifiers, arguments. Verbs may be shortened; the first one of the list that
 * begins so is meant. Numbers are hexadecimal. @source VAX-11/780 hardware handbook, console command language
 */

export type AddressSpace = 'P' | 'V' | 'G' | 'I';
export type DataLength = 1 | 2 | 4 | 8;

export interface Qualifiers {
  readonly space?: AddressSpace;
  readonly length?: DataLength;
  /** How many locations follow the first. */
  readonly next?: number;
  /** LOAD: where to. */
  readonly start?: number;
  /** POWERFAIL: memory is lost. */
  readonly noBattery?: boolean;
}

export interface ConsoleCommand {
  readonly verb: Verb;
  readonly qualifiers: Qualifiers;
  readonly operands: readonly string[];
}

/** In order of precedence for abbreviations: S is START, C is CONTINUE, H is HALT. */
const VERBS = ['BOOT', 'CONTINUE', 'DEPOSIT', 'EXAMINE', 'HALT', 'HELP', 'INITIALIZE', 'LOAD', 'NEXT', 'POWERFAIL', 'START', 'STEP', 'SET', 'SHOW', 'UNJAM', 'EXIT', 'QUIT', '@'] as const;
export type Verb = (typeof VERBS)[number];

const SPACES: Readonly<Record<string, AddressSpace>> = { PHYSICAL: 'P', VIRTUAL: 'V', GENERAL: 'G', INTERNAL: 'I' };
const LENGTHS: Readonly<Record<string, DataLength>> = { BYTE: 1, WORD: 2, LONG: 4, QUAD: 8 };

/** What the console says about a line it cannot take. */
export class ConsoleError extends Error {}

export function incorrect(text: string): ConsoleError {
  return new ConsoleError(`?'${text}' IS INCORRECT`);
}

export function incomplete(text: string): ConsoleError {
  return new ConsoleError(`?'${text}' IS INCOMPLETE`);
}

/** @returns null for an empty line or a comment (!). @throws ConsoleError */
export function parseConsoleLine(line: string): ConsoleCommand | null {
  const text = line.replace(/!.*$/, '').trim();
  if (text === '') return null;
  if (text.startsWith('@')) return { verb: '@', qualifiers: {}, operands: text.slice(1).trim() === '' ? [] : [text.slice(1).trim()] };
  // Qualifiers may follow the verb or any operand, with or without a space before the slash.
  const words = text.split(/(?=\/)|[\s,]+/).filter((word) => word !== '');
  const verb = VERBS.find((name) => name.startsWith(words[0]!.toUpperCase()) && name !== '@');
  if (verb === undefined) throw incorrect(words[0]!);
  let qualifiers: Qualifiers = {};
  const operands: string[] = [];
  for (const word of words.slice(1)) {
    if (word.startsWith('/')) qualifiers = { ...qualifiers, ...qualifier(word) };
    else operands.push(word);
  }
  return { verb, qualifiers, operands };
}

function qualifier(text: string): Qualifiers {
  const match = /^\/([A-Z]+)(?::([0-9A-F]+))?$/.exec(text.toUpperCase());
  if (match === null) throw text === '/' || text.endsWith(':') ? incomplete(text) : incorrect(text);
  const [, name, digits] = match;
  if (digits === undefined) {
    if (name!.length > 1 && 'NOBATTERY'.startsWith(name!)) return { noBattery: true };
    for (const [word, space] of Object.entries(SPACES)) if (word.startsWith(name!)) return { space };
    for (const [word, length] of Object.entries(LENGTHS)) if (word.startsWith(name!)) return { length };
    throw 'NEXT'.startsWith(name!) || 'START'.startsWith(name!) ? incomplete(text) : incorrect(text);
  }
  if (digits.length <= 8 && 'NEXT'.startsWith(name!)) return { next: Number.parseInt(digits, 16) };
  if (digits.length <= 8 && 'START'.startsWith(name!)) return { start: Number.parseInt(digits, 16) };
  throw incorrect(text);
}

const DEFAULT_POWER_SECONDS = 10;
const MOST_POWER_SECONDS = 1_000_000;

/** How long power is to be off: decimal seconds. @throws ConsoleError */
export function powerSeconds(text: string | undefined): number {
  if (text === undefined) return DEFAULT_POWER_SECONDS;
  if (!/^\d{1,7}$/.test(text) || Number(text) > MOST_POWER_SECONDS) throw incorrect(text);
  return Number(text);
}

/** A hexadecimal number of at most `digits` digits. @throws ConsoleError */
export function consoleNumber(text: string, digits = 8): bigint {
  if (!/^[0-9a-f]+$/i.test(text) || text.replace(/^0+/, '').length > digits) throw incorrect(text);
  return BigInt(`0x${text}`);
}
