import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { DYN$C_RIGHTSLIST } from '../structures/dyn.js';
import { PCB } from '../structures/pcb.js';

/**
 * Rights lists of the access rights block, which is part of the PCB: first the descriptor of the local list (the UIC and what follows it
 * there), then up to two more segments, a zero ends. An extended list is a nonpaged block of type DYN$C_RIGHTSLIST that belongs to one
 * process. @source book 20.1.1 step 5e, Figure E-3; digest ch20 1.3
 */
const SEGMENTS = 4;
const ARB_BYTES = 120;

function segments(k: Kernel, pcb: number): number[] {
  return Array.from({ length: SEGMENTS }, (_, index) => k.readLong(pcb + PCB.offset.PCB$R_RIGHTSLIST + 4 * index));
}

/** Bytes of an identifier and its attributes. */
const RIGHT = 8;

/**
 * Puts identifiers behind the UIC in the local list of a process; a zero ends them. choice: what does not fit (more than seven) is left out, no
 * extended list is made.
 */
export function storeRights(k: Kernel, pcb: number, identifiers: Uint8Array): void {
  const list = pcb + PCB.offset.PCB$L_UIC;
  const room = k.readLong(pcb + PCB.offset.PCB$R_RIGHTSDESC) - RIGHT;
  if (room <= 0) return;
  k.writeLong(list + 4, 0);
  k.writeBytes(list + RIGHT, new Uint8Array(room));
  k.writeBytes(list + RIGHT, identifiers.subarray(0, room - (room % RIGHT)));
}

/** The extended lists a process owns. */
export function extendedRights(k: Kernel, pcb: number): number[] {
  return segments(k, pcb).slice(1).filter((list) => list !== 0 && k.readByte(list + 10) === DYN$C_RIGHTSLIST);
}

/**
 * Gives a new PCB the whole access rights block of its creator: what points into the creator's PCB then points into the new one, and
 * extended lists are copied.
 *
 * @param room  a block for each of `extendedRights` of the creator, with size and type
 */
export function copyRights(k: Kernel, creator: number, pcb: number, room: readonly number[]): void {
  const local = pcb + PCB.offset.PCB$R_RIGHTSDESC;
  const own = extendedRights(k, creator);
  k.writeLong(pcb + PCB.offset.PCB$R_RIGHTSLIST, local);
  k.writeLong(local, ARB_BYTES - (PCB.offset.PCB$L_UIC - PCB.offset.PCB$Q_PRIV));
  k.writeLong(local + 4, pcb + PCB.offset.PCB$L_UIC);
  segments(k, creator).forEach((list, index) => {
    const which = own.indexOf(list);
    if (index === 0 || which < 0) return;
    const copy = room[which]!;
    k.writeBytes(copy + 12, k.readBytes(list + 12, k.readWord(list + 8) - 12));
    k.writeLong(pcb + PCB.offset.PCB$R_RIGHTSLIST + 4 * index, copy);
  });
}

/** Process deletion: the extended lists go back to pool. @source book 22.2.2 step 23 */
export function releaseRights(k: Kernel, pcb: number): void {
  for (const list of extendedRights(k, pcb)) EXE$DEANONPAGED(k, list);
}
