import type { Flow } from '../../executive/gate/microroutine.js';
import { CLI$_ABFNAM, CLI$_ARGREQ, CLI$_IVFNAM, CLI$_IVSYMB, CLI$_SYMDEL } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { evaluate } from '../language/evaluate.js';
import type { Expression, LexicalCall } from '../language/expression-parser.js';
import { toInteger, toText, type Value } from '../language/value.js';
import { LATER_FUNCTIONS } from '../level.js';
import { ENVIRONMENT_LEXICALS } from './environment.js';
import { FILE_LEXICALS } from './files.js';
import { FORMAT_LEXICALS } from './format.js';
import { LATER_LEXICALS } from './later.js';
import { INFORMATION_LEXICALS } from './information.js';
import { LexicalArguments, type Lexical, type Parameter } from './lexical.js';
import { NAME_LEXICALS } from './names.js';
import { PRIVILEGE_LEXICALS } from './privileges.js';
import { STRING_LEXICALS } from './strings.js';
import { TIME_LEXICALS } from './times.js';

/** Every lexical function; a new one is an entry in its family's list. */
function lexicals(): readonly Lexical[] {
  return LISTS.flat();
}

const LISTS: readonly (readonly Lexical[])[] = [
  STRING_LEXICALS, TIME_LEXICALS, NAME_LEXICALS, ENVIRONMENT_LEXICALS, INFORMATION_LEXICALS, FORMAT_LEXICALS, FILE_LEXICALS, PRIVILEGE_LEXICALS, LATER_LEXICALS,
];

let byName: ReadonlyMap<string, Lexical> | undefined;

/** Characters behind F$ that decide when a name is no abbreviation of any: procedures in use write F$PRIVILEGES, F$GETSYS. */
const SIGNIFICANT = 'F$'.length + 4;

/** The function a name stands for: exact, or the only one it abbreviates, or (as with verbs) the only one with its first four characters. */
export function findLexical(name: string): Lexical {
  byName ??= new Map(lexicals().map((lexical) => [lexical.name, lexical]));
  const exact = byName.get(name);
  if (exact) return exact;
  const all = lexicals();
  let matches = all.filter((lexical) => lexical.name.startsWith(name));
  if (matches.length === 0 && name.length > SIGNIFICANT) matches = all.filter((lexical) => lexical.name.startsWith(name.slice(0, SIGNIFICANT)));
  return matches.length === 1 ? matches[0]! : fail(matches.length > 1 ? CLI$_ABFNAM : CLI$_IVFNAM, { token: `${name}(` });
}

/**
 * Evaluates a lexical function call.
 * @raises CLI$_IVFNAM, CLI$_ABFNAM unknown or ambiguous name; CLI$_ARGREQ too few arguments; CLI$_SYMDEL too many, or no closing parenthesis
 * @source dcl-lexicals.md, head
 */
export function* callLexical(dcl: Dcl, call: LexicalCall): Flow<Value> {
  const lexical = findLexical(call.name);
  if (dcl.strict && LATER_FUNCTIONS.has(lexical.name)) fail(CLI$_IVFNAM, { token: `${call.name}(` });
  const { parameters } = lexical;
  const values: (Value | undefined)[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const arg = call.args[index];
    if (arg === undefined) {
      if (!parameter.optional) fail(CLI$_ARGREQ);
      values.push(undefined);
    } else values.push(yield* argument(dcl, parameter, arg));
  }
  const tooMany = call.args.length > parameters.length && !(call.args.length === 1 && call.args[0] === undefined);
  if (tooMany || !call.closed) fail(CLI$_SYMDEL);
  while (values.length > 0 && values.at(-1) === undefined) values.pop();
  const result = lexical.run(dcl, new LexicalArguments(values));
  return typeof result === 'object' ? yield* result : result;
}

function* argument(dcl: Dcl, parameter: Parameter, arg: Expression): Flow<Value> {
  if (parameter.kind === 'symbol') {
    if (arg.kind === 'symbol') return arg.name;
    return fail(arg.kind === 'value' && typeof arg.value === 'number' ? CLI$_IVSYMB : CLI$_ARGREQ);
  }
  const value = yield* evaluate(arg, dcl);
  return parameter.kind === 'string' ? toText(value) : parameter.kind === 'integer' ? toInteger(value) : value;
}

/** The string function of that very name: it calls no service and never waits. */
export function stringFunction(name: string): Lexical | undefined {
  return STRING_LEXICALS.find((lexical) => lexical.name === name);
}

/** Names of all lexical functions, for tests and help. */
export function lexicalNames(): string[] {
  return lexicals().map((lexical) => lexical.name);
}
