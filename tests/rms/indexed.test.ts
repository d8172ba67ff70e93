import { describe, expect, it } from 'vitest';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_FIX } from '../../src/executive/starlet/fabdef.js';
import { RAB$C_RFA, RAB$C_SEQ, RAB$M_KGE, RAB$M_KGT, RAB$M_LIM } from '../../src/executive/starlet/rabdef.js';
import {
  RMS$_AID, RMS$_BKS, RMS$_CHG, RMS$_CUR, RMS$_DAN, RMS$_DEL, RMS$_DTP, RMS$_DUP, RMS$_EOF, RMS$_FLG, RMS$_FUL, RMS$_KRF, RMS$_KSZ, RMS$_NORMAL, RMS$_NPK, RMS$_OK_DUP, RMS$_OK_IDX, RMS$_OK_LIM,
  RMS$_PLV, RMS$_POS, RMS$_REF, RMS$_RFA, RMS$_RNF, RMS$_RSZ, RMS$_SEG, RMS$_SEQ, RMS$_SIZ,
} from '../../src/executive/starlet/rmsdef.js';
import { XAB$C_IN2, XAB$C_PAC, XAB$M_CHG, XAB$M_DAT_NCMPR, XAB$M_DUP, XAB$M_NUL } from '../../src/executive/starlet/xabdef.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { areaXab, indexedFab, keyXab, NOT_COMPRESSED, openStream, rawBlock, setKey, summaryXab, EVERYTHING, type KeySpec } from './indexed-support.js';
import { getText, makeFab, putText, runOnDisk } from './support.js';

const NAMES: readonly KeySpec[] = [{ segments: [[0, 5]] }, { segments: [[5, 3]], flags: XAB$M_DUP | XAB$M_CHG }];

describe('indexed files', () => {
  it('by primary and alternate key, in order, generic, duplicates in the order they were put', () => {
    const { system } = runOnDisk(function* (p) {
      const fab = indexedFab(p, NAMES);
      const rab = yield* openStream(p, fab, '$CREATE');
      expect(yield* getText(p, rab)).toBe(RMS$_EOF);
      setKey(p, rab, 'AAAAA');
      expect(yield* getText(p, rab)).toBe(RMS$_RNF);
      for (const [text, status] of [
        ['GAMMAred one', RMS$_NORMAL], ['ALPHAred two', RMS$_OK_DUP], ['DELTAblu three', RMS$_NORMAL], ['BETA red four', RMS$_OK_DUP], ['GAMMAxxx', RMS$_DUP], ['abc', RMS$_RSZ],
      ] as const) expect(yield* putText(p, rab, text)).toBe(status);
      rab.RAB$B_RAC = RAB$C_SEQ;
      expect(yield* putText(p, rab, 'ZETA x')).toBe(RMS$_NORMAL);
      expect(yield* putText(p, rab, 'YOTA x')).toBe(RMS$_SEQ);
      const all: (string | number)[] = [];
      expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      for (let turn = 0; turn < 6; turn += 1) all.push(yield* getText(p, rab));
      expect(all).toEqual(['ALPHAred two', 'BETA red four', 'DELTAblu three', 'GAMMAred one', 'ZETA x', RMS$_EOF]);
      rab.RAB$B_KRF = 1;
      expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      const colours: (string | number)[] = [];
      for (let turn = 0; turn < 5; turn += 1) colours.push(yield* getText(p, rab));
      // "ZETA x" is too short for the alternate key
      expect(colours).toEqual(['DELTAblu three', 'GAMMAred one', 'ALPHAred two', 'BETA red four', RMS$_EOF]);
      setKey(p, rab, 'B');
      expect(yield* getText(p, rab)).toBe('BETA red four');
      setKey(p, rab, 'C', 0, RAB$M_KGE);
      expect(yield* getText(p, rab)).toBe('DELTAblu three');
      setKey(p, rab, 'DELTA', 0, RAB$M_KGT);
      expect(yield* getText(p, rab)).toBe('GAMMAred one');
      setKey(p, rab, 'ZZ', 0, RAB$M_KGE);
      expect(yield* getText(p, rab)).toBe(RMS$_RNF);
      setKey(p, rab, 'red', 1);
      expect(yield* getText(p, rab)).toBe('GAMMAred one');
      rab.RAB$B_RAC = RAB$C_SEQ;
      expect(yield* getText(p, rab)).toBe('ALPHAred two');
      setKey(p, rab, 'red', 2);
      expect(yield* getText(p, rab)).toBe(RMS$_KRF);
      setKey(p, rab, 'ALPHA6');
      expect(yield* getText(p, rab)).toBe(RMS$_KSZ);
      setKey(p, rab, 'BZZZZ');
      rab.RAB$L_ROP = 0;
      yield* service(p, '$REWIND', { rab: rab.address });
      rab.RAB$L_ROP = RAB$M_LIM;
      rab.RAB$B_RAC = RAB$C_SEQ;
      const statuses: number[] = [];
      for (let turn = 0; turn < 3; turn += 1) statuses.push(yield* service(p, '$GET', { rab: rab.address }));
      expect(statuses).toEqual([RMS$_NORMAL, RMS$_NORMAL, RMS$_OK_LIM]);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    expect(system.checkBooks()).toEqual([]);
  });

  it('update, delete, by RFA; what the keys allow', () => {
    runOnDisk(function* (p) {
      const fab = indexedFab(p, [...NAMES, { segments: [[8, 2]], flags: XAB$M_DUP | XAB$M_NUL, nullValue: 0x2e }]);
      const rab = yield* openStream(p, fab, '$CREATE');
      setKey(p, rab, '');
      const addresses: Uint8Array[] = [];
      for (const text of ['AAAAAred..', 'BBBBBred11', 'CCCCCblu22']) {
        yield* putText(p, rab, text);
        addresses.push(rab.RAB$T_RFA);
      }
      setKey(p, rab, '..', 2);
      expect(yield* getText(p, rab)).toBe(RMS$_RNF);
      const update = function* (text: string): Generator<never, number, number> {
        return yield* p.scratch(function* () {
          rab.RAB$L_RBF = p.bytes(textToBytes(text));
          rab.RAB$W_RSZ = text.length;
          return yield* service(p, '$UPDATE', { rab: rab.address });
        }) as Generator<never, number, number>;
      };
      expect(yield* update('BBBBBgre11')).toBe(RMS$_CUR);
      setKey(p, rab, 'BBBBB');
      expect(yield* getText(p, rab)).toBe('BBBBBred11');
      expect(yield* update('BXBBBred11')).toBe(RMS$_CHG);
      expect(yield* update('BBBBBred33')).toBe(RMS$_CHG);
      expect(yield* update('BBBBBblu11 and more')).toBe(RMS$_OK_DUP);
      setKey(p, rab, 'blu', 1);
      expect(yield* getText(p, rab)).toBe('CCCCCblu22');
      rab.RAB$B_RAC = RAB$C_SEQ;
      expect(yield* getText(p, rab)).toBe('BBBBBblu11 and more');
      expect(yield* service(p, '$DELETE', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* getText(p, rab)).toBe('AAAAAred..');
      rab.RAB$B_RAC = RAB$C_RFA;
      rab.RAB$T_RFA = addresses[2]!;
      expect(yield* getText(p, rab)).toBe('CCCCCblu22');
      rab.RAB$T_RFA = addresses[1]!;
      expect(yield* getText(p, rab)).toBe(RMS$_DEL);
      rab.RAB$L_RFA0 = 1;
      expect(yield* getText(p, rab)).toBe(RMS$_RFA);
      rab.RAB$L_RFA0 = 0;
      expect(yield* getText(p, rab)).toBe(RMS$_RFA);
      return 1;
    });
  });

  it('what $CREATE refuses; $DISPLAY tells what it has made', () => {
    runOnDisk(function* (p) {
      const attempts: readonly (readonly [readonly KeySpec[], number])[] = [
        [[], RMS$_NPK], [[{ segments: [[0, 4]], type: 99 }], RMS$_DTP], [[{ segments: [] }], RMS$_SIZ], [[{ segments: [[0, 3]], type: XAB$C_IN2 }], RMS$_SIZ],
        [[{ segments: [[0, 1], [4, 1]], type: XAB$C_IN2 }], RMS$_SEG], [[{ segments: [[0, 4]], flags: XAB$M_CHG }], RMS$_FLG],
        [[{ segments: [[0, 4]], areas: [0, 0, 1] }], RMS$_DAN], [[{ segments: [[90, 20]] }], RMS$_POS], [[{ segments: [[0, 200], [0, 50]] }], RMS$_POS], [[{ segments: [[0, 20], [10, 20]] }], RMS$_SEG],
      ];
      for (const [keys, status] of attempts) {
        yield* p.scratch(function* () {
          const fab = indexedFab(p, keys, { mrs: 100 });
          expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(status);
          return 0;
        });
      }
      yield* p.scratch(function* () {
        const fab = indexedFab(p, [NAMES[0]!]);
        keyXab(p, fab, 2, NAMES[1]!);
        expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_REF);
        const other = indexedFab(p, [NAMES[0]!]);
        areaXab(p, other, 1, 0, 2);
        expect(yield* service(p, '$CREATE', { fab: other.address })).toBe(RMS$_AID);
        const small = indexedFab(p, [NAMES[0]!], { mrs: 600 });
        expect(yield* service(p, '$CREATE', { fab: small.address })).toBe(RMS$_BKS);
        const old = indexedFab(p, [NAMES[0]!]);
        p.memory.writeByte(old.FAB$L_XAB + 0x48, 2);
        expect(yield* service(p, '$CREATE', { fab: old.address })).toBe(RMS$_PLV);
        return 0;
      });
      const fab = indexedFab(p, [{ segments: [[4, 2]], type: XAB$C_IN2, areas: [1, 1, 0] }, { segments: [[0, 2], [6, 3]], flags: XAB$M_DUP | XAB$M_CHG, areas: [1, 1, 2] }]);
      for (const [id, blocks, bucket] of [[2, 6, 3], [1, 10, 1], [0, 20, 2]] as const) areaXab(p, fab, id, blocks, bucket);
      const rab = yield* openStream(p, fab, '$CREATE');
      yield* putText(p, rab, 'abcdefghijkl');
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const again = makeFab(p, 'I.DAT', { fac: EVERYTHING });
      const summary = summaryXab(p, again);
      const key = keyXab(p, again, 1, { segments: [] });
      const area = areaXab(p, again, 2, 0, 0);
      expect(yield* service(p, '$OPEN', { fab: again.address })).toBe(RMS$_NORMAL);
      expect([summary.XAB$B_NOA, summary.XAB$B_NOK, summary.XAB$W_PVN]).toEqual([3, 2, 3]);
      expect([key.XAB$B_NSG, key.XAB$B_TKS, key.XAB$W_MRL, key.XAB$W_POS1, key.XAB$B_SIZ1, key.XAB$B_IBS, key.XAB$B_DBS, key.XAB$B_LVL]).toEqual([2, 5, 9, 6, 3, 1, 3, 1]);
      expect([area.XAB$B_BKZ, area.XAB$L_ALQ >= 6]).toEqual([3, true]);
      expect([again.FAB$B_BKS, again.FAB$B_ORG]).toEqual([3, 32]);
      key.XAB$B_REF = 0;
      expect(yield* service(p, '$DISPLAY', { fab: again.address })).toBe(RMS$_NORMAL);
      expect([key.XAB$B_DTP, key.XAB$W_POS0, key.XAB$B_SIZ0, key.XAB$B_IBS, key.XAB$B_DBS]).toEqual([XAB$C_IN2, 4, 2, 1, 2]);
      key.XAB$B_REF = 7;
      expect(yield* service(p, '$DISPLAY', { fab: again.address })).toBe(RMS$_REF);
      return 1;
    });
  });

  it('signed words and packed decimals have the order of their numbers', () => {
    runOnDisk(function* (p) {
      const fab = indexedFab(p, [{ segments: [[0, 2]], type: XAB$C_IN2 }, { segments: [[2, 2]], type: XAB$C_PAC, flags: XAB$M_DUP }], { rfm: FAB$C_FIX, mrs: 4 });
      const rab = yield* openStream(p, fab, '$CREATE');
      setKey(p, rab, '');
      // packed 123-, 045+, 999-, 000+
      for (const [number, packed] of [[300, [0x12, 0x3d]], [-300, [0x04, 0x5c]], [5, [0x99, 0x9d]], [-1, [0x00, 0x0c]]] as const) {
        expect(yield* putText(p, rab, String.fromCharCode(number & 0xff, (number >> 8) & 0xff, ...packed))).toBe(RMS$_NORMAL);
      }
      for (const [reference, expected] of [[0, [-300, -1, 5, 300]], [1, [5, 300, -1, -300]]] as const) {
        rab.RAB$B_KRF = reference;
        expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
        rab.RAB$B_RAC = RAB$C_SEQ;
        const numbers: number[] = [];
        while ((yield* service(p, '$GET', { rab: rab.address })) & 1) numbers.push((p.memory.readWord(rab.RAB$L_RBF) << 16) >> 16);
        expect(numbers).toEqual(expected);
      }
      return 1;
    });
  });

  it('lies on disk as ANALYZE/RMS_FILE shows such files: prologue, data bucket, index bucket, SIDR', () => {
    runOnDisk(function* (p) {
      const fab = indexedFab(p, [{ ...NAMES[0]!, flags: XAB$M_DAT_NCMPR }, NAMES[1]!]);
      const rab = yield* openStream(p, fab, '$CREATE');
      setKey(p, rab, '');
      for (const text of ['BBBBBred', 'AAAAAred']) yield* putText(p, rab, text);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const word = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
      const prologue = yield* rawBlock(p, 1);
      // key 0: next descriptor in block 2, offset 0; level 1, buckets of 1 block, root, flags, size, minimum
      expect([word(prologue, 0), word(prologue, 4), ...prologue.subarray(9, 12), prologue[16], prologue[20], word(prologue, 22)]).toEqual([2, 0, 1, 1, 1, 0, 5, 5]);
      expect([prologue[0x66], prologue[0x67], word(prologue, 0x74)]).toEqual([3, 1, 3]);
      let sum = 0;
      for (let at = 0; at < 510; at += 2) sum += word(prologue, at);
      expect(word(prologue, 510)).toBe(sum & 0xffff);
      const data = yield* rawBlock(p, word(prologue, 84));
      const vbn = word(prologue, 84);
      expect([data[0], data[1], word(data, 2), word(data, 6), word(data, 8), data[12], data[13]]).toEqual([data[511], 0, vbn, 3, vbn, 0, 1]);
      // AAAAA was put second: id 2, RFA (vbn, 2), 8 bytes; in front of id 1
      expect([...data.subarray(14, 25)]).toEqual([2, 2, 0, 2, 0, vbn, 0, 0, 0, 8, 0]);
      expect(String.fromCharCode(...data.subarray(25, 33))).toBe('AAAAAred');
      expect(word(data, 4)).toBe(14 + 2 * 19);
      const root = yield* rawBlock(p, word(prologue, 12));
      expect([root[12], root[13], ...root.subarray(14, 19), word(root, 4)]).toEqual([1, 3, 255, 255, 255, 255, 255, 19]);
      // one pointer of two bytes below the last four; the word there names the byte below it
      expect([word(root, 506), word(root, 508)]).toEqual([vbn, 505]);
      const second = yield* rawBlock(p, 2);
      expect([second[0], second[20], second[21]]).toEqual([0, 3, 1]);
      const sidrs = yield* rawBlock(p, word(second, 84));
      expect([word(sidrs, 14), String.fromCharCode(...sidrs.subarray(16, 19)), ...sidrs.subarray(19, 33)])
        .toEqual([17, 'red', 0x82, 1, 0, vbn, 0, 0, 0, 0x02, 2, 0, vbn, 0, 0, 0]);
      return 1;
    });
  });

  it('lies on disk compressed as in files of real systems: front and tail of keys, repetitions in data', () => {
    runOnDisk(function* (p) {
      const fab = indexedFab(p, [{ segments: [[4, 8]] }, { segments: [[0, 2], [14, 6]], flags: XAB$M_DUP }]);
      const rab = yield* openStream(p, fab, '$CREATE');
      setKey(p, rab, '');
      const texts = ['12xxBARON     abcdef', '12xxBARONESS..abcdefgggggggghh', '12xxBARONESS..abcdeg'];
      expect(yield* putText(p, rab, texts[0]!)).toBe(RMS$_NORMAL);
      expect(yield* putText(p, rab, texts[1]!)).toBe(RMS$_OK_DUP);
      expect(yield* putText(p, rab, texts[2]!)).toBe(RMS$_DUP);
      for (const text of texts.slice(0, 2)) {
        setKey(p, rab, text.slice(4, 12));
        expect(yield* getText(p, rab)).toBe(text);
      }
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const word = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
      const text = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
      const prologue = yield* rawBlock(p, 1);
      expect(prologue[16]).toBe(8 | 64 | 128);
      const vbn = word(prologue, 84);
      const data = yield* rawBlock(p, vbn);
      // length of what follows, key: six bytes, none in common, "BARON "; one segment of the rest with nothing repeated behind it
      expect([...data.subarray(14, 27)]).toEqual([2, 1, 0, 1, 0, vbn, 0, 0, 0, 23, 0, 6, 0]);
      expect(text(data, 27, 33)).toBe('BARON ');
      expect([word(data, 33), text(data, 35, 47), data[47]]).toEqual([12, '12xx  abcdef', 0]);
      // five bytes in common, one S of two; the rest in two segments: 13 bytes and 7 more of the last one, two bytes
      expect([...data.subarray(48 + 9, 48 + 13)]).toEqual([25, 0, 2, 5]);
      expect(text(data, 61, 63)).toBe('ES');
      expect([word(data, 63), text(data, 65, 78), data[78], word(data, 79), text(data, 81, 83), data[83]]).toEqual([13, '12xx..abcdefg', 7, 2, 'hh', 0]);
      expect(word(data, 4)).toBe(84);
      // index bucket: the highest key is one byte that repeats
      const root = yield* rawBlock(p, word(prologue, 12));
      expect([...root.subarray(14, 17), word(root, 4)]).toEqual([1, 0, 255, 17]);
      const second = yield* rawBlock(p, 2);
      const sidrs = yield* rawBlock(p, word(second, 84));
      expect([word(sidrs, 14), sidrs[16], sidrs[17], text(sidrs, 18, 26), sidrs[26]]).toEqual([24, 8, 0, '12abcdef', 0x82]);
      return 1;
    });
  });

  it('on a full disk a $PUT fails with RMS$_FUL, and every index has the records that were there', () => {
    const { system, store } = runOnDisk(function* (p) {
      const fab = indexedFab(p, [{ segments: [[0, 5]] }, { segments: [[5, 55]], flags: XAB$M_DUP | XAB$M_CHG }, { segments: [[1, 59]] }]);
      const rab = yield* openStream(p, fab, '$CREATE');
      const kept: string[] = [];
      const put = function* (turn: number): Generator<never, number, number> {
        const number = (turn * 7919) % 90000;
        const text = `${10000 + number}`.padEnd(60, String(number % 37));
        setKey(p, rab, '');
        const status = yield* putText(p, rab, text) as Generator<never, number, number>;
        if (status & 1) kept.push(text);
        return status;
      };
      for (let turn = 0; turn < 15; turn += 1) yield* put(turn);
      // nearly all other blocks go to another file
      for (let blocks = 2048; blocks > 3; blocks >>>= 1) {
        const filler = makeFab(p, 'FILLER.DAT', { alq: blocks });
        while ((yield* service(p, '$CREATE', { fab: filler.address })) & 1) yield* service(p, '$CLOSE', { fab: filler.address });
      }
      let failures = 0;
      for (let turn = 15; turn < 300 && failures < 12; turn += 1) {
        const status = yield* put(turn);
        if (status & 1) continue;
        expect(status).toBe(RMS$_FUL);
        failures += 1;
      }
      expect(failures).toBeGreaterThan(0);
      expect(kept.length).toBeGreaterThan(15);
      for (const reference of [0, 1, 2]) {
        rab.RAB$B_KRF = reference;
        expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
        rab.RAB$B_RAC = RAB$C_SEQ;
        const read: string[] = [];
        for (;;) {
          const text = yield* getText(p, rab);
          if (typeof text === 'string') read.push(text);
          else {
            expect(text).toBe(RMS$_EOF);
            break;
          }
        }
        expect([...read].sort()).toEqual([...kept].sort());
      }
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    expect(system.checkBooks()).toEqual([]);
    expect(verifyVolume(store)).toEqual([]);
  });

  it('RMS$_OK_IDX: a record for whose bucket the index has no room is there all the same', () => {
    const statuses = new Set<number>();
    for (const spare of [2, 5]) runOnDisk(function* (p) {
      const fab = indexedFab(p, [{ segments: [[0, 100]], flags: NOT_COMPRESSED }]);
      const rab = yield* openStream(p, fab, '$CREATE');
      const kept: string[] = [];
      const put = function* (turn: number): Generator<never, void, number> {
        const text = String(10000 + (turn * 7919) % 90000).padEnd(100, '-');
        setKey(p, rab, '');
        const status = yield* putText(p, rab, text) as Generator<never, number, number>;
        statuses.add(status);
        if (status & 1) kept.push(text);
      };
      for (let turn = 0; turn < 5; turn += 1) yield* put(turn);
      const room = makeFab(p, 'ROOM.DAT', { alq: spare });
      expect(yield* service(p, '$CREATE', { fab: room.address })).toBe(RMS$_NORMAL);
      yield* service(p, '$CLOSE', { fab: room.address });
      for (let blocks = 2048; blocks > 0; blocks >>>= 1) {
        const filler = makeFab(p, 'FILLER.DAT', { alq: blocks });
        while ((yield* service(p, '$CREATE', { fab: filler.address })) & 1) yield* service(p, '$CLOSE', { fab: filler.address });
      }
      expect(yield* service(p, '$ERASE', { fab: room.address })).toBe(RMS$_NORMAL);
      for (let turn = 5; turn < 60; turn += 1) yield* put(turn);
      expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      rab.RAB$B_RAC = RAB$C_SEQ;
      for (const text of [...kept].sort()) expect(yield* getText(p, rab)).toBe(text);
      expect(yield* getText(p, rab)).toBe(RMS$_EOF);
      for (const text of kept) {
        setKey(p, rab, text);
        expect(yield* getText(p, rab)).toBe(text);
      }
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    expect(statuses).toEqual(new Set([RMS$_NORMAL, RMS$_OK_IDX, RMS$_FUL]));
  });
});
