import { createToken, Lexer, type IToken, type TokenType } from 'chevrotain';
import { CLI$_EXPSYN, CLI$_IVCHAR, CLI$_IVOPER } from '../condition-codes.js';
import { isBlank, isDigit, isLetter, isSymbolCharacter, isSymbolStart, upcase } from './characters.js';
import { digitsToLong } from './value.js';

/**
 * Tokens of DCL expressions. They are cut by hand, not by patterns: an operator may lack its closing dot, a string its
 * closing quotation mark, and a wrong token must give its own message when (and only when) evaluation would reach it.
 * @source dcl-language.md section 5
 */
const token = (name: string): TokenType => createToken({ name, pattern: Lexer.NA });

export const Literal = token('Literal');
export const Name = token('Name');
export const Lexical = token('Lexical');
export const Ampersand = token('Ampersand');
export const LeftParen = token('LeftParen');
export const RightParen = token('RightParen');
export const Comma = token('Comma');
export const AddOperator = token('AddOperator');
export const MultiplyOperator = token('MultiplyOperator');
export const Relation = token('Relation');
export const Not = token('Not');
export const And = token('And');
export const Or = token('Or');
/** A token no expression can hold; its payload is the condition code to report. */
export const Wrong = token('Wrong');

export const EXPRESSION_TOKENS = [Literal, Name, Lexical, Ampersand, LeftParen, RightParen, Comma, AddOperator, MultiplyOperator, Relation, Not, And, Or, Wrong];

const WORD_OPERATORS: Readonly<Record<string, TokenType>> = {
  NOT: Not, AND: And, OR: Or,
  EQ: Relation, NE: Relation, LT: Relation, LE: Relation, GT: Relation, GE: Relation,
  EQS: Relation, NES: Relation, LTS: Relation, LES: Relation, GTS: Relation, GES: Relation,
};

const PUNCTUATION: Readonly<Record<string, TokenType>> = {
  '(': LeftParen, ')': RightParen, ',': Comma, '+': AddOperator, '-': AddOperator, '*': MultiplyOperator, '/': MultiplyOperator,
};

export interface Tokens {
  readonly tokens: IToken[];
  /** Where the text after the expression begins (the stop word, or the end). */
  readonly end: number;
}

/**
 * Cuts `text` from `start` into tokens.
 *
 * @param stopWord  upper-case name that ends the expression (THEN) outside parentheses
 */
export function cutExpression(text: string, start: number, stopWord?: string): Tokens {
  const tokens: IToken[] = [];
  let at = start;
  let depth = 0;
  const add = (type: TokenType, from: number, to: number, image: string, payload?: unknown): void => {
    tokens.push({ tokenType: type, tokenTypeIdx: type.tokenTypeIdx!, image, startOffset: from, endOffset: to - 1, startLine: 1, endLine: 1, startColumn: from, endColumn: to, payload } as IToken);
  };
  while (at < text.length) {
    const character = text.charAt(at);
    if (isBlank(character)) { at += 1; continue; }
    const from = at;
    if (character === '"') {
      const string = readString(text, at, stopWord);
      at = string.end;
      add(Literal, from, at, text.slice(from, at), string.value);
    } else if (isDigit(character)) {
      while (isSymbolCharacter(text.charAt(at))) at += 1;
      const image = text.slice(from, at);
      if (/^\d+$/.test(image)) add(Literal, from, at, image, digitsToLong(image, 10));
      else add(Wrong, from, at, upcase(image), CLI$_IVCHAR);
    } else if (character === '%') {
      at += 1;
      while (isSymbolCharacter(text.charAt(at))) at += 1;
      const image = upcase(text.slice(from, at));
      const match = /^%(?:X([0-9A-F]+)|O([0-7]+)|D(\d+))$/.exec(image);
      if (match) add(Literal, from, at, image, match[1] !== undefined ? digitsToLong(match[1], 16) : match[2] !== undefined ? digitsToLong(match[2], 8) : digitsToLong(match[3]!, 10));
      else add(Wrong, from, at, image, CLI$_IVCHAR);
    } else if (character === '.') {
      at += 1;
      while (isLetter(text.charAt(at)) || isDigit(text.charAt(at))) at += 1;
      const word = upcase(text.slice(from + 1, at));
      if (text.charAt(at) === '.' && !/^\d/.test(word)) at += 1;
      const type = WORD_OPERATORS[word];
      if (type) add(type, from, at, word);
      else add(Wrong, from, at, upcase(text.slice(from, at)), CLI$_IVOPER);
    } else if (isSymbolStart(character)) {
      while (isSymbolCharacter(text.charAt(at))) at += 1;
      const image = upcase(text.slice(from, at));
      if (depth === 0 && image === stopWord) return { tokens, end: from };
      let next = at;
      while (isBlank(text.charAt(next))) next += 1;
      add(image.startsWith('F$') && text.charAt(next) === '(' ? Lexical : Name, from, at, image);
    } else if (character === '&' && isSymbolStart(text.charAt(at + 1))) {
      at += 1;
      while (isSymbolCharacter(text.charAt(at))) at += 1;
      add(Ampersand, from, at, upcase(text.slice(from + 1, at)));
    } else {
      const type = PUNCTUATION[character];
      at += 1;
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      if (type) add(type, from, at, character);
      else add(Wrong, from, at, character, CLI$_EXPSYN);
    }
  }
  return { tokens, end: text.length };
}

/**
 * The string that starts with the quotation mark at `at`; without a closing one it ends with the text. Letters directly behind the closing
 * mark, and further strings behind those, belong to it (run on V7.3: `""quoted""` is QUOTED).
 */
function readString(text: string, at: number, stopWord: string | undefined): { value: string; end: number } {
  let { value, end } = readQuoted(text, at);
  for (;;) {
    const from = end;
    while (isSymbolCharacter(text.charAt(end))) end += 1;
    const letters = upcase(text.slice(from, end));
    if (letters !== '' && letters === stopWord) return { value, end: from };
    value += letters;
    if (text.charAt(end) !== '"') return { value, end };
    const more = readQuoted(text, end);
    value += more.value;
    end = more.end;
  }
}

/** One pair of quotation marks; doubled ones inside stand for one. */
function readQuoted(text: string, at: number): { value: string; end: number } {
  let value = '';
  let index = at + 1;
  for (;;) {
    const close = text.indexOf('"', index);
    if (close < 0) return { value: value + text.slice(index), end: text.length };
    value += text.slice(index, close);
    if (text.charAt(close + 1) !== '"') return { value, end: close + 1 };
    value += '"';
    index = close + 2;
  }
}
