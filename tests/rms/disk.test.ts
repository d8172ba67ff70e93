import { describe, expect, it } from 'vitest';
import { service } from '../../src/executive/gate/service-call.js';
import {
  FAB$C_FIX, FAB$C_STM, FAB$C_STMCR, FAB$C_STMLF, FAB$C_VAR, FAB$C_VFC, FAB$M_BLK, FAB$M_CIF, FAB$M_CR, FAB$M_GET, FAB$M_PUT, FAB$M_TMD, FAB$M_TRN, FAB$M_UPD,
} from '../../src/executive/starlet/fabdef.js';
import { RAB$C_RFA, RAB$M_EOF } from '../../src/executive/starlet/rabdef.js';
import { RMS$_CREATED, RMS$_EOF, RMS$_FNF, RMS$_IMX, RMS$_NORMAL } from '../../src/executive/starlet/rmsdef.js';
import { XAB$C_PRO, XAB$C_PROLEN, XABPRO } from '../../src/executive/starlet/xabdef.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { getText, makeFab, makeNam, makeRab, putText, resultant, runOnDisk } from './support.js';

const FORMATS = [
  ['variable', FAB$C_VAR, FAB$M_CR], ['variable, no span', FAB$C_VAR, FAB$M_BLK], ['VFC', FAB$C_VFC, FAB$M_CR], ['stream', FAB$C_STM, FAB$M_CR],
  ['stream LF', FAB$C_STMLF, FAB$M_CR], ['stream CR', FAB$C_STMCR, FAB$M_CR],
] as const;

describe('sequential files', () => {
  for (const [name, rfm, rat] of FORMATS) {
    it(`${name}: what was put is what is got, and appended to`, () => {
      const lines = Array.from({ length: 150 }, (_, index) => 'x'.repeat((index * 7) % 97) + String(index));
      const read: (string | number)[] = [];
      const names: string[] = [];
      const { system } = runOnDisk(function* (p) {
        const fab = makeFab(p, 'TEST.DAT', { fac: FAB$M_PUT, rfm, rat });
        const nam = makeNam(p, fab);
        expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_NORMAL);
        names.push(resultant(p, nam));
        const rab = makeRab(p, fab);
        expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
        for (const line of lines) expect(yield* putText(p, rab, line)).toBe(RMS$_NORMAL);
        expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
        fab.FAB$B_FAC = FAB$M_PUT;
        expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
        rab.RAB$L_ROP = RAB$M_EOF;
        expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
        expect(yield* putText(p, rab, 'the end')).toBe(RMS$_NORMAL);
        expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
        fab.FAB$B_FAC = FAB$M_GET;
        rab.RAB$L_ROP = 0;
        expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
        expect(fab.FAB$B_RFM).toBe(rfm);
        expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
        for (;;) {
          const got = yield* getText(p, rab);
          read.push(got);
          if (typeof got === 'number') break;
        }
        expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
        return 1;
      });
      expect(names).toEqual(['DUA0:[000000]TEST.DAT;1']);
      expect(read).toEqual([...lines, 'the end', RMS$_EOF]);
      expect(system.checkBooks()).toEqual([]);
    });
  }

  it('fixed records: update in place, truncate, by RFA, versions, a file that is not there', () => {
    const read: (string | number)[] = [];
    runOnDisk(function* (p) {
      const fab = makeFab(p, 'F.DAT', { fac: FAB$M_PUT | FAB$M_GET | FAB$M_UPD | FAB$M_TRN, rfm: FAB$C_FIX, mrs: 101 });
      const nam = makeNam(p, fab);
      for (let turn = 1; turn <= 2; turn += 1) {
        expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_NORMAL);
        expect(resultant(p, nam)).toBe(`DUA0:[000000]F.DAT;${turn}`);
        if (turn === 1) expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      }
      const rab = makeRab(p, fab);
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      for (let index = 0; index < 30; index += 1) expect(yield* putText(p, rab, String(index).padEnd(101, '.'))).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      for (let index = 0; index < 7; index += 1) yield* getText(p, rab);
      const rfa = rab.RAB$T_RFA;
      rab.RAB$W_RSZ = 101;
      rab.RAB$L_RBF = p.bytes(new Uint8Array(101).fill(0x55));
      expect(yield* service(p, '$UPDATE', { rab: rab.address })).toBe(RMS$_NORMAL);
      for (let index = 0; index < 14; index += 1) yield* getText(p, rab);
      expect(yield* service(p, '$FIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$TRUNCATE', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      for (;;) {
        const got = yield* getText(p, rab);
        read.push(typeof got === 'number' ? got : got.replace(/\.*$/, ''));
        if (typeof got === 'number') break;
      }
      rab.RAB$B_RAC = RAB$C_RFA;
      rab.RAB$T_RFA = rfa;
      expect(yield* getText(p, rab)).toBe('U'.repeat(101));
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const other = makeFab(p, 'NOWHERE.DAT');
      expect(yield* service(p, '$OPEN', { fab: other.address })).toBe(RMS$_FNF);
      return 1;
    });
    expect(read).toEqual([...Array.from({ length: 6 }, (_, index) => String(index)), 'U'.repeat(101), ...Array.from({ length: 14 }, (_, index) => String(index + 7)), RMS$_EOF]);
  });

  it('an XAB that may be there once is RMS$_IMX the second time, and nothing is made', () => {
    runOnDisk(function* (p) {
      const fab = makeFab(p, 'TWICE.DAT', { fac: FAB$M_PUT, rfm: FAB$C_VAR });
      for (let count = 0; count < 40; count += 1) {
        const xab = XABPRO.at(p.memory, p.allocate(XAB$C_PROLEN));
        xab.XAB$B_COD = XAB$C_PRO;
        xab.XAB$B_BLN = XAB$C_PROLEN;
        xab.XAB$L_UIC = 0x0001_0004;
        xab.XAB$L_NXT = fab.FAB$L_XAB;
        fab.FAB$L_XAB = xab.address;
      }
      const first = fab.FAB$L_XAB;
      expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_IMX);
      expect(fab.FAB$L_STV).toBe(XABPRO.at(p.memory, first).XAB$L_NXT);
      fab.FAB$L_XAB = 0;
      expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_FNF);
      return 1;
    });
  });

  it('FAB$V_CIF: a file that is there is opened for $PUT as a new one would be', () => {
    const statuses: number[] = [];
    runOnDisk(function* (p) {
      for (let turn = 0; turn < 2; turn += 1) {
        const fab = makeFab(p, 'C.DAT', { rfm: FAB$C_VAR, fop: FAB$M_CIF });
        statuses.push(yield* service(p, '$CREATE', { fab: fab.address }));
        const rab = makeRab(p, fab);
        rab.RAB$L_ROP = RAB$M_EOF;
        expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
        statuses.push(yield* putText(p, rab, 'x'));
        expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      }
      return 1;
    });
    expect(statuses).toEqual([RMS$_CREATED, RMS$_NORMAL, RMS$_NORMAL, RMS$_NORMAL]);
  });

  it('FAB$V_TMD: a temporary file is read and written while it is open, and gone when it is closed', () => {
    const { store, system } = runOnDisk(function* (p) {
      const fab = makeFab(p, 'T.DAT', { fac: FAB$M_PUT | FAB$M_GET, rfm: FAB$C_VAR, fop: FAB$M_TMD });
      expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const rab = makeRab(p, fab);
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      for (let count = 0; count < 40; count += 1) expect(yield* putText(p, rab, 'x'.repeat(100))).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* getText(p, rab)).toBe('x'.repeat(100));
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    expect(verifyVolume(store)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });
});
