import type { Kernel } from '../kernel.js';
import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import { prepareSegment, SEGMENT_TO_DRIVER } from '../io/segments.js';
import { pageFile } from '../memory/backing-store.js';
import { giveToDriver } from '../memory/modified-writer.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { IO$_READVBLK, IO$_WRITEVBLK } from '../starlet/iodef.js';
import { DYN$C_IRP } from '../structures/dyn.js';
import { IRP } from '../structures/irp.js';
import { PCB } from '../structures/pcb.js';
import { PRT$C_ERKW, PTE$M_PFN, PTE$M_VALID, PTE$V_PROT } from '../structures/pte.js';
import { WCB } from '../structures/volume.js';
import { swapBlock, swapFileIndex } from './swap-space.js';

/**
 * The swapper's transfers: pages that lie nowhere together, in one request by way of the array at SWP$GL_MAP, which looks like a page table
 * to the driver and is the P0 page table of the swapper. One at a time (SCH$V_SIP). At its end a kernel AST of the swapper, SWP$IODONE,
 * enters the end action routine whose address is in the cell `ioea`.
 * @source book 14.6.2, 17.4.2; digest ch14 1.11, ch15 4.2
 */
const PAGE = 512;

/** What is to be moved. */
export interface SwapTransfer {
  readonly isWrite: boolean;
  /** PCB$L_WSSWP of the process. */
  readonly place: number;
  /** First block in the space, from 0. */
  readonly block: number;
  readonly frames: readonly number[];
  /** Routine to be called when it is over: R0 low bit set, all went well. */
  readonly endAction: string;
}

/**
 * Sets up the map and the packet.
 *
 * @returns the packet for EXE$INSIOQ; undefined: no pool, nothing is changed
 */
export function beginTransfer(k: Kernel, { isWrite, place, block, frames, endAction }: SwapTransfer): number | undefined {
  const packet = allocateBlock(k, IRP.size, DYN$C_IRP);
  if (packet === 0) return undefined;
  fillMap(k, frames);
  const file = pageFile(k, swapFileIndex(place));
  const irp = IRP.at(k, packet);
  irp.IRP$L_PID = PCB.at(k, k.symbol('SCH$GL_SWPPCB')).PCB$L_PID;
  irp.IRP$B_PRI = 31 - k.sys.SWP$GB_PRIO;
  irp.IRP$L_WIND = file.PFL$L_WINDOW;
  irp.IRP$L_UCB = WCB.at(k, file.PFL$L_WINDOW).WCB$L_ORGUCB;
  irp.IRP$W_FUNC = isWrite ? IO$_WRITEVBLK : IO$_READVBLK;
  irp.IRP$V_FUNC = isWrite ? 0 : 1;
  irp.IRP$V_SWAPIO = 1;
  irp.IRP$V_VIRTUAL = 1;
  irp.IRP$L_ASTPRM = k.symbol('SWP$IODONE');
  irp.IRP$L_SVAPTE = k.sys.SWP$GL_MAP;
  irp.IRP$L_OBCNT = frames.length * PAGE;
  irp.IRP$L_SEGVBN = file.PFL$L_VBN + swapBlock(place) - 1 + block;
  if (prepareSegment(k, irp, irp.IRP$L_OBCNT) !== SEGMENT_TO_DRIVER) throw new Error('the window of a swap file does not map all of it');
  k.writeLong(k.symbol('ioea'), k.symbol(endAction));
  return packet;
}

/** Frames come into the swapper's map, and so into its P0 space, until `endTransfer`; SCH$V_SIP is set as long. */
export function fillMap(k: Kernel, frames: readonly number[]): void {
  const map = k.sys.SWP$GL_MAP;
  frames.forEach((pfn, index) => { k.writeLong(map + 4 * index, (PTE$M_VALID | (PRT$C_ERKW << PTE$V_PROT) | pfn) >>> 0); });
  k.writeLong(map + 4 * frames.length, 0);
  k.sys.SCH$V_SIP = 1;
  k.writeLong(k.symbol('rsvapte'), map);
  k.writeWord(k.symbol('rpgcnt'), frames.length);
}

/** The frames of the transfer that has just ended, in order. The map is empty afterwards. */
export function endTransfer(k: Kernel): number[] {
  const map = k.sys.SWP$GL_MAP;
  const frames: number[] = [];
  const count = k.readWord(k.symbol('rpgcnt'));
  for (let index = 0; index < count; index += 1) {
    frames.push(k.readLong(map + 4 * index) & PTE$M_PFN);
    k.writeLong(map + 4 * index, 0);
  }
  k.writeWord(k.symbol('rpgcnt'), 0);
  k.sys.SCH$V_SIP = 0;
  return frames;
}

/**
 * Whether a transfer may be begun: none is under way, and none has failed in this second.
 * choice: the cell `rwsswp`, whose use by VMS needs more than one request a transfer, holds the uptime to wait for after a failure.
 */
export function mayBegin(k: Kernel): boolean {
  return k.sys.SCH$V_SIP === 0 && k.sys.EXE$GL_ABSTIM >= k.readLong(k.symbol('rwsswp'));
}

/** A transfer has failed: the next one is not begun in this second. */
export function restAfterFailure(k: Kernel): void {
  k.writeLong(k.symbol('rwsswp'), k.sys.EXE$GL_ABSTIM + 1);
}

/** R5 the packet: R0 becomes the end action routine, R1 the status of the transfer. The packet goes. */
const finish = inlineRoutine('SWP_IODONE', (k) => {
  const irp = IRP.at(k, k.register(5));
  k.setRegister(1, irp.IRP$L_IOST1 & 1);
  EXE$DEANONPAGED(k, irp.address);
  k.setRegister(0, k.readLong(k.symbol('ioea')));
});

/** An end action routine: `body` gets whether the transfer went well, and may give the packet of another one. */
export function endAction(body: (k: Kernel, ok: boolean) => number | undefined): (k: Kernel) => void {
  return (k) => {
    const ok = (k.register(1) & 1) !== 0;
    if (!ok) restAfterFailure(k);
    giveToDriver(k, body(k, ok));
  };
}

export const SWAP_IO_ROUTINES: readonly Microroutine[] = [finish];
