import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { DiskFile, OverlayDisk } from '../console/disk-file.js';
import { hostSystemTime } from '../console/runner.js';
import type { BlockStore } from '../emulator/devices/disk.js';
import { DUMP_OVERHEAD_BLOCKS } from '../executive/exceptions/dump-format.js';
import { buildSystemDiskInto, stampFile, systemDiskStamp, updateSystemDisk } from '../sysgen/system-disk.js';
import { COMMON_IMAGES } from '../system/images.js';
import { EXAMPLE_FILES } from '../system/example-files.js';
import { systemFiles } from '../system/system-files.js';
import { lockFile } from './lock-file.js';
import { EX_CANTCREAT, EX_NOINPUT, UsageError } from './usage.js';

/** Where the program keeps what lasts: nothing is written outside. */
export function dataDirectory(given: string | undefined): string {
  return given ?? process.env['STARLET_HOME'] ?? join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'starlet');
}

const SYSTEM_DISK_BLOCKS = 120_000;
/** Room for the dump of a 16 MB machine. */
const DUMP_BLOCKS = 32768 + DUMP_OVERHEAD_BLOCKS;
const PAGE_FILE_BLOCKS = 16384;
const SWAP_FILE_BLOCKS = 8192;

/**
 * Opens the system disk: the one given, or the one in the data directory, which is made when it is not there. A disk to be written belongs to
 * this process alone; one that another build has made is brought up to date.
 */
export function openSystemDisk(disk: string | undefined, directory: string): DiskFile {
  const path = pathOf(disk, directory);
  lockFile(path);
  try {
    const opened = new DiskFile(path);
    bringUpToDate(opened);
    return opened;
  } catch (error) {
    throw new UsageError(`cannot open ${path}: ${(error as Error).message}`, EX_CANTCREAT);
  }
}

/** The same for reading: what is written, the update included, stays in memory. */
export function openSystemDiskOverlay(disk: string | undefined, directory: string): { readonly disk: OverlayDisk; readonly path: string; close(): void } {
  const path = pathOf(disk, directory);
  try {
    const below = new DiskFile(path, { readOnly: true });
    const overlay = new OverlayDisk(below);
    bringUpToDate(overlay);
    return { disk: overlay, path, close: () => { below.close(); } };
  } catch (error) {
    throw new UsageError(`cannot open ${path}: ${(error as Error).message}`, EX_CANTCREAT);
  }
}

function pathOf(disk: string | undefined, directory: string): string {
  if (disk !== undefined) {
    if (!existsSync(disk)) throw new UsageError(`no disk ${disk}`, EX_NOINPUT);
    return disk;
  }
  const path = defaultDiskPath(directory);
  try {
    if (!existsSync(path)) makeSystemDisk(path);
    return path;
  } catch (error) {
    throw new UsageError(`cannot make ${path}: ${(error as Error).message}`, EX_CANTCREAT);
  }
}

/** What identifies this build: its bundle. A source tree run by tests has none, and its disks are new. */
function buildStamp(): string {
  const program = process.argv[1];
  return program === undefined || !existsSync(program) ? 'source' : createHash('sha256').update(readFileSync(program)).digest('hex');
}

function bringUpToDate(disk: BlockStore): void {
  const date = hostSystemTime();
  const stamp = buildStamp();
  if (systemDiskStamp(disk) !== stamp) updateSystemDisk(disk, systemFiles(COMMON_IMAGES, EXAMPLE_FILES, date), stamp, date);
}

/** The system disk of the data directory. */
export const defaultDiskPath = (directory: string): string => join(directory, 'system.dsk');

/** The sizes of a system disk: the default ones; a smaller disk has a smaller dump and page file. */
export const DEFAULT_DISK_BLOCKS = SYSTEM_DISK_BLOCKS;
export const LEAST_DISK_BLOCKS = 8000;

/**
 * Makes a system disk, under another name first, so that an interrupted build leaves no half a disk; one that is there is replaced.
 *
 * @throws what the host's file system says
 */
export function makeSystemDisk(path: string, blocks = SYSTEM_DISK_BLOCKS): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const disk = new DiskFile(unfinished, { blocksIfNew: blocks });
  try {
    const date = hostSystemTime();
    buildSystemDiskInto(disk, [...systemFiles(COMMON_IMAGES, EXAMPLE_FILES, date), stampFile(buildStamp())], {
      date, dumpFileBlocks: Math.min(DUMP_BLOCKS, Math.floor(blocks / 3)), pageFileBlocks: Math.min(PAGE_FILE_BLOCKS, Math.floor(blocks / 6)),
      swapFileBlocks: Math.min(SWAP_FILE_BLOCKS, Math.floor(blocks / 8)),
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
