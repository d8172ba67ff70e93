import type { DumpWriter } from '../executive/exceptions/dump-format.js';
import { FileFailure } from '../filesystem/file-failure.js';
import type { BlockStore } from '../filesystem/block-io.js';
import type { Extent } from '../filesystem/retrieval.js';
import { systemFileExtents } from './system-disk.js';

/** SYS$SYSTEM:SYSDUMP.DMP as a bugcheck writes it: by block numbers found at boot, for at a crash no file system can be trusted. @source digest ch08 fact 37 */

const BLOCK = 512;
/** Block number of what is not on the disk. */
const BEYOND = 0x4000_0000;
/** The dump file; where there is none, the primary page file takes its place. @source digest ch08 2.7 */
const DUMP_FILES = ['[SYS0.SYSEXE]SYSDUMP.DMP', '[SYS0.SYSEXE]PAGEFILE.SYS'];

/** Where the blocks of the dump lie; undefined when the volume has no file for it, or is none. */
function dumpExtents(store: BlockStore): readonly Extent[] | undefined {
  try {
    for (const name of DUMP_FILES) {
      const extents = systemFileExtents(store, name);
      if (extents && extents.length > 0) return extents;
    }
    return undefined;
  } catch (error) {
    if (error instanceof FileFailure) return undefined;
    throw error;
  }
}

/** Writes the dump to the dump file of a system disk, as far as it has room; undefined when there is no dump file. */
export function systemDumpWriter(store: BlockStore): DumpWriter | undefined {
  const extents = dumpExtents(store);
  const blocks = (extents ?? []).reduce((sum, { count }) => sum + count, 0);
  if (!extents || blocks === 0) return undefined;
  return {
    blocks,
    extents,
    write(_block, bytes, lbn) {
      try {
        store.write(lbn, bytes);
      } catch {
        // A bugcheck has nobody to tell: what could not be written is not there.
      }
    },
  };
}

/** One dump into two files, each as far as it has room. */
export function bothDumpWriters(first: DumpWriter | undefined, second: DumpWriter | undefined): DumpWriter | undefined {
  if (!first || !second) return first ?? second;
  const cut = (writer: DumpWriter, block: number, bytes: Uint8Array, lbn: number): void => {
    const room = Math.max(0, writer.blocks - block + 1) * BLOCK;
    if (room > 0) writer.write(block, bytes.subarray(0, room), lbn);
  };
  const blocks = Math.max(first.blocks, second.blocks);
  // What goes beyond the file on the disk is in the other only, wherever that may be.
  const beyond = blocks - first.blocks;
  return {
    blocks,
    extents: [...first.extents ?? [], ...(beyond > 0 ? [{ lbn: BEYOND, count: beyond }] : [])],
    write(block, bytes, lbn) {
      cut(first, block, bytes, lbn);
      cut(second, block, bytes, lbn);
    },
  };
}
