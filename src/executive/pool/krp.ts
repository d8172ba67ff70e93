import { RoutineLeft } from '../gate/leave.js';
import type { Kernel } from '../kernel.js';
import { P1_CELLS } from '../structures/p1-cells.js';
import { initializeLookaside } from './lookaside.js';

/** Kernel request packets of a process, and the bytes of each: enough for a 255-character equivalence name. */
export const CTL$C_KRP_COUNT = 8;
export const CTL$C_KRP_SIZE = 512;

const krpListhead = (k: Kernel): number => k.p1.address + P1_CELLS.offset.CTL$GL_KRPFL;

/** Puts the process's kernel request packets, `CTL$C_KRP_COUNT` of them from `base`, on CTL$GL_KRPFL. EXE$PROCSTRT calls this. */
export function initializeKrpList(k: Kernel, base: number): void {
  initializeLookaside(k, krpListhead(k), base, CTL$C_KRP_SIZE, CTL$C_KRP_COUNT);
}

/**
 * A kernel request packet: scratch space for one kernel mode subroutine, taken from the front of the list.
 *
 * @returns its address; with none left, fatal bugcheck KRPEMPTY
 * @source book 3.5; digest ch03 H
 */
export function allocateKrp(k: Kernel): number {
  const packet = k.removeHead(krpListhead(k));
  if (packet !== undefined) return packet;
  k.jump(k.symbol('EXE$KRPEMPTY'));
  throw new RoutineLeft('bugcheck KRPEMPTY');
}

/** Gives it back, to the front also: the packet used last is the one most likely to be in the working set. */
export function deallocateKrp(k: Kernel, packet: number): void {
  k.insertQueue(packet, krpListhead(k));
}
