import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import {
  FAB$C_FIX, FAB$C_REL, FAB$C_VAR, FAB$C_VFC, FAB$M_BIO, FAB$M_DEL, FAB$M_GET, FAB$M_MSE, FAB$M_NIL, FAB$M_PUT, FAB$M_UPD,
} from '../../src/executive/starlet/fabdef.js';
import { RAB$C_KEY, RAB$C_RFA, RAB$C_SEQ, RAB$M_EOF, RAB$M_KGE, RAB$M_KGT, RAB$M_NLK, RAB$M_NXR, RAB$M_RRL, RAB$M_UIF } from '../../src/executive/starlet/rabdef.js';
import {
  RMS$_BKS, RMS$_CUR, RMS$_DEL, RMS$_EOF, RMS$_FAC, RMS$_IOP, RMS$_IRC, RMS$_KEY, RMS$_MRN, RMS$_MRS, RMS$_NORMAL, RMS$_OK_DEL, RMS$_OK_RNF, RMS$_PLG, RMS$_REX,
  RMS$_RNF, RMS$_RSZ, RMS$_RTB,
} from '../../src/executive/starlet/rmsdef.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { complaints } from './analyze-support.js';
import { getText, makeFab, makeRab, putText, runOnDisk, type FabView, type RabView } from './support.js';

const ALL = FAB$M_PUT | FAB$M_GET | FAB$M_UPD | FAB$M_DEL;

function setKey(p: Procedure, rab: RabView, number: number): void {
  if (rab.RAB$L_KBF === 0) rab.RAB$L_KBF = p.allocate(4);
  p.memory.writeLong(rab.RAB$L_KBF, number);
  rab.RAB$B_RAC = RAB$C_KEY;
}

function* create(p: Procedure, fields: Parameters<typeof makeFab>[2] = {}, bks = 0, mrn = 0): Flow<{ fab: FabView; rab: RabView }> {
  const fab = makeFab(p, 'R.DAT', { fac: ALL, org: FAB$C_REL, rfm: FAB$C_VAR, mrs: 60, ...fields });
  fab.FAB$B_BKS = bks;
  fab.FAB$L_MRN = mrn;
  expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_NORMAL);
  const rab = makeRab(p, fab);
  expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
  rab.RAB$L_KBF = p.allocate(4);
  return { fab, rab };
}

describe('relative files', () => {
  it('records by number and in turn, KGE and KGT, current record, sizes, limits', () => {
    const { system } = runOnDisk(function* (p) {
      const { fab, rab } = yield* create(p, {}, 0, 50);
      expect(fab.FAB$B_BKS).toBe(1);
      for (const text of ['one', 'two', 'three']) expect(yield* putText(p, rab, text)).toBe(RMS$_NORMAL);
      expect(rab.RAB$L_BKT).toBe(3);
      setKey(p, rab, 40);
      expect(yield* putText(p, rab, 'forty')).toBe(RMS$_NORMAL);
      expect(yield* putText(p, rab, 'again')).toBe(RMS$_REX);
      rab.RAB$L_ROP = RAB$M_UIF;
      expect(yield* putText(p, rab, 'forty times')).toBe(RMS$_NORMAL);
      rab.RAB$L_ROP = 0;
      for (const [number, status] of [[0, RMS$_KEY], [-5, RMS$_KEY], [51, RMS$_MRN], [5, RMS$_RNF], [49, RMS$_RNF]] as const) {
        setKey(p, rab, number);
        expect(yield* getText(p, rab)).toBe(status);
      }
      setKey(p, rab, 2);
      expect(yield* getText(p, rab)).toBe('two');
      expect([rab.RAB$L_RFA0, rab.RAB$W_RFA4]).toEqual([2, 0]);
      rab.RAB$L_ROP = RAB$M_KGT;
      expect(yield* getText(p, rab)).toBe('three');
      setKey(p, rab, 4);
      rab.RAB$L_ROP = RAB$M_KGE;
      expect(yield* getText(p, rab)).toBe('forty times');
      setKey(p, rab, 41);
      expect(yield* getText(p, rab)).toBe(RMS$_RNF);
      rab.RAB$L_ROP = 0;
      expect(yield* service(p, '$DELETE', { rab: rab.address })).toBe(RMS$_CUR);
      setKey(p, rab, 2);
      expect(yield* service(p, '$FIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      rab.RAB$B_RAC = RAB$C_SEQ;
      expect(yield* getText(p, rab)).toBe('two');
      expect(yield* service(p, '$DELETE', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$UPDATE', { rab: rab.address })).toBe(RMS$_CUR);
      expect(yield* getText(p, rab)).toBe('three');
      rab.RAB$W_RSZ = 61;
      expect(yield* service(p, '$UPDATE', { rab: rab.address })).toBe(RMS$_RSZ);
      expect(yield* service(p, '$TRUNCATE', { rab: rab.address })).toBe(RMS$_IOP);
      rab.RAB$B_RAC = RAB$C_RFA;
      rab.RAB$L_RFA0 = 2;
      expect(yield* getText(p, rab)).toBe(RMS$_DEL);
      rab.RAB$L_ROP = RAB$M_NXR;
      setKey(p, rab, 2);
      expect(yield* service(p, '$GET', { rab: rab.address })).toBe(RMS$_OK_DEL);
      setKey(p, rab, 30);
      expect(yield* service(p, '$GET', { rab: rab.address })).toBe(RMS$_OK_RNF);
      rab.RAB$L_ROP = 0;
      rab.RAB$W_USZ = 4;
      setKey(p, rab, 40);
      expect(yield* getText(p, rab)).toBe(RMS$_RTB);
      expect([rab.RAB$L_STV, rab.RAB$W_RSZ]).toEqual([11, 4]);
      rab.RAB$W_USZ = 512;
      expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      rab.RAB$B_RAC = RAB$C_SEQ;
      const rest: (string | number)[] = [];
      for (let turn = 0; turn < 4; turn += 1) rest.push(yield* getText(p, rab));
      expect(rest).toEqual(['one', 'three', 'forty times', RMS$_EOF]);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      fab.FAB$B_FAC = FAB$M_GET | FAB$M_PUT;
      expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
      expect([fab.FAB$B_ORG, fab.FAB$L_MRN, fab.FAB$W_MRS, fab.FAB$B_BKS]).toEqual([FAB$C_REL, 50, 60, 1]);
      rab.RAB$L_ROP = RAB$M_EOF;
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* putText(p, rab, 'last')).toBe(RMS$_NORMAL);
      expect(rab.RAB$L_BKT).toBe(41);
      expect(yield* service(p, '$DELETE', { rab: rab.address })).toBe(RMS$_FAC);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    expect(system.checkBooks()).toEqual([]);
  });

  it('what $CREATE refuses; nothing of it stays', () => {
    runOnDisk(function* (p) {
      for (const [mrs, bks, mrn, status] of [[0, 0, 0, RMS$_MRS], [600, 1, 0, RMS$_BKS], [10, 64, 0, RMS$_BKS], [10, 0, 0x80000000, RMS$_MRN]] as const) {
        const fab = makeFab(p, 'BAD.DAT', { fac: ALL, org: FAB$C_REL, rfm: FAB$C_VAR, mrs });
        fab.FAB$B_BKS = bks;
        fab.FAB$L_MRN = mrn;
        expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(status);
        expect(fab.FAB$W_IFI).toBe(0);
      }
      return 1;
    });
  });

  it('prologue and cells lie where other tools look for them; a damaged file says so', () => {
    runOnDisk(function* (p) {
      const { fab, rab } = yield* create(p, { rfm: FAB$C_FIX, mrs: 100 }, 2, 77);
      setKey(p, rab, 11);
      expect(yield* putText(p, rab, 'x'.repeat(100))).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const block = p.allocate(512);
      const raw = function* (vbn: number, write: boolean): Flow<void> {
        const other = makeFab(p, 'R.DAT', { fac: FAB$M_BIO | FAB$M_GET | FAB$M_PUT });
        expect(yield* service(p, '$OPEN', { fab: other.address })).toBe(RMS$_NORMAL);
        const stream = makeRab(p, other);
        expect(yield* service(p, '$CONNECT', { rab: stream.address })).toBe(RMS$_NORMAL);
        stream.RAB$L_UBF = stream.RAB$L_RBF = block;
        stream.RAB$W_USZ = stream.RAB$W_RSZ = 512;
        stream.RAB$L_BKT = vbn;
        expect(yield* service(p, write ? '$WRITE' : '$READ', { rab: stream.address })).toBe(RMS$_NORMAL);
        expect(yield* service(p, '$CLOSE', { fab: other.address })).toBe(RMS$_NORMAL);
      };
      yield* raw(1, false);
      // 10 cells of 101 bytes to a bucket of 2 blocks: record 11 is the first of the second bucket, blocks 4 and 5
      expect([p.memory.readWord(block + 0x68), p.memory.readLong(block + 0x6c), p.memory.readLong(block + 0x70), p.memory.readWord(block + 0x74)]).toEqual([2, 77, 6, 1]);
      yield* raw(4, false);
      expect([...p.memory.readBytes(block, 3)]).toEqual([8, 0x78, 0x78]);
      yield* raw(1, false);
      p.memory.writeLong(block + 0x70, 99);
      yield* raw(1, true);
      expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_PLG);
      return 1;
    });
  });

  it('an impossible length in a cell is RMS$_IRC with the record number', () => {
    runOnDisk(function* (p) {
      const { fab, rab } = yield* create(p);
      expect(yield* putText(p, rab, 'abc')).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const other = makeFab(p, 'R.DAT', { fac: FAB$M_BIO | FAB$M_GET | FAB$M_PUT });
      expect(yield* service(p, '$OPEN', { fab: other.address })).toBe(RMS$_NORMAL);
      const stream = makeRab(p, other);
      expect(yield* service(p, '$CONNECT', { rab: stream.address })).toBe(RMS$_NORMAL);
      stream.RAB$L_BKT = 2;
      expect(yield* service(p, '$READ', { rab: stream.address })).toBe(RMS$_NORMAL);
      p.memory.writeWord(stream.RAB$L_UBF + 1, 400);
      stream.RAB$L_RBF = stream.RAB$L_UBF;
      stream.RAB$W_RSZ = 512;
      expect(yield* service(p, '$WRITE', { rab: stream.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: other.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* getText(p, rab)).toBe(RMS$_IRC);
      expect(rab.RAB$L_STV).toBe(1);
      return 1;
    });
  });
});

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

const RUNS = [['fixed', FAB$C_FIX, 33, 1, 0], ['variable', FAB$C_VAR, 90, 2, 0], ['VFC', FAB$C_VFC, 300, 3, 4]] as const;

describe('random operations on relative files', () => {
  for (const [name, rfm, mrs, bks, fsz] of RUNS) {
    it(`${name}: as a map from numbers to records, for a second stream too`, () => {
      const random = generator(mrs);
      const model = new Map<number, string>();
      const record = (): string => 'r'.repeat(rfm === FAB$C_FIX ? mrs - 4 : random(mrs - 3)) + String(1000 + random(9000));
      const { store, system } = runOnDisk(function* (p) {
        const { fab, rab } = yield* create(p, { rfm, mrs, fsz, shr: FAB$M_MSE | FAB$M_NIL }, bks);
        const reader = makeRab(p, fab);
        expect(yield* service(p, '$CONNECT', { rab: reader.address })).toBe(RMS$_NORMAL);
        let next = 1;
        let current = 0;
        const following = (from: number): number | undefined => [...model.keys()].filter((number) => number >= from).sort((a, b) => a - b)[0];
        for (let turn = 0; turn < 500; turn += 1) {
          const choice = random(20);
          const number = 1 + random(random(10) === 0 ? 400 : 120);
          rab.RAB$L_ROP = 0;
          if (choice < 6) {
            setKey(p, rab, number);
            const text = record();
            expect(yield* putText(p, rab, text)).toBe(model.has(number) ? RMS$_REX : RMS$_NORMAL);
            if (!model.has(number)) {
              model.set(number, text);
              current = 0;
            }
          } else if (choice < 10) {
            setKey(p, rab, number);
            const how = random(3);
            rab.RAB$L_ROP = how === 1 ? RAB$M_KGE : how === 2 ? RAB$M_KGT : 0;
            const wanted = how === 0 ? (model.has(number) ? number : undefined) : following(number + (how === 2 ? 1 : 0));
            expect(yield* getText(p, rab)).toBe(wanted === undefined ? RMS$_RNF : model.get(wanted));
            current = wanted ?? 0;
            if (wanted !== undefined) next = wanted + 1;
          } else if (choice < 14) {
            rab.RAB$B_RAC = RAB$C_SEQ;
            for (let count = random(30); count >= 0; count -= 1) {
              const wanted = following(next);
              expect(yield* getText(p, rab)).toBe(wanted === undefined ? RMS$_EOF : model.get(wanted));
              current = wanted ?? 0;
              if (wanted === undefined) break;
              next = wanted + 1;
            }
          } else if (choice < 16) {
            expect(yield* service(p, '$DELETE', { rab: rab.address })).toBe(current === 0 ? RMS$_CUR : RMS$_NORMAL);
            model.delete(current);
            current = 0;
          } else if (choice < 18) {
            const text = record();
            const status = yield* p.scratch(function* () {
              rab.RAB$L_RBF = p.bytes(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
              rab.RAB$W_RSZ = text.length;
              return yield* service(p, '$UPDATE', { rab: rab.address });
            });
            expect(status).toBe(current === 0 ? RMS$_CUR : RMS$_NORMAL);
            if (current !== 0) model.set(current, text);
            current = 0;
          } else if (choice === 18) {
            expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
            next = 1;
            current = 0;
          } else {
            expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
            expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
            expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
            expect(yield* service(p, '$CONNECT', { rab: reader.address })).toBe(RMS$_NORMAL);
            next = 1;
            current = 0;
          }
          const other = 1 + random(120);
          setKey(p, reader, other);
          reader.RAB$L_ROP = RAB$M_NLK | RAB$M_RRL;
          expect(yield* getText(p, reader)).toBe(model.get(other) ?? RMS$_RNF);
        }
        expect(model.size).toBeGreaterThan(40);
        expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
        expect(yield* complaints(p, 'R.DAT')).toEqual([]);
        return 1;
      });
      expect(system.checkBooks()).toEqual([]);
      expect(verifyVolume(store)).toEqual([]);
    });
  }
});

