import { cliGetValue, cliGetValues, cliIsPresent } from '../../dcl/cli-client.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow, PAUSE } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { FAB$C_FIX, FAB$C_IDX, FAB$C_SEQ } from '../../executive/starlet/fabdef.js';
import { RMS$_DUP, RMS$_RSZ, RMS$_SEQ } from '../../executive/starlet/rmsdef.js';
import { analyzeFile } from '../../rms/analyze/index.js';
import { compareKeys, keyIn, type KeyDescriptor } from '../../rms/index/keys.js';
import type { FileDesign, KeyDesign } from '../fdl/design.js';
import { designOfFile } from '../fdl/file-design.js';
import { readDesign } from '../fdl/read.js';
import { findFiles } from '../file-search.js';
import { isFailure, reason, RmsFile, type FileFailure } from '../files.js';
import { messageCode, report, sharedCode } from '../messages.js';
import { Output } from '../output.js';
import { StructureFile } from '../rms-structure.js';
import { fastLoad, isLoaded } from './fast-load.js';
import { convertOptions, type ConvertOptions } from './options.js';
import { reclaim } from './reclaim.js';
import { Statistics } from './statistics.js';
import { RecordStream, type ConvertRecord } from './streams.js';

/** CONVERT.EXE: records of files of any organization into a file of any organization. @source DCL Dictionary and Record Management Utilities, CONVERT */
export const CONVERT = 178;
const SEVERE = 4;
const BETWEEN_PAUSES = 64;

type Exception = 'RTS' | 'RTL' | 'RSK' | 'SEQ' | 'DUP' | 'RSZ';

/** Thrown when a message has been written and nothing is left to do but to end. */
class Stopped extends Error {
  constructor(readonly status: number) { super('stopped'); }
}

function* stop(p: Procedure, kind: 'openIn' | 'openOut' | 'readError' | 'writeError', failure: FileFailure): Flow<never> {
  throw new Stopped(yield* report(p, { code: sharedCode(CONVERT, kind, SEVERE), args: [failure.spec] }, reason(failure)));
}

/** What a conversion counts and keeps. */
class Conversion {
  total = 0;
  valid = 0;
  readonly exceptions: { readonly index: number; readonly why: Exception; readonly record: ConvertRecord }[] = [];

  constructor(readonly p: Procedure, readonly options: ConvertOptions, readonly output: OutputShape) {}

  except(index: number, why: Exception, record: ConvertRecord): void {
    this.exceptions.push({ index, why, record });
  }

  /** A record as the output has it; undefined: it cannot have it. */
  fit(index: number, record: ConvertRecord): ConvertRecord | undefined {
    const { format, maximum, controlSize } = this.output;
    const { pad, truncate, fixedControl } = this.options;
    let { control, data } = record;
    if (fixedControl && controlSize === 0 && control.length > 0) data = joined(control, data);
    else if (fixedControl && controlSize > 0 && control.length === 0) [control, data] = [data.subarray(0, controlSize), data.subarray(controlSize)];
    const fixedArea = new Uint8Array(controlSize);
    fixedArea.set(control.subarray(0, controlSize));
    if (maximum !== 0 && data.length > maximum) {
      if (!truncate) {
        this.except(index, 'RTL', record);
        return undefined;
      }
      data = data.subarray(0, maximum);
    }
    if (format === FAB$C_FIX && data.length < maximum) {
      if (pad === undefined) {
        this.except(index, 'RTS', record);
        return undefined;
      }
      data = joined(data, new Uint8Array(maximum - data.length).fill(pad));
    }
    return { control: fixedArea, data };
  }
}

interface OutputShape {
  readonly organization: number;
  readonly format: number;
  readonly maximum: number;
  readonly controlSize: number;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

/** A key design as records are compared by it. */
function descriptorOf({ number, type, segments, flags, nullValue }: KeyDesign): KeyDescriptor {
  return {
    reference: number, block: 0, at: 0, indexArea: 0, lowestArea: 0, dataArea: 0, rootLevel: 0, root: 0, firstData: 0, indexBlocks: 1, dataBlocks: 1, flags, type, nullValue,
    size: segments.reduce((sum, { size }) => sum + size, 0), shortest: segments.reduce((most, { position, size }) => Math.max(most, position + size), 0), segments,
  };
}

/** The design of a file that is there. Stops when it cannot be found out. */
function* existingDesign(p: Procedure, spec: string, kind: 'openIn' | 'openOut'): Flow<FileDesign> {
  const result = yield* findFiles(p, spec, '');
  const found = result.files[0];
  if (!found) return yield* stop(p, kind, result.failure ?? { spec, status: 0, stv: 0 });
  return yield* p.scratch(function* () {
    const file = yield* StructureFile.open(p, found);
    if (isFailure(file)) return yield* stop(p, kind, file);
    const analysis = yield* analyzeFile(file.read, { ...file.shape, endBlock: file.shape.organization === FAB$C_SEQ ? 1 : file.shape.endBlock, endByte: 0 });
    yield* file.close();
    return designOfFile(file.shape, analysis);
  });
}

interface Input {
  readonly records: { readonly index: number; readonly record: ConvertRecord }[];
  readonly files: number;
  /** All of it came in the order of the output's primary key. */
  readonly inOrder: boolean;
}

/** The records of all inputs that fit. */
function* readInputs(p: Procedure, specs: readonly string[], conversion: Conversion): Flow<Input> {
  const { options } = conversion;
  const records: Input['records'] = [];
  for (const spec of specs) {
    yield* p.scratch(function* () {
      const input = yield* RecordStream.input(p, spec, 0, options.share);
      if (isFailure(input)) return yield* stop(p, 'openIn', input);
      if (options.key !== 0) {
        const status = input.organization === FAB$C_IDX ? yield* input.rewind(options.key) : 0;
        if (!(status & 1)) {
          yield* input.close();
          throw new Stopped(yield* report(p, { code: messageCode('CONV$_KEYREF'), args: [input.spec] }));
        }
      }
      for (;;) {
        const record = yield* input.get();
        if (record === undefined) break;
        if (isFailure(record)) return yield* stop(p, 'readError', record);
        const index = conversion.total;
        conversion.total += 1;
        const fitting = conversion.fit(index, record);
        if (fitting) records.push({ index, record: fitting });
        if (options.exit && conversion.exceptions.length > 0) break;
        if (index % BETWEEN_PAUSES === 0) yield PAUSE;
      }
      yield* input.close();
      return 1;
    });
  }
  return { records, files: specs.length, inOrder: options.key === 0 };
}

/** Leaves out what is shorter than the primary key, and sorts the rest by it. */
function sortByKey(input: Input, key: KeyDescriptor, conversion: Conversion): Input['records'] {
  const keyed = input.records.flatMap((one) => {
    if (one.record.data.length >= key.shortest) return [{ ...one, value: keyIn(key, one.record.data) }];
    conversion.except(one.index, 'RSK', one.record);
    return [];
  });
  if (conversion.options.sort) keyed.sort((a, b) => compareKeys(key, a.value, b.value) || a.index - b.index);
  return keyed;
}

function exceptionOf(status: number): Exception | undefined {
  return status === RMS$_DUP ? 'DUP' : status === RMS$_RSZ ? 'RSZ' : status === RMS$_SEQ ? 'SEQ' : undefined;
}

/** Puts records one after the other. */
function* putRecords(p: Procedure, output: RecordStream, records: Input['records'], conversion: Conversion): Flow<void> {
  for (const { index, record } of records) {
    const { status, stv } = yield* output.put(record);
    if (status & 1) conversion.valid += 1;
    else {
      const why = exceptionOf(status);
      if (!why) return yield* stop(p, 'writeError', { spec: output.spec, status, stv });
      conversion.except(index, why, record);
      if (conversion.options.exit) return;
    }
  }
}

/** Writes to a file that is there: /NOCREATE, /APPEND, /MERGE. */
function* intoExisting(p: Procedure, spec: string, related: string, options: ConvertOptions, specs: readonly string[]): Flow<{ conversion: Conversion; files: number }> {
  const output = yield* RecordStream.existing(p, spec, { related });
  if (isFailure(output)) return yield* stop(p, 'openOut', output);
  const conversion = new Conversion(p, options, output);
  if (options.merge && output.organization !== FAB$C_IDX) throw new Stopped(yield* report(p, { code: messageCode('CONV$_NOTIDX'), args: [output.spec] }));
  const input = yield* readInputs(p, specs, conversion);
  let { records } = input;
  if (output.organization === FAB$C_IDX && !options.merge) {
    const design = yield* existingDesign(p, output.spec, 'openOut');
    records = sortByKey(input, descriptorOf(design.keys[0]!), conversion);
  }
  yield* putRecords(p, output, records, conversion);
  const failed = yield* output.close();
  if (failed) return yield* stop(p, 'writeError', failed);
  return { conversion, files: input.files };
}

/** Writes to a new file. */
function* intoNew(p: Procedure, spec: string, related: string, design: FileDesign, options: ConvertOptions, specs: readonly string[]): Flow<{ conversion: Conversion; files: number }> {
  const shape = { organization: design.organization, format: design.format, maximum: design.recordSize, controlSize: design.controlSize };
  const conversion = new Conversion(p, options, shape);
  const input = yield* readInputs(p, specs, conversion);
  const records = design.organization === FAB$C_IDX && design.keys[0] ? sortByKey(input, descriptorOf(design.keys[0]), conversion) : input.records;
  const output = yield* RecordStream.create(p, design, spec, { related });
  if (isFailure(output)) return yield* stop(p, 'openOut', output);
  if (design.organization !== FAB$C_IDX || !options.fastLoad) {
    yield* putRecords(p, output, records, conversion);
    const failed = yield* output.close();
    if (failed) return yield* stop(p, 'writeError', failed);
    return { conversion, files: input.files };
  }
  yield* output.close();
  const loaded = yield* fastLoad(p, output.spec, records.map(({ record }) => record.data), options.fillBuckets, (index, why) => {
    const { index: number, record } = records[index]!;
    conversion.except(number, why === 'order' ? 'SEQ' : 'DUP', record);
  });
  if (!isLoaded(loaded)) return yield* stop(p, 'writeError', loaded);
  conversion.valid = loaded.count;
  return { conversion, files: input.files };
}

/** Reports exceptions, in the order of the input, and keeps them in the exceptions file. */
function* tellExceptions(p: Procedure, conversion: Conversion): Flow<void> {
  const { options, exceptions } = conversion;
  exceptions.sort((a, b) => a.index - b.index);
  const isTerminal = options.exceptions === 'SYS$OUTPUT';
  yield* p.scratch(function* () {
    const file = options.exceptions === '' || isTerminal ? undefined : yield* RmsFile.create(p, options.exceptions, { defaults: '.EXC' });
    if (file && isFailure(file)) return yield* stop(p, 'openOut', file);
    const opened = isTerminal ? yield* Output.open(p) : undefined;
    const lines = opened && isFailure(opened) ? undefined : opened;
    for (const { why, record } of exceptions) {
      yield* report(p, { code: messageCode(`CONV$_${why}`) });
      if (file && !isFailure(file)) yield* file.put(record.data);
      if (lines) yield* lines.line(String.fromCharCode(...record.data));
    }
    if (file && !isFailure(file)) yield* file.close();
    if (lines) yield* lines.close();
    return 1;
  });
}

function* convert(p: Procedure): Flow<number> {
  const options = yield* convertOptions(p);
  if (typeof options === 'number') return options;
  const statistics = yield* Statistics.begin(p);
  const specs = (yield* cliGetValues(p, 'INPUT')).map((spec) => spec.toUpperCase());
  const to = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  const definition = yield* cliGetValue(p, 'FDL');
  const read = definition === undefined ? undefined : yield* readDesign(p, definition.toUpperCase());
  if (typeof read === 'number') return read;
  const first = yield* findFiles(p, specs[0]!, '');
  if (!first.files[0]) return yield* stop(p, 'openIn', first.failure ?? { spec: specs[0]!, status: 0, stv: 0 });
  const related = first.files[0].spec;
  let design = read ?? (yield* existingDesign(p, related, 'openIn'));
  if (!read) design = { ...design, allocation: 0, areas: design.areas.map((area) => ({ ...area, allocation: 0 })) };
  if (options.prolog !== 0) design = { ...design, keys: design.keys.map((key) => ({ ...key, prolog: options.prolog })) };
  const isNew = options.create && !options.append && !options.merge;
  const { conversion, files } = isNew ? yield* intoNew(p, to, related, design, options, specs) : yield* intoExisting(p, to, related, options, specs);
  yield* tellExceptions(p, conversion);
  if (options.statistics) yield* statistics.show(p, { files, total: conversion.total, exceptions: conversion.exceptions.length, valid: conversion.valid });
  return options.exit && conversion.exceptions.length > 0 ? yield* report(p, { code: messageCode('CONV$_ONEEXC') }) : 1;
}

const main = procedure('CONVERT$MAIN', function* (p) {
  try {
    return (yield* cliIsPresent(p, 'RECLAIM')) ? yield* reclaim(p) : yield* convert(p);
  } catch (problem) {
    if (problem instanceof Stopped) return problem.status;
    throw problem;
  }
});

export const CONVERT_IMAGE: ResidentImage = { name: 'CONVERT', transfer: 'CONVERT$MAIN', routines: [main] };
