import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
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
/** An extended list: a descriptor of what follows it, size and type of the block, and room for so many identifiers. */
const EXTENDED_HEADER = 12;
const EXTENDED_RIGHTS = 32;

/** An identifier that a process holds, and KGB$M_ attributes. */
export interface Right {
  readonly value: number;
  readonly attributes: number;
}

/** Length and address of each list of a process; the UIC is the first identifier of the first. */
function lists(k: Kernel, pcb: number): { readonly at: number; readonly bytes: number }[] {
  return segments(k, pcb).filter((segment) => segment !== 0).map((segment) => ({ bytes: k.readLong(segment), at: k.readLong(segment + 4) }));
}

/** What a process holds, its UIC first. A zero ends each list. */
export function rightsOf(k: Kernel, pcb: number): Right[] {
  const found: Right[] = [];
  for (const { at, bytes } of lists(k, pcb)) {
    for (let right = at; right + RIGHT <= at + bytes; right += RIGHT) {
      const value = k.readLong(right);
      // A UIC may be [0,0].
      if (value === 0 && found.length > 0) break;
      found.push({ value, attributes: k.readLong(right + 4) });
    }
  }
  return found;
}

/**
 * Gives a process other identifiers behind its UIC: in the local list, and what does not fit there in an extended one.
 *
 * @returns false: there are too many, or no pool for the list; nothing is changed
 */
export function storeRights(k: Kernel, pcb: number, rights: readonly Right[]): boolean {
  const local = pcb + PCB.offset.PCB$L_UIC;
  const here = Math.floor(k.readLong(pcb + PCB.offset.PCB$R_RIGHTSDESC) / RIGHT) - 1;
  let [extended] = extendedRights(k, pcb);
  if (rights.length > here) {
    if (rights.length - here > EXTENDED_RIGHTS) return false;
    extended ??= newExtendedList(k, pcb);
    if (extended === 0) return false;
  }
  // No attributes go with a UIC.
  k.writeLong(local + 4, 0);
  writeList(k, local + RIGHT, here, rights.slice(0, here));
  if (extended !== undefined) writeList(k, extended + EXTENDED_HEADER, EXTENDED_RIGHTS, rights.slice(here));
  return true;
}

function writeList(k: Kernel, at: number, room: number, rights: readonly Right[]): void {
  for (let index = 0; index < room; index += 1) {
    k.writeLong(at + RIGHT * index, rights[index]?.value ?? 0);
    k.writeLong(at + RIGHT * index + 4, rights[index]?.attributes ?? 0);
  }
}

/** @returns 0 when there is no pool */
function newExtendedList(k: Kernel, pcb: number): number {
  const list = allocateBlock(k, EXTENDED_HEADER + RIGHT * EXTENDED_RIGHTS, DYN$C_RIGHTSLIST);
  if (list === 0) return 0;
  describe(k, list);
  k.writeLong(pcb + PCB.offset.PCB$R_RIGHTSLIST + 4, list);
  return list;
}

/** The descriptor at the beginning of an extended list. */
function describe(k: Kernel, list: number): void {
  k.writeLong(list, RIGHT * EXTENDED_RIGHTS);
  k.writeLong(list + 4, list + EXTENDED_HEADER);
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
    k.writeBytes(copy + EXTENDED_HEADER, k.readBytes(list + EXTENDED_HEADER, k.readWord(list + 8) - EXTENDED_HEADER));
    describe(k, copy);
    k.writeLong(pcb + PCB.offset.PCB$R_RIGHTSLIST + 4 * index, copy);
  });
}

/** Process deletion: the extended lists go back to pool. @source book 22.2.2 step 23 */
export function releaseRights(k: Kernel, pcb: number): void {
  for (const list of extendedRights(k, pcb)) EXE$DEANONPAGED(k, list);
}
