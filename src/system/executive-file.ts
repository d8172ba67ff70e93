import type { BlockStore } from '../filesystem/block-io.js';
import { assembleSystem } from '../executive/boot/assemble-system.js';
import { encodeExecutive, type ExecutiveFile } from '../executive/boot/executive-image.js';
import { initRoutines } from '../executive/boot/init.js';
import { swapInitRoutines } from '../executive/boot/swapinit.js';
import { executiveRoutines } from '../executive/boot/sysboot.js';
import { describeSystem } from '../executive/sys-image.js';
import { readSystemFile, systemFileExtents } from '../sysgen/system-disk.js';

const EXECUTIVE = '[SYS0.SYSEXE]SYS.EXE';

/** SYS.EXE of this build. @param systemTime  recorded as the base of the time-of-year clock */
export function executiveFile(systemTime: bigint): Uint8Array {
  const nothing = (): never => { throw new Error('the system is only assembled, not booted'); };
  const description = describeSystem([...initRoutines(nothing), ...swapInitRoutines(nothing)], [], []);
  return encodeExecutive(assembleSystem(description, 0), executiveRoutines(description), systemTime);
}

/** SYS.EXE of a system disk; undefined when the disk has none or is none. */
export function findExecutive(disk: BlockStore): ExecutiveFile | undefined {
  try {
    const bytes = readSystemFile(disk, EXECUTIVE);
    const extents = systemFileExtents(disk, EXECUTIVE);
    return bytes && extents && { bytes, extents };
  } catch {
    return undefined;
  }
}
