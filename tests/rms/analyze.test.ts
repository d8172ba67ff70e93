import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_FIX, FAB$C_REL, FAB$C_STMLF, FAB$C_VAR, FAB$C_VFC, FAB$M_BLK } from '../../src/executive/starlet/fabdef.js';
import { RAB$C_SEQ } from '../../src/executive/starlet/rabdef.js';
import { RMS$_NORMAL } from '../../src/executive/starlet/rmsdef.js';
import { XAB$C_IN4, XAB$M_CHG, XAB$M_DUP } from '../../src/executive/starlet/xabdef.js';
import type { Analysis } from '../../src/rms/analyze/analysis.js';
import { analyzed, complaints } from './analyze-support.js';
import { EVERYTHING, indexedFab, NOT_COMPRESSED, openStream, rawBlock, restoreBlocks, setKey } from './indexed-support.js';
import { makeFab, putText, runOnDisk } from './support.js';

/** Every class of damage is put into a file on purpose, found, and taken back. */
function seal(block: Uint8Array): void {
  let sum = 0;
  for (let at = 0; at < 510; at += 2) sum += block[at]! | (block[at + 1]! << 8);
  block[510] = sum & 0xff;
  block[511] = (sum >> 8) & 0xff;
}

/** Where a structure of the sound file is. */
type Place = (analysis: Analysis) => number;
type Damage = readonly [name: string, place: Place, change: (block: Uint8Array) => void];

const prologue: Place = () => 1;
const areas: Place = ({ areas: all }) => all[0]!.block;
const root: Place = ({ keys }) => keys[0]!.root;
const data: Place = ({ keys }) => keys[0]!.firstData;
const sidrs: Place = ({ keys }) => keys[1]!.firstData;
const sealed = (change: (block: Uint8Array) => void) => (block: Uint8Array): void => {
  change(block);
  seal(block);
};
const set = (at: number, value: number) => (block: Uint8Array): void => { block[at] = value; };
const flip = (at: number) => (block: Uint8Array): void => { block[at]! ^= 0x55; };
const both = (...changes: ((block: Uint8Array) => void)[]) => (block: Uint8Array): void => { for (const change of changes) change(block); };

const INDEXED: readonly Damage[] = [
  ['checksum of the prologue', prologue, flip(300)],
  ['checksum of the area block', areas, flip(300)],
  ['prologue version', prologue, sealed(set(0x74, 2))],
  ['key descriptor: next', prologue, sealed(set(4, 7))],
  ['key descriptor: root', prologue, sealed(set(12, 200))],
  ['key descriptor: root level', prologue, sealed(set(9, 4))],
  ['key descriptor: bucket size', prologue, sealed(set(11, 3))],
  ['key descriptor: segments', prologue, sealed(set(18, 9))],
  ['key descriptor: key size', prologue, sealed(set(20, 99))],
  ['key descriptor: minimum record size', prologue, sealed(set(22, 200))],
  ['key descriptor: area', prologue, sealed(set(8, 5))],
  ['key descriptor: first data bucket', prologue, sealed(set(84, 250))],
  ['number of areas', prologue, sealed(set(0x67, 0))],
  ['area: number', areas, sealed(set(2, 9))],
  ['area: bucket size', areas, sealed(set(3, 77))],
  ['area: blocks in use', areas, sealed(set(0x15, 99))],
  ['area: next block', areas, sealed(flip(0x18))],
  ['area: reclaimed bucket that is in use', areas, sealed(set(8, 4))],
  ['check character', data, flip(0)],
  ['check character at the end', data, flip(511)],
  ['key reference of a bucket', data, set(1, 1)],
  ['VBN sample', data, flip(2)],
  ['free space: beyond the bucket', data, both(set(4, 0xff), set(5, 0x7f))],
  ['free space: within a record', data, (block) => { block[4]! -= 3; }],
  ['next record ID', data, both(set(6, 1), set(7, 0))],
  ['next bucket: itself', data, (block) => { block.copyWithin(8, 2, 4); block[10] = block[11] = 0; }],
  ['next bucket: nowhere', data, set(9, 0x40)],
  ['level of a data bucket', data, set(12, 1)],
  ['last bucket that is none', data, (block) => { block[13]! |= 1; }],
  ['root flag of a data bucket', data, (block) => { block[13]! |= 2; }],
  ['record: control', data, set(14, 0xff)],
  ['record: deleted', data, (block) => { block[14]! |= 4; }],
  ['record: identification', data, flip(15)],
  ['record: identification of its RRV', data, flip(17)],
  ['record: block of its RRV', data, flip(19)],
  ['record: length', data, flip(23)],
  ['record: key out of order', data, set(25, 0x7a)],
  ['index: level', root, set(12, 1)],
  ['index: root flag', root, (block) => { block[13]! &= ~2; }],
  ['index: last flag', root, (block) => { block[13]! &= ~1; }],
  ['index: pointer size', root, (block) => { block[13]! |= 0x10; }],
  ['index: key', root, set(14, 0)],
  ['index: free space', root, set(4, 15)],
  ['index: VBN free space', root, flip(508)],
  ['index: bucket pointer', root, flip(506)],
  ['SIDR: length', sidrs, flip(14)],
  ['SIDR: key', sidrs, flip(16)],
  ['SIDR: pointer to another record', sidrs, flip(21)],
  ['SIDR: pointer to no block', sidrs, flip(23)],
  ['SIDR: pointer deleted', sidrs, (block) => { block[20]! |= 4; }],
];

function* makeIndexed(p: Procedure): Flow<void> {
  const fab = indexedFab(p, [{ segments: [[0, 60]], flags: NOT_COMPRESSED }, { segments: [[60, 4]], type: XAB$C_IN4, flags: XAB$M_DUP | XAB$M_CHG }], { alq: 40 });
  const rab = yield* openStream(p, fab, '$CREATE');
  setKey(p, rab, '');
  for (let turn = 0; turn < 160; turn += 1) {
    expect((yield* putText(p, rab, String((turn * 7919) % 100000).padStart(60, 'k') + String.fromCharCode(turn % 40, 1, 0, 0) + 'some data'.repeat(2))) & 1).toBe(1);
  }
  expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
}

describe('ANALYZE/RMS_FILE of damaged files', () => {
  it('indexed files: every class of damage', () => {
    runOnDisk(function* (p) {
      yield* makeIndexed(p);
      const sound = yield* analyzed(p, 'I.DAT');
      expect(sound.findings).toEqual([]);
      expect(sound.records).toBe(160);
      expect(sound.keys[0]!.rootLevel).toBeGreaterThan(1);
      const silent: string[] = [];
      for (const [name, place, change] of INDEXED) {
        const vbn = place(sound);
        const before = (yield* rawBlock(p, vbn)).slice();
        yield* rawBlock(p, vbn, change);
        if ((yield* complaints(p, 'I.DAT')).length === 0) silent.push(name);
        yield* rawBlock(p, vbn, (block) => { block.set(before); });
      }
      expect(silent).toEqual([]);
      expect(yield* complaints(p, 'I.DAT')).toEqual([]);
      return 1;
    });
  });

  it('indexed files: two streams, records that have moved, and a bucket of another file in the place of one', () => {
    runOnDisk(function* (p) {
      yield* makeIndexed(p);
      const sound = yield* analyzed(p, 'I.DAT');
      const blocks: Uint8Array[] = [];
      for (let vbn = 1; vbn <= 60; vbn += 1) blocks.push((yield* rawBlock(p, vbn)).slice());
      // an RRV that leads elsewhere, found where RRVs are: behind the records
      let hit = 0;
      for (const [index, block] of blocks.entries()) {
        const free = block[4]! | (block[5]! << 8);
        if (index < sound.keys[0]!.firstData - 1 || block[1] !== 0 || block[12] !== 0 || free < 23 || free > 510 || block[free - 9] !== 10) continue;
        yield* rawBlock(p, index + 1, (bytes) => { bytes[free - 6]! ^= 1; });
        hit += 1;
        break;
      }
      expect(hit).toBe(1);
      expect((yield* complaints(p, 'I.DAT')).join('\n')).toMatch(/RRV/);
      yield* restoreBlocks(p, blocks);
      // two buckets change places
      const [one, other] = [sound.keys[0]!.firstData, sound.keys[1]!.firstData];
      yield* rawBlock(p, one, (bytes) => { bytes.set(blocks[other - 1]!); });
      expect((yield* complaints(p, 'I.DAT')).length).toBeGreaterThan(1);
      yield* restoreBlocks(p, blocks);
      expect(yield* complaints(p, 'I.DAT')).toEqual([]);
      return 1;
    });
  });

  it('relative files', () => {
    runOnDisk(function* (p) {
      const fab = makeFab(p, 'I.DAT', { fac: EVERYTHING, org: FAB$C_REL, rfm: FAB$C_VFC, mrs: 50, fsz: 4 });
      const rab = yield* openStream(p, fab, '$CREATE');
      rab.RAB$B_RAC = RAB$C_SEQ;
      for (let turn = 0; turn < 30; turn += 1) expect(yield* putText(p, rab, 'x'.repeat(turn))).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const sound = yield* analyzed(p, 'I.DAT');
      expect([sound.findings, sound.records, sound.longest]).toEqual([[], 30, 29]);
      const damages: readonly (readonly [string, number, (block: Uint8Array) => void])[] = [
        ['checksum', 1, flip(200)], ['version', 1, sealed(set(0x74, 3))], ['bucket size', 1, sealed(set(0x0b, 2))], ['first bucket', 1, sealed(set(0x68, 0))],
        ['end of file', 1, sealed(set(0x71, 9))], ['end of file before the first bucket', 1, sealed(set(0x70, 1))], ['maximum record number', 1, sealed(set(0x6c, 4))],
        ['control bits', 2, set(0, 0x18)], ['length above the cell', 2, set(1, 60)], ['length below the control area', 2, set(1, 3)],
      ];
      const silent: string[] = [];
      for (const [name, vbn, change] of damages) {
        const before = (yield* rawBlock(p, vbn)).slice();
        yield* rawBlock(p, vbn, change);
        if ((yield* complaints(p, 'I.DAT')).length === 0) silent.push(name);
        yield* rawBlock(p, vbn, (block) => { block.set(before); });
      }
      expect(silent).toEqual([]);
      return 1;
    });
  });

  it('sequential files', () => {
    runOnDisk(function* (p) {
      const make = function* (rfm: number, rat: number, mrs: number, lengths: readonly number[]): Flow<Analysis> {
        const fab = makeFab(p, 'I.DAT', { fac: EVERYTHING, rfm, rat, mrs, fsz: 2 });
        const rab = yield* openStream(p, fab, '$CREATE');
        for (const length of lengths) expect(yield* putText(p, rab, 'x'.repeat(length))).toBe(RMS$_NORMAL);
        expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
        return yield* analyzed(p, 'I.DAT');
      };
      const many = Array.from({ length: 60 }, (_, index) => index);
      for (const [rfm, rat, mrs, lengths] of [
        [FAB$C_VAR, 0, 0, many], [FAB$C_VFC, 0, 0, many], [FAB$C_VAR, FAB$M_BLK, 100, many], [FAB$C_FIX, 0, 37, many.map(() => 37)], [FAB$C_FIX, FAB$M_BLK, 200, many.map(() => 200)],
        [FAB$C_STMLF, 0, 0, many],
      ] as const) {
        const sound = yield* make(rfm, rat, mrs, lengths);
        expect([sound.findings, sound.records, sound.longest]).toEqual([[], 60, mrs === 100 ? 59 : mrs || 59]);
      }
      yield* make(FAB$C_VAR, 0, 0, many);
      for (const change of [set(0, 60), set(1, 0x70), both(set(0, 0xff), set(1, 0xff)), set(0, 200)]) {
        const before = (yield* rawBlock(p, 1)).slice();
        yield* rawBlock(p, 1, change);
        expect((yield* complaints(p, 'I.DAT')).length).toBeGreaterThan(0);
        yield* rawBlock(p, 1, (block) => { block.set(before); });
      }
      yield* make(FAB$C_VFC, 0, 0, [10, 20]);
      yield* rawBlock(p, 1, set(0, 1));
      expect(yield* complaints(p, 'I.DAT')).toEqual(['1: Record of 1 bytes is shorter than its fixed control area.']);
      return 1;
    });
  });
});
