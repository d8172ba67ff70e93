import type { Flow } from '../../executive/gate/microroutine.js';
import { CTL$GL_VECTORS, P1_CELLS, PIO_BASE, PIO_CELLS } from '../../executive/structures/p1-cells.js';
import { readCounted } from '../../executive/structures/memory.js';
import { fileIdAt } from '../../filesystem/file-id.js';
import { CLI$_IVKEYW } from '../condition-codes.js';
import { CommandFailure, fail } from '../condition.js';
import { defaultDirectory, defaultSpec } from '../directory.js';
import type { Dcl } from '../interpreter/session.js';
import type { Value } from '../language/value.js';
import { LATER_ENVIRONMENT } from '../level.js';
import { translate } from '../names.js';
import { PPD, PRC } from '../structures.js';
import { nameOfFile } from './later.js';
import { parameters, truth, type Lexical, type LexicalArguments } from './lexical.js';

/** F$ENVIRONMENT, F$VERIFY, F$DIRECTORY, F$MODE. @source dcl-lexicals.md */

type Item = (dcl: Dcl) => Flow<Value> | Value;

/** `SYSTEM=RWED, OWNER=RWED, GROUP=RE, WORLD` of a protection word: a set bit denies. */
export function protectionText(word: number): string {
  return ['SYSTEM', 'OWNER', 'GROUP', 'WORLD'].map((name, index) => {
    const denied = (word >>> (4 * index)) & 15;
    const allowed = [...'RWED'].filter((_letter, bit) => ((denied >> bit) & 1) === 0).join('');
    return allowed === '' ? name : `${name}=${allowed}`;
  }).join(', ');
}

function messageText(dcl: Dcl): string {
  const mask = P1_CELLS.at(dcl.memory, CTL$GL_VECTORS).CTL$GB_MSGMASK;
  const part = (bit: number, name: string): string => ((mask & bit) !== 0 ? `/${name}` : `/NO${name}`);
  return part(8, 'FACILITY') + part(4, 'SEVERITY') + part(2, 'IDENTIFICATION') + part(1, 'TEXT');
}

const SEVERITY_NAMES: Readonly<Record<number, string>> = { 0: 'WARNING', 2: 'ERROR', 4: 'SEVERE_ERROR' };

function* procedureSpec(dcl: Dcl): Flow<Value> {
  const kept = dcl.idf.IDF$L_FILESPEC;
  if (kept !== 0) return dcl.storage.text(kept);
  // Level 0 of a job whose commands come from a file: LOGINOUT left the file's ID.
  const device = readCounted(dcl.memory, dcl.ppd.address + PPD.offset.PPD$T_INPDVI);
  if (device !== '') {
    try {
      return yield* nameOfFile(dcl, `_${device}:`, fileIdAt(dcl.memory.readBytes(dcl.ppd.address + PPD.offset.PPD$T_INPFID, 6)));
    } catch (error) {
      // The file is gone, or may not be looked at: the device is all there is to say.
      if (!(error instanceof CommandFailure)) throw error;
    }
  }
  const terminal = yield* translate(dcl.outside.procedure, 'SYS$INPUT', 'LNM$FILE_DEV');
  return terminal.value.startsWith('\x1b\0') ? terminal.value.slice(4) : terminal.value;
}

const ITEMS: Readonly<Record<string, Item>> = {
  CAPTIVE: (dcl) => truth(dcl.ppd.PPD$V_CAPTIVE !== 0),
  CONTROL: (dcl) => [(dcl.prc.PRC$W_CTRLMASK & 1) !== 0 ? 'T' : '', (dcl.prc.PRC$W_CTRLMASK & 2) !== 0 ? 'Y' : ''].filter((letter) => letter !== '').join(','),
  DEFAULT: (dcl) => defaultSpec(dcl.outside.procedure),
  DEPTH: (dcl) => dcl.level,
  DISIMAGE: () => 'FALSE',
  INTERACTIVE: (dcl) => truth((dcl.ppd.PPD$L_INPDEV & 4) !== 0),
  KEY_STATE: (dcl) => readCounted(dcl.memory, dcl.prc.address + PRC.offset.PRC$T_KEYSTATE),
  MAX_DEPTH: (dcl) => dcl.deepestLevel,
  MESSAGE: messageText,
  NOCONTROL: (dcl) => [(dcl.prc.PRC$W_CTRLMASK & 1) === 0 ? 'T' : '', (dcl.prc.PRC$W_CTRLMASK & 2) === 0 ? 'Y' : ''].filter((letter) => letter !== '').join(','),
  ON_CONTROL_Y: (dcl) => truth(dcl.idf.IDF$V_CTRLYSET !== 0),
  ON_SEVERITY: (dcl) => (dcl.idf.IDF$V_NOON !== 0 ? 'NONE' : SEVERITY_NAMES[dcl.idf.IDF$B_ONSEVERITY]!),
  OUTPUT_RATE: () => '',
  PROCEDURE: procedureSpec,
  PROMPT: (dcl) => dcl.prompt(),
  PROMPT_CONTROL: (dcl) => truth(dcl.prc.PRC$V_PROMPTCR !== 0),
  PROTECTION: (dcl) => protectionText(PIO_CELLS.at(dcl.memory, PIO_BASE).PIO$GW_DFPROT),
  RESTRICTED: () => 'FALSE',
  SYMBOL_SCOPE: (dcl) => `${(dcl.idf.IDF$B_SCOPE & 1) !== 0 ? 'NO' : ''}LOCAL, ${(dcl.idf.IDF$B_SCOPE & 2) !== 0 ? 'NO' : ''}GLOBAL`,
  VERB_SCOPE: (dcl) => `${(dcl.idf.IDF$B_SCOPE & 4) !== 0 ? 'NO' : ''}LOCAL, ${(dcl.idf.IDF$B_SCOPE & 8) !== 0 ? 'NO' : ''}GLOBAL`,
  VERIFY_IMAGE: (dcl) => truth(dcl.prc.PRC$V_VERIFYIMAGE !== 0),
  VERIFY_PREFIX: (dcl) => readCounted(dcl.memory, dcl.prc.address + PRC.offset.PRC$T_PREFIX),
  VERIFY_PROCEDURE: (dcl) => truth(dcl.prc.PRC$V_VERIFYPROC !== 0),
};

function* environment(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const name = args.keyword(0);
  const item = (dcl.strict && LATER_ENVIRONMENT.has(name) ? undefined : ITEMS[name]) ?? fail(CLI$_IVKEYW, { token: name });
  const value = item(dcl);
  return typeof value === 'object' ? yield* value : value;
}

/** F$VERIFY([procedure][,image]): the former procedure setting; given arguments set. */
function verify(dcl: Dcl, args: LexicalArguments): Value {
  const before = dcl.prc.PRC$V_VERIFYPROC;
  if (args.given(0)) {
    dcl.prc.PRC$V_VERIFYPROC = args.integer(0) & 1;
    dcl.prc.PRC$V_VERIFYIMAGE = args.given(1) ? args.integer(1) & 1 : args.integer(0) & 1;
  } else if (args.given(1)) dcl.prc.PRC$V_VERIFYIMAGE = args.integer(1) & 1;
  return before;
}

export const ENVIRONMENT_LEXICALS: readonly Lexical[] = [
  { name: 'F$ENVIRONMENT', parameters: parameters('string'), run: environment },
  { name: 'F$VERIFY', parameters: parameters('integer?', 'integer?'), run: verify },
  { name: 'F$DIRECTORY', parameters: [], run: (dcl) => defaultDirectory(dcl.outside.procedure) },
];
