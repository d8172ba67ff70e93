import type { Kernel } from '../kernel.js';
import { readText } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';

/** The PCB vector at process creation: names in use, the next free slot, its sequence number. @source book 20.1.3, 20.1.4; digest ch20 1.4 */

/** A name is taken when another process of the same UIC group has it. */
export function nameInUse(k: Kernel, name: string, uic: number, except = 0): boolean {
  if (name === '') return false;
  const group = uic >>> 16;
  for (let index = 0; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const address = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (address === except || (index !== 0 && address === k.symbol('SCH$GL_NULLPCB'))) continue;
    const pcb = PCB.at(k, address);
    const length = k.readByte(address + PCB.offset.PCB$T_LNAME);
    if (pcb.PCB$W_GRP === group && length === name.length && readText(k, address + PCB.offset.PCB$T_LNAME + 1, length) === name) return true;
  }
  return false;
}

/**
 * The process index to use next: scan of the PCB vector from behind the one given out last.
 *
 * @returns undefined when every slot is in use or SCH$GW_PROCLIM processes exist
 */
export function findSlot(k: Kernel): number | undefined {
  if (k.sys.SCH$GW_PROCCNT >= k.sys.SCH$GW_PROCLIM) return undefined;
  const count = k.sys.SCH$GL_MAXPIX + 1;
  const free = k.symbol('SCH$GL_NULLPCB');
  let index = k.sys.SCH$GL_PIXLAST;
  for (let tried = 0; tried < count; tried += 1) {
    index = index + 1 >= count ? 2 : index + 1;
    if (k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index) === free) return index;
  }
  return undefined;
}

/** Puts the PCB in its slot under the next sequence number (0 after 32767) and makes the internal PID. */
export function claimSlot(k: Kernel, index: number, pcbAddress: number): number {
  const sequenceAt = k.sys.SCH$GL_SEQVEC + 2 * index;
  const sequence = (k.readWord(sequenceAt) + 1) & 0x7fff;
  k.writeWord(sequenceAt, sequence);
  k.writeLong(k.sys.SCH$GL_PCBVEC + 4 * index, pcbAddress);
  k.sys.SCH$GL_PIXLAST = index;
  k.sys.SCH$GW_PROCCNT = k.sys.SCH$GW_PROCCNT + 1;
  return ((sequence << 16) | index) >>> 0;
}
