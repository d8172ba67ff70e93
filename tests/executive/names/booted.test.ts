import { expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { LNM$LOOKUP, jobTableName, listNames, processHashTable, systemHashTable } from '../../../src/executive/names/index.js';
import { LNM$_STRING } from '../../../src/executive/starlet/lnmdef.js';
import { SS$_ACCVIO, SS$_NOLOGNAM, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { LNMC } from '../../../src/executive/structures/lnm.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { inProcess } from '../../harness.js';

function* define(p: Procedure, table: string, name: string, value: string): Flow<number> {
  const text = p.string(value);
  const items = p.itemList([{ code: LNM$_STRING, length: value.length, buffer: p.memory.readLong(text + 4) }]);
  return yield* service(p, '$CRELNM', { tabnam: p.string(table), lognam: p.string(name), itmlst: items });
}

function* translate(p: Procedure, table: string, name: string): Flow<{ status: number; text: string }> {
  const buffer = p.allocate(256);
  const length = p.allocate(4);
  const items = p.itemList([{ code: LNM$_STRING, length: 255, buffer, returnLength: length }]);
  const status = yield* service(p, '$TRNLNM', { tabnam: p.string(table), lognam: p.string(name), itmlst: items });
  return { status, text: String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(length))) };
}

test('names live in P1 and in paged pool, and the pointers of the book lead to them', () => {
  inProcess(function* (p) {
    const { kernel: k } = p;
    expect(yield* define(p, 'LNM$PROCESS', 'MINE', 'VALUE')).toBe(SS$_NORMAL);
    expect(yield* define(p, 'LNM$JOB', 'OURS', 'VALUE')).toBe(SS$_NORMAL);
    const names = (table: number): string[] => [...listNames(k, table)].map(({ name }) => name);
    expect(names(processHashTable(k))).toContain('MINE');
    expect(names(systemHashTable(k))).toContain('OURS');
    expect(k.readLong(k.readLong(k.symbol('LNM$AL_HASHTBL') + 4))).toBe(processHashTable(k));
    expect(processHashTable(k) >>> 30).toBe(1);
    expect(systemHashTable(k) >>> 30).toBe(2);
    const cache = k.readLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$GQ_LNMTBLCACHE);
    expect(LNMC.at(k, cache).LNMC$W_SIZE).toBe(128);
    expect(yield* translate(p, 'LNM$FILE_DEV', 'MINE')).toEqual({ status: SS$_NORMAL, text: 'VALUE' });
  });
});

test('the services refuse arguments that user mode may not touch', () => {
  inProcess(function* (p) {
    const { kernel: k } = p;
    expect(yield* service(p, '$TRNLNM', { tabnam: 0x3f00_0000, lognam: p.string('X') })).toBe(SS$_ACCVIO);
    yield* define(p, 'LNM$PROCESS', 'MINE', 'VALUE');
    const items = p.itemList([{ code: LNM$_STRING, length: 10, buffer: k.pcb.address }]);
    expect(yield* service(p, '$TRNLNM', { tabnam: p.string('LNM$PROCESS'), lognam: p.string('MINE'), itmlst: items })).toBe(SS$_ACCVIO);
    expect(k.pcb.PCB$W_MTXCNT).toBe(0);
  });
});

test('ch28#3 (the part that needs no SPAWN): private names of one process are not seen by another, names of the job are', () => {
  const seen: string[] = [];
  inProcess(function* (p) {
    yield* define(p, 'LNM$PROCESS', 'PRIVATE', 'PARENT');
    yield* define(p, 'LNM$JOB', 'JOBWIDE', 'PARENT');
    const pid = p.allocate(4);
    expect(yield* service(p, '$CREPRC', { pidadr: pid, image: p.string('SYS$SYSTEM:CHILD'), prcnam: p.string('CHILD'), baspri: 4 })).toBe(SS$_NORMAL);
  }, {
    CHILD: function* (p) {
      seen.push((yield* translate(p, 'LNM$FILE_DEV', 'PRIVATE')).status.toString(16), (yield* translate(p, 'LNM$FILE_DEV', 'JOBWIDE')).text);
      for (;;) yield* service(p, '$HIBER', {});
    },
  });
  expect(seen).toEqual([SS$_NOLOGNAM.toString(16), 'PARENT']);
});

test('ch28#64 (booted): the job table goes with the detached process that made it', () => {
  let table = '';
  inProcess(function* (p) {
    const pid = p.allocate(4);
    const status = yield* service(p, '$CREPRC', { pidadr: pid, image: p.string('SYS$SYSTEM:CHILD'), prcnam: p.string('CHILD'), baspri: 4, uic: 0x00010007, stsflg: 0x40 });
    expect(status).toBe(SS$_NORMAL);
    const time = p.allocate(8);
    p.memory.writeLong(time, -20_000_000);
    p.memory.writeLong(time + 4, -1);
    yield* service(p, '$SETIMR', { efn: 8, daytim: time });
    yield* service(p, '$WAITFR', { efn: 8 });
    expect(table).toMatch(/^LNM\$JOB_8/);
    expect(LNM$LOOKUP(p.kernel, table, 3)).toBe(0);
    expect(LNM$LOOKUP(p.kernel, jobTableName(p.kernel), 3)).not.toBe(0);
  }, {
    CHILD: function* (p) {
      table = jobTableName(p.kernel);
      expect(LNM$LOOKUP(p.kernel, table, 3)).not.toBe(0);
      return 1;
    },
  });
});

test('ch28#66: $CREMBX with a name that leads to a mailbox assigns a channel to that mailbox', () => {
  inProcess(function* (p) {
    const channels = p.allocate(8);
    const create = function* (offset: number): Flow<number> {
      return yield* service(p, '$CREMBX', { chan: channels + offset, maxmsg: 64, bufquo: 256, lognam: p.string('MAILBOX') });
    };
    expect(yield* create(0)).toBe(SS$_NORMAL);
    const first = (yield* translate(p, 'LNM$TEMPORARY_MAILBOX', 'MAILBOX')).text;
    expect(first).toMatch(/MBA\d+:/);
    expect(yield* create(4)).toBe(SS$_NORMAL);
    expect((yield* translate(p, 'LNM$TEMPORARY_MAILBOX', 'MAILBOX')).text).toBe(first);
    expect(p.memory.readWord(channels)).not.toBe(p.memory.readWord(channels + 4));
    for (const offset of [0, 4]) expect(yield* service(p, '$DASSGN', { chan: p.memory.readWord(channels + offset) })).toBe(SS$_NORMAL);
    expect((yield* translate(p, 'LNM$TEMPORARY_MAILBOX', 'MAILBOX')).status).toBe(SS$_NOLOGNAM);
  });
});
