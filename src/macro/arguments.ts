import { COMMA, SEMICOLON, type Cursor } from './cursor.js';
import { StatementError } from './diagnostics.js';

/**
 * The text of one macro argument: up to a comma, blank or comment; or the inside of `<...>`; or of `^/.../` with any
 * delimiter. Brackets in the middle of an argument keep their contents together and stay part of it.
 * @source VAX MACRO manual, 4.3 (arguments in a macro)
 */
export function macroArgument(cursor: Cursor): string {
  const text = argumentText(cursor);
  if (text.length > LONGEST_ARGUMENT) throw new StatementError('ARGTOOLNG');
  return text;
}

const LONGEST_ARGUMENT = 1000;

function argumentText(cursor: Cursor): string {
  const code = cursor.skip();
  if (code === 0 || code === SEMICOLON || code === COMMA) return '';
  if (code === 0x3c) {
    const start = cursor.at;
    const inner = bracketed(cursor);
    if (isArgumentEnd(cursor.peek())) return inner;
    cursor.at = start;
  } else if (code === 0x5e && isDelimiter(cursor.peekAhead(1))) {
    const end = cursor.text.indexOf(cursor.text[cursor.at + 1]!, cursor.at + 2);
    if (end < 0) throw new StatementError('UNTERMARG');
    const inner = cursor.text.slice(cursor.at + 2, end);
    cursor.at = end + 1;
    return inner;
  }
  const start = cursor.at;
  while (!isArgumentEnd(cursor.peek())) {
    if (cursor.peek() === 0x3c) bracketed(cursor);
    else cursor.at++;
  }
  return cursor.text.slice(start, cursor.at);
}

function isArgumentEnd(code: number): boolean {
  return code === 0 || code === 0x20 || code === 0x09 || code === COMMA || code === SEMICOLON;
}

/** `^` before a letter or digit is a radix or text operator of an expression, not a quoted argument. */
function isDelimiter(code: number): boolean {
  return code > 0x20 && code < 0x7f && !/[A-Za-z0-9<]/.test(String.fromCharCode(code));
}

/** The text inside the brackets that open here; nested brackets belong to it. */
function bracketed(cursor: Cursor): string {
  const start = cursor.at + 1;
  let depth = 0;
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code === 0x3c) depth++;
    else if (code === 0x3e && --depth === 0) {
      cursor.at++;
      return cursor.text.slice(start, cursor.at - 1);
    }
  }
  throw new StatementError('UNTERMARG');
}

/** Goes past the separator between arguments: a comma with blanks around it, or blanks alone. False at the end. */
export function nextArgument(cursor: Cursor): boolean {
  const code = cursor.skip();
  if (code === COMMA) {
    cursor.at++;
    return true;
  }
  return code !== 0 && code !== SEMICOLON;
}
