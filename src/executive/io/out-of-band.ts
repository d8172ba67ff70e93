import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { SCH$QAST } from '../ast/queue.js';
import { ACB, ACB$M_NODELETE, ACB$M_PKAST } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import { FKB } from '../structures/fork.js';
import { IPL$_QUEUEAST } from '../structures/ipl.js';
import { IRP } from '../structures/irp.js';
import { PRI$_TICOM } from '../structures/sch.js';
import { gap, structure } from '../structures/structure.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { PCB } from '../structures/pcb.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { SS$_EXQUOTA, SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { EXE$FORK } from '../synchronization/fork.js';

/**
 * Terminal AST block: one out-of-band request, on the list of the unit for good and, while it is busy, also in a fork or AST queue.
 * Nonpaged pool. choice: layout behind the ACB. @source book Figure 7-5 (lost); digest ch07 1.6
 */
export const TAST = structure('TAST', 64, {
  0x00: gap(8, 'queue links while busy'),
  0x08: ['TAST$W_SIZE', 'structure size in bytes'],
  0x0a: ['TAST$B_TYPE', 'DYN$C_ACB'],
  0x0b: gap(17, 'fork block or ACB while busy'),
  0x1c: ['TAST$L_FLINK', 'next block of the unit'],
  0x20: ['TAST$L_AST', 'AST procedure'],
  0x24: ['TAST$L_ASTPRM', 'character received'],
  0x28: ['TAST$L_PID', 'internal PID of the requester'],
  0x2c: ['TAST$B_RMOD', 'access mode and ACB flags'],
  0x2d: ['TAST$B_CTRL', 'state'],
  0x2e: ['TAST$W_CHAN', 'channel'],
  0x30: ['TAST$L_MASK', 'characters wanted, bit n is character n'],
  0x34: gap(12, 'unused'),
}, {}, {
  TAST$V_BUSY: ['TAST$B_CTRL', 0], TAST$V_LOST: ['TAST$B_CTRL', 1], TAST$V_INCLUDE: ['TAST$B_CTRL', 2],
});

/**
 * Out-of-band ASTs (module COMDRVSUB): notices of control characters, repeated until cancelled. @source book 7.5.2; digest ch07 2.15
 */

/** What a request asks for. */
export interface OutOfBandRequest {
  readonly ast: number;
  /** Characters 0 to 31, less CTRL/C, CTRL/Y, CTRL/Q, CTRL/S, which have uses of their own. */
  readonly mask: number;
  readonly mode: number;
  /** The characters stay in the input as well (IO$M_INCLUDE). */
  readonly include: boolean;
}

/** Characters no out-of-band AST is given for: CTRL/C and CTRL/Y. */
const EXCLUDED = (1 << 3) | (1 << 25);

/**
 * COM$SETCTRLAST: declares, changes or (AST or mask 0) cancels the out-of-band AST of a process and channel.
 *
 * @param listhead    longword in the UCB @param summary  longword in the UCB: all masks together
 * @param irpAddress  the IO$_SETMODE request
 * @returns SS$_NORMAL, SS$_EXQUOTA, SS$_INSFMEM. Process context, IPL 2.
 */
export function COM$SETCTRLAST(k: Kernel, listhead: number, summary: number, irpAddress: number, request: OutOfBandRequest): number {
  const irp = IRP.at(k, irpAddress);
  const [pid, channel] = [irp.IRP$L_PID, irp.IRP$W_CHAN];
  const mask = (request.mask & ~EXCLUDED) >>> 0;
  if (request.ast === 0 || mask === 0) {
    COM$FLUSHCTRLS(k, listhead, summary, pid, channel);
    return SS$_NORMAL;
  }
  const existing = findIdle(k, listhead, pid, channel);
  const block = existing !== 0 ? existing : newBlock(k, listhead, pid, channel);
  if (block === 0) return k.pcb.PCB$W_ASTCNT === 0 ? SS$_EXQUOTA : SS$_INSFMEM;
  const tast = TAST.at(k, block);
  tast.TAST$L_AST = request.ast;
  tast.TAST$B_RMOD = request.mode;
  tast.TAST$L_MASK = mask;
  tast.TAST$V_INCLUDE = request.include ? 1 : 0;
  rebuildSummary(k, listhead, summary);
  return SS$_NORMAL;
}

/** The idle block of the process and channel; a busy one is marked lost and taken off the list. */
function findIdle(k: Kernel, listhead: number, pid: number, channel: number): number {
  let link = listhead;
  for (let block = k.readLong(link); block !== 0; block = k.readLong(link)) {
    const tast = TAST.at(k, block);
    if (tast.TAST$L_PID === pid && tast.TAST$W_CHAN === channel) {
      if (tast.TAST$V_BUSY === 0) return block;
      tast.TAST$V_LOST = 1;
      k.writeLong(link, tast.TAST$L_FLINK);
      continue;
    }
    link = block + TAST.offset.TAST$L_FLINK;
  }
  return 0;
}

/** A new block at the tail of the list, charged to the AST quota. */
function newBlock(k: Kernel, listhead: number, pid: number, channel: number): number {
  const pcb = k.pcb;
  if (pcb.PCB$W_ASTCNT === 0) return 0;
  const block = allocateBlock(k, TAST.size, DYN$C_ACB);
  if (block === 0) return 0;
  pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT - 1;
  const tast = TAST.at(k, block);
  tast.TAST$L_PID = pid;
  tast.TAST$W_CHAN = channel;
  let link = listhead;
  while (k.readLong(link) !== 0) link = k.readLong(link) + TAST.offset.TAST$L_FLINK;
  k.writeLong(link, block);
  return block;
}

function rebuildSummary(k: Kernel, listhead: number, summary: number): void {
  let mask = 0;
  for (let block = k.readLong(listhead); block !== 0;) {
    const tast = TAST.at(k, block);
    mask |= tast.TAST$L_MASK;
    block = tast.TAST$L_FLINK;
  }
  k.writeLong(summary, mask >>> 0);
}

/**
 * COM$DELCTRLAST: delivers the ASTs that want `character`; one whose last delivery is still under way is skipped.
 *
 * @param pid  only this process's, 0 for all @returns whether the character also belongs to the input
 * Device IPL. @source digest ch07 2.15, facts 40, 41
 */
export function COM$DELCTRLAST(k: Kernel, listhead: number, character: number, pid: number): boolean {
  let include = false;
  for (let block = k.readLong(listhead); block !== 0;) {
    const tast = TAST.at(k, block);
    if (((tast.TAST$L_MASK >>> character) & 1) !== 0 && (pid === 0 || tast.TAST$L_PID === pid)) {
      if (tast.TAST$V_INCLUDE !== 0) include = true;
      if (tast.TAST$V_BUSY === 0) {
        tast.TAST$V_BUSY = 1;
        tast.TAST$L_ASTPRM = character;
        FKB.at(k, block).FKB$B_FIPL = IPL$_QUEUEAST;
        EXE$FORK(k, block, k.symbol('COM$CTRLFORK'), 0, 0);
      }
    }
    block = tast.TAST$L_FLINK;
  }
  return include;
}

/** COM$FLUSHCTRLS: takes back the requests of a process and channel. @source digest ch07 2.15, facts 39, 42 */
export function COM$FLUSHCTRLS(k: Kernel, listhead: number, summary: number, pid: number, channel: number): void {
  let link = listhead;
  for (let block = k.readLong(link); block !== 0; block = k.readLong(link)) {
    const tast = TAST.at(k, block);
    if (tast.TAST$L_PID !== pid || tast.TAST$W_CHAN !== channel) {
      link = block + TAST.offset.TAST$L_FLINK;
      continue;
    }
    k.writeLong(link, tast.TAST$L_FLINK);
    if (tast.TAST$V_BUSY !== 0) tast.TAST$V_LOST = 1;
    else release(k, block);
  }
  rebuildSummary(k, listhead, summary);
}

function release(k: Kernel, block: number): void {
  const owner = EXE$IPID_TO_PCB(k, TAST.at(k, block).TAST$L_PID);
  if (owner !== 0) {
    const pcb = PCB.at(k, owner);
    pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT + 1;
  }
  EXE$DEANONPAGED(k, block);
}

/** The fork process: the block becomes an ACB with a piggyback routine. R5 = block. IPL$_QUEUEAST. */
function outOfBandFork(k: Kernel): void {
  const block = k.register(5);
  const tast = TAST.at(k, block);
  const acb = ACB.at(k, block);
  acb.ACB$W_SIZE = TAST.size;
  acb.ACB$B_TYPE = DYN$C_ACB;
  acb.ACB$B_RMOD = (tast.TAST$B_RMOD & 3) | ACB$M_NODELETE | ACB$M_PKAST;
  acb.ACB$L_PID = tast.TAST$L_PID;
  acb.ACB$L_AST = tast.TAST$L_AST;
  acb.ACB$L_ASTPRM = tast.TAST$L_ASTPRM;
  acb.ACB$L_KAST = k.symbol('COM$CTRLPKAST');
  if (SCH$QAST(k, block, PRI$_TICOM) !== SS$_NORMAL) outOfBandDelivered(k, block);
}

/** The piggyback routine, just before the AST procedure runs: the block is free for the next character, or goes if it was lost. */
function outOfBandDelivered(k: Kernel, block: number): void {
  const tast = TAST.at(k, block);
  tast.TAST$V_BUSY = 0;
  if (tast.TAST$V_LOST !== 0) release(k, block);
}

export const OUT_OF_BAND_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('COM$CTRLFORK', outOfBandFork),
  jsbRoutine('COM$CTRLPKAST', (k) => { outOfBandDelivered(k, k.register(5)); }),
];
