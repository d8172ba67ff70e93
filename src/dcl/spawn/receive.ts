import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { DC$_MAILBOX } from '../../executive/starlet/dcdef.js';
import { DVI$_DEVCLASS } from '../../executive/starlet/dvidef.js';
import { LNM$M_CONFINE, LNM$M_CREATE_IF, LNM$M_NO_ALIAS } from '../../executive/starlet/lnmdef.js';
import { readQuad, writeCounted, writeQuad } from '../../executive/structures/memory.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../../executive/structures/p1-cells.js';
import { CommandFailure } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { deviceItem, longwordOf } from '../item-information.js';
import { defineKey, readKeyRecord } from '../keys.js';
import { define, remove, translate } from '../names.js';
import { PRC } from '../structures.js';
import { assignChannel, deassign, MAIN_FLAG, readMessage } from './mailbox.js';
import {
  LONGEST_RECORD, RecordReader, SPW$C_COMMAND, SPW$C_CONTEXT, SPW$C_END, SPW$C_KEY, SPW$C_NAME, SPW$C_SYMBOL, SPW$C_TABLE,
} from './records.js';
import { CONTEXT_PIPE, CONTEXT_PROMPTCR, CONTEXT_STRICT, CONTEXT_VERIFYIMAGE, CONTEXT_VERIFYPROC, CONTEXT_WAIT } from './send.js';

/** The subprocess's side of SPAWN: reads the creator's context and makes it its own. @source book 23.2.10 step 9 */

const SUPERVISOR = 2;

/**
 * In a subprocess whose SYS$ERROR has a supervisor mode translation that names a mailbox: reads the context.
 * @returns whether a SPAWN was in progress
 */
export function* receiveContext(dcl: Dcl): Flow<boolean> {
  const p = dcl.outside.procedure;
  const { status, value, mode } = yield* translate(p, 'SYS$ERROR', 'LNM$PROCESS', 0);
  if ((status & 1) === 0 || mode !== SUPERVISOR) return false;
  const kind = yield* deviceItem(p, value, DVI$_DEVCLASS, 4);
  if ((kind.status & 1) === 0 || longwordOf(kind) !== DC$_MAILBOX) return false;
  const { status: assigned, channel } = yield* assignChannel(p, value);
  if ((assigned & 1) === 0) return false;
  yield* remove(p, 'SYS$ERROR', 'LNM$PROCESS', SUPERVISOR);
  for (;;) {
    const message = yield* readMessage(p, channel, LONGEST_RECORD, MAIN_FLAG);
    if ((message.status & 1) === 0) break;
    const record = new RecordReader(message.bytes);
    if (record.type === SPW$C_END) break;
    try {
      yield* take(dcl, record);
    } catch (error) {
      // No room for a symbol or a key: the rest may still fit.
      if (!(error instanceof CommandFailure)) throw error;
    }
  }
  yield* deassign(p, channel);
  return true;
}

function* take(dcl: Dcl, record: RecordReader): Flow<void> {
  switch (record.type) {
    case SPW$C_CONTEXT: return yield* takeContext(dcl, record);
    case SPW$C_COMMAND:
      dcl.prc.PRC$L_SPAWNCMD = dcl.keep(0, record.text());
      dcl.prc.PRC$V_ONECOMMAND = 1;
      dcl.ppd.PPD$V_QUIET = 1;
      return;
    case SPW$C_TABLE: return yield* takeTable(dcl, record);
    case SPW$C_NAME: return yield* takeName(dcl, record);
    case SPW$C_SYMBOL: {
      const [global, required, name] = [record.byte() !== 0, record.byte(), record.text()];
      dcl.assign(name, record.byte() === 1 ? record.long() | 0 : record.text(), global, required);
      return;
    }
    case SPW$C_KEY:
      defineKey(dcl, readKeyRecord(record));
      return;
    default:
  }
}

function* takeContext(dcl: Dcl, record: RecordReader): Flow<void> {
  const { prc } = dcl;
  yield* setPrivileges(dcl, record.quad());
  prc.PRC$W_CTRLMASK = record.byte();
  const flags = record.byte();
  prc.PRC$V_VERIFYPROC = flags & CONTEXT_VERIFYPROC ? 1 : 0;
  prc.PRC$V_VERIFYIMAGE = flags & CONTEXT_VERIFYIMAGE ? 1 : 0;
  prc.PRC$V_PROMPTCR = flags & CONTEXT_PROMPTCR ? 1 : 0;
  prc.PRC$V_STARTBEHIND = flags & CONTEXT_WAIT ? 0 : 1;
  prc.PRC$V_STRICT = flags & CONTEXT_STRICT ? 1 : 0;
  if (flags & CONTEXT_PIPE) {
    const { value } = yield* translate(dcl.outside.procedure, 'SYS$INPUT', 'LNM$PROCESS');
    // Behind ESC, NUL and the file identifier stands the device.
    yield* dcl.outside.nameFile('SYS$PIPE', dcl.ppd.PPD$W_INPIFI, value.slice(4));
  }
  writeCounted(dcl.memory, prc.address + PRC.offset.PRC$T_PROMPT, record.text(), 64);
  writeCounted(dcl.memory, prc.address + PRC.offset.PRC$T_PREFIX, record.text(), 68);
  writeCounted(dcl.memory, prc.address + PRC.offset.PRC$T_KEYSTATE, record.text(), 32);
}

/** Working and permanent privileges become the creator's permanent ones; the authorized ones stay what they are. */
function* setPrivileges(dcl: Dcl, mask: bigint): Flow<void> {
  const p = dcl.outside.procedure;
  const current = readQuad(dcl.memory, CTL$GL_VECTORS + P1_CELLS.offset.CTL$GQ_PROCPRIV);
  yield* p.scratch(function* () {
    const prvadr = p.allocate(8);
    writeQuad(p.memory, prvadr, BigInt.asUintN(64, current & ~mask));
    yield* service(p, '$SETPRV', { enbflg: 0, prvadr, prmflg: 1 });
    writeQuad(p.memory, prvadr, mask);
    return yield* service(p, '$SETPRV', { enbflg: 1, prvadr, prmflg: 1 });
  });
}

function* takeTable(dcl: Dcl, record: RecordReader): Flow<void> {
  const p = dcl.outside.procedure;
  const [mode, flags, name, parent] = [record.byte(), record.byte(), record.text(), record.text()];
  yield* p.scratch(function* () {
    const attr = p.allocate(4);
    p.memory.writeLong(attr, LNM$M_CREATE_IF | ((flags & 1) !== 0 ? LNM$M_NO_ALIAS : 0) | ((flags & 2) !== 0 ? LNM$M_CONFINE : 0));
    return yield* service(p, '$CRELNT', { attr, tabnam: p.string(name), partab: p.string(parent), acmode: p.bytes(Uint8Array.of(mode)) });
  });
}

function* takeName(dcl: Dcl, record: RecordReader): Flow<void> {
  const [mode, flags, table, name] = [record.byte(), record.byte(), record.text(), record.text()];
  const values = Array.from({ length: record.byte() }, () => {
    const bits = record.byte();
    return { concealed: (bits & 1) !== 0, terminal: (bits & 2) !== 0, value: record.text() };
  });
  yield* define(dcl.outside.procedure, name, values, table, mode, { confine: false, noAlias: (flags & 1) !== 0 });
}
