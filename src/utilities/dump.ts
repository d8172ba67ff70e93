import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DC$_TERM } from '../executive/starlet/dcdef.js';
import { DVI$_DEVBUFSIZ, DVI$_DEVCLASS } from '../executive/starlet/dvidef.js';
import { IO$_ACCESS, IO$_DEACCESS, IO$_READVBLK, IO$M_ACCESS } from '../executive/starlet/iodef.js';
import { headerOf, isSealed, ODS2_LEVEL } from '../filesystem/on-disk.js';
import { dumpLines, type DumpForm } from './dump-format.js';
import { headerLines } from './dump-header.js';
import { fileFunction, headerBlock, withChannel } from './file-functions.js';
import { findAll, headerFields, type FoundFile } from './file-search.js';
import { isFailure, programRegion, reason, RmsFile, type FileFailure } from './files.js';
import { report, sharedCode } from './messages.js';
import { diskBlocks, wholeDisk } from './dump-disk.js';
import { foreignTape, tapeBlocks } from './dump-tape.js';
import { openOutput, type Output } from './output.js';
import { printOutput } from './print-output.js';
import { getDevice, timeText } from './process-information.js';

/** DUMP.EXE: blocks or records of files. @source DCL Dictionary, DUMP; layout from listings of running systems */
const DUMP = 153;
const BLOCK = 512;
const NARROW = 80;
const WIDE = 132;

interface Choices {
  readonly form: DumpForm;
  readonly records: boolean;
  /** First and last block or record. */
  readonly first: number;
  readonly last: number | undefined;
  readonly allocated: boolean;
  readonly header: boolean;
  /** The header as fields, not as numbers. */
  readonly formatted: boolean;
  /** Blocks that are file headers are shown as such. */
  readonly fileHeaders: boolean;
  /** Number of the first byte; undefined: every block and record starts at 0. */
  readonly number: number | undefined;
}

function* displayWidth(p: Procedure): Flow<number> {
  const { status, values } = yield* p.scratch(() => getDevice(p, 'SYS$OUTPUT', { width: { code: DVI$_DEVBUFSIZ, kind: 'long' }, kindOf: { code: DVI$_DEVCLASS, kind: 'long' } } as const));
  return (status & 1) !== 0 && values.kindOf === DC$_TERM ? Math.max(NARROW, values.width) : WIDE;
}

/** @param lowest  number of the first block there is */
function* choices(p: Procedure, toFile: boolean, lowest: number): Flow<Choices> {
  const number = function* (name: string): Flow<number | undefined> {
    const value = yield* cliGetValue(p, name);
    return value === undefined ? undefined : Number(value);
  };
  const records = yield* cliIsPresent(p, 'RECORDS');
  const range = records ? 'RECORDS' : 'BLOCKS';
  const first = (yield* number(`${range}.START`)) ?? lowest;
  const count = yield* number(`${range}.COUNT`);
  const end = yield* number(`${range}.END`);
  const octal = yield* cliIsPresent(p, 'OCTAL');
  const decimal = yield* cliIsPresent(p, 'DECIMAL');
  yield* cliIsPresent(p, 'HEXADECIMAL');
  const byte = yield* cliIsPresent(p, 'BYTE');
  const word = yield* cliIsPresent(p, 'WORD');
  yield* cliIsPresent(p, 'LONGWORD');
  return {
    form: { radix: octal ? 8 : decimal ? 10 : 16, unit: byte ? 1 : word ? 2 : 4, width: toFile ? WIDE : yield* displayWidth(p) }, records,
    first: Math.max(lowest, first), last: count === undefined ? end : first + count - 1, allocated: yield* cliIsPresent(p, 'ALLOCATED'), header: yield* cliIsPresent(p, 'HEADER'),
    formatted: yield* cliIsPresent(p, 'FORMATTED'), fileHeaders: yield* cliIsPresent(p, 'FILE_HEADER'),
    number: (yield* cliIsPresent(p, 'NUMBER')) ? (yield* number('NUMBER')) ?? 0 : undefined,
  };
}

/** A block that is a file header in use. */
const isHeader = (block: Uint8Array): boolean => isSealed(block) && headerOf(block).FH2$W_STRUCLEV === ODS2_LEVEL && headerOf(block).FH2$W_FID_NUM !== 0;

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');
const heading = (kind: string, number: number, bytes: number): string =>
  `${kind} ${number} (${number.toString(16).toUpperCase().padStart(8, '0')}), ${bytes} (${hex(bytes)}) bytes`;

function* dumpBlocks(p: Procedure, file: FoundFile, last: number, wanted: Choices, output: Output): Flow<FileFailure | undefined> {
  const buffer = yield* programRegion(p, BLOCK);
  return yield* withChannel(p, file, (chan) => p.scratch(function* (): Flow<FileFailure | undefined> {
    const opened = yield* fileFunction(p, chan, file, { func: IO$_ACCESS | IO$M_ACCESS });
    if (!(opened.status & 1)) return { spec: file.spec, status: opened.status, stv: 0 };
    const iosb = p.allocate(8);
    let failed: FileFailure | undefined;
    let base = wanted.number ?? 0;
    for (let block = wanted.first; block <= last && !failed; block += 1) {
      const queued = yield* service(p, '$QIOW', { efn: 1, chan, func: IO$_READVBLK, iosb, p1: buffer, p2: BLOCK, p3: block });
      const status = queued & 1 ? p.memory.readWord(iosb) : queued;
      if (!(status & 1)) failed = { spec: file.spec, status, stv: 0 };
      else {
        const bytes = p.memory.readBytes(buffer, BLOCK);
        const shown = wanted.fileHeaders && isHeader(bytes) ? yield* headerLines(p, bytes) : [...dumpLines(bytes, wanted.form, base), ''];
        for (const line of [heading('Virtual block number', block, BLOCK), '', ...shown]) yield* output.line(line);
        if (wanted.number !== undefined) base += BLOCK;
      }
    }
    yield* service(p, '$QIOW', { efn: 1, chan, func: IO$_DEACCESS, iosb });
    return failed;
  }));
}

function* dumpRecords(p: Procedure, file: FoundFile, wanted: Choices, output: Output): Flow<FileFailure | undefined> {
  return yield* p.scratch(function* (): Flow<FileFailure | undefined> {
    const input = yield* RmsFile.open(p, file.spec);
    if (isFailure(input)) return input;
    let base = wanted.number ?? 0;
    for (let number = 1; number <= (wanted.last ?? Infinity); number += 1) {
      const record = yield* input.get();
      if (record === undefined) break;
      if (isFailure(record)) {
        yield* input.close();
        return record;
      }
      if (number < wanted.first) continue;
      for (const line of [heading('Record number', number, record.length), '', ...dumpLines(record, wanted.form, base), '']) yield* output.line(line);
      if (wanted.number !== undefined) base += record.length;
    }
    yield* input.close();
    return undefined;
  });
}

function* dumpFile(p: Procedure, file: FoundFile, wanted: Choices, output: Output): Flow<FileFailure | undefined> {
  const block = yield* headerBlock(p, file);
  if (!(block instanceof Uint8Array)) return block;
  const header = headerFields(block);
  for (const line of [
    '', `Dump of file ${file.spec} on ${(yield* timeText(p)).slice(0, 23)}`,
    `File ID (${file.fid.join(',')})   End of file block ${header.used} / Allocated ${header.allocated}`, '',
  ]) yield* output.line(line);
  if (wanted.header) {
    const shown = wanted.formatted ? yield* headerLines(p, block) : ['File header', '', ...dumpLines(block, wanted.form), ''];
    for (const line of shown) yield* output.line(line);
  }
  if (wanted.records) return yield* dumpRecords(p, file, wanted, output);
  const end = wanted.allocated ? header.allocated : header.used;
  return yield* dumpBlocks(p, file, Math.min(wanted.last ?? end, Math.max(end, wanted.last === undefined ? 0 : header.allocated)), wanted, output);
}

/** The blocks of a device: of a tape those up to the next tape mark. @returns 1, or the status of a message */
function* dumpDevice(p: Procedure, device: string, kind: 'tape' | 'disk', output: Output, wanted: Choices): Flow<number> {
  for (const line of ['', `Dump of device ${device} on ${(yield* timeText(p)).slice(0, 23)}`, '']) yield* output.line(line);
  let base = wanted.number ?? 0;
  const [blocks, title] = kind === 'tape' ? [tapeBlocks, 'Block number'] as const : [diskBlocks, 'Logical block number'] as const;
  const status = yield* blocks(p, device, wanted.first, wanted.last ?? Infinity, function* (number, bytes) {
    for (const line of [heading(title, number, bytes.length), '', ...dumpLines(bytes, wanted.form, base), '']) yield* output.line(line);
    if (wanted.number !== undefined) base += bytes.length;
  });
  return status & 1 ? status : yield* report(p, { code: sharedCode(DUMP, 'readError'), args: [device] }, { code: status });
}

/** Each file. @returns 1, or the status of the last message */
function* dumpFiles(p: Procedure, files: readonly FoundFile[], output: Output, wanted: Choices): Flow<number> {
  let status = 1;
  for (const file of files) {
    const failed = yield* p.scratch(() => dumpFile(p, file, wanted, output));
    if (failed) status = yield* report(p, { code: sharedCode(DUMP, 'readError'), args: [file.spec] }, reason(failed));
  }
  return status;
}

const main = procedure('DUMP$MAIN', function* (p) {
  const specs = yield* cliGetValues(p, 'INPUT');
  const isPrinted = yield* cliIsPresent(p, 'PRINTER');
  const toFile = isPrinted || (yield* cliIsPresent(p, 'OUTPUT'));
  const disk = specs.length === 1 ? yield* wholeDisk(p, specs[0]!) : undefined;
  const wanted = yield* choices(p, toFile, disk === undefined ? 1 : 0);
  let status = 1;
  const tape = specs.length === 1 ? yield* foreignTape(p, specs[0]!) : undefined;
  const device = tape ?? disk;
  const files = device !== undefined ? [] : yield* findAll(p, specs, '', function* (failure) {
    status = yield* report(p, { code: sharedCode(DUMP, 'openIn'), args: [failure.spec] }, reason(failure));
  });
  if (device === undefined && files.length === 0) return status;
  const kind = tape === undefined ? 'disk' : 'tape';
  const typed = yield* cliGetValue(p, 'OUTPUT');
  const output = yield* openOutput(p, DUMP, toFile ? typed ?? `${device === undefined ? files[0]!.name : kind.toUpperCase()}.DMP` : undefined);
  if (typeof output === 'number') return output;
  const dumped = device === undefined ? yield* dumpFiles(p, files, output, wanted) : yield* dumpDevice(p, device, kind, output, wanted);
  if (!(dumped & 1)) status = dumped;
  yield* output.close();
  const printed = isPrinted ? yield* printOutput(p, output.spec, true) : 1;
  return printed & 1 ? status : printed;
});

export const DUMP_IMAGE: ResidentImage = { name: 'DUMP', transfer: 'DUMP$MAIN', routines: [main] };
