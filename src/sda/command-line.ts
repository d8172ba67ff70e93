import { SdaError } from './error.js';

/** A command line taken apart: qualifiers by full name, and what is left of the line. */
export interface CommandLine {
  /** Value behind `=`, '' when there is none. */
  readonly qualifiers: ReadonlyMap<string, string>;
  readonly rest: string;
}

/** Characters of a word that count, as in DCL: SYMBOLS is SYMBOL. */
const SIGNIFICANT = 4;

/** The one of `names` that `word` is, or is the beginning of. @throws SdaError unknown or ambiguous */
export function matchKeyword(word: string, names: readonly string[], what: 'verb' | 'keyword' | 'qualifier'): string {
  const wanted = word.toUpperCase();
  if (names.includes(wanted)) return wanted;
  const beginning = wanted === '' ? [] : names.filter((name) => name.startsWith(wanted));
  const found = beginning.length > 0 || wanted.length <= SIGNIFICANT ? beginning : names.filter((name) => name.startsWith(wanted.slice(0, SIGNIFICANT)));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const [ident, text] = { verb: ['ABVERB', 'ambiguous command verb - supply more characters'], keyword: ['ABKEYW', 'ambiguous keyword - supply more characters'],
      qualifier: ['ABQUAL', 'ambiguous qualifier - supply more characters'] }[what] as [string, string];
    throw new SdaError('E', ident, text, word);
  }
  const [ident, text] = { verb: ['IVVERB', 'unrecognized command verb - check validity and spelling'], keyword: ['IVKEYW', 'unrecognized keyword - check validity and spelling'],
    qualifier: ['IVQUAL', 'unrecognized qualifier - check validity, spelling, and placement'] }[what] as [string, string];
  throw new SdaError('E', ident, text, word);
}

/**
 * Takes the qualifiers out of a line. A slash is a division when what follows is no qualifier of the command and an operand stands before.
 *
 * @param names  qualifiers the command has
 */
export function parseQualifiers(text: string, names: readonly string[]): CommandLine {
  const qualifiers = new Map<string, string>();
  let rest = '';
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '"') {
      const close = text.indexOf('"', at + 1);
      const end = close < 0 ? text.length : close + 1;
      rest += text.slice(at, end);
      at = end;
      continue;
    }
    const qualifier = character === '/' ? /^\/\s*([A-Za-z][A-Za-z0-9_$]*)/.exec(text.slice(at)) : null;
    if (!qualifier) {
      rest += character;
      at += 1;
      continue;
    }
    const word = qualifier[1]!;
    let name: string;
    try {
      name = matchKeyword(word, names, 'qualifier');
    } catch (error) {
      if (/[A-Za-z0-9$_.)]$/.test(rest) && error instanceof SdaError && error.ident === 'IVQUAL') {
        rest += '/';
        at += 1;
        continue;
      }
      throw error;
    }
    at += qualifier[0].length;
    const value = /^\s*[=:]\s*(\([^)]*\)|"[^"]*"|[^\s/]+)/.exec(text.slice(at));
    if (value && text.slice(at).trimStart().startsWith('=')) {
      qualifiers.set(name, value[1]!);
      at += value[0].length;
    } else {
      qualifiers.set(name, '');
    }
  }
  return { qualifiers, rest: rest.trim() };
}

/** The first word of a line and the rest of it; the word ends at a blank or a slash. */
export function firstWord(text: string): readonly [word: string, rest: string] {
  const match = /^\s*([^\s/]*)/.exec(text)!;
  return [match[1]!, text.slice(match[0].length)];
}
