import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { PRV$V_CMKRNL } from '../executive/starlet/prvdef.js';
import { DC$_TERM } from '../executive/starlet/dcdef.js';
import { DVI$_DEVBUFSIZ, DVI$_DEVCLASS, DVI$_TT_PAGE } from '../executive/starlet/dvidef.js';
import { FAB$C_FIX } from '../executive/starlet/fabdef.js';
import { SS$_NOPRIV, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { SdaError } from '../sda/error.js';
import { LiveTarget } from '../sda/live-target.js';
import { Screenfuls } from '../sda/screenfuls.js';
import { Sda } from '../sda/sda.js';
import type { SdaFiles } from '../sda/session.js';
import type { SystemSymbols } from '../sda/symbols.js';
import type { Target } from '../sda/target.js';
import { getDevice } from './process-information.js';
import { LineInput } from './line-input.js';
import { closed, isFailure, readRecords, RmsFile, type FileFailure } from './files.js';
import { report } from './messages.js';
import { Output } from './output.js';
import { isAnalyzedAtStartup, openDump, releaseCopied } from './sda-dump.js';
import { processCommand } from './sda-processes.js';

/**
 * SDA.EXE, the image behind ANALYZE/SYSTEM and ANALYZE/CRASH_DUMP: commands from SYS$INPUT, displays to SYS$OUTPUT, the analyzer itself
 * in src/sda.
 */

/** The prompt brings its own carriage control, as prompts of RMS do. */
const PROMPT = '\r\nSDA> ';
const DEFAULT_DUMP = 'SYS$SYSTEM:SYSDUMP.DMP';

const BLOCK = 512;

/** An error whose message has been written. */
const FAILED = 0x1000_002c;

const main = procedure('SDA$MAIN', function* (p) {
  const output = yield* Output.open(p);
  if (isFailure(output)) return output.status;
  const dump = (yield* cliIsPresent(p, 'SYSTEM')) ? undefined : (yield* cliGetValue(p, 'DUMP')) ?? DEFAULT_DUMP;
  const target = dump === undefined ? runningSystem(p) : yield* openDump(p, dump);
  if (typeof target === 'number') return target;
  if (target instanceof SdaError) {
    for (const line of target.lines()) yield* output.line(line);
    return FAILED;
  }
  if (dump !== undefined && (yield* isAnalyzedAtStartup(p, dump))) return SS$_NORMAL;
  const files = new CommandFiles(dump);
  const sda = new Sda(target, symbols(p), files);
  for (const line of sda.banner()) yield* output.line(line);
  const input = yield* LineInput.open(p, 'SYS$INPUT');
  if (typeof input === 'number') return input;
  const { rows, columns } = yield* screen(p);
  const screenfuls = new Screenfuls(sda, rows, columns);
  while (!sda.isDone) {
    const command = yield* input.line(PROMPT);
    if (command === undefined) break;
    const done = yield* processCommand(p, command);
    if (done !== undefined) {
      if (done instanceof SdaError) for (const line of done.lines()) yield* output.line(line);
      else if (!(done & 1)) yield* report(p, { code: done });
      continue;
    }
    yield* files.fetch(p, command);
    for (const line of screenfuls.enter(command)) yield* output.line(line);
    for (const failure of yield* files.flush(p)) yield* output.line(failure);
  }
  yield* input.close();
  sda.close();
  for (const failure of yield* files.flush(p)) yield* output.line(failure);
  yield* output.close();
  return SS$_NORMAL;
});

/** Size of the terminal that SYS$OUTPUT is; no rows when it is none, or when commands do not come from one. */
function* screen(p: Procedure): Flow<{ readonly rows: number; readonly columns: number }> {
  const none = { rows: 0, columns: 0 };
  for (const name of ['SYS$INPUT', 'SYS$OUTPUT']) {
    const { status, values } = yield* getDevice(p, name, { class: { code: DVI$_DEVCLASS, kind: 'long' }, page: { code: DVI$_TT_PAGE, kind: 'long' }, width: { code: DVI$_DEVBUFSIZ, kind: 'long' } } as const);
    if (!(status & 1) || values.class !== DC$_TERM) return none;
    if (name === 'SYS$OUTPUT') return { rows: values.page, columns: Math.max(1, values.width) };
  }
  return none;
}

/** What the running system was built with. */
function symbols({ kernel }: Procedure): SystemSymbols {
  return { globals: kernel.symbols, microroutine: (number) => kernel.gate.nameOf(number) };
}

/** SDA looks at the running system in kernel mode, which takes CMKRNL privilege. */
function runningSystem({ kernel }: Procedure): Target | number {
  const mayLook = (kernel.pcb.PCB$Q_PRIV >> BigInt(PRV$V_CMKRNL)) & 1n;
  return mayLook ? new LiveTarget(kernel.machine.memory, kernel.cpu) : SS$_NOPRIV;
}

/**
 * Files that SDA's commands name. The analyzer works without waiting, RMS does not: files to be read are fetched before the command that
 * names them, files written are put on disk when they are complete.
 */
class CommandFiles implements SdaFiles {
  private readonly read = new Map<string, readonly Uint8Array[]>();
  private readonly complete: { readonly name: string; readonly lines: readonly string[] }[] = [];
  private readonly copies: { readonly name: string; readonly pieces: readonly Uint8Array[] }[] = [];

  /** @param dump  the dump that COPY copies; undefined for the running system */
  constructor(private readonly dump: string | undefined) {}

  readText = (name: string): string | undefined => this.read.get(name)?.map((record) => bytesToText(record)).join('\n');

  readRecords = (name: string): readonly Uint8Array[] | undefined => this.read.get(name);

  create = (name: string): { write(line: string): void; close(): void } => {
    const lines: string[] = [];
    return { write: (line) => { lines.push(line); }, close: () => { this.complete.push({ name, lines }); } };
  };

  createBlocks = (name: string): { write(bytes: Uint8Array): void; close(): void } => {
    const pieces: Uint8Array[] = [];
    return { write: (bytes) => { pieces.push(bytes); }, close: () => { this.copies.push({ name, pieces }); } };
  };

  /** Reads the file that `@file` or READ file will ask for. */
  *fetch(p: Procedure, command: string): Flow<void> {
    const name = (/^\s*@\s*(\S+)\s*$/.exec(command) ?? /^\s*REA[A-Z]*(?:\/\S*)*\s+(?:\/\S+\s+)*(\S+)\s*$/i.exec(command))?.[1];
    if (name === undefined) return;
    const read = yield* readRecords(p, name, { defaults: command.trimStart().startsWith('@') ? '.COM' : 'SYS$SYSTEM:.STB' });
    if (!isFailure(read)) this.read.set(name, read.records);
  }

  /** Writes what is complete. @returns a message for each file that could not be written */
  *flush(p: Procedure): Flow<string[]> {
    const failures: string[] = [];
    for (const { name, lines } of this.complete.splice(0)) {
      yield* p.scratch(function* () {
        const file = yield* RmsFile.create(p, name, { defaults: '.LIS' });
        if (isFailure(file)) {
          failures.push(`%SDA-E-OPENOUT, error opening ${file.spec} as output`);
          return 0;
        }
        let failed: FileFailure | undefined;
        for (const line of lines) failed ??= yield* file.put(textToBytes(line));
        failed = yield* closed(file, failed);
        if (failed) failures.push(`%SDA-E-WRITEERR, error writing ${failed.spec}`);
        return 1;
      });
    }
    for (const { name, pieces } of this.copies.splice(0)) {
      const failed = yield* copyBlocks(p, name, pieces);
      failures.push(...failed.length === 0 && this.dump !== undefined ? yield* releaseCopied(p, this.dump) : failed);
    }
    return failures;
  }
}

/** Writes a copy of the dump: a file of 512-byte records, by blocks. @returns a message when it could not be written */
function* copyBlocks(p: Procedure, name: string, pieces: readonly Uint8Array[]): Flow<string[]> {
  const messages: string[] = [];
  yield* p.scratch(function* () {
    const allocation = Math.ceil(pieces.reduce((sum, piece) => sum + piece.length, 0) / BLOCK);
    const file = yield* RmsFile.create(p, name, { defaults: '.DMP', blocks: true, format: FAB$C_FIX, attributes: 0, recordSize: BLOCK, allocation });
    if (isFailure(file)) {
      messages.push(`%SDA-E-OPENOUT, error opening ${file.spec} as output`);
      return 0;
    }
    let failed: FileFailure | undefined;
    for (const piece of pieces) failed ??= yield* file.write(piece);
    failed = yield* closed(file, failed);
    if (failed) messages.push(`%SDA-E-WRITEERR, error writing ${failed.spec}`);
    return 1;
  });
  return messages;
}

export const SDA_IMAGE: ResidentImage = { name: 'SDA', transfer: 'SDA$MAIN', routines: [main] };
