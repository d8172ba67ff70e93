import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { listNames, tableNameOf, type ListedName } from '../../executive/names/listing.js';
import { IO$_WRITEVBLK } from '../../executive/starlet/iodef.js';
import { LNMTH } from '../../executive/structures/lnm.js';
import { readCounted } from '../../executive/structures/memory.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../../executive/structures/p1-cells.js';
import type { Dcl } from '../interpreter/session.js';
import { keyRecords } from '../keys.js';
import { PRC, SPB } from '../structures.js';
import { MAIN_FLAG } from './mailbox.js';
import {
  LONGEST_RECORD, RecordWriter, SPW$C_COMMAND, SPW$C_CONTEXT, SPW$C_END, SPW$C_KEY, SPW$C_NAME, SPW$C_SYMBOL, SPW$C_TABLE,
} from './records.js';

/** The creator's side of SPAWN: its context, record by record. @source book 23.2.10 step 9; digest ch23 2.10 */

export interface SpawnOptions {
  readonly command: string | undefined;
  readonly wait: boolean;
  readonly symbols: boolean;
  readonly logicalNames: boolean;
  readonly keypad: boolean;
  /** undefined: the creator's. */
  readonly prompt: string | undefined;
  readonly carriageControl: boolean;
  /** The input is a pipe, which SYS$PIPE names too. */
  readonly pipe?: boolean;
}

const SUPERVISOR = 2;
const CONFINE = 2;

/** Bits of the flags byte of the first record. */
export const CONTEXT_VERIFYPROC = 1;
export const CONTEXT_VERIFYIMAGE = 2;
export const CONTEXT_PROMPTCR = 4;
export const CONTEXT_WAIT = 8;
export const CONTEXT_PIPE = 16;
export const CONTEXT_STRICT = 32;

/**
 * Passes the context. Ends early when the subprocess has: its end aborts the write under way.
 * @returns SS$_NORMAL, or why a record could not be written
 */
export function* sendContext(dcl: Dcl, spb: number, channel: number, options: SpawnOptions): Flow<number> {
  for (const record of records(dcl, options)) {
    const status = yield* sendRecord(dcl, spb, channel, record);
    if ((status & 1) === 0) return status;
  }
  return 1;
}

export function* sendEnd(dcl: Dcl, spb: number, channel: number): Flow<number> {
  return yield* sendRecord(dcl, spb, channel, new RecordWriter(SPW$C_END).bytes());
}

/** SS$_ABORT. */
const ABORTED = 0x2c;

/**
 * Writes a record and waits until it is read. The termination AST cancels the write when the reader is gone; so that it does not come
 * between the look at SPB$V_ENDED and the request, ASTs are off for that moment.
 */
function* sendRecord(dcl: Dcl, spb: number, channel: number, record: Uint8Array): Flow<number> {
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    const text = p.bytes(record);
    yield* service(p, '$SETAST', { enbflg: 0 });
    const gone = SPB.at(dcl.memory, spb).SPB$V_ENDED !== 0;
    const queued = gone ? ABORTED : yield* service(p, '$QIO', { efn: MAIN_FLAG, chan: channel, func: IO$_WRITEVBLK, iosb, p1: text, p2: record.length });
    yield* service(p, '$SETAST', { enbflg: 1 });
    if ((queued & 1) === 0) return queued;
    yield* service(p, '$SYNCH', { efn: MAIN_FLAG, iosb });
    return p.memory.readWord(iosb);
  });
}

function* records(dcl: Dcl, options: SpawnOptions): Generator<Uint8Array, void, undefined> {
  yield contextRecord(dcl, options);
  if (options.command !== undefined) yield new RecordWriter(SPW$C_COMMAND).text(options.command).bytes();
  if (options.logicalNames) yield* nameRecords(dcl);
  if (options.symbols) yield* symbolRecords(dcl);
  if (options.keypad) for (const key of keyRecords(dcl)) yield key(new RecordWriter(SPW$C_KEY)).bytes();
}

/** Permanent privileges, control characters, verification, prompt. @source book 23.2.10 step 9c */
function contextRecord(dcl: Dcl, options: SpawnOptions): Uint8Array {
  const { prc } = dcl;
  const text = (field: 'PRC$T_PREFIX' | 'PRC$T_KEYSTATE'): string => readCounted(dcl.memory, prc.address + PRC.offset[field]);
  const flags = (prc.PRC$V_VERIFYPROC !== 0 ? CONTEXT_VERIFYPROC : 0) | (prc.PRC$V_VERIFYIMAGE !== 0 ? CONTEXT_VERIFYIMAGE : 0)
    | (options.carriageControl ? CONTEXT_PROMPTCR : 0) | (options.wait ? CONTEXT_WAIT : 0) | (options.pipe === true ? CONTEXT_PIPE : 0)
    | (dcl.strict ? CONTEXT_STRICT : 0);
  return new RecordWriter(SPW$C_CONTEXT).quad(P1_CELLS.at(dcl.memory, CTL$GL_VECTORS).CTL$GQ_PROCPRIV).byte(prc.PRC$W_CTRLMASK).byte(flags)
    .text(options.prompt ?? dcl.prompt()).text(text('PRC$T_PREFIX')).text(options.keypad ? text('PRC$T_KEYSTATE') : 'DEFAULT').bytes();
}

/**
 * Process logical names: tables of user and supervisor mode without CONFINE first, then such names in them and in the two tables every
 * process has. The tables lie in P1 space, where the CLI may read them; nothing but this process changes them.
 * @source book 23.2.10 step 9e; ch23#30
 */
function* nameRecords(dcl: Dcl): Generator<Uint8Array, void, undefined> {
  const { memory } = dcl;
  const cells = P1_CELLS.at(memory, CTL$GL_VECTORS);
  const all = [...listNames(memory, cells.CTL$GL_LNMHASH)];
  const passed = (name: ListedName): boolean => name.mode >= SUPERVISOR && (name.flags & CONFINE) === 0;
  const tables = all.filter((name) => name.header !== 0);
  const headers = new Set(tables.filter((name) => name.mode < SUPERVISOR || passed(name)).map((name) => name.header));
  const created = tables.filter(passed);
  const parentOf = (name: ListedName): number => LNMTH.read(memory, name.header).LNMTH$L_PARENT;
  // A parent is created before its children.
  const depth = (name: ListedName): number => {
    const parent = tables.find((each) => each.header === parentOf(name));
    return parent === undefined || parent === name ? 0 : 1 + depth(parent);
  };
  for (const name of created.sort((one, other) => depth(one) - depth(other))) {
    yield new RecordWriter(SPW$C_TABLE).byte(name.mode).byte(name.flags).text(name.name).text(tableNameOf(memory, parentOf(name))).bytes();
  }
  for (const name of all) {
    if (name.header !== 0 || !passed(name) || !headers.has(name.table)) continue;
    const record = new RecordWriter(SPW$C_NAME).byte(name.mode).byte(name.flags).text(tableNameOf(memory, name.table)).text(name.name).byte(name.values.length);
    for (const value of name.values) record.byte(value.flags).text(value.text);
    const bytes = record.bytes();
    if (bytes.length <= LONGEST_RECORD) yield bytes;
  }
}

/** Global symbols, then the local ones of the current level. */
function* symbolRecords(dcl: Dcl): Generator<Uint8Array, void, undefined> {
  for (const global of [true, false]) {
    for (const symbol of dcl.listSymbols(global)) {
      const record = new RecordWriter(SPW$C_SYMBOL).byte(global ? 1 : 0).byte(symbol.required).text(symbol.name);
      const bytes = (typeof symbol.value === 'number' ? record.byte(1).long(symbol.value) : record.byte(2).text(symbol.value)).bytes();
      if (bytes.length <= LONGEST_RECORD) yield bytes;
    }
  }
}
