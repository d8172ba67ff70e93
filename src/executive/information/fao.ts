import { bytesToText, readCounted, readQuad, readText, type MemoryReader } from '../structures/memory.js';
import { asciiTime, signedTime } from './time.js';

/**
 * Formatted ASCII output: the conversion engine behind $FAO and $FAOL, message texts and F$FAO. Pure: it reads a control
 * string and parameters and gives text; the services are in fao-service.ts. @source digest ch29 2.10, 3.2
 */

/** One parameter longword list as the directives see it. */
export interface FaoParameters {
  /** Parameter `index` (from 0) as a longword. */
  longword(index: number): number;
  /** The string that parameter `index` (and the one after it for AD and AF) names. */
  text(index: number, form: 'AC' | 'AD' | 'AS' | 'AZ'): string;
  /** The time that parameter `index` points at; 0 for "now". */
  time(index: number): bigint;
}

export interface FaoContext {
  /** Current system time, for !%T and !%D with a zero parameter. */
  readonly now?: bigint;
  /** Most characters the caller's buffer holds. */
  readonly limit?: number;
  /** Name of an identifier or UIC in the rights database, for !%I. */
  readonly identifier?: (value: number) => string | undefined;
}

export interface FaoResult {
  readonly text: string;
  /** bad: an unknown directive ended the conversion (SS$_BADPARAM); overflow: cut to the limit (SS$_BUFFEROVF). */
  readonly outcome: 'ok' | 'overflow' | 'bad';
  /** Parameters used. */
  readonly used: number;
}

/** Parameters in VAX memory: an array of longwords at `list`. */
export function memoryParameters(memory: MemoryReader, list: number): FaoParameters {
  const longword = (index: number): number => memory.readLong((list + 4 * index) >>> 0);
  return {
    longword,
    text(index, form) {
      const value = longword(index);
      switch (form) {
        case 'AC': return readCounted(memory, value);
        case 'AD': return readText(memory, longword(index + 1), value & 0xffff);
        case 'AS': return readText(memory, memory.readLong((value + 4) >>> 0), memory.readWord(value));
        case 'AZ': {
          const bytes: number[] = [];
          for (let at = value; ; at = (at + 1) >>> 0) {
            const byte = memory.readByte(at);
            if (byte === 0 || bytes.length === LONGEST) return bytesToText(Uint8Array.from(bytes));
            bytes.push(byte);
          }
        }
      }
    },
    time(index) {
      const address = longword(index);
      return address === 0 ? 0n : signedTime(readQuad(memory, address));
    },
  };
}

/** Parameters held in TypeScript: strings for the A directives (AD and AF after their length), bigint for times. */
export function valueParameters(values: readonly (number | string | bigint)[]): FaoParameters {
  const value = (index: number): number | string | bigint => values[index] ?? 0;
  return {
    longword: (index) => Number(value(index)) >>> 0,
    text: (index, form) => (form === 'AD' ? String(value(index + 1)).slice(0, Number(value(index))) : String(values[index] ?? '')),
    time(index) {
      const given = value(index);
      return typeof given === 'bigint' ? given : BigInt(Math.trunc(Number(given)) || 0);
    },
  };
}

/** $FAOL over any memory: `list` is the address of the parameter longwords. */
export function formatFao(memory: MemoryReader, control: string, list: number, context: FaoContext = {}): FaoResult {
  return new Conversion(memoryParameters(memory, list), context).run(control);
}

/** The same with parameters given as values. */
export function formatFaoValues(control: string, values: readonly (number | string | bigint)[], context: FaoContext = {}): FaoResult {
  return new Conversion(valueParameters(values), context).run(control);
}

/** Longest string a descriptor can name, so the longest output, field and count. */
const LONGEST = 0xffff;

/** Digits of a full byte, word and longword. */
const SIZES: Readonly<Record<string, { mask: number; bits: number; octal: number; hexadecimal: number }>> = {
  B: { mask: 0xff, bits: 8, octal: 3, hexadecimal: 2 },
  W: { mask: 0xffff, bits: 16, octal: 6, hexadecimal: 4 },
  L: { mask: 0xffffffff, bits: 32, octal: 11, hexadecimal: 8 },
};

/** One scan over a control string. */
class Conversion {
  private output = '';
  private next = 0;
  private lastNumber = 0;
  private field: { start: number; width: number } | undefined;

  private readonly limit: number;

  constructor(private readonly parameters: FaoParameters, private readonly context: FaoContext) {
    this.limit = Math.min(context.limit ?? LONGEST, LONGEST);
  }

  run(control: string): FaoResult {
    const limit = this.limit;
    let at = 0;
    while (at < control.length) {
      const bang = control.indexOf('!', at);
      this.output += control.slice(at, bang < 0 ? control.length : bang);
      if (bang < 0) break;
      const after = this.directive(control, bang + 1);
      if (after === undefined) return { text: this.output.slice(0, limit), outcome: 'bad', used: this.next };
      at = after;
      // Once the buffer overflows the rest of a long control string need not be converted.
      if (this.output.length > limit) break;
    }
    return { text: this.output.slice(0, limit), outcome: this.output.length > limit ? 'overflow' : 'ok', used: this.next };
  }

  private parameter(): number {
    const value = this.parameters.longword(this.next);
    this.next += 1;
    return value >>> 0;
  }

  /** A decimal count or `#`; undefined when there is none. */
  private count(control: string, at: number): { value: number | undefined; at: number } {
    if (control[at] === '#') return { value: this.parameter() & 0xffff, at: at + 1 };
    let end = at;
    while (end < control.length && control[end]! >= '0' && control[end]! <= '9') end += 1;
    return { value: end === at ? undefined : Math.min(Number(control.slice(at, end)), LONGEST), at: end };
  }

  /** Converts the directive behind the `!` before `at`; gives the index behind it, undefined when it is none. */
  private directive(control: string, at: number): number | undefined {
    const first = this.count(control, at);
    if (control[first.at] !== '(') return this.single(control, first.at, first.value);
    let end: number | undefined;
    const repeat = first.value ?? 1;
    const inner = first.at + 1;
    // One length serves every turn.
    const width = this.count(control, inner);
    for (let turn = 0; turn < repeat && (turn === 0 || this.output.length <= this.limit); turn += 1) {
      end = this.single(control, width.at, width.value);
      if (end === undefined || control[end] !== ')') return undefined;
    }
    if (end === undefined) {
      const close = control.indexOf(')', inner);
      return close < 0 ? undefined : close + 1;
    }
    return end + 1;
  }

  private single(control: string, at: number, width: number | undefined): number | undefined {
    const letter = control[at];
    switch (letter) {
      case '!': this.emit('!', width); return at + 1;
      case '/': this.emit('\r\n', width); return at + 1;
      case '_': this.emit('\t', width); return at + 1;
      case '^': this.emit('\f', width); return at + 1;
      case '-': this.next = Math.max(0, this.next - 1); return at + 1;
      case '+': this.next += 1; return at + 1;
      case '*': {
        const filler = control[at + 1];
        if (filler === undefined) return undefined;
        this.output += filler.repeat(width ?? 1);
        return at + 2;
      }
      case '<':
        this.field = { start: this.output.length, width: width ?? 0 };
        return at + 1;
      case '>':
        if (!this.field) return undefined;
        this.output = this.output.padEnd(this.field.start + this.field.width);
        this.field = undefined;
        return at + 1;
      case '%': return this.special(control[at + 1], width) ? at + 2 : undefined;
      case 'A': return this.string(control[at + 1], width) ? at + 2 : undefined;
      case 'O': case 'X': case 'Z': case 'U': case 'S': return this.number(letter, control[at + 1], width) ? at + 2 : undefined;
      default: return undefined;
    }
  }

  /** Text in a field: blank-filled on the right, cut on the right. */
  private emit(text: string, width: number | undefined): void {
    this.output += width === undefined ? text : text.slice(0, width).padEnd(width);
  }

  private string(kind: string | undefined, width: number | undefined): boolean {
    switch (kind) {
      case 'C': case 'S': case 'Z':
        this.emit(this.parameters.text(this.next, `A${kind}`), width);
        this.next += 1;
        return true;
      case 'D': case 'F': {
        const text = this.parameters.text(this.next, 'AD');
        this.next += 2;
        this.emit(kind === 'F' ? text.replace(/[^\x20-\x7e\xa0-\xff]/g, '.') : text, width);
        return true;
      }
      default: return false;
    }
  }

  private number(radix: string, sizeLetter: string | undefined, width: number | undefined): boolean {
    const size = SIZES[sizeLetter ?? ''];
    if (!size) return false;
    const value = (this.parameter() & size.mask) >>> 0;
    this.lastNumber = value;
    if (radix === 'O' || radix === 'X') {
      const normal = radix === 'O' ? size.octal : size.hexadecimal;
      const digits = value.toString(radix === 'O' ? 8 : 16).toUpperCase().padStart(normal, '0');
      // A field longer than the datum is blank-filled in front; a shorter one keeps the low-order digits.
      this.output += width === undefined ? digits : width >= normal ? digits.padStart(width) : digits.slice(normal - width);
      return true;
    }
    const shift = 32 - size.bits;
    const digits = String(radix === 'S' ? (value << shift) >> shift : value);
    if (width === undefined) this.output += digits;
    else if (digits.length > width) this.output += '*'.repeat(width);
    else this.output += radix === 'Z' ? digits.padStart(width, '0') : digits.padStart(width);
    return true;
  }

  private special(kind: string | undefined, width: number | undefined): boolean {
    switch (kind) {
      case 'S':
        if (this.lastNumber !== 1) this.output += /[a-z]$/.test(this.output) ? 's' : 'S';
        return true;
      case 'T': case 'D': {
        const given = this.parameters.time(this.next);
        this.next += 1;
        const text = asciiTime(given === 0n ? this.context.now ?? 0n : given, kind === 'T');
        if (text === undefined) return false;
        this.emit(text, width);
        return true;
      }
      case 'U':
        this.emit(uicText(this.parameter()), width);
        return true;
      case 'I': {
        const value = this.parameter();
        this.emit(this.context.identifier?.(value) ?? uicText(value), width);
        return true;
      }
      default: return false;
    }
  }
}

/** A UIC as `[group,member]` in octal. */
export function uicText(uic: number): string {
  return `[${(uic >>> 16).toString(8)},${(uic & 0xffff).toString(8)}]`;
}
