import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { ownerText } from '../../executive/information/rights-services.js';
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
const SUPERVISOR = 2;

/** $FAO takes this many parameters: a repeat count that goes further has nothing to show. */
const MOST_PARAMETERS = 20;

const DIRECTIVE = /!(?:(?<repeat>#|\d+)\()?(?<width>#|\d+)?(?<kind>A[CDFSZ]|[OXZUS][BWL]|%[SUIDT]|[-+/_^!<>]|\*.)?/g;

/** A control string and the parameters it takes one by one. A UIC or identifier whose name is still to be found is in an object. */
interface Expanded {
  readonly control: string;
  readonly values: readonly (number | string | { readonly identifier: number })[];
}

/**
 * Gives each directive its argument in the form it wants: text for !AS, numbers for all others, in the order $FAOL takes them. `#`, `!-` and `!+` choose
 * among the arguments and are gone afterwards. !%I becomes the !AS of a name.
 *
 * choice: !AC, !AD, !AF and !AZ take addresses, as $FAO does; those that cannot be read, and dates other than now (an address, too), are SS$_BADPARAM.
 */
function expand(p: Procedure, text: string, args: LexicalArguments): Expanded {
  const values: (number | string | { identifier: number })[] = [];
  let next = 1;
  const take = (): Value | undefined => args.value(next++);
  const number = (): number => toInteger(take() ?? 0);
  const count = (word: string | undefined): number | undefined => word === undefined ? undefined : word === '#' ? Math.max(0, number()) & 0xffff : Number(word);
  const readable = (address: number, length: number): void => {
    if (length > 0 && !p.kernel.cpu.probe(address >>> 0, length, SUPERVISOR, false)) fail(SS$_BADPARAM);
  };
  const one = (kind: string): void => {
    if (kind === 'AS') values.push(toText(take() ?? ''));
    else if (kind === '%I') values.push({ identifier: number() });
    else {
      const value = number();
      values.push(value);
      if (kind === 'AC') {
        readable(value, 1);
        readable(value, 1 + p.memory.readByte(value >>> 0));
      } else if (kind === 'AZ') {
        for (let at = value >>> 0; readable(at, 1), p.memory.readByte(at) !== 0; at += 1);
      } else if (kind === 'AD' || kind === 'AF') {
        const address = number();
        values.push(address);
        readable(address, value & 0xffff);
      } else if ((kind === '%D' || kind === '%T') && value !== 0) readable(value, 8);
    }
  };
  const control = text.replace(DIRECTIVE, (...found: unknown[]) => {
    const { repeat: repeatWord, width: widthWord, kind } = found.at(-1) as { repeat?: string; width?: string; kind?: string };
    if (kind === '-') next = Math.max(1, next - 1);
    if (kind === '+') next += 1;
    if (kind === '-' || kind === '+') return '';
    const takes = kind !== undefined && /^(A|[OXZUS][BWL]$|%[UIDT]$)/.test(kind);
    const repeat = count(repeatWord);
    const times = repeat === undefined || !takes ? repeat : Math.min(repeat, MOST_PARAMETERS);
    const width = count(widthWord);
    for (let turn = 0; takes && turn < (times ?? 1); turn += 1) one(kind);
    return `!${times === undefined ? '' : `${times}(`}${width ?? ''}${kind === '%I' ? 'AS' : kind ?? ''}`;
  });
  return { control, values };
}

/** F$FAO(control[,argument...]) through $FAOL. */
function* fao(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const p = dcl.outside.procedure;
  const { control, values } = expand(p, args.text(0), args);
  const resolved: (number | string)[] = [];
  for (const value of values) resolved.push(typeof value === 'object' ? yield* ownerText(p, value.identifier) : value);
  const { status, text } = yield* formatText(p, control, resolved);
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
