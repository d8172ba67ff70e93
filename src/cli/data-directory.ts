import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DiskFile } from '../console/disk-file.js';
import { hostSystemTime } from '../console/runner.js';
import { buildSystemDiskInto } from '../sysgen/system-disk.js';
import { COMMON_IMAGES } from '../system/images.js';
import { EXAMPLE_FILES } from '../system/example-files.js';
import { systemFiles } from '../system/system-files.js';
import { EX_CANTCREAT, EX_NOINPUT, UsageError } from './usage.js';

/** Where the program keeps what lasts: nothing is written outside. */
export function dataDirectory(given: string | undefined): string {
  return given ?? process.env['STARLET_HOME'] ?? join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'starlet');
}

const SYSTEM_DISK_BLOCKS = 120_000;
/** Room for the dump of a 16 MB machine. */
const DUMP_BLOCKS = 32768 + 4;
const PAGE_FILE_BLOCKS = 16384;

/** Opens the system disk: the one given, or the one in the data directory, which is made when it is not there. */
export function openSystemDisk(disk: string | undefined, directory: string, readOnly: boolean): DiskFile {
  if (disk !== undefined) {
    if (!existsSync(disk)) throw new UsageError(`no disk ${disk}`, EX_NOINPUT);
    return new DiskFile(disk, { readOnly });
  }
  const path = join(directory, 'system.dsk');
  try {
    if (!existsSync(path)) makeSystemDisk(directory, path);
    return new DiskFile(path, { readOnly });
  } catch (error) {
    throw new UsageError(`cannot make or open ${path}: ${(error as Error).message}`, EX_CANTCREAT);
  }
}

/** Builds under another name first, so that an interrupted build leaves no half a disk. */
function makeSystemDisk(directory: string, path: string): void {
  mkdirSync(directory, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const disk = new DiskFile(unfinished, { blocksIfNew: SYSTEM_DISK_BLOCKS });
  try {
    const date = hostSystemTime();
    buildSystemDiskInto(disk, systemFiles(COMMON_IMAGES, EXAMPLE_FILES, date), {
      date, dumpFileBlocks: DUMP_BLOCKS, pageFileBlocks: PAGE_FILE_BLOCKS,
    });
    disk.flush();
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    disk.close();
  }
}
