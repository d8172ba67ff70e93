import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FAB$M_BIO, FAB$M_BRO, FAB$M_GET, FAB$M_PUT } from '../../executive/starlet/fabdef.js';
import { IO$_READVBLK, IO$_WRITEVBLK } from '../../executive/starlet/iodef.js';
import { RMS$_EOF, RMS$_FAC, RMS$_IOP, RMS$_NORMAL, RMS$_RBF, RMS$_RER, RMS$_RSZ, RMS$_UBF, RMS$_USZ, RMS$_WER } from '../../executive/starlet/rmsdef.js';
import { SS$_ENDOFFILE } from '../../executive/starlet/ssdef.js';
import { queueIo, type Completion, type RecordOperation } from '../operation.js';
import { BLOCK, endOfFile, extendFile, flushStream, setEndOfFile } from './buffer.js';

/** Block I/O: $READ, $WRITE and $SPACE, straight between the file and the caller's buffer. RAB$L_BKT is the block, 0 the next one. */
function refuse({ ifab }: RecordOperation, access: number): Completion | undefined {
  if (!(ifab.IFB$B_FAC & (FAB$M_BIO | FAB$M_BRO)) || !(ifab.IFB$B_FAC & access)) return { status: RMS$_FAC };
  return ifab.IFB$V_DISK ? undefined : { status: RMS$_IOP };
}

export function* readBlocks(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, irab, ifab, mode } = operation;
  const refused = refuse(operation, FAB$M_GET);
  if (refused) return refused;
  const size = rab.RAB$W_USZ;
  if (size === 0) return { status: RMS$_USZ };
  if (!p.kernel.cpu.probe(rab.RAB$L_UBF, size, mode, true)) return { status: RMS$_UBF };
  const written = yield* flushStream(p, operation, irab);
  if (written !== 0) return { status: RMS$_WER, stv: written };
  const vbn = rab.RAB$L_BKT || irab.IRB$L_NBP;
  const lastBlock = ifab.IFB$W_FFB === 0 ? ifab.IFB$L_EBK - 1 : ifab.IFB$L_EBK;
  rab.RAB$W_RSZ = 0;
  if (vbn > lastBlock) return { status: RMS$_EOF };
  const left = endOfFile(ifab) - (vbn - 1) * BLOCK;
  const length = Math.min(size, (lastBlock - vbn + 1) * BLOCK);
  const { first } = yield* queueIo(p, operation, { chan: ifab.IFB$W_CHAN, func: IO$_READVBLK, p1: rab.RAB$L_UBF, p2: length, p3: vbn });
  const status = first & 0xffff;
  if (!(status & 1) && status !== SS$_ENDOFFILE) return { status: RMS$_RER, stv: status };
  rab.RAB$L_RBF = rab.RAB$L_UBF;
  rab.RAB$W_RSZ = Math.min(length, left);
  rab.RAB$L_RFA0 = vbn;
  rab.RAB$W_RFA4 = 0;
  irab.IRB$L_NBP = vbn + Math.ceil(length / BLOCK);
  return { status: RMS$_NORMAL };
}

export function* writeBlocks(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, irab, ifab, mode } = operation;
  const refused = refuse(operation, FAB$M_PUT);
  if (refused) return refused;
  const size = rab.RAB$W_RSZ;
  if (size === 0) return { status: RMS$_RSZ };
  if (!p.kernel.cpu.probe(rab.RAB$L_RBF, size, mode, false)) return { status: RMS$_RBF };
  const vbn = rab.RAB$L_BKT || irab.IRB$L_NBP;
  const blocks = Math.ceil(size / BLOCK);
  const needed = vbn - 1 + blocks;
  if (needed > ifab.IFB$L_HBK) {
    const failed = yield* extendFile(p, operation, needed - ifab.IFB$L_HBK);
    if (failed) return failed;
  }
  const { first } = yield* queueIo(p, operation, { chan: ifab.IFB$W_CHAN, func: IO$_WRITEVBLK, p1: rab.RAB$L_RBF, p2: size, p3: vbn });
  if (!(first & 1)) return { status: RMS$_WER, stv: first & 0xffff };
  irab.IRB$L_BUFVBN = 0;
  rab.RAB$L_RFA0 = vbn;
  rab.RAB$W_RFA4 = 0;
  irab.IRB$L_NBP = vbn + blocks;
  const end = (vbn - 1) * BLOCK + size;
  if (end > endOfFile(ifab)) setEndOfFile(ifab, end);
  return { status: RMS$_NORMAL };
}

/** $SPACE: moves the next block by RAB$L_BKT, back when it is negative. */
export function* spaceBlocks(_p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, irab, ifab } = operation;
  const refused = refuse(operation, FAB$M_GET | FAB$M_PUT);
  if (refused) return refused;
  const to = irab.IRB$L_NBP + (rab.RAB$L_BKT | 0);
  const clamped = Math.min(Math.max(1, to), ifab.IFB$L_EBK + (ifab.IFB$W_FFB === 0 ? 0 : 1));
  irab.IRB$L_NBP = clamped;
  return clamped === to ? { status: RMS$_NORMAL } : { status: RMS$_EOF };
}
