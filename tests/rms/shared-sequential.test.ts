import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import {
  FAB$C_FIX, FAB$C_VAR, FAB$M_GET, FAB$M_MSE, FAB$M_NIL, FAB$M_PUT, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD, FAB$M_TRN, FAB$M_UPD, FAB$M_UPI,
} from '../../src/executive/starlet/fabdef.js';
import { RAB$C_KEY, RAB$C_RFA, RAB$C_SEQ, RAB$M_EOF, RAB$M_NLK, RAB$M_REA, RAB$M_RLK, RAB$M_RRL, RAB$M_TMO, RAB$M_ULK, RAB$M_WAT } from '../../src/executive/starlet/rabdef.js';
import {
  RMS$_CCR, RMS$_EOF, RMS$_NORMAL, RMS$_OK_ALK, RMS$_OK_RLK, RMS$_OK_RRL, RMS$_OK_WAT, RMS$_RLK, RMS$_RNL, RMS$_SHR, RMS$_TMO,
} from '../../src/executive/starlet/rmsdef.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { immediateIo, runNow } from '../../src/filesystem/block-io.js';
import { openVolume } from '../../src/filesystem/volume.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { getText, makeFab, makeRab, putText, runOnDisk, type FabView, type RabView } from './support.js';

const SHARED = FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_SHRUPD;
const ALL = FAB$M_GET | FAB$M_PUT | FAB$M_UPD;
const NAME = 'DUA0:[000000]S.DAT';

function record(text: string): string {
  return text.padEnd(512, '.');
}

function* stream(p: Procedure, how: '$CREATE' | '$OPEN', shr = SHARED, fac = ALL, rop = 0): Flow<{ fab: FabView; rab: RabView }> {
  const fab = makeFab(p, NAME, { fac, shr, rfm: FAB$C_FIX, mrs: 512 });
  expect(yield* service(p, how, { fab: fab.address })).toBe(RMS$_NORMAL);
  const rab = makeRab(p, fab, 512);
  rab.RAB$L_ROP = rop;
  expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
  return { fab, rab };
}

function* read(p: Procedure, rab: RabView, vbn: number, options = 0): Flow<number> {
  rab.RAB$B_RAC = RAB$C_RFA;
  rab.RAB$L_RFA0 = vbn;
  rab.RAB$W_RFA4 = 0;
  rab.RAB$L_ROP = options;
  return yield* service(p, '$GET', { rab: rab.address });
}

function* sleep(p: Procedure, seconds: number): Flow<void> {
  yield* p.scratch(function* () {
    const delta = p.allocate(8);
    p.memory.writeLong(delta, -10_000_000 * seconds);
    p.memory.writeLong(delta + 4, -1);
    yield* service(p, '$SETIMR', { efn: 5, daytim: delta });
    return yield* service(p, '$WAITFR', { efn: 5 });
  });
}

describe('sequential files of 512-byte records, shared', () => {
  it('record locks keep two streams apart, as their options say', () => {
    const { system } = runOnDisk(function* (p) {
      const first = yield* stream(p, '$CREATE');
      for (const text of ['one', 'two', 'three']) expect(yield* putText(p, first.rab, record(text))).toBe(RMS$_NORMAL);
      const second = yield* stream(p, '$OPEN');
      // the header knows nothing yet of what the first has put; the value block of the lock does
      expect(yield* getText(p, second.rab)).toBe(record('one'));
      expect(yield* read(p, first.rab, 1)).toBe(RMS$_RLK);
      expect(yield* read(p, first.rab, 1, RAB$M_NLK)).toBe(RMS$_RLK);
      expect(yield* read(p, first.rab, 1, RAB$M_RRL)).toBe(RMS$_OK_RRL);
      expect(yield* service(p, '$UPDATE', { rab: first.rab.address })).toBe(RMS$_RNL);
      expect(yield* read(p, first.rab, 2)).toBe(RMS$_NORMAL);
      expect(yield* getText(p, second.rab)).toBe(RMS$_RLK);
      expect(yield* read(p, first.rab, 1, RAB$M_RLK)).toBe(RMS$_NORMAL);
      expect(yield* read(p, second.rab, 1, RAB$M_NLK)).toBe(RMS$_OK_RLK);
      expect(yield* service(p, '$FREE', { rab: first.rab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$FREE', { rab: first.rab.address })).toBe(RMS$_RNL);
      expect(yield* read(p, first.rab, 3, RAB$M_REA)).toBe(RMS$_NORMAL);
      expect(yield* read(p, second.rab, 3, RAB$M_REA)).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$FREE', { rab: first.rab.address })).toBe(RMS$_NORMAL);
      expect(yield* read(p, first.rab, 3)).toBe(RMS$_RLK);
      expect(yield* service(p, '$FREE', { rab: second.rab.address })).toBe(RMS$_NORMAL);
      expect(yield* read(p, first.rab, 3, RAB$M_ULK)).toBe(RMS$_NORMAL);
      expect(yield* read(p, first.rab, 2, RAB$M_ULK)).toBe(RMS$_NORMAL);
      expect(yield* read(p, first.rab, 3, RAB$M_ULK)).toBe(RMS$_OK_ALK);
      expect(yield* service(p, '$RELEASE', { rab: first.rab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$RELEASE', { rab: first.rab.address })).toBe(RMS$_RNL);
      expect(yield* read(p, second.rab, 3)).toBe(RMS$_NORMAL);
      // an update is seen at once, its lock goes
      second.rab.RAB$L_RBF = p.bytes(textToBytes(record('changed')));
      second.rab.RAB$W_RSZ = 512;
      expect(yield* service(p, '$UPDATE', { rab: second.rab.address })).toBe(RMS$_NORMAL);
      first.rab.RAB$B_RAC = RAB$C_RFA;
      first.rab.RAB$L_ROP = 0;
      expect(yield* getText(p, first.rab)).toBe(record('changed'));
      // no wait, or no longer than told
      expect(yield* read(p, second.rab, 3, RAB$M_WAT | RAB$M_TMO)).toBe(RMS$_TMO);
      for (const { fab } of [first, second]) expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    expect(system.checkBooks()).toEqual([]);
  });

  it('each $PUT goes behind what all have put; a reader at the end sees the next; numbers reach their records', () => {
    const { system, store } = runOnDisk(function* (p) {
      const first = yield* stream(p, '$CREATE');
      const second = yield* stream(p, '$OPEN', SHARED, ALL, RAB$M_EOF);
      const reader = yield* stream(p, '$OPEN', SHARED, FAB$M_GET);
      for (let turn = 0; turn < 40; turn += 1) {
        expect(yield* putText(p, (turn % 3 === 0 ? second : first).rab, record(`r${turn}`))).toBe(RMS$_NORMAL);
        expect(yield* getText(p, reader.rab)).toBe(record(`r${turn}`));
      }
      expect(yield* getText(p, reader.rab)).toBe(RMS$_EOF);
      const key = p.allocate(4);
      second.rab.RAB$B_RAC = RAB$C_KEY;
      second.rab.RAB$L_KBF = key;
      p.memory.writeLong(key, 7);
      expect(yield* putText(p, second.rab, record('seven'))).toBe(RMS$_NORMAL);
      expect(yield* read(p, first.rab, 7)).toBe(RMS$_NORMAL);
      expect(String.fromCharCode(...p.memory.readBytes(first.rab.RAB$L_RBF, 5))).toBe('seven');
      expect(yield* putText(p, second.rab, record('seven'))).toBe(RMS$_RLK);
      // the first closes what it thinks is the end; what the second put later stays in the file
      first.rab.RAB$B_RAC = RAB$C_SEQ;
      expect(yield* putText(p, first.rab, record('r40'))).toBe(RMS$_NORMAL);
      second.rab.RAB$B_RAC = RAB$C_SEQ;
      expect(yield* putText(p, second.rab, record('r41'))).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: second.fab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: first.fab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: reader.fab.address })).toBe(RMS$_NORMAL);
      const again = yield* stream(p, '$OPEN', 0, FAB$M_GET);
      for (let turn = 0; turn < 42; turn += 1) expect(yield* getText(p, again.rab)).toBe(record(turn === 6 ? 'seven' : `r${turn}`));
      expect(yield* getText(p, again.rab)).toBe(RMS$_EOF);
      expect(yield* service(p, '$CLOSE', { fab: again.fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    expect(system.checkBooks()).toEqual([]);
    expect(verifyVolume(store)).toEqual([]);
    expect(() => runNow(openVolume(immediateIo(store)))).not.toThrow();
  });

  it('several streams of one FAB, no truncation, and what V4 refuses', () => {
    runOnDisk(function* (p) {
      const single = yield* stream(p, '$CREATE', SHARED, ALL | FAB$M_TRN);
      expect(yield* putText(p, single.rab, record('a'))).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CONNECT', { rab: makeRab(p, single.fab).address })).toBe(RMS$_CCR);
      expect(yield* read(p, single.rab, 1)).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$TRUNCATE', { rab: single.rab.address })).toBe(RMS$_SHR);
      expect(yield* service(p, '$CLOSE', { fab: single.fab.address })).toBe(RMS$_NORMAL);
      const several = yield* stream(p, '$OPEN', FAB$M_NIL | FAB$M_MSE);
      const rab = makeRab(p, several.fab, 512);
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* getText(p, several.rab)).toBe(record('a'));
      expect(yield* getText(p, rab)).toBe(RMS$_RLK);
      expect(yield* service(p, '$FREE', { rab: several.rab.address })).toBe(RMS$_NORMAL);
      expect(yield* putText(p, rab, record('b'))).toBe(RMS$_NORMAL);
      expect(yield* getText(p, several.rab)).toBe(record('b'));
      expect(yield* service(p, '$CLOSE', { fab: several.fab.address })).toBe(RMS$_NORMAL);
      // other formats: only with the user's own interlocking, and then RMS locks nothing
      const text = makeFab(p, 'T.DAT', { fac: ALL, shr: SHARED, rfm: FAB$C_VAR });
      expect(yield* service(p, '$CREATE', { fab: text.address })).toBe(RMS$_SHR);
      text.FAB$B_SHR = SHARED | FAB$M_UPI;
      expect(yield* service(p, '$CREATE', { fab: text.address })).toBe(RMS$_NORMAL);
      const other = makeFab(p, 'T.DAT', { fac: ALL, shr: SHARED });
      expect(yield* service(p, '$OPEN', { fab: other.address })).toBe(RMS$_SHR);
      expect(yield* service(p, '$CLOSE', { fab: text.address })).toBe(RMS$_NORMAL);
      return 1;
    });
  });

  it('two processes put and count in one file; one waits for the other', () => {
    const TURNS = 20;
    let childWaits = -1;
    function* work(p: Procedure, rab: RabView, letter: string): Flow<number> {
      let waits = 0;
      for (let turn = 0; turn < TURNS; turn += 1) {
        const status = yield* read(p, rab, 1, RAB$M_WAT);
        if (!(status & 1)) throw new Error(`$GET ${status.toString(16)}`);
        if (status === RMS$_OK_WAT) waits += 1;
        const count = Number(String.fromCharCode(...p.memory.readBytes(rab.RAB$L_RBF, 5)));
        rab.RAB$L_RBF = rab.RAB$L_UBF;
        p.memory.writeBytes(rab.RAB$L_UBF, textToBytes(String(count + 1).padStart(5, '0')));
        const updated = yield* service(p, '$UPDATE', { rab: rab.address });
        if (!(updated & 1)) throw new Error(`$UPDATE ${updated.toString(16)}`);
        rab.RAB$B_RAC = RAB$C_SEQ;
        const put = yield* putText(p, rab, record(`${letter}${turn}`));
        if (!(put & 1)) throw new Error(`$PUT ${put.toString(16)}`);
      }
      return waits;
    }
    const { system, store } = runOnDisk(function* (p) {
      const mine = yield* stream(p, '$CREATE');
      expect(yield* putText(p, mine.rab, record('00000'))).toBe(RMS$_NORMAL);
      expect(yield* read(p, mine.rab, 1)).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:CHILD'), prcnam: p.string('CHILD'), baspri: 4 })).toBe(1);
      yield* sleep(p, 1);
      expect(childWaits).toBe(-1);
      yield* work(p, mine.rab, 'P');
      for (let turn = 0; turn < 60 && childWaits < 0; turn += 1) yield* sleep(p, 1);
      expect(childWaits).toBeGreaterThan(0);
      yield* sleep(p, 1);
      expect(yield* service(p, '$REWIND', { rab: mine.rab.address })).toBe(RMS$_NORMAL);
      mine.rab.RAB$B_RAC = RAB$C_SEQ;
      const all: string[] = [];
      for (let text = yield* getText(p, mine.rab); typeof text === 'string'; text = yield* getText(p, mine.rab)) all.push(text.replace(/\.*$/, ''));
      expect(all[0]).toBe(String(2 * TURNS).padStart(5, '0'));
      const names = (letter: string): string[] => Array.from({ length: TURNS }, (_, turn) => `${letter}${turn}`);
      expect(all.filter((name) => name.startsWith('P'))).toEqual(names('P'));
      expect(all.filter((name) => name.startsWith('C'))).toEqual(names('C'));
      expect(all.length).toBe(1 + 2 * TURNS);
      expect(yield* service(p, '$CLOSE', { fab: mine.fab.address })).toBe(RMS$_NORMAL);
      return 1;
    }, '', undefined, {
      // The child leaves its file open: image rundown writes where the file ends.
      CHILD: function* (p) {
        const { rab } = yield* stream(p, '$OPEN');
        childWaits = yield* work(p, rab, 'C');
        return 1;
      },
    });
    expect(system.checkBooks()).toEqual([]);
    expect(verifyVolume(store)).toEqual([]);
  });

  it('RAB$V_TMO limits the wait for a record', () => {
    const { system } = runOnDisk(function* (p) {
      const first = yield* stream(p, '$CREATE');
      expect(yield* putText(p, first.rab, record('a'))).toBe(RMS$_NORMAL);
      expect(yield* read(p, first.rab, 1, RAB$M_ULK)).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:CHILD'), prcnam: p.string('CHILD'), baspri: 4 })).toBe(1);
      yield* sleep(p, 12);
      expect(yield* service(p, '$FREE', { rab: first.rab.address })).toBe(RMS$_NORMAL);
      yield* sleep(p, 5);
      expect(statuses).toEqual([[RMS$_TMO, 3], [RMS$_TMO, 4], [RMS$_OK_WAT, 5]]);
      expect(yield* service(p, '$CLOSE', { fab: first.fab.address })).toBe(RMS$_NORMAL);
      return 1;
    }, '', undefined, {
      CHILD: function* (p) {
        const { rab, fab } = yield* stream(p, '$OPEN');
        for (const seconds of [3, 4, 30]) {
          rab.RAB$B_TMO = seconds;
          const begun = p.kernel.sys.EXE$GQ_SYSTIME;
          const status = yield* read(p, rab, 1, RAB$M_WAT | RAB$M_TMO);
          statuses.push([status, Math.round(Number(p.kernel.sys.EXE$GQ_SYSTIME - begun) / 1e7)]);
        }
        yield* service(p, '$CLOSE', { fab: fab.address });
        return 1;
      },
    });
    expect(system.checkBooks()).toEqual([]);
  });
  const statuses: [number, number][] = [];
});
