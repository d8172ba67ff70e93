import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import {
  FAB$C_REL, FAB$C_VAR, FAB$M_BIO, FAB$M_DFW, FAB$M_GET, FAB$M_MSE, FAB$M_NIL, FAB$M_PUT, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD,
} from '../../src/executive/starlet/fabdef.js';
import { RAB$C_RFA, RAB$C_SEQ, RAB$M_NLK, RAB$M_REA, RAB$M_RLK, RAB$M_RRL, RAB$M_ULK, RAB$M_WAT } from '../../src/executive/starlet/rabdef.js';
import {
  RMS$_CCR, RMS$_DEL, RMS$_ENQ, RMS$_EOF, RMS$_FLK, RMS$_NORMAL, RMS$_OK_ALK, RMS$_OK_RLK, RMS$_OK_RRL, RMS$_OK_WAT, RMS$_RLK, RMS$_RNL,
} from '../../src/executive/starlet/rmsdef.js';
import { SS$_DEADLOCK } from '../../src/executive/starlet/ssdef.js';
import { LCK$K_EXMODE } from '../../src/executive/starlet/lckdef.js';
import { LKB } from '../../src/executive/structures/lock.js';
import { readText, textToBytes } from '../../src/executive/structures/memory.js';
import { findStream } from '../../src/rms/segments.js';
import { IRAB } from '../../src/rms/structures.js';
import { EVERYTHING, indexedFab, openStream, setKey } from './indexed-support.js';
import { getText, makeFab, makeRab, putText, runOnDisk, type FabView, type RabView } from './support.js';

const SHARED = FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL;

/** A shared file of records AAA BBB CCC, and one stream on it. */
function* make(p: Procedure, organization: 'indexed' | 'relative', share = SHARED): Flow<{ fab: FabView; rab: RabView }> {
  const fab = organization === 'indexed' ? indexedFab(p, [{ segments: [[0, 3]] }], { shr: share })
    : makeFab(p, 'I.DAT', { fac: EVERYTHING, org: FAB$C_REL, rfm: FAB$C_VAR, mrs: 50, shr: share });
  const rab = yield* openStream(p, fab, '$CREATE');
  for (const text of ['AAA one', 'BBB two', 'CCC three']) expect(yield* putText(p, rab, text)).toBe(RMS$_NORMAL);
  return { fab, rab };
}

function* other(p: Procedure, fac = EVERYTHING, share = SHARED): Flow<{ fab: FabView; rab: RabView }> {
  const fab = makeFab(p, 'I.DAT', { fac, shr: share });
  return { fab, rab: yield* openStream(p, fab, '$OPEN') };
}

function* read(p: Procedure, rab: RabView, rfa: Uint8Array, options = 0): Flow<number> {
  rab.RAB$B_RAC = RAB$C_RFA;
  rab.RAB$T_RFA = rfa;
  rab.RAB$L_ROP = options;
  return yield* service(p, '$GET', { rab: rab.address });
}

function* update(p: Procedure, rab: RabView, text: string): Flow<number> {
  return yield* p.scratch(function* () {
    rab.RAB$L_RBF = p.bytes(textToBytes(text));
    rab.RAB$W_RSZ = text.length;
    return yield* service(p, '$UPDATE', { rab: rab.address });
  });
}

for (const organization of ['indexed', 'relative'] as const) {
  describe(`record locks of ${organization} files`, () => {
    it('keep two streams apart, as their options say', () => {
      const { system } = runOnDisk(function* (p) {
        const first = yield* make(p, organization);
        const second = yield* other(p);
        expect(yield* service(p, '$REWIND', { rab: first.rab.address })).toBe(RMS$_NORMAL);
        expect(yield* getText(p, first.rab)).toBe('AAA one');
        const a = first.rab.RAB$T_RFA;
        // exclusive by default
        expect(yield* read(p, second.rab, a)).toBe(RMS$_RLK);
        expect(yield* read(p, second.rab, a, RAB$M_NLK)).toBe(RMS$_RLK);
        expect(yield* read(p, second.rab, a, RAB$M_RRL)).toBe(RMS$_OK_RRL);
        expect(yield* read(p, second.rab, a, RAB$M_RRL | RAB$M_NLK)).toBe(RMS$_OK_RRL);
        expect(yield* service(p, '$UPDATE', { rab: second.rab.address })).toBe(RMS$_RNL);
        // the next record's lock takes the place of the first
        expect(yield* getText(p, first.rab)).toBe('BBB two');
        const b = first.rab.RAB$T_RFA;
        expect(yield* read(p, second.rab, a)).toBe(RMS$_NORMAL);
        expect(yield* read(p, first.rab, a)).toBe(RMS$_RLK);
        // and none is left after a failure
        expect(yield* read(p, second.rab, b)).toBe(RMS$_NORMAL);
        // others may read
        expect(yield* read(p, second.rab, b, RAB$M_RLK)).toBe(RMS$_NORMAL);
        expect(yield* service(p, '$FREE', { rab: second.rab.address })).toBe(RMS$_NORMAL);
        expect(yield* service(p, '$FREE', { rab: second.rab.address })).toBe(RMS$_RNL);
        expect(yield* read(p, second.rab, b, RAB$M_RLK)).toBe(RMS$_NORMAL);
        expect(yield* read(p, first.rab, b, RAB$M_NLK)).toBe(RMS$_OK_RLK);
        expect(yield* read(p, first.rab, b)).toBe(RMS$_RLK);
        expect(yield* service(p, '$FREE', { rab: second.rab.address })).toBe(RMS$_NORMAL);
        // both may read, neither may change
        expect(yield* read(p, second.rab, b, RAB$M_REA)).toBe(RMS$_NORMAL);
        expect(yield* read(p, first.rab, b, RAB$M_REA)).toBe(RMS$_NORMAL);
        expect(yield* service(p, '$FREE', { rab: first.rab.address })).toBe(RMS$_NORMAL);
        expect(yield* read(p, first.rab, b)).toBe(RMS$_RLK);
        expect(yield* service(p, '$FREE', { rab: second.rab.address })).toBe(RMS$_NORMAL);
        // manual unlocking
        expect(yield* read(p, first.rab, a, RAB$M_ULK)).toBe(RMS$_NORMAL);
        expect(yield* read(p, first.rab, b, RAB$M_ULK)).toBe(RMS$_NORMAL);
        expect(yield* read(p, first.rab, a, RAB$M_ULK)).toBe(RMS$_OK_ALK);
        expect(yield* read(p, second.rab, b)).toBe(RMS$_RLK);
        first.rab.RAB$T_RFA = b;
        expect(yield* service(p, '$RELEASE', { rab: first.rab.address })).toBe(RMS$_NORMAL);
        expect(yield* service(p, '$RELEASE', { rab: first.rab.address })).toBe(RMS$_RNL);
        expect(yield* read(p, second.rab, b)).toBe(RMS$_NORMAL);
        expect(yield* read(p, second.rab, a)).toBe(RMS$_RLK);
        // what one has changed the other sees; what it deleted is gone
        expect(yield* read(p, second.rab, b)).toBe(RMS$_NORMAL);
        expect(yield* update(p, second.rab, 'BBB changed')).toBe(RMS$_NORMAL);
        first.rab.RAB$B_RAC = RAB$C_RFA;
        first.rab.RAB$T_RFA = b;
        first.rab.RAB$L_ROP = 0;
        expect(yield* getText(p, first.rab)).toBe('BBB changed');
        expect(yield* service(p, '$DELETE', { rab: first.rab.address })).toBe(RMS$_NORMAL);
        expect(yield* read(p, second.rab, b)).toBe(RMS$_DEL);
        for (const { fab } of [first, second]) expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
        return 1;
      });
      expect(system.checkBooks()).toEqual([]);
    });

    it('several streams of one FAB need FAB$V_MSE', () => {
      const { system } = runOnDisk(function* (p) {
        const single = yield* make(p, organization);
        expect(yield* service(p, '$CONNECT', { rab: makeRab(p, single.fab).address })).toBe(RMS$_CCR);
        expect(yield* service(p, '$CLOSE', { fab: single.fab.address })).toBe(RMS$_NORMAL);
        const first = yield* other(p, EVERYTHING, FAB$M_NIL | FAB$M_MSE);
        const rab = makeRab(p, first.fab);
        expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
        expect(yield* getText(p, first.rab)).toBe('AAA one');
        expect(yield* getText(p, rab)).toBe(RMS$_RLK);
        expect(yield* service(p, '$DISCONNECT', { rab: first.rab.address })).toBe(RMS$_NORMAL);
        expect(yield* getText(p, rab)).toBe('AAA one');
        expect(yield* service(p, '$CLOSE', { fab: first.fab.address })).toBe(RMS$_NORMAL);
        return 1;
      });
      expect(system.checkBooks()).toEqual([]);
    });
  });
}

describe('sharing', () => {
  it('readers and writers as FAB$B_SHR says', () => {
    runOnDisk(function* (p) {
      const first = yield* make(p, 'indexed', FAB$M_SHRGET);
      const attempt = function* (fac: number, shr: number): Flow<number> {
        const fab = makeFab(p, 'I.DAT', { fac, shr });
        const status = yield* service(p, '$OPEN', { fab: fab.address });
        if (status & 1) yield* service(p, '$CLOSE', { fab: fab.address });
        return status;
      };
      expect(yield* attempt(FAB$M_GET, 0)).toBe(RMS$_FLK);
      expect(yield* attempt(EVERYTHING, SHARED)).toBe(RMS$_FLK);
      expect(yield* attempt(FAB$M_GET, SHARED)).toBe(RMS$_NORMAL);
      // a reader may read what the writer has let go, and sees each record that is put
      const reader = yield* other(p, FAB$M_GET);
      for (const text of ['AAA one', 'BBB two', 'CCC three']) expect(yield* getText(p, reader.rab)).toBe(text);
      setKey(p, first.rab, '');
      expect(yield* putText(p, first.rab, 'DDD four')).toBe(RMS$_NORMAL);
      expect(yield* getText(p, reader.rab)).toBe('DDD four');
      expect(yield* getText(p, reader.rab)).toBe(RMS$_EOF);
      return 1;
    });
  });

  const TURNS = 25;

  function* openShared(p: Procedure, fop = 0): Flow<RabView> {
    const fab = makeFab(p, 'DUA0:[000000]I.DAT', { fac: EVERYTHING, shr: SHARED, fop });
    return yield* openStream(p, fab, '$OPEN');
  }

  /** Adds to the counter and puts records of its own. */
  function* work(p: Procedure, rab: RabView, letter: string): Flow<number> {
    let waits = 0;
    for (let turn = 0; turn < TURNS; turn += 1) {
      setKey(p, rab, '000', 0, RAB$M_WAT);
      const status = yield* service(p, '$GET', { rab: rab.address });
      if (!(status & 1)) throw new Error(`$GET ${status.toString(16)} ${rab.RAB$L_STV.toString(16)}`);
      if (status === RMS$_OK_WAT) waits += 1;
      const count = Number(String.fromCharCode(...p.memory.readBytes(rab.RAB$L_RBF + 3, 5)));
      const updated = yield* update(p, rab, `000${String(count + 1).padStart(5, '0')}`);
      if (!(updated & 1)) throw new Error(`$UPDATE ${updated.toString(16)}`);
      setKey(p, rab, '');
      const put = yield* putText(p, rab, `${letter}${String(turn).padStart(2, '0')}${'-'.repeat(70)}`);
      if (!(put & 1)) throw new Error(`$PUT ${put.toString(16)}`);
    }
    return waits;
  }

  it.each([[0, 0], [4, 0], [4, FAB$M_DFW]])('two processes count up one record and split the same buckets; global buffers %i, options %i', (globalBuffers, fop) => {
    let childEnded = false;
    let childWaits = 0;
    const { system } = runOnDisk(function* (p) {
      const fab = indexedFab(p, [{ segments: [[0, 3]] }], { shr: SHARED });
      fab.FAB$W_GBC = globalBuffers;
      const rab = yield* openStream(p, fab, '$CREATE');
      setKey(p, rab, '');
      expect(yield* putText(p, rab, '00000000')).toBe(RMS$_NORMAL);
      // the child finds the counter locked and waits
      setKey(p, rab, '000');
      expect((yield* service(p, '$GET', { rab: rab.address })) & 1).toBe(1);
      expect(yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:CHILD'), prcnam: p.string('CHILD'), baspri: 4 })).toBe(1);
      const delta = p.allocate(8);
      p.memory.writeLong(delta, -10_000_000);
      p.memory.writeLong(delta + 4, -1);
      yield* service(p, '$SETIMR', { efn: 5, daytim: delta });
      yield* service(p, '$WAITFR', { efn: 5 });
      expect(childWaits + Number(childEnded)).toBe(0);
      yield* work(p, rab, 'P');
      for (let turn = 0; turn < 60 && !childEnded; turn += 1) {
        yield* service(p, '$SETIMR', { efn: 5, daytim: delta });
        yield* service(p, '$WAITFR', { efn: 5 });
      }
      expect(childEnded).toBe(true);
      expect(childWaits).toBeGreaterThan(0);
      expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      rab.RAB$B_RAC = RAB$C_SEQ;
      const all: (string | number)[] = [];
      for (;;) {
        const text = yield* getText(p, rab);
        all.push(typeof text === 'number' ? text : text.slice(0, text.startsWith('000') ? 8 : 3));
        if (typeof text === 'number') break;
      }
      const names = (letter: string): string[] => Array.from({ length: TURNS }, (_, turn) => `${letter}${String(turn).padStart(2, '0')}`);
      expect(all).toEqual([`000${String(2 * TURNS).padStart(5, '0')}`, ...names('C'), ...names('P'), RMS$_EOF]);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    }, '', undefined, {
      CHILD: function* (p) {
        const rab = yield* openShared(p, fop);
        childWaits = yield* work(p, rab, 'C');
        childEnded = true;
        return 1;
      },
    });
    expect(system.checkBooks()).toEqual([]);
  });

  it('two streams that wait for each other: one gets SS$_DEADLOCK in RAB$L_STV', () => {
    runOnDisk(function* (p) {
      const first = yield* make(p, 'indexed');
      const second = yield* other(p);
      expect(yield* service(p, '$REWIND', { rab: first.rab.address })).toBe(RMS$_NORMAL);
      first.rab.RAB$L_ROP = RAB$M_ULK;
      expect(yield* getText(p, first.rab)).toBe('AAA one');
      setKey(p, second.rab, 'AAA', 0, RAB$M_WAT);
      // a process waits for itself
      expect(yield* service(p, '$GET', { rab: second.rab.address })).toBe(RMS$_ENQ);
      expect(second.rab.RAB$L_STV).toBe(SS$_DEADLOCK);
      return 1;
    });
  });

  it('what an operation that was cut short had written is seen by all who share the file', () => {
    let rundownStatus = 0;
    runOnDisk(function* (p) {
      const first = yield* make(p, 'relative');
      const second = yield* other(p);
      for (const { rab } of [first, second]) {
        expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
        expect(yield* getText(p, rab)).toBe('AAA one');
        expect(yield* service(p, '$FREE', { rab: rab.address })).toBe(RMS$_NORMAL);
      }
      const rfa = first.rab.RAB$T_RFA;
      expect(yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:CHILD'), prcnam: p.string('CHILD'), baspri: 4 })).toBe(1);
      const delta = p.allocate(8);
      p.memory.writeLong(delta, -50_000_000);
      p.memory.writeLong(delta + 4, -1);
      yield* service(p, '$SETIMR', { efn: 5, daytim: delta });
      yield* service(p, '$WAITFR', { efn: 5 });
      expect(rundownStatus).toBe(RMS$_NORMAL);
      for (const { rab } of [first, second]) {
        expect(yield* read(p, rab, rfa)).toBe(RMS$_NORMAL);
        expect(readText(p.memory, rab.RAB$L_RBF, rab.RAB$W_RSZ)).toBe('AAA cut');
        expect(yield* service(p, '$FREE', { rab: rab.address })).toBe(RMS$_NORMAL);
      }
      return 1;
    }, '', undefined, {
      CHILD: function* (p) {
        const rab = yield* openShared(p);
        expect(yield* getText(p, rab)).toBe('AAA one');
        // The disk never lets an operation wait here, so its state half-way is made: the bucket is written, the structure lock held, the change not counted.
        const raw = makeFab(p, 'DUA0:[000000]I.DAT', { fac: FAB$M_BIO | FAB$M_GET | FAB$M_PUT, shr: SHARED });
        expect(yield* service(p, '$OPEN', { fab: raw.address })).toBe(RMS$_NORMAL);
        const stream = makeRab(p, raw);
        expect(yield* service(p, '$CONNECT', { rab: stream.address })).toBe(RMS$_NORMAL);
        stream.RAB$L_BKT = 2;
        expect(yield* service(p, '$READ', { rab: stream.address })).toBe(RMS$_NORMAL);
        p.memory.writeBytes(stream.RAB$L_UBF + 7, textToBytes('cut'));
        stream.RAB$L_RBF = stream.RAB$L_UBF;
        stream.RAB$W_RSZ = 512;
        expect(yield* service(p, '$WRITE', { rab: stream.address })).toBe(RMS$_NORMAL);
        const lkid = p.memory.readLong(findStream(p, rab.RAB$W_ISI)!.address + IRAB.offset.IRB$R_LKSB + 4);
        LKB.at(p.kernel, p.kernel.readLong(p.kernel.sys.LCK$GL_IDTBL + 4 * (lkid & 0xffff))).LKB$B_GRMODE = LCK$K_EXMODE;
        rundownStatus = yield* service(p, '$RMSRUNDWN', { bufadr: p.descriptor(22, p.allocate(22)), typrnd: 0 });
        return 1;
      },
    });
  });

  it('an image that ends with a record locked leaves nothing behind', () => {
    let held = 0;
    const { system } = runOnDisk(function* (p) {
      const { rab } = yield* make(p, 'indexed');
      expect(yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:CHILD'), prcnam: p.string('CHILD'), baspri: 4 })).toBe(1);
      const delta = p.allocate(8);
      p.memory.writeLong(delta, -10_000_000);
      p.memory.writeLong(delta + 4, -1);
      const statuses: number[] = [];
      for (let turn = 0; turn < 8; turn += 1) {
        yield* service(p, '$SETIMR', { efn: 5, daytim: delta });
        yield* service(p, '$WAITFR', { efn: 5 });
        setKey(p, rab, 'BBB');
        if (held > 0) statuses.push(yield* service(p, '$GET', { rab: rab.address }));
      }
      expect(statuses[0]).toBe(RMS$_RLK);
      expect(statuses.at(-1)).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: rab.RAB$L_FAB })).toBe(RMS$_NORMAL);
      return 1;
    }, '', undefined, {
      CHILD: function* (p) {
        const rab = yield* openShared(p);
        setKey(p, rab, 'BBB');
        held = yield* service(p, '$GET', { rab: rab.address });
        const delta = p.allocate(8);
        p.memory.writeLong(delta, -30_000_000);
        p.memory.writeLong(delta + 4, -1);
        yield* service(p, '$SETIMR', { efn: 5, daytim: delta });
        yield* service(p, '$WAITFR', { efn: 5 });
        return 1;
      },
    });
    expect(held).toBe(RMS$_NORMAL);
    expect(system.checkBooks()).toEqual([]);
  });
});
