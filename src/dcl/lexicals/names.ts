import type { Flow } from '../../executive/gate/microroutine.js';
import { LNM$M_CONCEALED, LNM$M_CONFINE, LNM$M_CRELOG, LNM$M_NO_ALIAS, LNM$M_TABLE, LNM$M_TERMINAL } from '../../executive/starlet/lnmdef.js';
import { CLI$_IVKEYW } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { upcase } from '../language/characters.js';
import type { Value } from '../language/value.js';
import { MODES, translate, type Translation } from '../names.js';
import { parameters, truth, type Lexical, type LexicalArguments } from './lexical.js';

type Item = (translation: Translation) => Value;

const attribute = (mask: number): Item => ({ attributes }) => truth((attributes & mask) !== 0);

/** Items of F$TRNLNM. */
const ITEMS: Readonly<Record<string, Item>> = {
  VALUE: ({ value }) => value,
  ACCESS_MODE: ({ mode }) => MODES[mode]!,
  CONCEALED: attribute(LNM$M_CONCEALED),
  CONFINE: attribute(LNM$M_CONFINE),
  CRELOG: attribute(LNM$M_CRELOG),
  LENGTH: ({ value }) => value.length,
  MAX_INDEX: ({ maximumIndex }) => maximumIndex,
  NO_ALIAS: attribute(LNM$M_NO_ALIAS),
  TABLE: attribute(LNM$M_TABLE),
  TABLE_NAME: ({ table }) => table,
  TERMINAL: attribute(LNM$M_TERMINAL),
};

/** F$TRNLNM(name[,table][,index][,mode][,case][,item]) */
function* trnlnm(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const modeWord = args.keyword(3, 'USER');
  const mode = MODES.findIndex((name) => name.startsWith(modeWord));
  if (mode < 0) fail(CLI$_IVKEYW, { token: modeWord });
  const caseWord = args.keyword(4, 'CASE_BLIND');
  if (!'CASE_BLIND'.startsWith(caseWord) && !'CASE_SENSITIVE'.startsWith(caseWord)) fail(CLI$_IVKEYW, { token: caseWord });
  const itemWord = args.keyword(5, 'VALUE');
  const item = ITEMS[itemWord] ?? fail(CLI$_IVKEYW, { token: itemWord });
  const table = args.text(1) === '' ? 'LNM$DCL_LOGICAL' : upcase(args.text(1));
  const found = yield* translate(dcl.outside.procedure, args.text(0), table, args.integer(2), mode, caseWord !== 'CASE_SENSITIVE');
  return (found.status & 1) === 0 ? '' : item(found);
}

/** F$LOGICAL: the first translation, as V3 had it. */
function* logical(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const found = yield* translate(dcl.outside.procedure, args.text(0));
  return found.value;
}

export const NAME_LEXICALS: readonly Lexical[] = [
  { name: 'F$TRNLNM', parameters: parameters('string', 'string?', 'integer?', 'string?', 'string?', 'string?'), run: trnlnm },
  { name: 'F$LOGICAL', parameters: parameters('string'), run: logical },
];
