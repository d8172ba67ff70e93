import { SCH$NEWLVL, SCH$QAST } from '../ast/queue.js';
import { jsbRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { ACB, ACB$M_KAST, ACB$M_NODELETE, ACB$M_PKAST } from '../structures/acb.js';
import { DYN$C_ACB, DYN$C_LKB } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { LKB, RSB } from '../structures/lock.js';
import { PCB } from '../structures/pcb.js';
import { PRI$_RESAVL } from '../structures/sch.js';
import type { Lkb } from './blocks.js';

/*
 * How a lock request tells its process what became of it. The LKB is its own ACB: a special kernel AST when only the lock status block
 * is to be written, otherwise a normal AST with the same routine, LCK$KAST, as piggyback. LKB status bits say what is still to do:
 *
 *   ASYNC    write LKST1, LKID (and with RDVALBLK the value block) to the lock status block
 *   DCPLAST  deliver the completion AST
 *   DBLKAST  deliver the blocking AST, after the completion AST; BLKASTQED until it is delivered
 *   ACBQED   the LKB is on the AST queue of its PCB; only a granted or a dequeued lock can be
 *   DEQUEUED the lock is gone; LCK$KAST gives the block back
 *
 * ACB$V_NODELETE is always set: only LCK$KAST and the rundown of ASTs give an LKB back.
 * @source book 13.2.4; digest ch13 2.4
 */
export const VALUE_BLOCK_BYTES = 16;
/** Lock status block: status and lock ID; the value block is behind it. */
export const LKSB_BYTES = 8;
const MODE_BITS = 3;

/**
 * Writes the lock status block, in the context of the process that owns the lock. A block that cannot be written (the program has
 * given the page away) is left alone.
 */
export function writeStatusBlock(k: Kernel, lkb: Lkb): void {
  const address = lkb.LKB$L_LKSB;
  const withValue = lkb.LKB$V_RDVALBLK !== 0 && lkb.LKB$V_DEQUEUED === 0;
  const length = withValue ? LKSB_BYTES + VALUE_BLOCK_BYTES : LKSB_BYTES;
  if (!k.cpu.probe(address, length, lkb.LKB$V_MODE, true)) return;
  k.readBytes(address, length);                     // a missing page is brought in before anything is written
  k.writeLong(address, lkb.LKB$L_LKST1);
  k.writeLong(address + 4, lkb.LKB$L_LKID);
  if (withValue) k.writeBytes(address + LKSB_BYTES, RSB.at(k, lkb.LKB$L_RSB).RSB$T_VALBLK);
  lkb.LKB$V_RDVALBLK = 0;
}

/** Queues the LKB to its process when its status bits ask for it. */
export function queueLockAst(k: Kernel, lkb: Lkb): void {
  const isNormal = lkb.LKB$V_DCPLAST !== 0 || lkb.LKB$V_DBLKAST !== 0;
  if (lkb.LKB$V_ACBQED !== 0 || (!isNormal && lkb.LKB$V_ASYNC === 0)) return;
  lkb.LKB$B_RMOD = (lkb.LKB$B_RMOD & MODE_BITS) | ACB$M_NODELETE | (isNormal ? ACB$M_PKAST : ACB$M_KAST);
  lkb.LKB$L_KAST = k.symbol('LCK$KAST');
  lkb.LKB$L_AST = !isNormal ? 0 : lkb.LKB$V_DCPLAST !== 0 ? lkb.LKB$L_CPLASTADR : lkb.LKB$L_BLKASTADR;
  lkb.LKB$V_ACBQED = 1;
  SCH$QAST(k, lkb.address, PRI$_RESAVL);
}

/** The special kernel AST of a lock, alone or piggybacked: R5 the LKB, process context, IPL$_ASTDEL. */
const kernelAst = jsbRoutine('LCK$KAST', (k) => {
  const lkb = LKB.at(k, k.register(5));
  if (lkb.LKB$V_ASYNC !== 0) writeStatusBlock(k, lkb);
  lkb.LKB$V_ASYNC = 0;
  lkb.LKB$V_ACBQED = 0;
  if ((lkb.LKB$B_RMOD & ACB$M_PKAST) !== 0) {
    if (lkb.LKB$V_DCPLAST !== 0) lkb.LKB$V_DCPLAST = 0;
    else {
      lkb.LKB$V_DBLKAST = 0;
      lkb.LKB$V_BLKASTQED = 0;
    }
  }
  if (lkb.LKB$V_DEQUEUED !== 0) freeLock(k, lkb);
  else queueLockAst(k, lkb);
});

/** Gives a lock block back, and the quota it was charged. */
export function freeLock(k: Kernel, lkb: Lkb): void {
  returnQuota(k, lkb);
  EXE$DEANONPAGED(k, lkb.address);
}

export function returnQuota(k: Kernel, lkb: Lkb): void {
  const pcb = EXE$IPID_TO_PCB(k, lkb.LKB$L_PID);
  if (lkb.LKB$V_NOQUOTA_CHARGED !== 0 || pcb === 0) return;
  const jib = JIB.at(k, PCB.at(k, pcb).PCB$L_JIB);
  jib.JIB$W_ENQCNT = jib.JIB$W_ENQCNT + 1;
  lkb.LKB$V_NOQUOTA_CHARGED = 1;
}

/** Whether the LKB is on the AST queue for a blocking AST and nothing else. */
function isOnlyBlocking(lkb: Lkb): boolean {
  return lkb.LKB$V_DCPLAST === 0 && lkb.LKB$V_ASYNC === 0;
}

function takeOffAstQueue(k: Kernel, lkb: Lkb): void {
  k.removeQueue(lkb.address);
  lkb.LKB$V_ACBQED = 0;
  SCH$NEWLVL(k, EXE$IPID_TO_PCB(k, lkb.LKB$L_PID));
}

/**
 * A dequeued lock is freed now, or when its AST is delivered. A blocking AST alone is not worth delivering any more.
 * @source book 13.2.3
 */
export function disposeOfLock(k: Kernel, lkb: Lkb): void {
  lkb.LKB$V_DEQUEUED = 1;
  lkb.LKB$V_DBLKAST = 0;
  if (lkb.LKB$V_ACBQED !== 0 && isOnlyBlocking(lkb)) takeOffAstQueue(k, lkb);
  if (lkb.LKB$V_ACBQED === 0) freeLock(k, lkb);
}

/**
 * Makes the LKB of a granted lock free for a conversion, in the context of its process. What is still on the AST queue is done: the status
 * block is written now (first, for a missing page starts the service over), an undelivered completion AST goes on as an ACB of its own, an undelivered blocking AST is forgotten, for
 * the conversion decides anew what the lock blocks. The book does not say what happens here.
 *
 * @returns false: no pool for that ACB
 */
export function releaseFromAstQueue(k: Kernel, lkb: Lkb): boolean {
  if (lkb.LKB$V_ACBQED === 0) return true;
  if (lkb.LKB$V_ASYNC !== 0) writeStatusBlock(k, lkb);
  lkb.LKB$V_ASYNC = 0;
  if (lkb.LKB$V_DCPLAST !== 0) {
    const block = allocateBlock(k, ACB.size, DYN$C_ACB);
    if (block === 0) return false;
    const acb = ACB.at(k, block);
    acb.ACB$B_RMOD = lkb.LKB$V_MODE;
    acb.ACB$L_PID = lkb.LKB$L_PID;
    acb.ACB$L_AST = lkb.LKB$L_CPLASTADR;
    acb.ACB$L_ASTPRM = lkb.LKB$L_ASTPRM;
    k.insertQueue(block, lkb.LKB$L_ASTQBL);
  }
  for (const bit of ['LKB$V_DCPLAST', 'LKB$V_DBLKAST', 'LKB$V_BLKASTQED'] as const) lkb[bit] = 0;
  takeOffAstQueue(k, lkb);
  return true;
}

/**
 * For those who empty the AST queue of a process that ends: gives back the LKB that an ACB heads, which must be of a dequeued lock.
 *
 * @returns false: the ACB is no LKB
 */
export function discardLockAst(k: Kernel, acb: number): boolean {
  if (ACB.at(k, acb).ACB$B_TYPE !== DYN$C_LKB) return false;
  const lkb = LKB.at(k, acb);
  lkb.LKB$V_ACBQED = 0;
  if (lkb.LKB$V_DEQUEUED !== 0) freeLock(k, lkb);
  return true;
}

export const COMPLETION_ROUTINES = [kernelAst] as const;
