import type { Kernel } from '../kernel.js';
import { RSN$_NPDYNMEM } from '../structures/sch.js';
import { SCH$RAVAIL } from '../scheduling/resources.js';
import { EXE$EXTENDPOOL } from './extend.js';
import { EXE$ALLOCATE, EXE$DEALLOCATE, roundToGranule } from './variable-list.js';

/**
 * Nonpaged pool: a variable list and three lookaside lists side by side, LRP, IRP and SRP from low addresses to high (Figure 3-6).
 *
 * A walk of the variable list runs at the IPL in EXE$GL_NONPAGED (11). An atomic routine cannot be interrupted, but callers above
 * that level are wrong all the same: their IPL is lowered meanwhile.
 * @source book 3.2; digest ch03 C, D
 */

/** Bytes of an IRP lookaside packet (IRP$C_LENGTH of the book's Figure 3-7). */
export const IRP_PACKET_SIZE = 208;

/** The lookaside listhead that serves requests of `size` bytes; 0 when none does. @source book Figure 3-7 */
export function lookasideListFor(k: Kernel, size: number): number {
  if (size <= k.sys.IOC$GL_SRPSIZE) return k.symbol('IOC$GL_SRPFL');
  if (size >= k.sys.IOC$GL_IRPMIN && size <= IRP_PACKET_SIZE) return k.symbol('IOC$GL_IRPFL');
  if (size >= k.sys.IOC$GL_LRPMIN && size <= k.sys.IOC$GL_LRPSIZE) return k.symbol('IOC$GL_LRPFL');
  return 0;
}

/**
 * Allocates nonpaged pool: the lookaside list for the size, that list extended, the variable list, that list extended.
 *
 * @param size  bytes, at least 1
 * @returns address of at least that many bytes, a multiple of 16; 0 when there is none. The caller writes size and type.
 * IPL 0 to 11. @source book 3.2.2; digest ch03 C
 */
export function EXE$ALONONPAGED(k: Kernel, size: number): number {
  const list = lookasideListFor(k, size);
  if (list !== 0) {
    const packet = k.removeHead(list) ?? (EXE$EXTENDPOOL(k, 0) ? k.removeHead(list) : undefined);
    if (packet !== undefined) return packet;
  }
  return EXE$ALONPAGVAR(k, size);
}

/**
 * Allocates from the variable list whatever the size, for blocks that will be given back in pieces.
 * @source book 3.2.2; digest ch03 C
 */
export function EXE$ALONPAGVAR(k: Kernel, size: number): number {
  const listhead = k.symbol('EXE$GL_NONPAGED') + 4;
  const rounded = roundToGranule(size);
  const block = atListIpl(k, () => EXE$ALLOCATE(k, listhead, rounded));
  if (block !== 0 || !EXE$EXTENDPOOL(k, rounded)) return block;
  return atListIpl(k, () => EXE$ALLOCATE(k, listhead, rounded));
}

/** A walk of the variable list runs at the IPL in EXE$GL_NONPAGED, which may be lower than the caller's. */
function atListIpl<T>(k: Kernel, body: () => T): T {
  const saved = k.ipl;
  k.ipl = k.readLong(k.symbol('EXE$GL_NONPAGED'));
  try {
    return body();
  } finally {
    k.ipl = saved;
  }
}

/**
 * Gives back a block of nonpaged pool by the size word at its offset 8, to the list in whose addresses it lies, and reports the
 * resource available. A lookaside packet goes back whole, whatever its size word says.
 *
 * @param address  address of the block
 * IPL 8 or below: the scheduler's data is touched. @source book 3.2.3; digest ch03 D
 */
export function EXE$DEANONPAGED(k: Kernel, address: number): void {
  EXE$DEANONPGDSIZ(k, address, k.readWord(address + 8));
}

/** The same with the size in bytes given, for blocks that carry none. */
export function EXE$DEANONPGDSIZ(k: Kernel, address: number, size: number): void {
  const sys = k.sys;
  if (address >= sys.IOC$GL_SRPSPLIT) returnPacket(k, address, k.symbol('IOC$GL_SRPFL'), sys.IOC$GL_SRPSIZE);
  else if (address >= sys.EXE$GL_SPLITADR) returnPacket(k, address, k.symbol('IOC$GL_IRPFL'), IRP_PACKET_SIZE);
  else if (address >= sys.IOC$GL_LRPSPLIT) returnPacket(k, address, k.symbol('IOC$GL_LRPFL'), sys.IOC$GL_LRPSIZE);
  else {
    const rounded = roundToGranule(size);
    poison(k, address, rounded);
    atListIpl(k, () => { EXE$DEALLOCATE(k, k.symbol('EXE$GL_NONPAGED') + 4, address, rounded); });
  }
  SCH$RAVAIL(k, RSN$_NPDYNMEM);
}

function returnPacket(k: Kernel, address: number, listhead: number, size: number): void {
  poison(k, address, size);
  k.insertTail(address, listhead);
}

/**
 * What freed pool is filled with while bit 0 of the parameter USERD1 is set: no link, size or type of this value is ever right.
 * choice: VMS 4.4 has no parameter for this, and USERD1 is meant for the site's own use.
 */
export const POOL_POISON = 0xa5;

/** Fills a block that is being freed, when asked to, so that use after free shows. */
export function poison(k: Kernel, address: number, size: number): void {
  if ((k.sys.SGN$GL_USERD1 & 1) === 0) return;
  k.writeBytes(address, new Uint8Array(size).fill(POOL_POISON));
}
