import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { SS$_BADVEC, SS$_NORMAL, SS$_NOSHRIMG, SS$_VECFULL } from '../starlet/ssdef.js';
import { DISPATCH_AREAS } from '../structures/p1-cells.js';
import { structure } from '../structures/structure.js';
import { DONE_LIST, icbs } from './icb.js';
import { callsOthers, fixUp } from './fixups.js';

/**
 * Privileged shareable images: each begins with a vector (PLV) of its dispatchers for change mode codes and of its rundown routine. In P1 there is
 * an area for each kind of them: a JSB to every image's routine, and RSB behind the last. @source book 9.4.2; digest ch21 2.7
 */

/**
 * Privileged library vector, the start of an image section with ISD$V_VECTOR. Routines are given by their distance from the longword itself, 0 for none.
 * choice: offsets (Figure 9-6 is lost), as programs that define one have them. @source book 9.4.2
 */
export const PLV = structure('PLV', 32, {
  0x00: ['PLV$L_TYPE', 'PLV$C_TYP_CMOD or PLV$C_TYP_MSG'],
  0x04: ['PLV$L_VERSION', 'reserved'],
  0x08: ['PLV$L_KERNEL', 'kernel mode dispatcher'],
  0x0c: ['PLV$L_EXEC', 'executive mode dispatcher'],
  0x10: ['PLV$L_USRUNDWN', 'user rundown routine'],
  0x14: ['PLV$L_RESERVED', 'reserved'],
  0x18: ['PLV$L_RMS', 'dispatcher of RMS'],
  0x1c: ['PLV$L_CHECK', 'address check of an image that is not position independent'],
}, { PLV$L_MSGDSP: 0x08 });

export const PLV$C_TYP_CMOD = 1;
export const PLV$C_TYP_MSG = 2;

const RSB = 0x05;
const JSB = 0x16;
const ABSOLUTE = 0x9f;
const ENTRY = 6;
/** Dispatchers of a kind: 256 bytes of JSBs and the RSB. @source book 9.4.2 */
const MOST_ENTRIES = 42;

/** No dispatchers: the first byte of each area is RSB. Executive mode. */
export function resetVectors(p: Procedure): void {
  for (const area of Object.values(DISPATCH_AREAS)) p.memory.writeByte(area, RSB);
}

/** Adds a call of `routine` to an area. @returns whether there was room */
function addEntry(p: Procedure, area: number, routine: number): boolean {
  let at = area;
  while (p.memory.readByte(at) === JSB) at += ENTRY;
  if ((at - area) / ENTRY >= MOST_ENTRIES) return false;
  p.memory.writeByte(at + ENTRY, RSB);
  p.memory.writeLong(at + 2, routine);
  p.memory.writeByte(at + 1, ABSOLUTE);
  p.memory.writeByte(at, JSB);
  return true;
}

/** The areas that a vector of each type fills, by the offset of the field. */
const FIELDS: readonly (readonly [type: number, offset: number, area: number])[] = [
  [PLV$C_TYP_CMOD, PLV.offset.PLV$L_KERNEL, DISPATCH_AREAS.kernel], [PLV$C_TYP_CMOD, PLV.offset.PLV$L_EXEC, DISPATCH_AREAS.executive],
  [PLV$C_TYP_CMOD, PLV.offset.PLV$L_USRUNDWN, DISPATCH_AREAS.rundown], [PLV$C_TYP_MSG, PLV.offset.PLV$L_KERNEL, DISPATCH_AREAS.message],
];

/**
 * $IMGACT with IAC$V_SETVECTOR: the vectors of all privileged shareable images that are mapped, in the order of their activation. Their addresses
 * are fixed up here, because user mode cannot write to them. Executive mode.
 *
 * @returns SS$_NORMAL; SS$_BADVEC a vector of another type; SS$_NOSHRIMG a privileged image calls other shareable images; SS$_VECFULL more than 42 dispatchers of a kind
 */
export function* setVectors(p: Procedure): Flow<number> {
  resetVectors(p);
  for (const icb of icbs(p.kernel, DONE_LIST)) {
    if (icb.ICB$V_PROTECT === 0) continue;
    // Its code runs in inner modes: nothing that anybody may name is to be called there.
    if (icb.ICB$L_PLV !== 0 && callsOthers(p, icb)) return SS$_NOSHRIMG;
    const fixed = yield* fixUp(p, icb);
    if (!(fixed & 1)) return fixed;
    if (icb.ICB$L_PLV === 0) continue;
    const plv = PLV.at(p.memory, icb.ICB$L_PLV);
    const type = plv.PLV$L_TYPE;
    if (type !== PLV$C_TYP_CMOD && type !== PLV$C_TYP_MSG) return SS$_BADVEC;
    for (const [kind, offset, area] of FIELDS) {
      const distance = kind === type ? p.memory.readLong(plv.address + offset) : 0;
      if (distance !== 0 && !addEntry(p, area, (plv.address + offset + distance) >>> 0)) return SS$_VECFULL;
    }
  }
  return SS$_NORMAL;
}
