import type { Message, MessageTable } from './message-section.js';

/**
 * The message compiler: the language of .MSG files.
 *
 *   .TITLE text    .IDENT 'text'    .PAGE    .LITERAL name=value[,...]    .END    ! comment
 *   .FACILITY name[,] number [/PREFIX=text] [/SHARED] [/SYSTEM]
 *   .SEVERITY SUCCESS | INFORMATIONAL | WARNING | ERROR | SEVERE | FATAL
 *   .BASE number
 *   name [/qualifiers] <text> [/qualifiers]
 *
 * Qualifiers of a message: /FAO_COUNT=n, /IDENTIFICATION=name, /USER_VALUE=n, /SUCCESS /INFORMATIONAL /WARNING /ERROR /SEVERE
 * /FATAL. The text stands between < and >, or any other pair of equal delimiters; keywords may be abbreviated. A number is
 * decimal, or %X hexadecimal. Messages are numbered from 1, or from the last .BASE.
 * @source Command Definition, Librarian and Message Utilities manual, as a description of the language
 */

export interface MessageError {
  readonly line: number;
  readonly text: string;
}

export interface CompiledMessages extends MessageTable {
  /** Global symbols: prefix + name -> code. */
  readonly symbols: ReadonlyMap<string, number>;
  readonly errors: readonly MessageError[];
}

const SEVERITIES: Readonly<Record<string, number>> = { WARNING: 0, SUCCESS: 1, ERROR: 2, INFORMATIONAL: 3, SEVERE: 4, FATAL: 4 };

/** STS$V_FAC_SP: the message belongs to its facility alone. STS$V_CUST_DEF: the facility number is the customer's. */
const FACILITY_SPECIFIC = 0x8000;
const CUSTOMER_DEFINED = 0x0800_0000;

interface Facility {
  readonly number: number;
  readonly prefix: string;
  readonly bits: number;
}

/** Compiles one source. Lines in error are reported and left out. */
export function compileMessages(source: string): CompiledMessages {
  return new Compiler().compile(source);
}

class Compiler {
  private readonly messages: Message[] = [];
  private readonly facilities = new Map<number, string>();
  private readonly symbols = new Map<string, number>();
  private readonly errors: MessageError[] = [];
  private facility: Facility | undefined;
  private severity = 0;
  private number = 1;
  private line = 0;

  compile(source: string): CompiledMessages {
    for (const [index, text] of source.split(/\r?\n/).entries()) {
      this.line = index + 1;
      const trimmed = text.trim();
      if (trimmed === '' || trimmed.startsWith('!')) continue;
      if (trimmed.startsWith('.')) this.directive(trimmed);
      else this.message(trimmed);
    }
    return { messages: this.messages, facilities: this.facilities, symbols: this.symbols, errors: this.errors };
  }

  private fail(text: string): void {
    this.errors.push({ line: this.line, text });
  }

  private directive(text: string): void {
    const [, word = '', rest = ''] = /^\.([A-Za-z]+)\s*(.*)$/.exec(text) ?? [];
    const keyword = expand(word, ['TITLE', 'IDENT', 'PAGE', 'LITERAL', 'FACILITY', 'SEVERITY', 'BASE', 'END']);
    switch (keyword) {
      case 'TITLE': case 'IDENT': case 'PAGE': return;
      case 'LITERAL': this.literal(rest); return;
      case 'FACILITY': this.startFacility(stripComment(rest)); return;
      case 'SEVERITY': {
        const severity = expand(stripComment(rest), Object.keys(SEVERITIES));
        if (severity === undefined) this.fail('unknown severity');
        else this.severity = SEVERITIES[severity]!;
        return;
      }
      case 'BASE': {
        const base = numberOf(stripComment(rest));
        if (base === undefined || base > 0xfff) this.fail('message number must be 0 to 4095');
        else this.number = base;
        return;
      }
      case 'END': this.facility = undefined; return;
      default: this.fail(`unknown directive .${word}`);
    }
  }

  private literal(text: string): void {
    for (const definition of stripComment(text).split(',')) {
      const [name, value] = definition.split('=').map((part) => part.trim());
      const number = numberOf(value ?? '');
      if (!name || number === undefined) this.fail('a literal is name=value');
      else this.symbols.set(name.toUpperCase(), number);
    }
  }

  private startFacility(text: string): void {
    const { plain, qualifiers } = splitQualifiers(text);
    const [, name, numberText] = /^([A-Za-z0-9_$]{1,9})\s*,?\s*(\S+)$/.exec(plain.trim()) ?? [];
    const number = numberOf(numberText ?? '');
    if (!name || number === undefined || number > 2047) {
      this.fail('a facility has a name of 1 to 9 characters and a number of 0 to 2047');
      return;
    }
    const shared = qualifiers.has('SHARED');
    const system = qualifiers.has('SYSTEM');
    const prefix = qualifiers.get('PREFIX') ?? `${name}${system ? '$_' : '_'}`;
    this.facility = { number, prefix: prefix.toUpperCase(), bits: (shared ? 0 : FACILITY_SPECIFIC) | (system ? 0 : CUSTOMER_DEFINED) };
    this.facilities.set(((number << 16) | this.facility.bits) >>> 16 & 0xfff, name.toUpperCase());
    this.number = 1;
    this.severity = 0;
  }

  private message(text: string): void {
    const facility = this.facility;
    if (!facility) {
      this.fail('a message must follow a .FACILITY directive');
      return;
    }
    const parsed = /^([A-Za-z0-9_$]+)\s*((?:\/[A-Za-z_]+(?:\s*=\s*[\w$%]+)?\s*)*)(<|[^A-Za-z0-9_$\s/])(.*)$/.exec(text);
    const close = parsed?.[3] === '<' ? '>' : parsed?.[3];
    const end = parsed ? parsed[4]!.lastIndexOf(close!) : -1;
    if (!parsed || end < 0) {
      this.fail('a message is a name and a text between delimiters');
      return;
    }
    const [, name, before, , rest] = parsed;
    const { qualifiers } = splitQualifiers(`${before} ${stripComment(rest!.slice(end + 1))}`);
    const severityName = Object.keys(SEVERITIES).find((keyword) => qualifiers.has(keyword));
    const severity = severityName === undefined ? this.severity : SEVERITIES[severityName]!;
    const code = (((facility.number << 16) | facility.bits | (this.number << 3)) | severity) >>> 0;
    this.symbols.set(`${facility.prefix}${name!.toUpperCase()}`, code);
    this.messages.push({
      code, text: rest!.slice(0, end), ident: (qualifiers.get('IDENTIFICATION') ?? name!).toUpperCase(),
      faoCount: numberOf(qualifiers.get('FAO_COUNT') ?? '0') ?? 0, userValue: numberOf(qualifiers.get('USER_VALUE') ?? '0') ?? 0,
    });
    this.number += 1;
    if (this.number > 0x1000) this.fail('too many messages in this facility');
  }
}

const QUALIFIERS = ['PREFIX', 'SHARED', 'SYSTEM', 'FAO_COUNT', 'IDENTIFICATION', 'USER_VALUE', ...Object.keys(SEVERITIES)];

/** Takes the qualifiers out of a line. */
function splitQualifiers(text: string): { plain: string; qualifiers: Map<string, string> } {
  const qualifiers = new Map<string, string>();
  const plain = text.replace(/\/\s*([A-Za-z_]+)(?:\s*=\s*([\w$%]+))?/g, (_all, word: string, value: string | undefined) => {
    const keyword = expand(word, QUALIFIERS);
    if (keyword !== undefined) qualifiers.set(keyword, value ?? '');
    return ' ';
  });
  return { plain, qualifiers };
}

/** The one keyword that `word` abbreviates. */
function expand(word: string, keywords: readonly string[]): string | undefined {
  const upper = word.trim().toUpperCase();
  if (upper === '') return undefined;
  if (keywords.includes(upper)) return upper;
  const matches = keywords.filter((keyword) => keyword.startsWith(upper));
  return matches.length === 1 ? matches[0] : undefined;
}

function stripComment(text: string): string {
  const comment = text.indexOf('!');
  return (comment < 0 ? text : text.slice(0, comment)).trim();
}

function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed);
  const hexadecimal = /^%X([0-9A-Fa-f]+)$/i.exec(trimmed);
  return hexadecimal ? Number.parseInt(hexadecimal[1]!, 16) : undefined;
}
