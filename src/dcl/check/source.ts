import { commentStart, isBlank, upcase } from '../language/characters.js';
import { closingParenthesis } from '../language/substitute.js';

/**
 * The text of a procedure as commands: records that begin with `$`, their continuation lines joined, comments gone. Nothing is replaced,
 * so what stands between apostrophes is not known. @source dcl-language.md section 1
 */

/** Line and column in the file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

interface Piece {
  /** Where the piece begins in the command's text. */
  readonly start: number;
  readonly place: Place;
}

export class SourceCommand {
  constructor(readonly text: string, private readonly pieces: readonly Piece[]) {}

  /** Where the character at `offset` of the text stands in the file. */
  placeAt(offset: number): Place {
    const piece = this.pieces.findLast(({ start }) => start <= offset) ?? this.pieces[0]!;
    return { line: piece.place.line, column: piece.place.column + Math.max(0, offset - piece.start) };
  }
}

/** Commands of a procedure, in order. Data lines, and what DECK takes for data, are left out. */
export function readCommands(text: string): SourceCommand[] {
  const records = text.split(/\r?\n/);
  const commands: SourceCommand[] = [];
  for (let index = 0; index < records.length; index += 1) {
    if (!records[index]!.startsWith('$')) continue;
    const { command, last } = joinLines(records, index);
    index = last;
    commands.push(command);
    const deck = /^[ \t$]*DECK\b(.*)$/i.exec(command.text);
    if (deck) index = endOfDeck(records, index, deck[1]!);
  }
  return commands;
}

/** One command with its continuation lines, as the reader joins them. */
function joinLines(records: readonly string[], first: number): { command: SourceCommand; last: number } {
  const pieces: Piece[] = [];
  let text = '';
  for (let index = first; ; index += 1) {
    const record = records[index];
    if (record === undefined) return { command: new SourceCommand(text, pieces), last: index - 1 };
    const skipped = record.startsWith('$') ? 1 : 0;
    const body = record.slice(skipped);
    const end = commentStart(withoutForms(body));
    let part = body.slice(0, end).replace(/[ \t\f\x1a]+$/, '');
    if (index > first && part === '' && end < body.length) continue;
    const continued = part.endsWith('-') && (withoutForms(part).split('"').length & 1) === 1;
    if (continued) part = part.slice(0, -1);
    let from = 0;
    if (index === first) while (isBlank(part.charAt(from))) from += 1;
    pieces.push({ start: text.length, place: { line: index + 1, column: skipped + from + 1 } });
    text += part.slice(from);
    if (!continued) return { command: new SourceCommand(text, pieces), last: index };
  }
}

/** Index of the record that ends the data of a DECK. */
function endOfDeck(records: readonly string[], from: number, qualifiers: string): number {
  const dollars = /\/DOL\w*[ \t]*[=:][ \t]*("(?:[^"]|"")*"|[^ \t/]+)/i.exec(qualifiers)?.[1];
  const mark = dollars?.startsWith('"') ? dollars.slice(1, -1).replaceAll('""', '"') : dollars === undefined ? undefined : upcase(dollars);
  for (let index = from + 1; index < records.length; index += 1) {
    const record = records[index]!;
    if (mark !== undefined ? record.startsWith(mark) : /^\$[ \t]*EOD\b/i.test(record)) return index;
  }
  return records.length;
}

/**
 * The text with the quotation marks inside ''F$function("...")' of quoted strings made into dots: DCL replaces such a form before it looks at
 * quotation marks. Of the same length.
 */
export function withoutForms(text: string): string {
  if (!text.includes("''")) return text;
  let result = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '!' && !quoted) return result + text.slice(at);
    if (character === '"') quoted = !quoted;
    const form = quoted && character === "'" ? /^''[ \t]*F\$\w+[ \t]*\(/i.exec(text.slice(at)) : null;
    if (!form) {
      result += character;
      continue;
    }
    const end = closingParenthesis(text, at + form[0].length - 1);
    result += text.slice(at, end).replaceAll('"', '.').replaceAll('!', '.');
    at = end - 1;
  }
  return result;
}

/** The text with everything inside quotation marks (and the marks) made into dots, so that words and signs outside can be looked for. */
export function outside(text: string): string {
  return withoutForms(text).replace(/"[^"]*"?/g, (part) => '.'.repeat(part.length));
}

/** Whether apostrophes or ampersands outside quotation marks may put anything in. */
export function isDynamic(text: string): boolean {
  return /'|&[A-Za-z_$]/.test(outside(text));
}

/** Where the word THEN of an IF or ON stands, outside quotation marks; -1 when there is none. */
export function findThen(text: string): number {
  const match = /(^|[^\w$'])THEN(?![\w$])/i.exec(outside(text));
  return match ? match.index + match[1]!.length : -1;
}

/** `text` behind blanks and a dollar sign, and how many characters those are. */
export function skipDollar(text: string): number {
  let at = 0;
  while (isBlank(text.charAt(at))) at += 1;
  if (text.charAt(at) === '$' && !/[\w$]/.test(text.charAt(at + 1))) {
    at += 1;
    while (isBlank(text.charAt(at))) at += 1;
  }
  return at;
}

/** Symbols that apostrophe forms name, with their offsets; lexical functions left out. */
export function apostropheNames(text: string): { readonly name: string; readonly at: number }[] {
  const names: { name: string; at: number }[] = [];
  for (const match of text.matchAll(/'[ \t]*([A-Za-z_$][\w$]*)/g)) {
    if (!/^F\$/i.test(match[1]!)) names.push({ name: upcase(match[1]!), at: match.index + match[0].length - match[1]!.length });
  }
  return names;
}

