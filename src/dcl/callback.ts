import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import {
  CLI$K_ATTACH, CLI$K_CLINT, CLI$K_CLISERV, CLI$K_DEFGLOBAL, CLI$K_DEFLOCAL, CLI$K_DELEGBL, CLI$K_DELELCL, CLI$K_GETLINE, CLI$K_GETSYM, CLI$K_GETVALUE,
  CLI$K_PAUSE, CLI$K_PRESENT, CLI$K_SPAWN,
} from '../executive/starlet/clidef.js';
import { SS$_ACCVIO, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { textToBytes } from '../executive/structures/memory.js';
import { interruptImage } from './attention.js';
import { CLIREQ } from './clireq.js';
import {
  CLI$_ABSENT, CLI$_COMMA, CLI$_CONCAT, CLI$_DEFAULTED, CLI$_ENTNF, CLI$_INVREQTYP, CLI$_LOCNEG, CLI$_LOCPRES, CLI$_NEGATED, CLI$_PRESENT, CLI$_UNDSYM,
} from './condition-codes.js';
import { CommandFailure } from './condition.js';
import { upcase } from './language/characters.js';
import { toText } from './language/value.js';
import { ParseResult } from './parse-result.js';
import { spawnRequest } from './spawn/request.js';
import type { Presence } from './tables/parsed-command.js';
import type { Dcl } from './interpreter/session.js';
import { openSession } from './system.js';

/**
 * The other side of the CLI call back: supervisor mode, entered from the CHMS handler with the image's argument list (one
 * argument, the request). Everything the request points to is the image's and is probed with user mode first.
 */
const PRESENCE: Readonly<Record<Presence, number>> = {
  present: CLI$_PRESENT, negated: CLI$_NEGATED, defaulted: CLI$_DEFAULTED, local: CLI$_LOCPRES, 'local negated': CLI$_LOCNEG, absent: CLI$_ABSENT,
};

const USER = 3;

function accessible(p: Procedure, address: number, length: number, write: boolean): boolean {
  return length === 0 || p.kernel.cpu.probe(address >>> 0, length, USER, write);
}

/** The text a descriptor of the caller names; undefined when user mode may not read it. */
function callerText(p: Procedure, descriptor: number): string | undefined {
  if (!accessible(p, descriptor, 8, false)) return undefined;
  const length = p.memory.readWord(descriptor);
  return accessible(p, p.memory.readLong(descriptor + 4), length, false) ? p.text(descriptor) : undefined;
}

/** Stores text in the caller's buffer, cut to its size, blank filled when no length is wanted. */
function giveText(p: Procedure, request: ReturnType<typeof CLIREQ.at>, text: string): boolean {
  const descriptor = request.CLIREQ$L_VALUE;
  const lengthAt = request.CLIREQ$L_LENGTH;
  if (!accessible(p, descriptor, 8, false) || (lengthAt !== 0 && !accessible(p, lengthAt, 2, true))) return false;
  const size = p.memory.readWord(descriptor);
  const buffer = p.memory.readLong(descriptor + 4);
  if (!accessible(p, buffer, size, true)) return false;
  p.memory.writeBytes(buffer, textToBytes(text.slice(0, size).padEnd(lengthAt === 0 ? size : 0)));
  if (lengthAt !== 0) p.memory.writeWord(lengthAt, Math.min(text.length, size));
  return true;
}

function commandRequest(p: Procedure, dcl: Dcl, request: ReturnType<typeof CLIREQ.at>, name: string): number {
  const address = dcl.prc.PRC$L_RESULT;
  if (address === 0) return CLI$_INVREQTYP;
  const result = new ParseResult(p.memory, address);
  const wanted = upcase(name);
  if (wanted === '$VERB' || wanted === '$LINE') {
    if (request.CLIREQ$B_SERVCOD === CLI$K_PRESENT) return CLI$_PRESENT;
    return giveText(p, request, wanted === '$VERB' ? result.verb.slice(0, 4) : result.line) ? SS$_NORMAL : SS$_ACCVIO;
  }
  const entry = result.find(wanted);
  if (entry === 0) return CLI$_ENTNF;
  if (request.CLIREQ$B_SERVCOD === CLI$K_PRESENT) return PRESENCE[result.presence(entry)];
  const value = result.next(entry);
  if (!value) return giveText(p, request, '') ? CLI$_ABSENT : SS$_ACCVIO;
  if (!giveText(p, request, value.text)) return SS$_ACCVIO;
  return value.next === ',' ? CLI$_COMMA : value.next === '+' ? CLI$_CONCAT : SS$_NORMAL;
}

function symbolRequest(p: Procedure, dcl: Dcl, request: ReturnType<typeof CLIREQ.at>, name: string): number {
  const symbol = upcase(name);
  switch (request.CLIREQ$B_SERVCOD) {
    case CLI$K_GETLINE: {
      const address = dcl.prc.PRC$L_RESULT;
      const line = address === 0 ? undefined : new ParseResult(p.memory, address).foreign;
      if (line === undefined) return CLI$_ABSENT;
      return giveText(p, request, line) ? SS$_NORMAL : SS$_ACCVIO;
    }
    case CLI$K_GETSYM: {
      const value = dcl.symbol(symbol);
      if (value === undefined) return CLI$_UNDSYM;
      return giveText(p, request, toText(value)) ? SS$_NORMAL : SS$_ACCVIO;
    }
    case CLI$K_DEFLOCAL:
    case CLI$K_DEFGLOBAL: {
      const value = callerText(p, request.CLIREQ$L_VALUE);
      if (value === undefined) return SS$_ACCVIO;
      dcl.assign(symbol, value, request.CLIREQ$B_SERVCOD === CLI$K_DEFGLOBAL);
      return SS$_NORMAL;
    }
    case CLI$K_DELELCL:
    case CLI$K_DELEGBL: {
      const table = request.CLIREQ$B_SERVCOD === CLI$K_DELEGBL ? dcl.prc.PRC$L_GLOBALS : dcl.idf.IDF$L_SYMBOLS;
      const found = dcl.symbols.find(table, symbol);
      if (found === 0) return CLI$_UNDSYM;
      dcl.symbols.remove(table, found);
      return SS$_NORMAL;
    }
    default: return CLI$_INVREQTYP;
  }
}

/** Where PC and PSL of the CHMS are: behind this procedure's frame come R1 to R5 and the code (dcl.mar, DCL$CHMS). */
function callerAt(p: Procedure): number {
  const mask = p.memory.readLong(p.frame + 4);
  let at = p.frame + 20 + (mask >>> 30);
  for (let register = 0; register < 12; register += 1) if ((mask & (0x10000 << register)) !== 0) at += 4;
  return at + 24;
}

/**
 * The image interrupts itself: what is typed now is executed as after a CTRL/Y, and CONTINUE goes on with it. choice: where nobody types, in
 * a batch job, nothing happens.
 * @source book 23.3.5, Pause Capability
 */
function* pauseImage(p: Procedure, dcl: Dcl): Flow<number> {
  if (!dcl.terminalSession) return SS$_NORMAL;
  const at = callerAt(p);
  if (!(yield* interruptImage(p, dcl, p.memory.readLong(at), p.memory.readLong(at + 4)))) p.memory.writeLong(at, dcl.prc.PRC$L_EXITIMAGE);
  return SS$_NORMAL;
}

export const DCL$CLI_REQUEST = procedure('DCL$CLI_REQUEST', function* (p): Flow<number> {
  const at = p.argument(1);
  if (p.argumentCount < 1 || !accessible(p, at, CLIREQ.size, false)) return SS$_ACCVIO;
  const request = CLIREQ.at(p.memory, at);
  const nameAt = request.CLIREQ$L_NAME;
  const name = nameAt === 0 ? '' : callerText(p, nameAt);
  if (name === undefined) return SS$_ACCVIO;
  const dcl = openSession(p);
  try {
    if (request.CLIREQ$B_RQTYPE === CLI$K_CLINT && (request.CLIREQ$B_SERVCOD === CLI$K_PRESENT || request.CLIREQ$B_SERVCOD === CLI$K_GETVALUE)) return commandRequest(p, dcl, request, name);
    if (request.CLIREQ$B_RQTYPE === CLI$K_CLISERV && (request.CLIREQ$B_SERVCOD === CLI$K_SPAWN || request.CLIREQ$B_SERVCOD === CLI$K_ATTACH)) {
      return yield* spawnRequest(dcl, at, {
        accessible: (address, length, write) => accessible(p, address, length, write), text: (descriptor) => callerText(p, descriptor),
      });
    }
    if (request.CLIREQ$B_RQTYPE === CLI$K_CLISERV && request.CLIREQ$B_SERVCOD === CLI$K_PAUSE) return yield* pauseImage(p, dcl);
    return request.CLIREQ$B_RQTYPE === CLI$K_CLISERV ? symbolRequest(p, dcl, request, name) : CLI$_INVREQTYP;
  } catch (error) {
    if (error instanceof CommandFailure) return error.code;
    throw error;
  }
});
