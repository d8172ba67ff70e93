import type { CommandLine } from './command-line.js';
import { SdaError } from './error.js';
import type { Session } from './session.js';

/** A command of SDA: its words, its qualifiers, what it does. It gives lines of output; conditions are thrown as SdaError. */
export interface Command {
  /** SHOW PROCESS: the verb and, for some, a keyword. */
  readonly name: string;
  readonly qualifiers: readonly string[];
  /** It has qualifiers only: anything else on the line is refused. */
  readonly takesNothing?: true;
  /** It has no qualifiers, and a slash is part of its parameter: a file of the host. */
  readonly takesLine?: true;
  /** First line: syntax. The rest explains it. */
  readonly help: readonly string[];
  readonly run: (session: Session, line: CommandLine) => Iterable<string>;
}

/** A range of addresses. */
export interface Range {
  readonly start: number;
  /** Bytes. */
  readonly length: number;
}


/** `m:n` or `m;length`; with neither, one address and no length. */
export function parseRange(session: Session, text: string): { readonly start: number; readonly length: number | undefined } {
  const separator = topLevel(text, /[:;]/);
  if (separator < 0) return { start: session.evaluate(text), length: undefined };
  const start = session.evaluate(text.slice(0, separator));
  const end = session.evaluate(text.slice(separator + 1));
  if (text[separator] === ';') {
    if (end > 0x7fffffff) throw new SdaError('E', 'INVRANGE', 'length of the range is negative', text);
    return { start, length: end };
  }
  if (end < start) throw new SdaError('E', 'INVRANGE', 'end of the range lies before its beginning', text);
  return { start, length: end - start + 1 };
}

/** Position of the first character outside parentheses that matches, or -1. */
export function topLevel(text: string, pattern: RegExp): number {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (depth === 0 && pattern.test(character)) return index;
  }
  return -1;
}

/** A heading with a line of hyphens under it, and a blank line. */
export function heading(text: string): string[] {
  return [text, '-'.repeat(text.length), ''];
}

/** Entries of the two-column displays: label at the left, value flush right, `width` wide. */
export function cellOf(label: string, value: string, width: number): string {
  return label + value.padStart(Math.max(1, width - label.length));
}
