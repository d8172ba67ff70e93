import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { DiskFile } from '../console/disk-file.js';
import { DumpTarget, dumpBytesOf } from '../sda/dump-target.js';
import { SdaError } from '../sda/error.js';
import { Browser } from '../sda/browse/browser.js';
import { Screenfuls } from '../sda/screenfuls.js';
import { Sda } from '../sda/sda.js';
import type { OutputFile, SdaFiles } from '../sda/session.js';
import type { DumpBytes } from '../sda/target.js';
import { readSystemFile } from '../sysgen/system-disk.js';
import { makeExampleDump } from '../system/example-dump.js';
import { imagesForSymbols } from '../system/images.js';
import { systemSymbols } from '../system/system-symbols.js';
import { dataDirectory, openAssemblies } from './data-directory.js';
import { EX_DATAERR, EX_NOINPUT, UsageError } from './usage.js';

interface SdaFlags {
  readonly command?: readonly string[];
  readonly example?: boolean;
  readonly browse?: boolean;
  readonly disk?: string;
  readonly dataDir?: string;
}

/** `starlet sda`: the System Dump Analyzer on a dump file, from the file alone. */
export function sdaCommand(): Command {
  return new Command('sda')
    .description('look into a crash dump with the System Dump Analyzer')
    .argument('[dump]', 'the dump file; without one, SYS$SYSTEM:SYSDUMP.DMP (or PAGEFILE.SYS) of the system disk')
    .option('--example', 'make a dump to learn from (examples/crash.com on a system of its own) and open it')
    .option('--browse', 'walk through the dump on the whole screen: structures, queues, pool, memory; pointers are followed with RETURN')
    .option('--disk <file>', 'system disk image, instead of the one in the data directory')
    .option('--data-dir <dir>', 'where the system disk is kept (STARLET_HOME; default ~/.local/share/starlet)')
    .option('-c, --command <command>', 'carry out this command instead of prompting (may be given more than once)', collect)
    .addHelpText('after', [
      '', 'Without -c, commands are read from standard input; HELP lists them, EXIT or end of file leaves.',
      'Examples:', '  starlet sda --example', "  starlet sda crash.dmp -c 'SHOW CRASH' -c 'SHOW SUMMARY'", "  starlet sda crash.dmp -c 'EXAMINE/INSTRUCTION SCH$RESCHED;20'",
    ].join('\n'))
    .action(runSda);
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** The example, the dump file named, or the one on the system disk. */
function dumpBytes(file: string | undefined, flags: SdaFlags): DumpBytes {
  if (flags.example) {
    if (file !== undefined) throw new UsageError('--example and a dump file exclude each other');
    return dumpBytesOf(makeExampleDump().dump);
  }
  if (file === undefined) {
    const path = flags.disk ?? join(dataDirectory(flags.dataDir), 'system.dsk');
    if (!existsSync(path)) throw new UsageError(`no dump is named, and there is no system disk ${path}`, EX_NOINPUT);
    const disk = new DiskFile(path, { readOnly: true });
    try {
      return dumpBytesOf(dumpOfSystem(disk));
    } catch {
      throw new UsageError(`${path} is not a system disk`, EX_NOINPUT);
    } finally {
      disk.close();
    }
  }
  try {
    return new HostDump(file);
  } catch {
    throw new UsageError(`cannot read ${file}`, EX_NOINPUT);
  }
}

/** SYSDUMP.DMP, or the page file that has to do for it. */
function dumpOfSystem(disk: DiskFile): Uint8Array {
  const files = ['SYSDUMP.DMP', 'PAGEFILE.SYS'].map((name) => readSystemFile(disk, `[SYS0.SYSEXE]${name}`));
  return files.find((bytes) => bytes !== undefined && bytes.length > 0) ?? new Uint8Array(0);
}

const CHUNK = 0x1_0000;

/** A dump in a host file, read in chunks as SDA comes to them. */
class HostDump implements DumpBytes {
  readonly length: number;
  private readonly handle: number;
  private readonly chunks = new Map<number, Uint8Array>();

  constructor(path: string) {
    this.handle = openSync(path, 'r');
    const status = fstatSync(this.handle);
    if (!status.isFile()) throw new Error(`${path} is not a file`);
    this.length = status.size;
  }

  read(offset: number, length: number): Uint8Array {
    const first = Math.floor(offset / CHUNK);
    const within = offset - first * CHUNK;
    if (within + length <= CHUNK) return this.chunk(first).subarray(within, within + length);
    const bytes = new Uint8Array(length);
    readSync(this.handle, bytes, 0, length, offset);
    return bytes;
  }

  private chunk(number: number): Uint8Array {
    const known = this.chunks.get(number);
    if (known) return known;
    const bytes = new Uint8Array(CHUNK);
    readSync(this.handle, bytes, 0, CHUNK, number * CHUNK);
    this.chunks.set(number, bytes);
    return bytes;
  }
}

async function runSda(file: string | undefined, flags: SdaFlags): Promise<void> {
  if (flags.browse) {
    if (flags.command) throw new UsageError('--browse and --command exclude each other');
    if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) throw new UsageError('--browse needs a terminal');
  }
  const bytes = dumpBytes(file, flags);
  let target: DumpTarget;
  try {
    target = new DumpTarget(bytes);
  } catch (error) {
    if (!(error instanceof SdaError)) throw error;
    process.stdout.write(`${error.lines().join('\n')}\n`);
    process.exitCode = EX_DATAERR;
    return;
  }
  const images = imagesForSymbols();
  const assemblies = openAssemblies(dataDirectory(flags.dataDir));
  const sda = new Sda(target, systemSymbols(images.systemImages, images.residentImages, assemblies.store), hostFiles());
  assemblies.save();
  if (flags.browse) {
    await browseScreen(sda, file ?? (flags.example ? 'the example' : 'SYSDUMP.DMP'));
    return;
  }
  if (flags.command) {
    print(sda.warnings());
    for (const command of flags.command) {
      print(sda.execute(command));
      if (sda.isDone) break;
    }
    return;
  }
  print(sda.banner());
  await converse(sda);
}

async function browseScreen(sda: Sda, name: string): Promise<void> {
  const { browse } = await import('../console/screens/index.js');
  await browse(new Browser(sda, name));
}

/** Reads commands from standard input: with a prompt and line editing on a terminal, plainly otherwise. */
async function converse(sda: Sda): Promise<void> {
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({ input: process.stdin, ...(isTerminal ? { output: process.stdout } : {}), prompt: 'SDA> ', terminal: isTerminal });
  lines.on('SIGINT', () => { lines.close(); });
  const screenfuls = isTerminal && process.stdout.isTTY ? new Screenfuls(sda, process.stdout.rows, process.stdout.columns) : new Screenfuls(sda, 0);
  if (isTerminal) lines.prompt();
  for await (const line of lines) {
    print(screenfuls.enter(line));
    if (sda.isDone) break;
    if (isTerminal) lines.prompt();
  }
  lines.close();
}

/** Writes in pieces: a display may be long. */
function print(lines: Iterable<string>): void {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(line);
    if (piece.length < 512) continue;
    process.stdout.write(`${piece.join('\n')}\n`);
    piece = [];
  }
  if (piece.length > 0) process.stdout.write(`${piece.join('\n')}\n`);
}

/** A new host file, open for writing; undefined when it cannot be made. */
function newFile(name: string, flags = 'w'): number | undefined {
  try {
    return openSync(name, flags);
  } catch {
    return undefined;
  }
}

function writeWhole(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
}

/** Host files, for READ, @file, SET OUTPUT and SET LOG. */
function hostFiles(): SdaFiles {
  return {
    readText: (name) => {
      try {
        return readFileSync(name, 'utf8');
      } catch {
        return undefined;
      }
    },
    create: (name): OutputFile | undefined => {
      const handle = newFile(name);
      return handle === undefined ? undefined : { write: (line) => { writeSync(handle, `${line}\n`); }, close: () => { closeSync(handle); } };
    },
    // A file that exists is not written over: it may be the dump itself.
    createBlocks: (name) => {
      const handle = newFile(name, 'wx');
      return handle === undefined ? undefined : { write: (bytes) => { writeWhole(handle, bytes); }, close: () => { closeSync(handle); } };
    },
  };
}
