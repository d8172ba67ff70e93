import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_FIX, FAB$C_VAR, FAB$M_DFW, FAB$M_SHRGET, FAB$M_SHRPUT } from '../../src/executive/starlet/fabdef.js';
import { RAB$C_RFA, RAB$C_SEQ, RAB$M_KGE, RAB$M_KGT } from '../../src/executive/starlet/rabdef.js';
import { RMS$_CUR, RMS$_DEL, RMS$_DUP, RMS$_EOF, RMS$_NORMAL, RMS$_OK_DUP, RMS$_RNF } from '../../src/executive/starlet/rmsdef.js';
import { XAB$C_BN4, XAB$M_CHG, XAB$M_DUP } from '../../src/executive/starlet/xabdef.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { analyzed, complaints } from './analyze-support.js';
import { indexedFab, keyXab, NOT_COMPRESSED, openStream, setKey, type KeySpec } from './indexed-support.js';
import { getText, putText, runOnDisk } from './support.js';

/** Random operations on indexed files against lists in the order of each key. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

interface Item {
  text: string;
  rfa: Uint8Array;
}

/** Keys: string 0-4, string 5-7, unsigned long 8-11. */
const PARTS = [[0, 5], [5, 3], [8, 4]] as const;
const FIXED = 60;

function order(reference: number, text: string): string {
  const [at, size] = PARTS[reference]!;
  const part = text.slice(at, at + size);
  return reference === 2 ? [...part].reverse().join('') : part;
}

class Model {
  readonly lists: Item[][] = [[], [], []];

  add(item: Item, references = [0, 1, 2]): void {
    for (const reference of references) {
      const list = this.lists[reference]!;
      const key = order(reference, item.text);
      const at = list.findIndex((other) => order(reference, other.text) > key);
      list.splice(at < 0 ? list.length : at, 0, item);
    }
  }

  remove(item: Item, references = [0, 1, 2]): void {
    for (const reference of references) this.lists[reference]!.splice(this.lists[reference]!.indexOf(item), 1);
  }

  has(reference: number, text: string): boolean {
    return this.lists[reference]!.some((item) => order(reference, item.text) === order(reference, text));
  }
}

const RUNS = [
  ['variable records, one of each primary key', { rfm: FAB$C_VAR, duplicates: false, keys: 900, longest: 90, bks: 1, fop: 0, turns: 260, gbc: 0, seed: 3 }],
  ['duplicate primary keys', { rfm: FAB$C_VAR, duplicates: true, keys: 12, longest: 60, bks: 1, fop: 0, turns: 260, gbc: 0, seed: 5 }],
  ['fixed records, deferred write', { rfm: FAB$C_FIX, duplicates: false, keys: 2000, longest: FIXED, bks: 2, fop: FAB$M_DFW, turns: 260, gbc: 0, seed: 7 }],
  ['shared, deferred write into few global buffers', { rfm: FAB$C_VAR, duplicates: true, keys: 400, longest: 90, bks: 1, fop: FAB$M_DFW, turns: 120, gbc: 5, seed: 13 }],
] as const;

describe('random operations on indexed files', () => {
  it('an index of several levels: every record by key, by address and in turn, after splits have moved it', () => {
    const random = generator(11);
    const { store, system } = runOnDisk(function* (p) {
      const fab = indexedFab(p, [{ segments: [[0, 60]], flags: NOT_COMPRESSED }, { segments: [[60, 40]], flags: XAB$M_DUP }]);
      const rab = yield* openStream(p, fab, '$CREATE');
      const records = new Map<string, Uint8Array>();
      for (let turn = 0; turn < 320; turn += 1) {
        const text = String(random(1_000_000)).padStart(60, 'k') + String(random(40)).padEnd(40 + random(30), '.');
        setKey(p, rab, '');
        if (records.has(text)) continue;
        expect((yield* putText(p, rab, text)) & 1).toBe(1);
        records.set(text, rab.RAB$T_RFA);
      }
      fab.FAB$L_XAB = 0;
      const key = keyXab(p, fab, 0, { segments: [] });
      expect(yield* service(p, '$DISPLAY', { fab: fab.address })).toBe(RMS$_NORMAL);
      expect(key.XAB$B_LVL).toBeGreaterThanOrEqual(3);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      expect(yield* complaints(p, 'I.DAT')).toEqual([]);
      fab.FAB$L_XAB = 0;
      const again = yield* openStream(p, fab, '$OPEN');
      for (const text of [...records.keys()].sort()) expect(yield* getText(p, again)).toBe(text);
      expect(yield* getText(p, again)).toBe(RMS$_EOF);
      for (const [text, rfa] of records) {
        setKey(p, again, text.slice(0, 60));
        expect(yield* getText(p, again)).toBe(text);
        expect([...again.RAB$T_RFA]).toEqual([...rfa]);
        again.RAB$B_RAC = RAB$C_RFA;
        expect(yield* getText(p, again)).toBe(text);
      }
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    expect(system.checkBooks()).toEqual([]);
    expect(verifyVolume(store)).toEqual([]);
  });

  for (const [name, run] of RUNS) {
    it(`${name}: as lists in the order of the keys`, () => {
      const random = generator(run.seed);
      const model = new Model();
      const keys: readonly KeySpec[] = [
        { segments: [[0, 5]], flags: run.duplicates ? XAB$M_DUP : 0 }, { segments: [[5, 3]], flags: XAB$M_DUP | XAB$M_CHG }, { segments: [[8, 4]], type: XAB$C_BN4, flags: XAB$M_DUP | XAB$M_CHG },
      ];
      const letters = (count: number): string => Array.from({ length: count }, () => String.fromCharCode(97 + random(26))).join('');
      const record = (primary: string): string => {
        const head = primary + String.fromCharCode(65 + random(4)) + 'xx' + String.fromCharCode(random(256), random(3), 0, 0);
        return head + letters(run.rfm === FAB$C_FIX ? FIXED - head.length : random(run.longest - head.length));
      };
      const newKey = (): string => String(10000 + random(run.keys)).slice(0, 5);
      const { store, system } = runOnDisk(function* (p) {
        const fab = indexedFab(p, keys, { rfm: run.rfm, mrs: run.rfm === FAB$C_FIX ? FIXED : 0, fop: run.fop, shr: run.gbc === 0 ? 0 : FAB$M_SHRGET | FAB$M_SHRPUT }, run.bks);
        fab.FAB$W_GBC = run.gbc;
        let rab = yield* openStream(p, fab, '$CREATE');
        let current: Item | undefined;
        const put = function* (): Flow<void> {
          const text = record(newKey());
          const refused = !run.duplicates && model.has(0, text);
          setKey(p, rab, '');
          const status = yield* putText(p, rab, text);
          const repeats = [0, 1, 2].some((reference) => model.has(reference, text));
          expect(status).toBe(refused ? RMS$_DUP : repeats ? RMS$_OK_DUP : RMS$_NORMAL);
          if (refused) return;
          model.add({ text, rfa: rab.RAB$T_RFA });
          current = undefined;
        };
        for (let turn = 0; turn < 120; turn += 1) yield* put();
        for (let turn = 0; turn < run.turns; turn += 1) {
          const choice = random(20);
          const reference = random(3);
          const list = model.lists[reference]!;
          if (choice < 6) for (let count = 0; count < 4; count += 1) yield* put();
          else if (choice < 9) {
            const text = record(newKey());
            const wanted = order(reference, text);
            const how = random(3);
            const [at, size] = PARTS[reference]!;
            setKey(p, rab, text.slice(at, at + size), reference, how === 1 ? RAB$M_KGE : how === 2 ? RAB$M_KGT : 0);
            const found = list.find((item) => (how === 0 ? order(reference, item.text) === wanted : how === 1 ? order(reference, item.text) >= wanted : order(reference, item.text) > wanted));
            expect(yield* getText(p, rab)).toBe(found?.text ?? RMS$_RNF);
            current = found;
          } else if (choice < 12 && list.length > 0) {
            // from the beginning, or on from a record; some are deleted or changed on the way
            rab.RAB$B_KRF = reference;
            rab.RAB$L_ROP = 0;
            expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
            rab.RAB$B_RAC = RAB$C_SEQ;
            const walk = [...list].slice(0, 5 + random(60));
            for (const item of walk) {
              expect(yield* getText(p, rab)).toBe(item.text);
              current = item;
              if (random(12) > 0) continue;
              expect(yield* service(p, '$DELETE', { rab: rab.address })).toBe(RMS$_NORMAL);
              model.remove(item);
              current = undefined;
            }
            if (walk.length < 5) expect(yield* getText(p, rab)).toBe(RMS$_EOF);
            if (walk.length < 5) current = undefined;
          } else if (choice < 14 && list.length > 0) {
            const item = list[random(list.length)]!;
            rab.RAB$B_RAC = RAB$C_RFA;
            rab.RAB$T_RFA = item.rfa;
            expect(yield* getText(p, rab)).toBe(item.text);
            current = item;
            rab.RAB$B_RAC = RAB$C_SEQ;
            const primary = model.lists[0]!;
            const next = primary[primary.indexOf(item) + 1];
            if (random(3) === 0) {
              expect(yield* service(p, '$DELETE', { rab: rab.address })).toBe(RMS$_NORMAL);
              model.remove(item);
              rab.RAB$B_RAC = RAB$C_RFA;
              rab.RAB$T_RFA = item.rfa;
              expect(yield* getText(p, rab)).toBe(RMS$_DEL);
              current = undefined;
            } else if (random(2) === 0) {
              expect(yield* getText(p, rab)).toBe(next?.text ?? RMS$_EOF);
              current = next;
            }
          } else if (choice < 16) {
            expect(yield* service(p, '$DELETE', { rab: rab.address })).toBe(current ? RMS$_NORMAL : RMS$_CUR);
            if (current) model.remove(current);
            current = undefined;
          } else if (choice < 19) {
            const item = current;
            if (!item) continue;
            const text = record(item.text.slice(0, 5));
            const changes = [1, 2].filter((which) => order(which, which === 1 ? text : text) !== order(which, item.text));
            const repeats = changes.some((which) => model.has(which, text));
            const status = yield* p.scratch(function* () {
              rab.RAB$L_RBF = p.bytes(textToBytes(text));
              rab.RAB$W_RSZ = text.length;
              return yield* service(p, '$UPDATE', { rab: rab.address });
            });
            expect(status).toBe(repeats ? RMS$_OK_DUP : RMS$_NORMAL);
            model.remove(item, changes);
            item.text = text;
            model.add(item, changes);
            current = undefined;
          } else {
            expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
            expect(yield* complaints(p, 'I.DAT')).toEqual([]);
            fab.FAB$L_XAB = 0;
            rab = yield* openStream(p, fab, '$OPEN');
            current = undefined;
          }
        }
        expect(model.lists[0]!.length).toBeGreaterThan(60);
        for (const reference of [0, 1, 2]) {
          rab.RAB$B_KRF = reference;
          expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
          rab.RAB$B_RAC = RAB$C_SEQ;
          for (const item of model.lists[reference]!) expect(yield* getText(p, rab)).toBe(item.text);
          expect(yield* getText(p, rab)).toBe(RMS$_EOF);
        }
        expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
        const analysis = yield* analyzed(p, 'I.DAT');
        expect(analysis.findings).toEqual([]);
        expect(analysis.records).toBe(model.lists[0]!.length);
        return 1;
      });
      expect(system.checkBooks()).toEqual([]);
      expect(verifyVolume(store)).toEqual([]);
    });
  }
});
