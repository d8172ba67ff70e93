import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { dataDirectory, DEFAULT_DISK_BLOCKS, defaultDiskPath, LEAST_DISK_BLOCKS, makeSystemDisk } from './data-directory.js';
import { lockFile } from './lock-file.js';
import { decimal, EX_CANTCREAT, UsageError } from './usage.js';

interface InitFlags {
  readonly disk?: string;
  readonly dataDir?: string;
  readonly size: string;
  readonly force?: boolean;
}

/** Blocks a file system here can have: 8 GB. */
const MOST_DISK_BLOCKS = 16_777_216;

/** `starlet init`: a new system disk. `starlet start` makes the default one by itself. */
export function initCommand(): Command {
  return new Command('init')
    .description('make a system disk')
    .option('--disk <file>', 'the disk image to make, instead of the one in the data directory')
    .option('--data-dir <dir>', 'where the system disk is kept (STARLET_HOME; default ~/.local/share/starlet)')
    .option('--size <blocks>', 'blocks of 512 bytes', String(DEFAULT_DISK_BLOCKS))
    .option('--force', 'replace a disk that is there: everything on it is lost')
    .addHelpText('after', ['', 'Examples:', '  starlet init --disk test.dsk --size 60000', '  starlet start --disk test.dsk'].join('\n'))
    .action(init);
}

function init(flags: InitFlags): void {
  const blocks = decimal(flags.size, LEAST_DISK_BLOCKS, MOST_DISK_BLOCKS, '--size');
  const path = flags.disk ?? defaultDiskPath(dataDirectory(flags.dataDir));
  if (existsSync(path)) {
    if (!flags.force) throw new UsageError(`${path} is there already; --force replaces it`, EX_CANTCREAT);
    lockFile(path);
  }
  try {
    makeSystemDisk(path, blocks);
  } catch (error) {
    throw new UsageError(`cannot make ${path}: ${(error as Error).message}`, EX_CANTCREAT);
  }
  process.stdout.write(`${path}: ${blocks} blocks\n`);
}
