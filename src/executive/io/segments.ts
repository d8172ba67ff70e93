import type { Kernel } from '../kernel.js';
import type { IRP } from '../structures/irp.js';
import { DISKUCB } from '../structures/ucb.js';
import { WCB, WCB$K_LENGTH } from '../structures/volume.js';

/**
 * Transfers larger than the device or the file's window allows at once: one request, several passes through the driver.
 * IRP$L_SEGVBN is the first block of the pass (VBN, or LBN of logical I/O), IRP$L_OBCNT the whole, IRP$L_ABCNT what is done.
 * @source book 18.5.3; digest ch18 2.10
 */

type RequestPacket = ReturnType<typeof IRP.at>;

const BLOCK = 512;
/** Largest transfer of a disk whose UCB$L_MAXBCNT is 0: 64K - 512. @source digest ch18 fact 39 */
export const DEFAULT_MAXBCNT = 65024;

export const SEGMENT_DONE = 0;
export const SEGMENT_TO_DRIVER = 1;
export const SEGMENT_TO_ACP = 2;

export function maximumTransfer(k: Kernel, ucb: number): number {
  const maximum = DISKUCB.at(k, ucb).UCB$L_MAXBCNT;
  return maximum === 0 ? DEFAULT_MAXBCNT : maximum;
}

/**
 * IOC$MAPVBLK: where the blocks of a file are, as far as its window tells: the extent with the first block and, when it goes on right
 * behind, the next one.
 *
 * @param bytes  length of the transfer
 * @returns first LBN and bytes mapped there; 0 bytes when the window does not hold the first block
 * @source digest ch18 2.10, fact 38
 */
export function IOC$MAPVBLK(k: Kernel, window: number, vbn: number, bytes: number): { lbn: number; mapped: number } {
  for (let at = window; at !== 0; at = WCB.at(k, at).WCB$L_LINK) {
    const wcb = WCB.at(k, at);
    let start = wcb.WCB$L_STVBN;
    const count = wcb.WCB$W_NMAP;
    for (let index = 0; index < count; index += 1) {
      const entry = at + WCB$K_LENGTH + 6 * index;
      const blocks = k.readWord(entry);
      if (vbn >= start && vbn < start + blocks) {
        const lbn = k.readLong(entry + 2) + (vbn - start);
        let available = start + blocks - vbn;
        if (index + 1 < count && k.readLong(entry + 8) === lbn + available) available += k.readWord(entry + 6);
        return { lbn, mapped: Math.min(bytes, available * BLOCK) };
      }
      start += blocks;
    }
  }
  return { lbn: 0, mapped: 0 };
}

/**
 * Sets up one pass of a transfer that begins at IRP$L_SEGVBN with `left` bytes to go.
 *
 * @returns SEGMENT_TO_DRIVER, or SEGMENT_TO_ACP when the window must be turned first
 */
export function prepareSegment(k: Kernel, irp: RequestPacket, left: number): number {
  const limited = Math.min(left, maximumTransfer(k, irp.IRP$L_UCB));
  if (irp.IRP$V_VIRTUAL === 0) {
    irp.IRP$L_BCNT = limited;
    irp.IRP$L_MEDIA = irp.IRP$L_SEGVBN;
    return SEGMENT_TO_DRIVER;
  }
  const { lbn, mapped } = irp.IRP$L_WIND === 0 ? { lbn: 0, mapped: 0 } : IOC$MAPVBLK(k, irp.IRP$L_WIND, irp.IRP$L_SEGVBN, limited);
  if (mapped === 0) {
    irp.IRP$L_BCNT = left;
    return SEGMENT_TO_ACP;
  }
  irp.IRP$L_BCNT = mapped;
  irp.IRP$L_MEDIA = lbn;
  return SEGMENT_TO_DRIVER;
}

/** A pass is over (IPL 4): the next one, or the end with the status block and the original buffer in the packet. */
export function nextSegment(k: Kernel, irp: RequestPacket): number {
  const total = irp.IRP$L_OBCNT;
  if (total === 0) return SEGMENT_DONE;
  const before = irp.IRP$L_ABCNT;
  const status = irp.IRP$L_IOST1 & 0xffff;
  const transferred = Math.min(irp.IRP$L_IOST1 >>> 16, total - before);
  const done = before + transferred;
  irp.IRP$L_ABCNT = done;
  const goesOn = (status & 1) !== 0 && transferred > 0 && done < total;
  if (!goesOn) {
    // Where it stopped: of a failed virtual transfer the XQP wants to know.
    irp.IRP$L_SEGVBN = irp.IRP$L_SEGVBN + (transferred / BLOCK >>> 0);
    irp.IRP$L_SVAPTE = irp.IRP$L_SVAPTE - 4 * (before / BLOCK >>> 0);
    irp.IRP$L_BCNT = total;
    irp.IRP$L_IOST1 = (status | (done << 16)) >>> 0;
    irp.IRP$L_IOST2 = done >>> 16;
    return SEGMENT_DONE;
  }
  irp.IRP$L_SVAPTE = irp.IRP$L_SVAPTE + 4 * (transferred / BLOCK);
  irp.IRP$L_SEGVBN = irp.IRP$L_SEGVBN + transferred / BLOCK;
  return prepareSegment(k, irp, total - done);
}
