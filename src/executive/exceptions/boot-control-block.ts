import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { DYN$C_INIT } from '../structures/dyn.js';
import { structure } from '../structures/structure.js';
import type { DumpExtent, DumpWriter } from './dump-format.js';

/**
 * The boot control block: where on the system disk a fatal bugcheck finds what it needs, noted when the system starts, because no
 * file system can be trusted then. Located by EXE$GQ_BOOTCB_D (size, address); its checksum is computed again before it is used.
 *
 * choice: layout. The book's block holds a window of SYS.EXE too; ours is not read from the disk.
 * @source book 8.2.4, 25.1.2 step g; digest ch08 1.6
 */
export const BOOTCB = structure('BOOTCB', 24, {
  0x00: ['BOOTCB$L_CHECKSUM', 'sum of the longwords that follow the header'],
  0x04: ['BOOTCB$L_SPARE', ''],
  0x08: ['BOOTCB$W_SIZE', 'structure size in bytes'],
  0x0a: ['BOOTCB$B_TYPE', 'DYN$C_INIT'],
  0x0b: ['BOOTCB$B_SPARE', ''],
  0x0c: ['BOOTCB$L_DMPSIZ', 'blocks of the dump file'],
  0x10: ['BOOTCB$L_COUNT', 'extents of the dump file'],
  0x14: ['BOOTCB$L_MAP', 'the extents: first block and number of blocks of each'],
});

const HEADER = 12;
const EXTENT = 8;

/** EXE$BOOTCB_CHK: the checksum of the block as it is. */
export function EXE$BOOTCB_CHK(k: Kernel, address: number): number {
  const size = BOOTCB.at(k, address).BOOTCB$W_SIZE;
  let sum = 0;
  for (let at = HEADER; at + 4 <= size; at += 4) sum = (sum + k.readLong(address + at)) >>> 0;
  return sum;
}

/** Builds the block for the dump file the system was started with. EXE$INIT. */
export function makeBootControlBlock(k: Kernel, writer: DumpWriter | undefined): void {
  const extents: readonly DumpExtent[] = writer === undefined ? [] : writer.extents ?? [{ lbn: 0, count: writer.blocks }];
  const size = BOOTCB.offset.BOOTCB$L_MAP + EXTENT * Math.max(1, extents.length);
  const address = allocateBlock(k, size, DYN$C_INIT);
  if (address === 0) throw new Error('nonpaged pool too small to boot');
  const block = BOOTCB.at(k, address);
  block.BOOTCB$L_DMPSIZ = writer?.blocks ?? 0;
  block.BOOTCB$L_COUNT = extents.length;
  extents.forEach(({ lbn, count }, index) => {
    const at = address + BOOTCB.offset.BOOTCB$L_MAP + EXTENT * index;
    k.writeLong(at, lbn);
    k.writeLong(at + 4, count);
  });
  block.BOOTCB$L_CHECKSUM = EXE$BOOTCB_CHK(k, address);
  const descriptor = k.symbol('EXE$GQ_BOOTCB_D');
  k.writeLong(descriptor, size);
  k.writeLong(descriptor + 4, address);
}

/** Whether the block is as EXE$INIT left it. */
export function bootControlBlockIsGood(k: Kernel): boolean {
  const address = k.readLong(k.symbol('EXE$GQ_BOOTCB_D') + 4);
  return address !== 0 && BOOTCB.at(k, address).BOOTCB$L_CHECKSUM === EXE$BOOTCB_CHK(k, address);
}

/** Writes blocks of the dump file where the block says they are; what lies behind its end is left out. */
export function writeThroughMap(k: Kernel, writer: DumpWriter, block: number, bytes: Uint8Array): void {
  const BLOCK = 512;
  const address = k.readLong(k.symbol('EXE$GQ_BOOTCB_D') + 4);
  let skip = block - 1;
  let done = 0;
  const count = BOOTCB.at(k, address).BOOTCB$L_COUNT;
  for (let index = 0; index < count && done < bytes.length; index += 1) {
    const at = address + BOOTCB.offset.BOOTCB$L_MAP + EXTENT * index;
    const blocks = k.readLong(at + 4);
    if (skip >= blocks) {
      skip -= blocks;
      continue;
    }
    const part = Math.min(blocks - skip, Math.floor((bytes.length - done) / BLOCK));
    if (part <= 0) return;
    writer.write(block + done / BLOCK, bytes.subarray(done, done + part * BLOCK), k.readLong(at) + skip);
    done += part * BLOCK;
    skip = 0;
  }
}
