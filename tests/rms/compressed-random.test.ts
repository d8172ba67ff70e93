import { expect, it } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_FIX, FAB$C_VAR } from '../../src/executive/starlet/fabdef.js';
import { RAB$C_RFA, RAB$C_SEQ, RAB$M_KGE } from '../../src/executive/starlet/rabdef.js';
import { RMS$_EOF, RMS$_NORMAL, RMS$_OK_DUP, RMS$_RNF } from '../../src/executive/starlet/rmsdef.js';
import { XAB$M_CHG, XAB$M_DAT_NCMPR, XAB$M_DUP, XAB$M_IDX_NCMPR, XAB$M_KEY_NCMPR } from '../../src/executive/starlet/xabdef.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { packData, packKey, unpackData, unpackKey } from '../../src/rms/index/compression.js';
import { analyzed } from './analyze-support.js';
import { indexedFab, openStream, setKey } from './indexed-support.js';
import { getText, putText, runOnDisk } from './support.js';

/** Compression against lists: keys that have much in common, records that repeat themselves, updates that grow and shrink. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

it('keys and data come back from what they are compressed to', () => {
  const random = generator(9);
  let previous: Uint8Array | undefined;
  for (let turn = 0; turn < 3000; turn += 1) {
    const key = Uint8Array.from({ length: 12 }, () => random(2));
    const bytes = new Uint8Array(20);
    const end = packKey(bytes, 0, key, previous);
    const read = previous ? Uint8Array.from(previous) : new Uint8Array(12);
    expect(unpackKey(bytes, 0, end, read, !previous)).toBe(end);
    expect(read).toEqual(key);
    expect(end).toBeLessThanOrEqual(14);
    previous = key;
    const data: number[] = [];
    while (data.length < turn / 3) data.push(...new Array<number>(1 + random(random(4) === 0 ? 400 : 6)).fill(random(3)));
    const packed = packData(Uint8Array.from(data));
    expect([...unpackData(packed)!]).toEqual(data);
    expect(packed.length).toBeLessThanOrEqual(data.length + 3);
  }
});

const HEAD = 4;
const PRIMARY = 14;
const RUNS = [
  ['all compressed, variable records', { rfm: FAB$C_VAR, flags: 0, seed: 1 }],
  ['data keys only, fixed records', { rfm: FAB$C_FIX, flags: XAB$M_IDX_NCMPR | XAB$M_DAT_NCMPR, seed: 2 }],
  ['data and index, fixed records', { rfm: FAB$C_FIX, flags: XAB$M_KEY_NCMPR, seed: 3 }],
] as const;
const FIXED = 120;

for (const [name, { rfm, flags, seed }] of RUNS) {
  it(`${name}: a file is as a list, and ANALYZE/RMS_FILE finds nothing`, () => {
    const random = generator(seed);
    const letters = ['A', 'AAA', 'B', 'BBBBBBB', ' ', '      ', 'xyz', '-----------------'];
    const piece = (length: number): string => {
      let text = '';
      while (text.length < length) text += letters[random(letters.length)]!;
      return text.slice(0, length);
    };
    // the key stands behind four other bytes; the alternate one begins in front of it
    const record = (key: string): string => piece(HEAD) + key + piece(rfm === FAB$C_FIX ? FIXED - HEAD - PRIMARY : random(3) === 0 ? 20 + random(300) : 20 + random(20));
    const model = new Map<string, { text: string; rfa: Uint8Array }>();
    const { system } = runOnDisk(function* (p) {
      const fab = indexedFab(p, [{ segments: [[HEAD, PRIMARY]], flags }, { segments: [[0, 8]], flags: (flags & ~XAB$M_DAT_NCMPR) | XAB$M_DUP | XAB$M_CHG }], { rfm, mrs: rfm === FAB$C_FIX ? FIXED : 0, shr: 0 });
      let rab = yield* openStream(p, fab, '$CREATE');
      const reopen = function* (): Flow<void> {
        expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
        const analysis = yield* analyzed(p, 'I.DAT');
        expect(analysis.findings).toEqual([]);
        expect(analysis.records).toBe(model.size);
        fab.FAB$L_XAB = 0;
        rab = yield* openStream(p, fab, '$OPEN');
      };
      for (let turn = 0; turn < 260; turn += 1) {
        const choice = random(12);
        const keys = [...model.keys()];
        const key = keys[random(Math.max(1, keys.length))];
        if (choice < 6 || key === undefined) {
          const fresh = piece(PRIMARY - 3) + String(100 + random(900));
          if (model.has(fresh)) continue;
          const text = record(fresh);
          setKey(p, rab, '');
          expect([RMS$_NORMAL, RMS$_OK_DUP]).toContain(yield* putText(p, rab, text));
          model.set(fresh, { text, rfa: rab.RAB$T_RFA });
        } else if (choice < 8) {
          setKey(p, rab, key);
          expect(yield* getText(p, rab)).toBe(model.get(key)!.text);
          expect(yield* service(p, '$DELETE', { rab: rab.address })).toBe(RMS$_NORMAL);
          model.delete(key);
          setKey(p, rab, key);
          expect(yield* getText(p, rab)).toBe(RMS$_RNF);
        } else if (choice < 10) {
          rab.RAB$B_RAC = RAB$C_RFA;
          rab.RAB$T_RFA = model.get(key)!.rfa;
          expect(yield* getText(p, rab)).toBe(model.get(key)!.text);
          const text = record(key);
          const status = yield* p.scratch(function* () {
            rab.RAB$L_RBF = p.bytes(textToBytes(text));
            rab.RAB$W_RSZ = text.length;
            return yield* service(p, '$UPDATE', { rab: rab.address });
          });
          expect([RMS$_NORMAL, RMS$_OK_DUP]).toContain(status);
          model.get(key)!.text = text;
        } else if (choice < 11) {
          const probe = piece(5);
          setKey(p, rab, probe, 0, RAB$M_KGE);
          const wanted = keys.sort().find((other) => other.slice(0, 5) >= probe);
          expect(yield* getText(p, rab)).toBe(wanted === undefined ? RMS$_RNF : model.get(wanted)!.text);
        } else if (random(3) === 0) yield* reopen();
      }
      yield* reopen();
      expect(model.size).toBeGreaterThan(40);
      rab.RAB$B_RAC = RAB$C_SEQ;
      for (const key of [...model.keys()].sort()) expect(yield* getText(p, rab)).toBe(model.get(key)!.text);
      expect(yield* getText(p, rab)).toBe(RMS$_EOF);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    expect(system.checkBooks()).toEqual([]);
  });
}
