import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { EXE$CRELNM, defineName } from '../../../src/executive/names/crelnm.js';
import { EXE$CRELNT } from '../../../src/executive/names/crelnt.js';
import { EXE$DELLNM } from '../../../src/executive/names/dellnm.js';
import { namesInTable, tableNameOf } from '../../../src/executive/names/listing.js';
import { LNM$CREATE_NAME } from '../../../src/executive/names/create.js';
import { LNM$HASH, chainCount, chainHead, nameOf, tableHeaderOf, translations } from '../../../src/executive/names/name-block.js';
import { LNM$DELETE_JOB, LNM$INIT_PROCESS, LNM$RUNDOWN, groupTableName, jobTableName } from '../../../src/executive/names/process-tables.js';
import { LNM$PRESEARCH, LNM$SEARCHLOG, LNM$SEARCH_ONE } from '../../../src/executive/names/search.js';
import { LNM$INIT_SYSTEM } from '../../../src/executive/names/system-init.js';
import { LNM$FIRSTTAB, LNM$LOOKUP, LNM$SETUP, LNM$TABLE, processDirectory, processHashTable, systemDirectory, systemHashTable } from '../../../src/executive/names/table-name.js';
import { EXE$TRNLNM } from '../../../src/executive/names/trnlnm.js';
import {
  LNM$M_CASE_BLIND, LNM$M_CONFINE, LNM$M_CREATE_IF, LNM$M_NO_ALIAS, LNM$M_TERMINAL, LNM$_ACMODE, LNM$_ATTRIBUTES, LNM$_INDEX, LNM$_LENGTH, LNM$_MAX_INDEX,
  LNM$_STRING, LNM$_TABLE,
} from '../../../src/executive/starlet/lnmdef.js';
import { PRV$V_GRPNAM, PRV$V_SYSNAM, PRV$V_SYSPRV } from '../../../src/executive/starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_DUPLNAM, SS$_EXLNMQUOTA, SS$_INSFMEM, SS$_IVLOGNAM, SS$_LNMCREATED, SS$_NOLOGNAM, SS$_NOLOGTAB, SS$_NOPRIV, SS$_NORMAL, SS$_SUPERSEDE,
  SS$_TOOMANYLNAM,
} from '../../../src/executive/starlet/ssdef.js';
import { DYN$C_LNM } from '../../../src/executive/structures/dyn.js';
import { LNMB, LNMC, LNMTH, LNMX, LNMX$C_BACKPTR, LNMX$C_TABLE } from '../../../src/executive/structures/lnm.js';
import { ORB } from '../../../src/executive/structures/orb.js';
import { P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { FakeMachine, USER } from './fake-machine.js';

const KERNEL = 0;
const EXEC = 1;
const SUPER = 2;
const USER_MODE = 3;
const FILES = { input: '_OPA0:', output: '_OPA0:', error: '_OPA0:', disk: 'DUA0:' };

let machine: FakeMachine;
let pcb2: number;

beforeEach(() => {
  machine = new FakeMachine();
  expect(LNM$INIT_SYSTEM(machine.k, 'DUA0:')).toBe(SS$_NORMAL);
  pcb2 = machine.createProcess(2);
  machine.switchTo(2);
  expect(LNM$INIT_PROCESS(machine.k, FILES)).toBe(SS$_NORMAL);
});

const acmode = (mode: number): number => machine.bytes(Uint8Array.of(mode));

function crelnm(table: string, name: string, values: readonly string[], options: { mode?: number; attr?: number } = {}): number {
  const items = values.map((value) => ({ code: LNM$_STRING, length: value.length, buffer: machine.bytes(Uint8Array.from(value, (c) => c.charCodeAt(0))) }));
  return machine.call(
    EXE$CRELNM, options.attr === undefined ? 0 : machine.long(options.attr), machine.string(table), machine.string(name),
    options.mode === undefined ? 0 : acmode(options.mode), items.length === 0 ? 0 : machine.items(...items),
  );
}

function crelnt(name: string | undefined, parent: string, options: { quota?: number; attr?: number; promsk?: number; mode?: number; resnam?: number; reslen?: number } = {}): number {
  return machine.call(
    EXE$CRELNT, options.attr === undefined ? 0 : machine.long(options.attr), options.resnam ?? 0, options.reslen ?? 0,
    options.quota === undefined ? 0 : machine.long(options.quota), options.promsk === undefined ? 0 : machine.long(options.promsk),
    name === undefined ? 0 : machine.string(name), machine.string(parent), options.mode === undefined ? 0 : acmode(options.mode),
  );
}

function dellnm(table: string, name?: string, mode?: number): number {
  return machine.call(EXE$DELLNM, machine.string(table), name === undefined ? 0 : machine.string(name), mode === undefined ? 0 : acmode(mode));
}

/** $TRNLNM with one string item; the text is undefined when the service fails. */
function trnlnm(table: string, name: string, options: { mode?: number; attr?: number; index?: number } = {}): { status: number; text: string | undefined } {
  const buffer = machine.bytes(new Uint8Array(255));
  const length = machine.long(0);
  const string = { code: LNM$_STRING, length: 255, buffer, returnLength: length };
  const list = options.index === undefined ? machine.items(string) : machine.items({ code: LNM$_INDEX, length: 4, buffer: machine.long(options.index) }, string);
  const status = machine.call(
    EXE$TRNLNM, options.attr === undefined ? 0 : machine.long(options.attr), machine.string(table), machine.string(name),
    options.mode === undefined ? 0 : acmode(options.mode), list,
  );
  const text = String.fromCharCode(...machine.k.readBytes(buffer, machine.k.readWord(length)));
  return { status, text: (status & 1) === 0 ? undefined : text };
}

const value = (table: string, name: string, options: { mode?: number; attr?: number; index?: number } = {}): string | undefined => trnlnm(table, name, options).text;

function item(table: string, name: string, code: number, length = 4): Uint8Array {
  const buffer = machine.bytes(new Uint8Array(length));
  const returned = machine.long(0);
  expect(machine.call(EXE$TRNLNM, 0, machine.string(table), machine.string(name), 0, machine.items({ code, length, buffer, returnLength: returned }))).toBe(SS$_NORMAL);
  return machine.k.readBytes(buffer, machine.k.readWord(returned));
}

const asLong = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint32(0, true);
const lookup = (name: string): number => LNM$LOOKUP(machine.k, name, USER_MODE);
const header = (name: string): number => tableHeaderOf(machine.k, lookup(name));
const mutexFree = (): boolean => machine.k.readWord(machine.k.symbol('LNM$AL_MUTEX')) === 0xffff && machine.k.pcb.PCB$W_MTXCNT === 0;
const grant = (...bits: number[]): void => { machine.k.pcb.PCB$Q_PRIV = bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n); };

/** Every chain is doubly linked and in order. */
function checkChains(hashTable: number): number {
  const { k } = machine;
  let names = 0;
  const first = hashTable + 12;
  for (let index = 0; index < chainCount(k, hashTable); index += 1) {
    let previous = first + 4 * index;
    let before: readonly [number, string, number, number] | undefined;
    for (let at = k.readLong(previous); at !== 0; at = k.readLong(at)) {
      const block = LNMB.at(k, at);
      expect(block.LNMB$L_BLINK).toBe(previous);
      expect(block.LNMB$B_TYPE).toBe(DYN$C_LNM);
      expect(block.LNMB$W_SIZE % 8).toBe(0);
      const name = nameOf(k, at);
      expect(chainHead(k, hashTable, LNM$HASH(name))).toBe(first + 4 * index);
      const key = [name.length, name, block.LNMB$L_TABLE, -block.LNMB$B_ACMODE] as const;
      if (before) expect(inOrder(before, key)).toBe(true);
      before = key;
      previous = at;
      names += 1;
    }
  }
  return names;
}

function inOrder(one: readonly [number, string, number, number], other: readonly [number, string, number, number]): boolean {
  for (let index = 0; index < 4; index += 1) if (one[index] !== other[index]) return one[index]! < other[index]!;
  return false;
}

describe('hash function and blocks', () => {
  test('ch28#32: the hash starts with the length and multiplies by 71279461 (hex): reference values of the digest', () => {
    const expected: Record<string, number> = {
      A: 0xa3080000, TT: 0x5f221461, SYS$DISK: 0xc59767fb, SYS$LOGIN: 0x3bc824be, SYS$INPUT: 0x6da397fe, LNM$FILE_DEV: 0x28a3a78f,
      LNM$PROCESS: 0x34564212, LNM$PROCESS_TABLE: 0xba03960b, LNM$SYSTEM_DIRECTORY: 0xc9e58cd1,
    };
    for (const [name, hash] of Object.entries(expected)) expect(LNM$HASH(name)).toBe(hash);
  });

  test('names that differ only in case hash alike', () => {
    fc.assert(fc.property(fc.string(), (name) => LNM$HASH(name.toLowerCase().replace(/[^\x20-\x7e]/g, 'x')) === LNM$HASH(name.toLowerCase().replace(/[^\x20-\x7e]/g, 'x').toUpperCase())));
  });

  test('ch28#29: LNMB$W_SIZE covers the LNMXs and is a multiple of 8; ch28#27: the last LNMX has XEND and no string', () => {
    crelnm('LNM$PROCESS', 'ABC', ['ONE', 'THREE']);
    const { lnmb } = LNM$SEARCHLOG(machine.k, 'ABC', 'LNM$PROCESS', USER_MODE);
    const list = [...translations(machine.k, lnmb)];
    expect(list.map(({ index, length }) => [index, length])).toEqual([[0, 3], [1, 5]]);
    const last = list[1]!;
    const trailer = last.value + last.length;
    expect(machine.k.readByte(trailer)).toBe(LNMX.mask.LNMX$V_XEND);
    expect(LNMB.at(machine.k, lnmb).LNMB$W_SIZE).toBe((trailer + 1 - lnmb + 7) & ~7);
  });

  test('ch28#30: chains run by length, alphabet, table address, outermost mode first', () => {
    // A one-chain table makes every name collide.
    machine = new FakeMachine({ htblsizs: 1, htblsizp: 1 });
    LNM$INIT_SYSTEM(machine.k, 'DUA0:');
    machine.createProcess(2, { privileges: ~0n });
    machine.switchTo(2);
    LNM$INIT_PROCESS(machine.k, FILES);
    crelnt('T1', 'LNM$PROCESS');
    for (const name of ['B', 'AA', 'A', 'C', 'AB']) {
      for (const table of ['LNM$PROCESS', 'T1']) for (const mode of [USER_MODE, EXEC, SUPER]) expect(crelnm(table, name, ['X'], { mode })).toBe(table === 'T1' && mode < USER_MODE ? SS$_NOLOGTAB : SS$_NORMAL);
    }
    expect(checkChains(processHashTable(machine.k))).toBeGreaterThan(20);
    expect(checkChains(systemHashTable(machine.k))).toBeGreaterThan(15);
  });

  test('ch28#35: shorter names in a chain are passed over, the first longer one ends the search', () => {
    machine = new FakeMachine({ htblsizs: 1, htblsizp: 1 });
    LNM$INIT_SYSTEM(machine.k, 'DUA0:');
    machine.createProcess(2);
    machine.switchTo(2);
    LNM$INIT_PROCESS(machine.k, FILES);
    for (const name of ['AAA', 'ZZZ', 'LONGER1']) crelnm('LNM$JOB', name, ['X']);
    const nt = { name: 'MMMM', hashTable: systemHashTable(machine.k), mode: USER_MODE, caseBlind: false, lnmb: 0 };
    expect(LNM$PRESEARCH(machine.k, nt)).toBe(false);
    expect(nameOf(machine.k, nt.lnmb).length).toBeGreaterThan(4);
    const previous = LNMB.at(machine.k, nt.lnmb).LNMB$L_BLINK;
    expect(nameOf(machine.k, previous)).toBe('ZZZ');
  });

  test('ch28#31: the hash table of a new process is empty but for its own names', () => {
    expect(checkChains(processHashTable(machine.k))).toBe(2 + 3 + 4);
  });
});

describe('tables every system and process has', () => {
  test('ch28#10: every directory contains its own name', () => {
    for (const [name, directory] of [['LNM$PROCESS_DIRECTORY', processDirectory(machine.k)], ['LNM$SYSTEM_DIRECTORY', systemDirectory(machine.k)]] as const) {
      const lnmb = lookup(name);
      expect(LNMB.at(machine.k, lnmb).LNMB$L_TABLE).toBe(directory);
      expect(tableHeaderOf(machine.k, lnmb)).toBe(directory);
      expect(LNMTH.at(machine.k, directory).LNMTH$L_PARENT).toBe(0);
      expect(LNMTH.at(machine.k, directory).LNMTH$L_NAME).toBe(lnmb);
    }
  });

  test('ch28#28: index 82 (hex) is a table header; the static system directory lies at its cell', () => {
    const lnmb = lookup('LNM$SYSTEM_DIRECTORY');
    expect(lnmb).toBe(machine.k.symbol('LNM$SYSTEM_DIRECTORY'));
    expect([...translations(machine.k, lnmb)].map(({ index }) => index)).toEqual([LNMX$C_TABLE]);
    expect(systemDirectory(machine.k) - lnmb).toBe(43);
    expect(LNMB.at(machine.k, lnmb).LNMB$W_SIZE).toBe(88);
  });

  test('ch28#9: the only link between a table and its names is LNMB$L_TABLE', () => {
    crelnm('LNM$PROCESS', 'LINKED', ['X']);
    const { lnmb } = LNM$SEARCHLOG(machine.k, 'LINKED', 'LNM$PROCESS', USER_MODE);
    expect(LNMB.at(machine.k, lnmb).LNMB$L_TABLE).toBe(header('LNM$PROCESS_TABLE'));
  });

  test('LNM$FILE_DEV resolves depth first to process, job, group and system table (ch28#26: Table name resolution is depth-first)', () => {
    const expected = ['LNM$PROCESS_TABLE', jobTableName(machine.k), groupTableName(machine.k.pcb.PCB$L_UIC), 'LNM$SYSTEM_TABLE'].map(header);
    const { context, first } = LNM$SETUP(machine.k, 'LNM$FILE_DEV', USER_MODE);
    const found = [first.header];
    for (let next = LNM$TABLE(machine.k, context!); next.header !== 0; next = LNM$TABLE(machine.k, context!)) found.push(next.header);
    expect(found).toEqual(expected);
    expect(found.every((each) => each !== 0)).toBe(true);
  });

  test('ch28#17: SYS$DISK of the process is found through LNM$FILE_DEV before that of the system', () => {
    expect(value('LNM$FILE_DEV', 'SYS$DISK')).toBe('DUA0:');
    expect(item('LNM$FILE_DEV', 'SYS$DISK', LNM$_TABLE, 31)).toEqual(Uint8Array.from('LNM$PROCESS_TABLE', (c) => c.charCodeAt(0)));
  });

  test('ch28#20: executive mode LNM$FILE_DEV contains only LNM$SYSTEM', () => {
    crelnm('LNM$PROCESS', 'ONLY_MINE', ['X']);
    machine.cpu.previousMode = EXEC;
    const { context, first } = LNM$SETUP(machine.k, 'LNM$FILE_DEV', EXEC);
    expect(first.header).toBe(header('LNM$SYSTEM_TABLE'));
    expect(LNM$TABLE(machine.k, context!).header).toBe(0);
    expect(trnlnm('LNM$FILE_DEV', 'SYS$INPUT', { mode: EXEC }).status).toBe(SS$_NOLOGNAM);
  });

  test('ch28#23: the access mode counts for table names too', () => {
    expect(crelnt('USERTAB', 'LNM$PROCESS')).toBe(SS$_LNMCREATED);
    expect(crelnm('USERTAB', 'X', ['Y'])).toBe(SS$_NORMAL);
    expect(value('USERTAB', 'X')).toBe('Y');
    machine.cpu.previousMode = SUPER;
    expect(trnlnm('USERTAB', 'X', { mode: SUPER }).status).toBe(SS$_NOLOGNAM);
  });

  test('ch28#65: the swapper makes executive mode SYS$DISK and SYS$SYSDEVICE in LNM$SYSTEM', () => {
    for (const name of ['SYS$DISK', 'SYS$SYSDEVICE']) {
      expect(value('LNM$SYSTEM', name)).toBe('DUA0:');
      expect([...item('LNM$SYSTEM', name, LNM$_ACMODE, 1)]).toEqual([EXEC]);
    }
  });

  test('ch28#34: in the context of the swapper only the shareable table is searched', () => {
    crelnm('LNM$PROCESS', 'PRIVATE', ['X']);
    machine.switchTo(1);
    expect(LNM$SEARCHLOG(machine.k, 'PRIVATE', 'LNM$FILE_DEV', USER_MODE).status).toBe(SS$_NOLOGNAM);
    expect(LNM$SEARCHLOG(machine.k, 'SYS$DISK', 'LNM$FILE_DEV', USER_MODE).status).toBe(SS$_NORMAL);
  });

  test('ch28#63: LOG$PROCESS includes the job table', () => {
    crelnm('LNM$JOB', 'JOBNAME', ['X']);
    expect(value('LOG$PROCESS', 'JOBNAME')).toBe('X');
  });

  test('ch28#64: a group table that exists is kept and no pool is lost; the job table dies with its job, the group table does not', () => {
    const { k } = machine;
    grant(PRV$V_GRPNAM);
    expect(crelnm('LNM$GROUP', 'TEAM', ['X'])).toBe(SS$_NORMAL);
    const group = header(groupTableName(k.pcb.PCB$L_UIC));
    const job = jobTableName(k);
    machine.createProcess(3, { uic: k.pcb.PCB$L_UIC });
    machine.switchTo(3);
    const before = machine.freePagedPool();
    expect(LNM$INIT_PROCESS(k, FILES)).toBe(SS$_NORMAL);
    expect(header(groupTableName(k.pcb.PCB$L_UIC))).toBe(group);
    expect(value('LNM$GROUP', 'TEAM')).toBe('X');
    LNM$DELETE_JOB(k);
    expect(machine.freePagedPool()).toBe(before);
    machine.switchTo(2);
    expect(header(job)).not.toBe(0);
    LNM$DELETE_JOB(k);
    expect(lookup(job)).toBe(0);
    expect(value('LNM$GROUP', 'TEAM')).toBe('X');
  });

  test('a subprocess shares the job table of its job', () => {
    const { k } = machine;
    crelnm('LNM$JOB', 'SHARED', ['X']);
    machine.createProcess(4, { owner: 0x10002, job: 2 });
    machine.switchTo(4);
    const before = machine.freePagedPool();
    LNM$INIT_PROCESS(k, FILES);
    expect(machine.freePagedPool()).toBe(before);
    expect(value('LNM$JOB', 'SHARED')).toBe('X');
  });
});

describe('$CRELNM and $TRNLNM', () => {
  test('ch28#1: the same string in other tables and in other modes of one table is another name', () => {
    grant(PRV$V_SYSNAM);
    for (const [table, mode, text] of [['LNM$PROCESS', USER_MODE, 'U'], ['LNM$PROCESS', SUPER, 'S'], ['LNM$PROCESS', EXEC, 'E'], ['LNM$JOB', USER_MODE, 'J']] as const) {
      expect(crelnm(table, 'MANY', [text], { mode })).toBe(SS$_NORMAL);
    }
    expect(value('LNM$PROCESS', 'MANY')).toBe('U');
    expect(value('LNM$PROCESS', 'MANY', { mode: SUPER })).toBe('S');
    expect(value('LNM$PROCESS', 'MANY', { mode: EXEC })).toBe('E');
    expect(value('LNM$JOB', 'MANY')).toBe('J');
  });

  test('ch28#2: names of 1 to 255 bytes, any byte outside directories', () => {
    expect(crelnm('LNM$PROCESS', '', ['X'])).toBe(SS$_IVLOGNAM);
    expect(crelnm('LNM$PROCESS', 'A'.repeat(256), ['X'])).toBe(SS$_IVLOGNAM);
    expect(crelnm('LNM$PROCESS', 'A'.repeat(255), ['B'.repeat(255)])).toBe(SS$_NORMAL);
    expect(value('LNM$PROCESS', 'A'.repeat(255))).toBe('B'.repeat(255));
    const odd = String.fromCharCode(0, 10, 255, 127);
    expect(crelnm('LNM$PROCESS', odd, [odd])).toBe(SS$_NORMAL);
    expect(value('LNM$PROCESS', odd)).toBe(odd);
  });

  test('ch28#5: with SYSNAM the mode asked for, without it the less privileged, without ACMODE that of the caller', () => {
    machine.cpu.previousMode = SUPER;
    crelnm('LNM$PROCESS', 'ONE', ['X'], { mode: KERNEL });
    crelnm('LNM$PROCESS', 'TWO', ['X'], { mode: USER_MODE });
    crelnm('LNM$PROCESS', 'THREE', ['X']);
    grant(PRV$V_SYSNAM);
    crelnm('LNM$PROCESS', 'FOUR', ['X'], { mode: KERNEL });
    const modes = ['ONE', 'TWO', 'THREE', 'FOUR'].map((name) => item('LNM$PROCESS', name, LNM$_ACMODE, 1)[0]);
    expect(modes).toEqual([SUPER, USER_MODE, SUPER, KERNEL]);
  });

  test('ch28#6: with ACMODE executive, supervisor and user names are ignored; ch28#36: otherwise the outermost accepted definition counts', () => {
    machine.cpu.previousMode = EXEC;
    crelnm('LNM$PROCESS', 'MODES', ['USER'], { mode: USER_MODE });
    crelnm('LNM$PROCESS', 'MODES', ['SUPER'], { mode: SUPER });
    expect(trnlnm('LNM$PROCESS', 'MODES', { mode: EXEC }).status).toBe(SS$_NOLOGNAM);
    expect(value('LNM$PROCESS', 'MODES', { mode: SUPER })).toBe('SUPER');
    expect(value('LNM$PROCESS', 'MODES')).toBe('USER');
  });

  test('ch28#21: up to 128 equivalence names with attributes of their own', () => {
    const list: { code: number; length: number; buffer: number }[] = [];
    for (let index = 0; index < 128; index += 1) {
      list.push({ code: LNM$_ATTRIBUTES, length: 4, buffer: machine.long(index % 2 === 0 ? LNM$M_TERMINAL : 0) });
      list.push({ code: LNM$_STRING, length: 2, buffer: machine.bytes(Uint8Array.of(65 + (index >> 4), 65 + (index & 15))) });
    }
    expect(machine.call(EXE$CRELNM, 0, machine.string('LNM$PROCESS'), machine.string('SEARCH'), 0, machine.items(...list))).toBe(SS$_NORMAL);
    expect(asLong(item('LNM$PROCESS', 'SEARCH', LNM$_MAX_INDEX))).toBe(127);
    expect(value('LNM$PROCESS', 'SEARCH', { index: 127 })).toBe('HP');
    const { lnmb } = LNM$SEARCHLOG(machine.k, 'SEARCH', 'LNM$PROCESS', USER_MODE);
    expect([...translations(machine.k, lnmb)].map(({ flags }) => flags)).toEqual(Array.from({ length: 128 }, (_v, index) => (index % 2 === 0 ? LNMX.mask.LNMX$V_TERMINAL : 0)));
  });

  test('ch28#22: case-blindness is asked for at translation', () => {
    crelnm('LNM$PROCESS', 'MixedCase', ['X']);
    expect(trnlnm('LNM$PROCESS', 'MIXEDCASE').status).toBe(SS$_NOLOGNAM);
    expect(value('LNM$PROCESS', 'MIXEDCASE', { attr: LNM$M_CASE_BLIND })).toBe('X');
  });

  test('ch28#24: $TRNLNM does not iterate', () => {
    crelnm('LNM$PROCESS', 'ONE', ['TWO']);
    crelnm('LNM$PROCESS', 'TWO', ['THREE']);
    expect(value('LNM$PROCESS', 'ONE')).toBe('TWO');
  });

  test('ch28#25: translation stops at the first table with the name, creation goes to the first table of the list', () => {
    crelnm('LNM$JOB', 'PLACE', ['JOB']);
    expect(value('LNM$FILE_DEV', 'PLACE')).toBe('JOB');
    expect(crelnm('LNM$FILE_DEV', 'PLACE', ['PROCESS'])).toBe(SS$_NORMAL);
    expect(value('LNM$FILE_DEV', 'PLACE')).toBe('PROCESS');
    expect(value('LNM$JOB', 'PLACE')).toBe('JOB');
  });

  test('ch28#33: an unknown name is SS$_NOLOGNAM even in a table that does not exist', () => {
    expect(trnlnm('NO_SUCH_TABLE', 'NO_SUCH_NAME').status).toBe(SS$_NOLOGNAM);
  });

  test('ch28#43: translating without read access gives SS$_NOPRIV', () => {
    grant(PRV$V_SYSPRV);
    crelnt('SECRETS', 'LNM$SYSTEM_DIRECTORY', { promsk: 0xffff });
    crelnm('SECRETS', 'HIDDEN', ['X']);
    machine.k.pcb.PCB$L_UIC = 0x0090_0009;
    grant();
    expect(trnlnm('SECRETS', 'NOTHERE').status).toBe(SS$_NOLOGNAM);
    const { lnmb } = LNM$CREATE_NAME(machine.k, { name: 'HIDDEN', table: 'SECRETS', mode: USER_MODE, flags: 0, translations: [], trusted: true });
    expect(lnmb).not.toBe(0);
    expect(trnlnm('SECRETS', 'HIDDEN').status).toBe(SS$_NOPRIV);
    expect(mutexFree()).toBe(true);
  });

  test('ch28#44: a private name costs no paged pool', () => {
    const paged = machine.freePagedPool();
    const region = machine.freeProcessRegion();
    crelnm('LNM$PROCESS', 'PRIVATE', ['VALUE']);
    expect(machine.freePagedPool()).toBe(paged);
    expect(machine.freeProcessRegion()).toBeLessThan(region);
    const { lnmb } = LNM$SEARCHLOG(machine.k, 'PRIVATE', 'LNM$PROCESS', USER_MODE);
    expect(lnmb).toBeLessThan(0x8000_0000);
  });

  test('ch28#45: a name needs no equivalence name', () => {
    expect(crelnm('LNM$PROCESS', 'FLAG', [])).toBe(SS$_NORMAL);
    expect(trnlnm('LNM$PROCESS', 'FLAG')).toEqual({ status: SS$_NORMAL, text: '' });
    expect(asLong(item('LNM$PROCESS', 'FLAG', LNM$_MAX_INDEX))).toBe(0xffffffff);
  });

  test('ch28#46: a table name that leads nowhere is SS$_NOLOGTAB', () => {
    const before = machine.freePagedPool();
    expect(crelnm('NOWHERE', 'X', ['Y'])).toBe(SS$_NOLOGTAB);
    crelnm('LNM$PROCESS_DIRECTORY', 'LEADS', ['NOWHERE']);
    expect(crelnm('LEADS', 'X', ['Y'])).toBe(SS$_NOLOGTAB);
    expect(machine.freePagedPool()).toBe(before);
    expect(mutexFree()).toBe(true);
  });

  test('ch28#47: quota used up: SS$_EXLNMQUOTA, pool and mutex as before', () => {
    expect(crelnt('SMALL', 'LNM$PROCESS', { quota: 48 })).toBe(SS$_LNMCREATED);
    const region = machine.freeProcessRegion();
    expect(crelnm('SMALL', 'TOO_LONG', ['A'.repeat(40)])).toBe(SS$_EXLNMQUOTA);
    expect(machine.freeProcessRegion()).toBe(region);
    expect(mutexFree()).toBe(true);
    expect(crelnm('SMALL', 'FITS', ['A'])).toBe(SS$_NORMAL);
    expect(LNMTH.at(machine.k, header('SMALL')).LNMTH$L_BYTES).toBeLessThan(48);
  });

  test('ch28#48 ch28#11: names in a directory have at most 31 characters of $, _, letters and digits', () => {
    for (const name of ['A'.repeat(32), 'A-B', 'A B', 'A.B']) expect(crelnm('LNM$PROCESS_DIRECTORY', name, ['X'])).toBe(SS$_IVLOGNAM);
    for (const name of ['A'.repeat(31), 'lower$_9']) expect(crelnm('LNM$PROCESS_DIRECTORY', name, ['X'])).toBe(SS$_NORMAL);
    expect(crelnt('BAD-NAME', 'LNM$PROCESS')).toBe(SS$_IVLOGNAM);
  });

  test('ch28#49: no outer mode name under a NO_ALIAS name; ch28#50: a NO_ALIAS name deletes outer mode aliases', () => {
    machine.cpu.previousMode = EXEC;
    expect(crelnm('LNM$PROCESS', 'GUARD', ['USER'], { mode: USER_MODE })).toBe(SS$_NORMAL);
    expect(crelnm('LNM$PROCESS', 'GUARD', ['EXEC'], { mode: EXEC, attr: LNM$M_NO_ALIAS })).toBe(SS$_SUPERSEDE);
    expect(value('LNM$PROCESS', 'GUARD')).toBe('EXEC');
    const region = machine.freeProcessRegion();
    expect(crelnm('LNM$PROCESS', 'GUARD', ['USER'], { mode: USER_MODE })).toBe(SS$_DUPLNAM);
    expect(machine.freeProcessRegion()).toBe(region);
    expect(value('LNM$PROCESS', 'GUARD')).toBe('EXEC');
  });

  test('a definition of the same mode is superseded and its pool given back', () => {
    expect(crelnm('LNM$PROCESS', 'AGAIN', ['1'])).toBe(SS$_NORMAL);
    const region = machine.freeProcessRegion();
    expect(crelnm('LNM$PROCESS', 'AGAIN', ['2'])).toBe(SS$_SUPERSEDE);
    expect(machine.freeProcessRegion()).toBe(region);
    expect(value('LNM$PROCESS', 'AGAIN')).toBe('2');
  });

  test('arguments the caller cannot reach are SS$_ACCVIO', () => {
    const outside = 0x8000_1000;
    expect(machine.call(EXE$CRELNM, 0, outside, machine.string('X'), 0, 0)).toBe(SS$_ACCVIO);
    expect(machine.call(EXE$TRNLNM, 0, machine.string('LNM$PROCESS'), outside, 0, 0)).toBe(SS$_ACCVIO);
    crelnm('LNM$PROCESS', 'X', ['Y']);
    const list = machine.items({ code: LNM$_STRING, length: 10, buffer: outside });
    expect(machine.call(EXE$TRNLNM, 0, machine.string('LNM$PROCESS'), machine.string('X'), 0, list)).toBe(SS$_ACCVIO);
    expect(mutexFree()).toBe(true);
  });

  test('$TRNLNM gives attributes, length and table', () => {
    crelnm('LNM$PROCESS', 'ATTR', ['HELLO'], { attr: LNM$M_CONFINE });
    expect(asLong(item('LNM$PROCESS', 'ATTR', LNM$_ATTRIBUTES)) & LNM$M_CONFINE).toBe(LNM$M_CONFINE);
    expect(asLong(item('LNM$PROCESS', 'ATTR', LNM$_LENGTH))).toBe(5);
  });

  test('paged pool used up: SS$_INSFMEM', () => {
    const { k } = machine;
    const listhead = k.symbol('EXE$GL_PAGED');
    k.writeLong(listhead, 0);
    expect(crelnm('LNM$JOB', 'X', ['Y'])).toBe(SS$_INSFMEM);
    expect(mutexFree()).toBe(true);
  });

  test('ch28#28: a back pointer translation (index 81 hex) is stored and found like a string', () => {
    const { lnmb } = LNM$CREATE_NAME(machine.k, {
      name: 'MAILBOX', table: 'LNM$JOB', mode: USER_MODE, flags: 0, trusted: true,
      translations: [{ index: 0, flags: 0, value: Uint8Array.from('MBA1:', (c) => c.charCodeAt(0)) }, { index: LNMX$C_BACKPTR, flags: 0, value: Uint8Array.of(0, 0, 0, 0) }],
    });
    expect([...translations(machine.k, lnmb)].map(({ index }) => index)).toEqual([0, LNMX$C_BACKPTR]);
    expect(LNM$SEARCH_ONE(machine.k, 'MAILBOX', 'LNM$TEMPORARY_MAILBOX', USER_MODE).value).toBe('MBA1:');
  });
});

describe('tables and their names', () => {
  test('ch28#12: the name of a private table goes into the process directory, whatever the parent', () => {
    expect(crelnt('A', 'LNM$PROCESS')).toBe(SS$_LNMCREATED);
    expect(LNMB.at(machine.k, lookup('A')).LNMB$L_TABLE).toBe(processDirectory(machine.k));
    expect(LNMTH.at(machine.k, header('A')).LNMTH$L_PARENT).toBe(header('LNM$PROCESS_TABLE'));
  });

  test('ch28#13: quota 0 uses the parent\'s holder; ch28#14: other quota is withdrawn from it', () => {
    crelnt('POOLED', 'LNM$PROCESS');
    const directory = LNMTH.at(machine.k, processDirectory(machine.k));
    expect(LNMTH.at(machine.k, header('POOLED')).LNMTH$L_QTABLE).toBe(directory.address);
    const before = directory.LNMTH$L_BYTES;
    crelnt('LIMITED', 'LNM$PROCESS', { quota: 1000 });
    const limited = LNMTH.at(machine.k, header('LIMITED'));
    expect(limited.LNMTH$L_QTABLE).toBe(limited.address);
    expect(limited.LNMTH$L_BYTES).toBe(1000);
    expect(directory.LNMTH$L_BYTES).toBe(before - 1000 - LNMB.at(machine.k, lookup('LIMITED')).LNMB$W_SIZE);
    crelnt('CHILD', 'LIMITED');
    expect(LNMTH.at(machine.k, header('CHILD')).LNMTH$L_QTABLE).toBe(limited.address);
    dellnm('LNM$PROCESS_DIRECTORY', 'LIMITED');
    expect(directory.LNMTH$L_BYTES).toBe(before);
  });

  test('ch28#15: a new shareable table gives system and owner RWED, group and world nothing', () => {
    grant(PRV$V_SYSPRV);
    crelnt('OPEN', 'LNM$SYSTEM_DIRECTORY');
    const orb = ORB.at(machine.k, LNMTH.at(machine.k, header('OPEN')).LNMTH$L_ORB);
    expect(orb.ORB$W_PROT).toBe(0xff00);
    expect(orb.ORB$L_OWNER).toBe(machine.k.pcb.PCB$L_UIC);
  });

  test('ch28#53: a private table gets no ORB', () => {
    crelnt('A', 'LNM$PROCESS');
    expect(LNMTH.at(machine.k, header('A')).LNMTH$L_ORB).toBe(0);
  });

  test('ch28#16: GRPNAM gives read and write to the group table, SYSNAM to the system table, not enable or delete', () => {
    expect(crelnm('LNM$GROUP', 'X', ['Y'])).toBe(SS$_NOPRIV);
    expect(crelnm('LNM$SYSTEM', 'X', ['Y'])).toBe(SS$_NOPRIV);
    grant(PRV$V_GRPNAM);
    expect(crelnm('LNM$GROUP', 'X', ['Y'])).toBe(SS$_NORMAL);
    expect(crelnt(undefined, 'LNM$GROUP')).toBe(SS$_NOPRIV);
    grant(PRV$V_SYSNAM);
    expect(crelnm('LNM$SYSTEM', 'X', ['Y'])).toBe(SS$_NORMAL);
    expect(crelnt(undefined, 'LNM$SYSTEM')).toBe(SS$_NOPRIV);
  });

  test('ch28#19: table names are looked up in the two directories only, process first (ch28#18)', () => {
    defineName(machine.k, 'LNM$DCL_LOGICAL', 'LNM$SYSTEM_DIRECTORY', SUPER, ['LNM$FILE_DEV']);
    crelnm('LNM$PROCESS', 'LNM$DCL_LOGICAL', ['LNM$PROCESS_DIRECTORY']);
    expect(value('LNM$DCL_LOGICAL', 'LNM$JOB')).toBeUndefined();
    machine.cpu.previousMode = SUPER;
    crelnm('LNM$PROCESS_DIRECTORY', 'LNM$DCL_LOGICAL', ['LNM$FILE_DEV', 'LNM$PROCESS_DIRECTORY', 'LNM$SYSTEM_DIRECTORY']);
    expect(value('LNM$DCL_LOGICAL', 'LNM$JOB')).toBe(jobTableName(machine.k));
    expect(value('LNM$DCL_LOGICAL', 'LNM$SYSTEM')).toBe('LNM$SYSTEM_TABLE');
  });

  test('ch28#42: more than 10 levels of table names give SS$_TOOMANYLNAM', () => {
    crelnt('BOTTOM', 'LNM$PROCESS');
    crelnm('BOTTOM', 'X', ['Y']);
    let below = 'BOTTOM';
    for (let level = 2; level <= 10; level += 1) {
      crelnm('LNM$PROCESS_DIRECTORY', `LEVEL${level}`, [below]);
      below = `LEVEL${level}`;
    }
    expect(value('LEVEL10', 'X')).toBe('Y');
    crelnm('LNM$PROCESS_DIRECTORY', 'LEVEL11', ['LEVEL10']);
    expect(trnlnm('LEVEL11', 'X').status).toBe(SS$_TOOMANYLNAM);
    crelnm('LNM$PROCESS_DIRECTORY', 'CIRCLE', ['CIRCLE']);
    expect(trnlnm('CIRCLE', 'X').status).toBe(SS$_TOOMANYLNAM);
    expect(mutexFree()).toBe(true);
  });

  test('ch28#51: without a name a table is called LNM$ with LNMB address and EPID in hex', () => {
    const buffer = machine.bytes(new Uint8Array(31));
    const length = machine.long(0);
    expect(crelnt(undefined, 'LNM$PROCESS', { resnam: machine.descriptor(31, buffer), reslen: length })).toBe(SS$_LNMCREATED);
    const name = String.fromCharCode(...machine.k.readBytes(buffer, machine.k.readWord(length)));
    const hex = (n: number): string => n.toString(16).toUpperCase().padStart(8, '0');
    expect(name).toBe(`LNM$${hex(lookup(name))}${hex(machine.k.pcb.PCB$L_EPID)}`);
    expect(name).toMatch(/^LNM\$[0-9A-F]{16}$/);
  });

  test('ch28#52: under a shareable parent Enable access is needed, with a name also Write to the system directory', () => {
    expect(crelnt('NAMED', 'LNM$JOB')).toBe(SS$_NOPRIV);
    expect(crelnt(undefined, 'LNM$JOB')).toBe(SS$_LNMCREATED);
    expect(crelnt(undefined, 'LNM$SYSTEM')).toBe(SS$_NOPRIV);
    grant(PRV$V_SYSPRV);
    expect(crelnt('NAMED', 'LNM$JOB')).toBe(SS$_LNMCREATED);
    expect(mutexFree()).toBe(true);
  });

  test('ch28#54: a new table becomes first child, the old one its sibling', () => {
    crelnt('FIRST', 'LNM$PROCESS');
    crelnt('SECOND', 'LNM$PROCESS');
    const parent = LNMTH.at(machine.k, header('LNM$PROCESS_TABLE'));
    expect(parent.LNMTH$L_CHILD).toBe(header('SECOND'));
    expect(LNMTH.at(machine.k, header('SECOND')).LNMTH$L_SIBLING).toBe(header('FIRST'));
  });

  test('ch28#55: CREATE_IF keeps an existing table; without it the table is superseded with all it held', () => {
    crelnt('TABLE', 'LNM$PROCESS');
    crelnm('TABLE', 'INSIDE', ['X']);
    crelnt('CHILD', 'TABLE');
    crelnm('CHILD', 'DEEP', ['X']);
    const old = lookup('TABLE');
    const region = machine.freeProcessRegion();
    expect(crelnt('TABLE', 'LNM$PROCESS', { attr: LNM$M_CREATE_IF })).toBe(SS$_NORMAL);
    expect(lookup('TABLE')).toBe(old);
    expect(machine.freeProcessRegion()).toBe(region);
    expect(value('TABLE', 'INSIDE')).toBe('X');
    expect(crelnt('TABLE', 'LNM$PROCESS')).toBe(SS$_SUPERSEDE);
    expect(trnlnm('TABLE', 'INSIDE').status).toBe(SS$_NOLOGNAM);
    expect(lookup('CHILD')).toBe(0);
    checkChains(processHashTable(machine.k));
  });
});

describe('cache', () => {
  const blocks = (): number[] => [...machine.k.queueEntries(machine.k.p1.address + P1_CELLS.offset.CTL$GQ_LNMTBLCACHE)];
  const blockOf = (name: string): number | undefined => blocks().find((address) => LNMC.at(machine.k, address).LNMC$L_TBLADDR === lookup(name));
  const entries = (block: number): number[] => Array.from({ length: 25 }, (_v, index) => machine.k.readLong(block + LNMC.offset.LNMC$R_ENTRY + 4 * index));

  test('ch28#41: LNMPHASHTBL * 8 / 128 cache blocks', () => {
    expect(blocks().length).toBe((128 * 8) / 128);
  });

  test('ch28#39: a list ends with 0 while incomplete, with -1 when complete', () => {
    crelnm('LNM$PROCESS', 'HERE', ['X']);
    value('LNM$FILE_DEV', 'HERE');
    const block = blockOf('LNM$FILE_DEV')!;
    expect(entries(block).slice(0, 2)).toEqual([header('LNM$PROCESS_TABLE'), 0]);
    expect(LNM$SEARCHLOG(machine.k, 'SYS$SYSDEVICE', 'LNM$FILE_DEV', USER_MODE).status).toBe(SS$_NORMAL);
    expect(entries(block)[4]).toBe(0);
    defineName(machine.k, 'ELSEWHERE', 'LNM$SYSTEM_DIRECTORY', USER_MODE, ['X']);
    expect(trnlnm('LNM$FILE_DEV', 'ELSEWHERE').status).toBe(SS$_NOLOGNAM);
    expect(entries(blockOf('LNM$FILE_DEV')!)[4]).toBe(0xffffffff);
    expect(blocks()[0]).toBe(blockOf('LNM$FILE_DEV'));
  });

  test('ch28#37: a block counts only while both sequence numbers match; ch28#38: redefining LNM$PROCESS changes the process\'s', () => {
    crelnm('LNM$PROCESS', 'WHERE', ['PROCESS']);
    crelnt('OTHER', 'LNM$JOB');
    crelnm('LNM$JOB', 'WHERE', ['JOB']);
    expect(value('LNM$FILE_DEV', 'WHERE')).toBe('PROCESS');
    const sequence = machine.k.p1.CTL$GL_LNMDIRSEQ;
    crelnm('LNM$PROCESS_DIRECTORY', 'LNM$PROCESS', ['LNM$JOB']);
    expect(machine.k.p1.CTL$GL_LNMDIRSEQ).toBe(sequence + 1);
    expect(value('LNM$FILE_DEV', 'WHERE')).toBe('JOB');
    const system = machine.k.sys.LNM$GL_SYSDIRSEQ;
    defineName(machine.k, 'NEW', 'LNM$SYSTEM_DIRECTORY', KERNEL, ['LNM$SYSTEM']);
    expect(machine.k.sys.LNM$GL_SYSDIRSEQ).toBe(system + 1);
  });

  test('ch28#40: a name that resolves to more than 25 headers is not cached, and still resolves', () => {
    const names = Array.from({ length: 26 }, (_v, index) => `TAB${index}`);
    for (const name of names) expect(crelnt(name, 'LNM$PROCESS')).toBe(SS$_LNMCREATED);
    crelnm('LNM$PROCESS_DIRECTORY', 'ALL', names);
    crelnm('TAB25', 'LAST', ['X']);
    for (let turn = 0; turn < 2; turn += 1) {
      expect(value('ALL', 'LAST')).toBe('X');
      expect(blockOf('ALL')).toBeUndefined();
    }
    expect(LNM$FIRSTTAB(machine.k, 'ALL', USER_MODE).header).toBe(header('TAB0'));
  });
});

describe('$DELLNM and rundown', () => {
  test('ch28#56: an inner mode name is SS$_NOLOGNAM for an outer mode; ch28#57: outer mode aliases go too', () => {
    machine.cpu.previousMode = EXEC;
    for (const mode of [EXEC, SUPER, USER_MODE]) crelnm('LNM$PROCESS', 'ALIAS', [`M${mode}`], { mode });
    expect(dellnm('LNM$PROCESS', 'ALIAS', SUPER)).toBe(SS$_NORMAL);
    expect(value('LNM$PROCESS', 'ALIAS')).toBe('M1');
    machine.cpu.previousMode = SUPER;
    expect(dellnm('LNM$PROCESS', 'ALIAS')).toBe(SS$_NOLOGNAM);
    expect(value('LNM$PROCESS', 'ALIAS')).toBe('M1');
    expect(dellnm('LNM$PROCESS', 'NOT_THERE')).toBe(SS$_NOLOGNAM);
  });

  test('ch28#58: delete access to a table is enough to delete it', () => {
    const buffer = machine.bytes(new Uint8Array(31));
    const length = machine.long(0);
    crelnt(undefined, 'LNM$JOB', { resnam: machine.descriptor(31, buffer), reslen: length });
    const name = String.fromCharCode(...machine.k.readBytes(buffer, machine.k.readWord(length)));
    const before = machine.freePagedPool();
    expect(dellnm('LNM$SYSTEM_DIRECTORY', name)).toBe(SS$_NORMAL);
    expect(machine.freePagedPool()).toBeGreaterThan(before);
    expect(lookup(name)).toBe(0);
  });

  test('ch28#59: deleting a table deletes its descendants and their names', () => {
    const region = machine.freeProcessRegion();
    const quota = LNMTH.at(machine.k, processDirectory(machine.k)).LNMTH$L_BYTES;
    crelnt('TOP', 'LNM$PROCESS');
    crelnt('LEFT', 'TOP');
    crelnt('RIGHT', 'TOP', { quota: 500 });
    crelnt('LOWER', 'RIGHT');
    for (const table of ['TOP', 'LEFT', 'RIGHT', 'LOWER']) for (let index = 0; index < 5; index += 1) crelnm(table, `N${index}`, ['X']);
    expect(dellnm('LNM$PROCESS_DIRECTORY', 'TOP')).toBe(SS$_NORMAL);
    for (const table of ['TOP', 'LEFT', 'RIGHT', 'LOWER']) expect(lookup(table)).toBe(0);
    expect(LNM$SEARCHLOG(machine.k, 'N0', 'LNM$FILE_DEV', USER_MODE).status).toBe(SS$_NOLOGNAM);
    expect(machine.freeProcessRegion()).toBe(region);
    expect(LNMTH.at(machine.k, processDirectory(machine.k)).LNMTH$L_BYTES).toBe(quota);
    expect(LNMTH.at(machine.k, header('LNM$PROCESS_TABLE')).LNMTH$L_CHILD).toBe(0);
    checkChains(processHashTable(machine.k));
  });

  test('ch28#60: without a name only the first table is emptied, of names of equal and outer mode', () => {
    machine.cpu.previousMode = SUPER;
    crelnm('LNM$PROCESS', 'MINE', ['X']);
    crelnm('LNM$JOB', 'JOBS', ['X']);
    expect(dellnm('LNM$FILE_DEV')).toBe(SS$_NORMAL);
    expect(trnlnm('LNM$PROCESS', 'MINE').status).toBe(SS$_NOLOGNAM);
    expect(value('LNM$PROCESS', 'SYS$INPUT')).toBe('_OPA0:');
    expect(value('LNM$JOB', 'JOBS')).toBe('X');
  });

  test('ch28#7: rundown of user mode deletes private user mode names and tables; ch28#8: shareable ones stay', () => {
    machine.cpu.previousMode = SUPER;
    crelnm('LNM$PROCESS', 'STAYS', ['X']);
    const region = machine.freeProcessRegion();
    machine.cpu.previousMode = USER_MODE;
    crelnm('LNM$PROCESS', 'GOES', ['X']);
    crelnm('LNM$JOB', 'REMAINS', ['X']);
    crelnt('TEMPORARY', 'LNM$PROCESS');
    crelnm('TEMPORARY', 'GOES', ['X']);
    LNM$RUNDOWN(machine.k, USER_MODE);
    expect(trnlnm('LNM$PROCESS', 'GOES').status).toBe(SS$_NOLOGNAM);
    expect(lookup('TEMPORARY')).toBe(0);
    expect(value('LNM$PROCESS', 'STAYS')).toBe('X');
    expect(value('LNM$JOB', 'REMAINS')).toBe('X');
    expect(machine.freeProcessRegion()).toBe(region);
    checkChains(processHashTable(machine.k));
  });

  test('the directories themselves cannot be deleted or superseded', () => {
    machine.cpu.previousMode = KERNEL;
    expect(dellnm('LNM$PROCESS_DIRECTORY', 'LNM$PROCESS_TABLE')).toBe(SS$_NOPRIV);
    expect(dellnm('LNM$PROCESS_DIRECTORY', 'LNM$PROCESS_DIRECTORY')).toBe(SS$_NOPRIV);
    expect(crelnm('LNM$PROCESS_DIRECTORY', 'LNM$PROCESS_TABLE', ['X'])).toBe(SS$_DUPLNAM);
  });

  test('random creations and deletions leave the chains in order and the books balanced', () => {
    const step = fc.record({
      name: fc.constantFrom('A', 'B', 'AA', 'AB', 'LONGER', 'TT'), table: fc.constantFrom('LNM$PROCESS', 'T1', 'T2', 'LNM$JOB'),
      mode: fc.constantFrom(SUPER, USER_MODE), noAlias: fc.boolean(), remove: fc.boolean(),
    });
    const directory = LNMTH.at(machine.k, processDirectory(machine.k));
    const region = machine.freeProcessRegion();
    const paged = machine.freePagedPool();
    const quota = directory.LNMTH$L_BYTES;
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      machine.cpu.previousMode = SUPER;
      crelnt('T1', 'LNM$PROCESS');
      crelnt('T2', 'T1', { quota: 400 });
      for (const { name, table, mode, noAlias, remove } of steps) {
        if (remove) dellnm(table, name, mode);
        else crelnm(table, name, [name], { mode, attr: noAlias ? LNM$M_NO_ALIAS : 0 });
        expect(mutexFree()).toBe(true);
      }
      checkChains(processHashTable(machine.k));
      checkChains(systemHashTable(machine.k));
      LNM$RUNDOWN(machine.k, SUPER);
      dellnm('LNM$JOB');
      expect(machine.freeProcessRegion()).toBe(region);
      expect(machine.freePagedPool()).toBe(paged);
      expect(directory.LNMTH$L_BYTES).toBe(quota);
    }), { numRuns: 40 });
  });
});

test('the names of a table are listed by name, outermost mode first', () => {
  machine.cpu.previousMode = SUPER;
  for (const [name, mode] of [['ZEBRA', USER_MODE], ['APE', SUPER], ['APE', USER_MODE]] as const) crelnm('LNM$PROCESS', name, [`${name}1`, `${name}2`], { mode });
  const listed = namesInTable(machine.k, header('LNM$PROCESS_TABLE')).map(({ name, mode, values }) => [name, mode, ...values.map(({ text }) => text)]);
  expect(listed.slice(0, 2)).toEqual([['APE', USER_MODE, 'APE1', 'APE2'], ['APE', SUPER, 'APE1', 'APE2']]);
  expect(listed.at(-1)).toEqual(['ZEBRA', USER_MODE, 'ZEBRA1', 'ZEBRA2']);
  expect(tableNameOf(machine.k, LNM$FIRSTTAB(machine.k, 'LNM$PROCESS', USER_MODE).header)).toBe('LNM$PROCESS_TABLE');
});

test('ch28#4: a name with CONFINE carries the flag in its LNMB', () => {
  crelnm('LNM$PROCESS', 'CONFINED', ['X'], { attr: LNM$M_CONFINE });
  const { lnmb } = LNM$SEARCHLOG(machine.k, 'CONFINED', 'LNM$PROCESS', USER_MODE);
  expect(LNMB.at(machine.k, lnmb).LNMB$V_CONFINE).toBe(1);
  expect(pcb2).toBe(machine.k.pcb.address);
  expect(USER).toBeGreaterThan(0);
});
