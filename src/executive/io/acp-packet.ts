import type { Kernel } from '../kernel.js';
import type { IRP } from '../structures/irp.js';
import { structure } from '../structures/structure.js';

/**
 * The buffer packet of a file function (IRP$V_COMPLX): a header, descriptors of what the requester passed, then the data. The file
 * system reads its arguments there and leaves its results there; BUFPOST copies back every descriptor whose count is not zero.
 * IRP$W_BCNT is the number of descriptors. @source public $AIBDEF; digest ch18 2.7
 */
export const AIB = structure('AIB', 12, {
  0x00: ['AIB$L_DESCRIPT', 'address of the first descriptor'],
  0x04: ['AIB$L_NEXT', 'unused'],
  0x08: ['AIB$W_SIZE', 'structure size in bytes'],
  0x0a: ['AIB$B_TYPE', 'DYN$C_BUFIO'],
  0x0b: ['AIB$B_MODE', 'access mode of the requester'],
});

/** One descriptor. An attribute descriptor has the attribute code in its ABD$B_ATTRIB; the text is at ABD + ABD$W_TEXT. */
export const ABD = structure('ABD', 12, {
  0x00: ['ABD$W_TEXT', 'offset of the data from the start of this descriptor'],
  0x02: ['ABD$W_COUNT', 'bytes of data'],
  0x04: ['ABD$L_USERVA', 'where the data came from and goes back to'],
  0x08: ['ABD$W_ATTRIB', 'attribute code (ATR$C_), 0 for the fixed descriptors'],
  0x0a: ['ABD$W_UNUSED', ''],
});

/** Order of the fixed descriptors. */
export const ABD$C_WINDOW = 0;
export const ABD$C_FIB = 1;
export const ABD$C_NAME = 2;
export const ABD$C_RESL = 3;
export const ABD$C_RES = 4;
export const ABD$C_ATTRIB = 5;

export const AIB$K_LENGTH = AIB.size;
export const ABD$K_LENGTH = ABD.size;

/** Address of descriptor `index` of a packet. */
export function descriptorAt(packet: number, index: number): number {
  return packet + AIB$K_LENGTH + ABD$K_LENGTH * index;
}

/** Gives each piece of data that is to go back, with its address in the requester's memory, to `store`. */
export function copyComplexBuffer(k: Kernel, irp: ReturnType<typeof IRP.at>, store: (address: number, bytes: Uint8Array) => void): void {
  const count = irp.IRP$W_BCNT;
  for (let index = 0; index < count; index += 1) {
    const abd = ABD.at(k, descriptorAt(irp.IRP$L_SVAPTE, index));
    const length = abd.ABD$W_COUNT;
    if (length !== 0 && abd.ABD$L_USERVA !== 0) store(abd.ABD$L_USERVA, k.readBytes(abd.address + abd.ABD$W_TEXT, length));
  }
}
