import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../../executive/starlet/fabdef.js';
import { NAM, NAM$C_BID, NAM$C_BLN, NAM$M_NOCONCEAL, NAM$M_PWD, NAM$M_SYNCHK } from '../../executive/starlet/namdef.js';
import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { CLI$_IVKEYW, CLI$_SYMOVF } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { upcase } from '../language/characters.js';
import type { Value } from '../language/value.js';
import { DCL$C_RAB } from '../structures.js';
import { FILE_ATTRIBUTES } from './file-attributes.js';
import { parameters, type Lexical, type LexicalArguments } from './lexical.js';

/** F$PARSE, F$SEARCH, F$FILE_ATTRIBUTES through RMS. @source dcl-lexicals.md */

const FIELDS = ['NODE', 'DEVICE', 'DIRECTORY', 'NAME', 'TYPE', 'VERSION'] as const;

/** A FAB with its NAM and string areas in DCL's scratch space. */
export function fileBlocks(p: Procedure, spec: string, defaultSpec: string): { fab: ReturnType<typeof FAB.at>; nam: ReturnType<typeof NAM.at> } {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  const nam = NAM.at(p.memory, p.allocate(NAM$C_BLN));
  const strings = p.allocate(512);
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_NAM = nam.address;
  fab.FAB$L_FNA = p.bytes(textToBytes(spec.slice(0, 255)));
  fab.FAB$B_FNS = Math.min(spec.length, 255);
  fab.FAB$L_DNA = p.bytes(textToBytes(defaultSpec.slice(0, 255)));
  fab.FAB$B_DNS = Math.min(defaultSpec.length, 255);
  nam.NAM$B_BID = NAM$C_BID;
  nam.NAM$B_BLN = NAM$C_BLN;
  nam.NAM$L_ESA = strings;
  nam.NAM$B_ESS = 255;
  nam.NAM$L_RSA = strings + 256;
  nam.NAM$B_RSS = 255;
  return { fab, nam };
}

/** F$PARSE(spec[,default][,related][,field][,type]) */
function* parse(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const fieldWord = args.keyword(3);
  const field = FIELDS.find((name) => name === fieldWord);
  if (fieldWord !== '' && field === undefined) fail(CLI$_IVKEYW, { token: fieldWord });
  const types = args.keyword(4).split(',').map((word) => word.trim()).filter((word) => word !== '');
  for (const type of types) if (!['SYNTAX_ONLY', 'NO_CONCEAL'].includes(type)) fail(CLI$_IVKEYW, { token: type });
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const { fab, nam } = fileBlocks(p, upcase(args.text(0)), upcase(args.text(1)));
    const related = upcase(args.text(2));
    if (related !== '') {
      const rlf = NAM.at(p.memory, p.allocate(NAM$C_BLN));
      rlf.NAM$B_BID = NAM$C_BID;
      rlf.NAM$B_BLN = NAM$C_BLN;
      rlf.NAM$L_RSA = p.bytes(textToBytes(related));
      rlf.NAM$B_RSL = rlf.NAM$B_RSS = related.length;
      nam.NAM$L_RLF = rlf.address;
    }
    nam.NAM$B_NOP = NAM$M_PWD | (types.includes('SYNTAX_ONLY') || field !== undefined ? NAM$M_SYNCHK : 0) | (types.includes('NO_CONCEAL') ? NAM$M_NOCONCEAL : 0);
    const status = yield* service(p, '$PARSE', { fab: fab.address });
    if ((status & 1) === 0) return '';
    const part = (address: number, length: number): string => bytesToText(p.memory.readBytes(address, length));
    switch (field) {
      case 'NODE': return part(nam.NAM$L_NODE, nam.NAM$B_NODE);
      case 'DEVICE': return part(nam.NAM$L_DEV, nam.NAM$B_DEV);
      case 'DIRECTORY': return part(nam.NAM$L_DIR, nam.NAM$B_DIR);
      case 'NAME': return part(nam.NAM$L_NAME, nam.NAM$B_NAME);
      case 'TYPE': return part(nam.NAM$L_TYPE, nam.NAM$B_TYPE);
      case 'VERSION': return part(nam.NAM$L_VER, nam.NAM$B_VER);
      default: return part(nam.NAM$L_ESA, nam.NAM$B_ESL);
    }
  });
}

/**
 * A search in progress: a block of the CLI symbol table pages with link, stream number, FAB, NAM, strings, and the
 * specification it belongs to, so that it goes on at the next call.
 */
const LINK = 0;
const NUMBER = 4;
const SPEC_LENGTH = 12;
const FAB_AT = 16;
const NAM_AT = FAB_AT + FAB$C_BLN;
const ESA_AT = NAM_AT + NAM$C_BLN;
const RSA_AT = ESA_AT + 256;
const SPEC_AT = RSA_AT + 256;
const SEARCH_BLOCK = SPEC_AT + 256;

function findSearch(dcl: Dcl, number: number): number {
  let at = dcl.prc.PRC$L_SEARCHES;
  while (at !== 0 && dcl.memory.readLong(at + NUMBER) !== number >>> 0) at = dcl.memory.readLong(at + LINK);
  return at;
}

function newSearch(dcl: Dcl, number: number): number {
  const at = dcl.storage.allocate(SEARCH_BLOCK, DCL$C_RAB);
  if (at === 0) fail(CLI$_SYMOVF);
  dcl.memory.writeLong(at + LINK, dcl.prc.PRC$L_SEARCHES);
  dcl.memory.writeLong(at + NUMBER, number);
  dcl.memory.writeLong(at + SPEC_LENGTH, 0);
  dcl.memory.writeBytes(at + NAM_AT, new Uint8Array(NAM$C_BLN));
  dcl.prc.PRC$L_SEARCHES = at;
  return at;
}

/** Fills the block for a new specification. NAM$L_WCC stays: it says to $PARSE which search that has not come to its end it is to forget. */
function startSearch(dcl: Dcl, at: number, spec: string): void {
  const { memory } = dcl;
  const context = NAM.at(memory, at + NAM_AT).NAM$L_WCC;
  memory.writeBytes(at + FAB_AT, new Uint8Array(FAB$C_BLN + NAM$C_BLN));
  memory.writeLong(at + SPEC_LENGTH, spec.length);
  memory.writeBytes(at + SPEC_AT, textToBytes(spec));
  const fab = FAB.at(memory, at + FAB_AT);
  const nam = NAM.at(memory, at + NAM_AT);
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_NAM = nam.address;
  fab.FAB$L_FNA = at + SPEC_AT;
  fab.FAB$B_FNS = spec.length;
  nam.NAM$B_BID = NAM$C_BID;
  nam.NAM$B_BLN = NAM$C_BLN;
  nam.NAM$L_WCC = context;
  nam.NAM$L_ESA = at + ESA_AT;
  nam.NAM$B_ESS = 255;
  nam.NAM$L_RSA = at + RSA_AT;
  nam.NAM$B_RSS = 255;
}

/** F$SEARCH(spec[,stream]): the next file that fits; "" at the end. Another specification starts again. */
function* search(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const spec = upcase(args.text(0)).slice(0, 255);
  const number = args.integer(1);
  const p = dcl.outside.procedure;
  const at = findSearch(dcl, number) || newSearch(dcl, number);
  const wild = /[*%]|\.\.\./.test(spec);
  const kept = bytesToText(dcl.memory.readBytes(at + SPEC_AT, dcl.memory.readLong(at + SPEC_LENGTH)));
  if (kept !== spec || dcl.memory.readLong(at + SPEC_LENGTH) === 0 || !wild) {
    startSearch(dcl, at, spec);
    const status = yield* service(p, '$PARSE', { fab: at + FAB_AT });
    if ((status & 1) === 0) {
      dcl.memory.writeLong(at + SPEC_LENGTH, 0);
      return '';
    }
  }
  const status = yield* service(p, '$SEARCH', { fab: at + FAB_AT });
  if ((status & 1) === 0) {
    dcl.memory.writeLong(at + SPEC_LENGTH, 0);
    return '';
  }
  const nam = NAM.at(dcl.memory, at + NAM_AT);
  return bytesToText(dcl.memory.readBytes(nam.NAM$L_RSA, nam.NAM$B_RSL));
}

export const FILE_LEXICALS: readonly Lexical[] = [
  { name: 'F$PARSE', parameters: parameters('string', 'string?', 'string?', 'string?', 'string?'), run: parse },
  { name: 'F$SEARCH', parameters: parameters('string', 'integer?'), run: search },
  FILE_ATTRIBUTES,
];
