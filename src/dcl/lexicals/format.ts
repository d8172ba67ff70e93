import type { Flow } from '../../executive/gate/microroutine.js';
import { CLI$_IVKEYW } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { formatText } from '../item-information.js';
import { toInteger, toText, type Value } from '../language/value.js';
import { service } from '../../executive/gate/service-call.js';
import { SS$_BADPARAM } from '../../executive/starlet/ssdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { parameters, type Lexical, type LexicalArguments } from './lexical.js';

const MOST_ARGUMENTS = 15;

/**
 * Arguments as the directives of `control` want them, in the order $FAOL takes them: text for !AS (and !%D, !%T take the
 * time now for 0), numbers for all others and for `#`.
 */
function arrange(control: string, args: LexicalArguments): (number | string)[] {
  const values: (number | string)[] = [];
  let next = 1;
  let again = 0;
  const take = (text: boolean): void => {
    if (again > 0) {
      // What stands there is a number or the address of a text: one cannot be taken for the other.
      if ((typeof values[values.length - again] === 'string') !== text) fail(SS$_BADPARAM);
      again -= 1;
      return;
    }
    const value = args.value(next) ?? (text ? '' : 0);
    values.push(text ? toText(value) : toInteger(value));
    next += 1;
  };
  const directive = /!(?:(#|\d+)\()?(#|\d+)?(A[CSDFZ]|[OXZUS][BWL]|%[SUIDT]|[-+/_^!<>]|\*.)?/g;
  for (const [, repeat, width, kind] of control.matchAll(directive)) {
    if (repeat === '#') take(false);
    const times = repeat === undefined ? 1 : repeat === '#' ? Number(values.at(-1)) : Number(repeat);
    if (kind === undefined) {
      if (width === '#') take(false);
      continue;
    }
    // $FAOL steps back over its own list, to an argument that is already placed.
    if (kind === '-') { again += 1; continue; }
    if (kind === '+') { take(false); continue; }
    const isText = kind.startsWith('A');
    const isValue = isText || /^[OXZUS][BWL]$|^%[UIDT]$/.test(kind);
    for (let count = 0; count < Math.min(times, MOST_ARGUMENTS); count += 1) {
      if (width === '#') take(false);
      if (isValue) take(isText);
    }
  }
  return values;
}

/** F$FAO(control[,argument...]) through $FAOL. */
function* fao(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const control = args.text(0);
  const { status, text } = yield* formatText(dcl.outside.procedure, control, arrange(control, args));
  check(status);
  return text;
}

const MESSAGE_PARTS: Readonly<Record<string, number>> = { TEXT: 1, IDENT: 2, SEVERITY: 4, FACILITY: 8 };

/** F$MESSAGE(code[,parts]): the text of $GETMSG, FAO directives as they stand. */
function* message(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const parts = args.given(1) ? args.keyword(1).split(',') : [];
  const flags = parts.length === 0 ? 15 : parts.reduce((mask, part) => mask | (MESSAGE_PARTS[part.trim()] ?? fail(CLI$_IVKEYW, { token: part.trim() })), 0);
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const buffer = p.allocate(256);
    const length = p.allocate(4);
    yield* service(p, '$GETMSG', { msgid: args.integer(0) & 0x0fffffff, msglen: length, bufadr: p.descriptor(255, buffer), flags });
    return bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length)));
  });
}

export const FORMAT_LEXICALS: readonly Lexical[] = [
  { name: 'F$FAO', parameters: [...parameters('string'), ...Array.from({ length: MOST_ARGUMENTS }, () => ({ kind: 'value' as const, optional: true }))], run: fao },
  { name: 'F$MESSAGE', parameters: parameters('integer', 'string?'), run: message },
];
