import type { Kernel } from '../kernel.js';
import { createPages } from '../memory/address-space.js';
import { PAGE_SIZE } from '../memory/page-tables.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../structures/p1-cells.js';
import { PHD } from '../structures/phd.js';
import { PRT$C_UW } from '../structures/pte.js';

const USER = 3;
const P1 = 1;

/**
 * EXE$EXPANDSTK for a procedure microroutine, which cannot be started again after an access violation: makes the user stack reach down to
 * `address` on the spot.
 *
 * @returns false when it is not user mode that wants it, the address is not below P1 space, or the space is used up
 * @source book 17.2.1.2; digest ch04 H.1
 */
export function expandStackInPlace(k: Kernel, address: number): boolean {
  if (k.cpu.currentMode !== USER || address >>> 30 !== P1) return false;
  const firstFree = PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_FREP1VA & ~(PAGE_SIZE - 1);
  const low = address & ~(PAGE_SIZE - 1);
  if (low >>> 0 > firstFree >>> 0) return false;
  const status = createPages(k, low >>> 0, ((firstFree >>> 0) - (low >>> 0)) / PAGE_SIZE + 1, PRT$C_UW, USER);
  if (!(status & 1)) return false;
  k.writeLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$AL_STACKLIM + 4 * USER, low);
  return true;
}
