import type { DumpWriter } from '../executive/exceptions/dump-format.js';
import { FileFailure } from '../filesystem/file-failure.js';
import type { BlockStore } from '../filesystem/block-io.js';
import type { Extent } from '../filesystem/retrieval.js';
import { systemFileExtents } from './system-disk.js';

/** SYS$SYSTEM:SYSDUMP.DMP as a bugcheck writes it: by block numbers found at boot, for at a crash no file system can be trusted. @source digest ch08 fact 37 */

const BLOCK = 512;
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
    write(block, bytes) {
      try {
        let skip = block - 1;
        let done = 0;
        for (const { lbn, count } of extents) {
          if (skip >= count) {
            skip -= count;
            continue;
          }
          const part = Math.min(count - skip, Math.floor((bytes.length - done) / BLOCK));
          if (part <= 0) return;
          store.write(lbn + skip, bytes.subarray(done, done + part * BLOCK));
          done += part * BLOCK;
          skip = 0;
        }
      } catch {
        // A bugcheck has nobody to tell: what could not be written is not there.
      }
    },
  };
}

/** One dump into two files, each as far as it has room. */
export function bothDumpWriters(first: DumpWriter | undefined, second: DumpWriter | undefined): DumpWriter | undefined {
  if (!first || !second) return first ?? second;
  const cut = (writer: DumpWriter, block: number, bytes: Uint8Array): void => {
    const room = Math.max(0, writer.blocks - block + 1) * BLOCK;
    if (room > 0) writer.write(block, bytes.subarray(0, room));
  };
  return {
    blocks: Math.max(first.blocks, second.blocks),
    write(block, bytes) {
      cut(first, block, bytes);
      cut(second, block, bytes);
    },
  };
}
