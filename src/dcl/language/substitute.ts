import type { Flow } from '../../executive/gate/microroutine.js';
import { CLI$_BUFOVF, CLI$_EXPSYN } from '../condition-codes.js';
import { fail } from '../condition.js';
import { isBlank, isSymbolCharacter, isSymbolStart, upcase } from './characters.js';
import { cutExpression } from './expression-lexer.js';
import { parseLexicalCall } from './expression-parser.js';
import { evaluate, type Environment } from './evaluate.js';
import { LONGEST_STRING, toText } from './value.js';

/** Text put in for an apostrophe form: while the scan is inside it, the same name again would never end. */
interface Insertion {
  readonly name: string;
  end: number;
}

/**
 * First phase: replaces apostrophe forms, left to right.
 *
 * Outside quotation marks 'name' is replaced and the new text scanned again; inside them ''name' is replaced and not
 * scanned. The closing apostrophe may be missing. 'F$function(...)' is evaluated in place. An undefined name gives
 * nothing. Behind the `!` of a comment nothing is replaced but F$VERIFY: `$! 'F$VERIFY(0)'` is how procedures stop their echo.
 *
 * @raises CLI$_EXPSYN with the name as token for a symbol whose value leads back to itself; CLI$_BUFOVF for a line that grows too long
 * @source dcl-language.md section 2 phase 1
 */
export function* substitute(line: string, environment: Environment): Flow<string> {
  if (!line.includes("'")) return line;
  let text = line;
  let at = 0;
  let quoted = false;
  let inside: Insertion[] = [];
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') {
      quoted = !quoted;
      at += 1;
      continue;
    }
    if (character === '!' && !quoted) return yield* verifyInComment(text, at, environment);
    if (character !== "'" || (quoted && text.charAt(at + 1) !== "'")) {
      at += 1;
      continue;
    }
    const form = readForm(text, quoted ? at + 2 : at + 1);
    if (form === undefined) {
      // An apostrophe that introduces nothing is dropped outside quotation marks and is text inside them.
      if (quoted) at += 2;
      else text = text.slice(0, at) + text.slice(at + 1);
      continue;
    }
    inside = inside.filter((insertion) => at < insertion.end);
    if (!form.call && inside.some((insertion) => insertion.name === form.name)) fail(CLI$_EXPSYN, { token: `'${form.name}` });
    const value = form.call ? yield* lexical(form.name, environment) : environment.symbol(form.name) ?? '';
    const inserted = toText(value);
    text = text.slice(0, at) + inserted + text.slice(form.end);
    if (text.length > LONGEST_STRING) fail(CLI$_BUFOVF);
    const grown = inserted.length - (form.end - at);
    for (const insertion of inside) insertion.end += grown;
    if (quoted) at += inserted.length;
    else inside.push({ name: form.name, end: at + inserted.length });
  }
  return text;
}

/** F$VERIFY, which may be abbreviated as far as no other function begins so, and its arguments. */
const VERIFY_CALL = /^F\$V[ERIFY]*[ \t]*\(/i;

/** The comment that begins at `start`, with its calls of F$VERIFY replaced by their values. @source dcl-language.md section 8 */
function* verifyInComment(line: string, start: number, environment: Environment): Flow<string> {
  let text = line;
  for (let at = text.indexOf("'", start); at >= 0; at = text.indexOf("'", at + 1)) {
    const form = readForm(text, at + 1);
    if (!form?.call || !VERIFY_CALL.test(form.name)) continue;
    text = text.slice(0, at) + toText(yield* lexical(form.name, environment)) + text.slice(form.end);
  }
  return text;
}

interface Form {
  /** Symbol name, or the text of a whole lexical function call. */
  readonly name: string;
  readonly call: boolean;
  /** Position behind the form, closing apostrophe included. */
  readonly end: number;
}

/** The form whose name starts at or after `start` (blanks may come first); undefined when no name is there. */
function readForm(text: string, start: number): Form | undefined {
  let at = start;
  while (isBlank(text.charAt(at))) at += 1;
  if (!isSymbolStart(text.charAt(at))) return undefined;
  const from = at;
  while (isSymbolCharacter(text.charAt(at))) at += 1;
  const name = upcase(text.slice(from, at));
  let end = at;
  let call = false;
  if (name.startsWith('F$')) {
    let open = at;
    while (isBlank(text.charAt(open))) open += 1;
    if (text.charAt(open) === '(') {
      call = true;
      end = closingParenthesis(text, open);
    }
  }
  const form = call ? text.slice(from, end) : name;
  if (text.charAt(end) === "'") end += 1;
  return { name: form, call, end };
}

/** Position behind the parenthesis that closes the one at `open`; the end of the text when none does. */
export function closingParenthesis(text: string, open: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = open; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === '(') depth += 1;
    else if (!quoted && character === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function* lexical(call: string, environment: Environment): Flow<string | number> {
  // Quotation marks are doubled when the form stands inside a quoted string in some procedures; both ways are read.
  const parsed = parseLexicalCall(cutExpression(call, 0).tokens);
  if (parsed.failed || parsed.stop !== undefined) fail(CLI$_EXPSYN);
  return yield* evaluate(parsed.result, environment);
}
