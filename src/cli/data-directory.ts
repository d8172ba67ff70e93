import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { DiskFile, OverlayDisk } from '../console/disk-file.js';
import { hostSystemTime } from '../console/runner.js';
import type { BlockStore } from '../emulator/devices/disk.js';
import type { AssemblyStore, KeptText } from '../executive/boot/assembly-store.js';
import { DUMP_OVERHEAD_BLOCKS } from '../executive/exceptions/dump-format.js';
import { FileFailure } from '../filesystem/file-failure.js';
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
    throw cannotOpen(path, error);
  }
}

/** What is said of a system disk that cannot be opened: the host's reason, or that it is none. */
function cannotOpen(path: string, error: unknown): UsageError {
  return new UsageError(error instanceof FileFailure ? `${path} is not a system disk` : `cannot open ${path}: ${(error as Error).message}`, EX_CANTCREAT);
}

/** The same for reading: what is written, the update included, stays in memory. */
export function openSystemDiskOverlay(disk: string | undefined, directory: string): { readonly disk: OverlayDisk; readonly path: string; readonly below: DiskFile; close(): void } {
  const path = pathOf(disk, directory);
  try {
    if (disk === undefined) renew(path);
    const below = new DiskFile(path, { readOnly: true });
    const overlay = new OverlayDisk(below);
    bringUpToDate(overlay);
    return { disk: overlay, path, below, close: () => { below.close(); } };
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

/**
 * Brings the disk of the data directory up to date once, so that not every run of a new build does so for itself. A copy is changed and takes
 * the disk's place: who reads the disk meanwhile goes on with what was there. When a session has the disk, or nothing may be written, the
 * caller's overlay does it.
 */
function renew(path: string): void {
  const disk = new DiskFile(path, { readOnly: true });
  const isCurrent = systemDiskStamp(disk) === buildStamp();
  disk.close();
  if (isCurrent) return;
  const unfinished = `${path}.${process.pid}`;
  let unlock: (() => void) | undefined;
  try {
    unlock = lockFile(path);
    copyFileSync(path, unfinished, constants.COPYFILE_FICLONE);
    const copy = new DiskFile(unfinished);
    bringUpToDate(copy);
    copy.flush();
    copy.close();
    renameSync(unfinished, path);
  } catch (error) {
    if (process.env['STARLET_DEBUG']) process.stderr.write(`${(error as Error).stack}\n`);
    rmSync(unfinished, { force: true });
  } finally {
    unlock?.();
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

declare const STARLET_BUILD: string | undefined;

/** What identifies this build, as tools/build.mjs named it. A source tree run by tests has no name, and its disks are new. */
function buildStamp(): string {
  return typeof STARLET_BUILD === 'string' ? STARLET_BUILD : 'source';
}

/**
 * Texts that boots of this build have assembled, kept in the data directory beside the compiled code. A new build begins anew.
 * @returns the store, whether this is the first boot, and what writes the store when something has been added
 */
export function openAssemblies(directory: string): { readonly store: AssemblyStore; readonly isNew: boolean; save(): void } {
  const path = join(directory, 'code', `assembled-${buildStamp()}`);
  let texts = new Map<string, KeptText>();
  let changed = false;
  try {
    texts = deserialize(readFileSync(path)) as Map<string, KeptText>;
  } catch {
    // None yet.
  }
  const save = (): void => {
    if (!changed || buildStamp() === 'source') return;
    try {
      mkdirSync(dirname(path), { recursive: true });
      const unfinished = `${path}.${process.pid}`;
      writeFileSync(unfinished, serialize(texts));
      renameSync(unfinished, path);
      for (const name of readdirSync(dirname(path))) if (name.startsWith('assembled-') && !path.endsWith(name) && !/\.\d+$/.test(name)) rmSync(join(dirname(path), name), { force: true });
    } catch {
      // A data directory that cannot be written: the next boot assembles again.
    }
  };
  return { isNew: texts.size === 0, store: { get: (key) => texts.get(key), put: (key, text) => { texts.set(key, text); changed = true; } }, save };
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
