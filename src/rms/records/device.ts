import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import {
  IO$_READPROMPT, IO$_READVBLK, IO$_WRITEVBLK, IO$M_CVTLOW, IO$M_NOECHO, IO$M_NOFILTR, IO$M_PURGE, IO$M_TIMED,
} from '../../executive/starlet/iodef.js';
import {
  RMS$_CONTROLC, RMS$_CONTROLY, RMS$_EOF, RMS$_NORMAL, RMS$_RBF, RMS$_RER, RMS$_RSZ, RMS$_TMO, RMS$_UBF, RMS$_USZ, RMS$_WER,
} from '../../executive/starlet/rmsdef.js';
import { DEV$M_CCL } from '../../executive/starlet/devdef.js';
import { SS$_CONTROLC, SS$_CONTROLY, SS$_ENDOFFILE, SS$_TIMEOUT } from '../../executive/starlet/ssdef.js';
import { FAB$M_CR, FAB$M_FTN, FAB$M_PRN } from '../../executive/starlet/fabdef.js';
import { INDIRECT, PPF_RAT } from '../segments.js';
import { queueIo, type Completion, type RecordOperation } from '../operation.js';

/** Records of terminals, mailboxes and the null device: a record is a line, a message, nothing. */
const CTRL_Z = 0x1a;
/** Newline before, carriage return after: RAT=CR. */
const CARRIAGE_RETURN_CONTROL = 0x8d010000;

/** $GET from a device. The record is read into the user's buffer. */
export function* getDeviceRecord(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, ifab, mode } = operation;
  if (ifab.IFB$V_NULL) return { status: RMS$_EOF };
  const size = rab.RAB$W_USZ;
  const buffer = rab.RAB$L_UBF;
  if (size === 0) return { status: RMS$_USZ };
  if (!p.kernel.cpu.probe(buffer, size, mode, true)) return { status: RMS$_UBF };
  const { first, second } = yield* queueIo(p, operation, {
    chan: ifab.IFB$W_CHAN, p1: buffer, p2: size, ...(ifab.IFB$V_TERMINAL ? terminalRead(p, operation) : { func: IO$_READVBLK }),
  });
  const status = first & 0xffff;
  const count = first >>> 16;
  rab.RAB$L_RBF = buffer;
  rab.RAB$W_RSZ = count;
  if (status === SS$_CONTROLY || status === SS$_CONTROLC) {
    // What had been typed is no record. The program may read again, as it does when CONTINUE lets it go on.
    rab.RAB$W_RSZ = 0;
    return { status: status === SS$_CONTROLY ? RMS$_CONTROLY : RMS$_CONTROLC, stv: status };
  }
  if (!(status & 1) && status !== SS$_TIMEOUT) return readError(status);
  if (status === SS$_TIMEOUT) return { status: RMS$_TMO, stv: second };
  if (ifab.IFB$V_TERMINAL && (second & 0xffff) === CTRL_Z) return { status: RMS$_EOF };
  return { status: RMS$_NORMAL, stv: ifab.IFB$V_TERMINAL ? second & 0xffff : second };
}

/** Function and parameters of a terminal read as the record options ask for it. */
function terminalRead(p: Procedure, { rab, mode }: RecordOperation): { func: number; p3?: number; p5?: number; p6?: number } {
  let modifiers = 0;
  if (rab.RAB$V_RNE) modifiers |= IO$M_NOECHO;
  if (rab.RAB$V_CVT) modifiers |= IO$M_CVTLOW;
  if (rab.RAB$V_RNF) modifiers |= IO$M_NOFILTR;
  if (rab.RAB$V_PTA) modifiers |= IO$M_PURGE;
  if (rab.RAB$V_TMO) modifiers |= IO$M_TIMED;
  const timeout = rab.RAB$V_TMO ? { p3: rab.RAB$B_TMO } : {};
  const promptSize = rab.RAB$B_PSZ;
  if (rab.RAB$V_PMT && promptSize > 0 && p.kernel.cpu.probe(rab.RAB$L_PBF, promptSize, mode, false)) {
    return { func: IO$_READPROMPT | modifiers, ...timeout, p5: rab.RAB$L_PBF, p6: promptSize };
  }
  return { func: IO$_READVBLK | modifiers, ...timeout };
}

function readError(status: number): Completion {
  return status === SS$_ENDOFFILE ? { status: RMS$_EOF } : { status: RMS$_RER, stv: status };
}

/** $PUT to a device, with the carriage control of the file's record attributes. */
export function* putDeviceRecord(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, ifab, mode } = operation;
  const size = rab.RAB$W_RSZ;
  let record = rab.RAB$L_RBF;
  if (size > 0 && !p.kernel.cpu.probe(record, size, mode, false)) return { status: RMS$_RBF };
  if (ifab.IFB$V_NULL) return { status: RMS$_NORMAL };
  let length = size;
  let control = 0;
  const own = rab.RAB$W_ISI & INDIRECT ? (rab.RAB$W_ISI & PPF_RAT) >>> 6 : 0;
  const attributes = own === 0 ? ifab.IFB$B_RAT : own;
  if ((ifab.IFB$L_DEVCHAR & DEV$M_CCL) !== 0) {
    if (attributes & FAB$M_CR) control = CARRIAGE_RETURN_CONTROL;
    else if (attributes & FAB$M_FTN) {
      control = size === 0 ? 0x20 : p.memory.readByte(record);
      if (size > 0) {
        record += 1;
        length -= 1;
      }
    } else if (attributes & FAB$M_PRN && rab.RAB$L_RHB !== 0 && p.kernel.cpu.probe(rab.RAB$L_RHB, 2, mode, false)) {
      control = (p.memory.readWord(rab.RAB$L_RHB) << 16) >>> 0;
    }
  }
  if (length > 0x7fff) return { status: RMS$_RSZ };
  const { first } = yield* queueIo(p, operation, {
    chan: ifab.IFB$W_CHAN, func: IO$_WRITEVBLK, p1: record, p2: length, p4: control,
  });
  const status = first & 0xffff;
  return status & 1 ? { status: RMS$_NORMAL } : { status: RMS$_WER, stv: status };
}
