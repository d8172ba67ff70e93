import { describe, expect, it } from 'vitest';
import { service } from '../../src/executive/gate/service-call.js';
import {
  FAB$C_FIX, FAB$C_STM, FAB$C_STMCR, FAB$C_STMLF, FAB$C_VAR, FAB$C_VFC, FAB$M_BLK, FAB$M_GET, FAB$M_PUT, FAB$M_TRN, FAB$M_UPD,
} from '../../src/executive/starlet/fabdef.js';
import { RAB$C_RFA, RAB$C_SEQ } from '../../src/executive/starlet/rabdef.js';
import { RMS$_EOF, RMS$_NORMAL } from '../../src/executive/starlet/rmsdef.js';
import { immediateIo, runNow } from '../../src/filesystem/block-io.js';
import { openVolume } from '../../src/filesystem/volume.js';
import { complaints } from './analyze-support.js';
import { getText, makeFab, makeRab, putText, runOnDisk } from './support.js';

/** Random record operations on a file, against a plain list of strings: name, format, attributes, longest record, control area, RAB$B_MBC. */
const RUNS = [
  ['variable', FAB$C_VAR, 0, 700, 0, 2], ['variable, no span', FAB$C_VAR, FAB$M_BLK, 510, 0, 0], ['VFC', FAB$C_VFC, 0, 600, 2, 0], ['VFC, odd control area', FAB$C_VFC, 0, 520, 5, 1],
  ['fixed odd', FAB$C_FIX, 0, 37, 0, 0], ['fixed, no span', FAB$C_FIX, FAB$M_BLK, 200, 0, 1], ['fixed, blocks', FAB$C_FIX, 0, 512, 0, 3],
  ['stream', FAB$C_STM, 0, 300, 0, 0], ['stream LF', FAB$C_STMLF, 0, 1500, 0, 1], ['stream CR', FAB$C_STMCR, 0, 80, 0, 0],
] as const;

/** Lengths with which something ends at the edge of a block, or is empty. */
const EDGES = [0, 1, 505, 507, 508, 509, 510, 511, 512, 513];

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

describe('random record operations', () => {
  for (const [name, rfm, rat, longest, control, blocks] of RUNS) {
    it(`${name} files behave as a list of records`, () => {
      const random = generator(longest + blocks);
      const isFixed = rfm === FAB$C_FIX;
      const mayUpdate = rfm !== FAB$C_STM && rfm !== FAB$C_STMLF && rfm !== FAB$C_STMCR;
      const model: string[] = [];
      const addresses: Uint8Array[] = [];
      const someLength = (): number => (isFixed ? longest : random(4) === 0 ? Math.min(longest - control, EDGES[random(EDGES.length)]!) : 1 + random(longest - control));
      const record = (length: number): string => Array.from({ length }, () => String.fromCharCode(65 + random(26))).join('');
      const { store, system } = runOnDisk(function* (p) {
        const fab = makeFab(p, 'R.DAT', { fac: FAB$M_PUT | FAB$M_GET | FAB$M_UPD | FAB$M_TRN, rfm, rat, mrs: isFixed ? longest : 0, fsz: control });
        const rab = makeRab(p, fab, 2048);
        rab.RAB$B_MBC = blocks;
        rab.RAB$L_RHB = control === 0 ? 0 : p.allocate(control);
        const header = (text: string): Uint8Array => Uint8Array.from({ length: control }, (_, index) => text.length + index & 0xff);
        expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_NORMAL);
        expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
        let at = 0;
        for (let turn = 0; turn < 400; turn += 1) {
          const choice = random(12);
          if (choice < 5 && at === model.length) {
            const text = record(someLength());
            if (control > 0) p.memory.writeBytes(rab.RAB$L_RHB, header(text));
            expect(yield* putText(p, rab, text)).toBe(RMS$_NORMAL);
            addresses[model.length] = rab.RAB$T_RFA;
            model.push(text);
            at = model.length;
          } else if (choice < 8) {
            for (let count = random(40); count > 0; count -= 1) {
              const got = yield* getText(p, rab);
              expect(got).toBe(model[at] ?? RMS$_EOF);
              if (control > 0 && at < model.length) expect([...p.memory.readBytes(rab.RAB$L_RHB, control)]).toEqual([...header(model[at]!)]);
              if (at === model.length) break;
              at += 1;
            }
          } else if (choice === 8) {
            expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
            at = 0;
          } else if (choice === 9 && model.length > 0) {
            const which = random(model.length);
            rab.RAB$B_RAC = RAB$C_RFA;
            rab.RAB$T_RFA = addresses[which]!;
            expect(yield* getText(p, rab)).toBe(model[which]);
            rab.RAB$B_RAC = RAB$C_SEQ;
            at = which + 1;
            if (mayUpdate && random(2) === 0) {
              const text = record(model[which]!.length);
              yield* p.scratch(function* () {
                rab.RAB$W_RSZ = text.length;
                rab.RAB$L_RBF = p.bytes(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
                expect(yield* service(p, '$UPDATE', { rab: rab.address })).toBe(RMS$_NORMAL);
              });
              model[which] = text;
            } else if (random(8) === 0) {
              expect(yield* service(p, '$TRUNCATE', { rab: rab.address })).toBe(RMS$_NORMAL);
              model.length = which;
              at = which;
            }
          } else if (choice === 10) {
            expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
            fab.FAB$B_FAC = FAB$M_PUT | FAB$M_GET | FAB$M_UPD | FAB$M_TRN;
            expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
            expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
            at = 0;
          } else if (choice === 11) expect(yield* service(p, '$FLUSH', { rab: rab.address })).toBe(RMS$_NORMAL);
        }
        expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
        for (const text of model) expect(yield* getText(p, rab)).toBe(text);
        expect(yield* getText(p, rab)).toBe(RMS$_EOF);
        expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
        expect(yield* complaints(p, 'R.DAT')).toEqual([]);
        return 1;
      });
      expect(model.length).toBeGreaterThan(3);
      expect(system.checkBooks()).toEqual([]);
      expect(() => runNow(openVolume(immediateIo(store)))).not.toThrow();
    });
  }
});
