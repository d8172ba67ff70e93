import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { adjustAutomatically } from '../../../src/executive/memory/adjust-automatically.js';
import { SS$_NOPRIV, SS$_WASCLR, SS$_WASSET } from '../../../src/executive/starlet/ssdef.js';
import { PRV$V_PSWAPM } from '../../../src/executive/starlet/prvdef.js';
import { inProcess } from '../../harness.js';
import { header, PAGE, pair } from './section-support.js';

/** Automatic working set adjustment at quantum end. @source book 16.4.3 */
const BASE = 0x100000;
const QUICK = { faults: 100, time: 100 };

/** Runs `body` in a process that uses its whole working set, whose limit is below its quota. */
function inFullWorkingSet(body: (p: Procedure) => Flow<void>): void {
  inProcess(function* (p) {
    const { kernel: k } = p;
    yield* service(p, '$CRETVA', { inadr: pair(p, BASE, BASE + 99 * PAGE) });
    for (let page = 0; page < 80; page += 1) p.memory.writeLong(BASE + page * PAGE, page);
    const used = k.pcb.PCB$W_PPGCNT + k.pcb.PCB$W_GPGCNT;
    yield* service(p, '$ADJWSL', { pagcnt: used - header(k).PHD$W_WSSIZE });
    k.sys.SCH$GL_WSINC = 10;
    k.sys.SCH$GL_WSDEC = 7;
    k.sys.SCH$GL_AWSTIME = 20;
    k.sys.SCH$GL_BORROWLIM = 0xffff_ffff;
    yield* body(p);
  });
}

/** Faults since the last check and CPU time since then, in 10 ms; the check of quantum end; how far the limit moved then and after an AST. */
function* check(p: Procedure, { faults, time }: typeof QUICK): Flow<number> {
  const { kernel: k } = p;
  const phd = header(k);
  phd.PHD$L_PFLREF = phd.PHD$L_PAGEFLTS - faults;
  phd.PHD$L_TIMREF = phd.PHD$L_CPUTIM - time;
  const before = phd.PHD$W_WSSIZE;
  adjustAutomatically(k);
  expect(phd.PHD$W_WSSIZE).toBe(before);
  yield* service(p, '$SETEF', { efn: 1 });
  return phd.PHD$W_WSSIZE - before;
}

describe('quantum end', () => {
  test('ch16#38: the limit changes when the process gets the AST, not before', () => {
    inFullWorkingSet(function* (p) {
      expect(yield* check(p, QUICK)).toBe(10);
      expect(header(p.kernel).PHD$L_PFLTRATE).toBe(1000);
    });
  });

  test('ch16#37: WSINC of 0 ends it for all, NOADJUST for a process; too little time since the last check puts it off', () => {
    inFullWorkingSet(function* (p) {
      const { kernel: k } = p;
      k.sys.SCH$GL_WSINC = 0;
      expect(yield* check(p, QUICK)).toBe(0);
      k.sys.SCH$GL_WSINC = 10;
      k.pcb.PCB$V_DISAWS = 1;
      expect(yield* check(p, QUICK)).toBe(0);
      k.pcb.PCB$V_DISAWS = 0;
      expect(yield* check(p, { faults: 100, time: 19 })).toBe(0);
      expect(yield* check(p, { faults: 100, time: 20 })).toBe(10);
    });
  });

  test('ch16#39: nothing is below a PFRATL of 0; with one, the limit shrinks, unless few pages are the process\'s own', () => {
    inFullWorkingSet(function* (p) {
      const { kernel: k } = p;
      expect(k.sys.SCH$GL_PFRATL).toBe(0);
      expect(yield* check(p, { faults: 0, time: 100 })).toBe(0);
      k.sys.SCH$GL_PFRATL = 10;
      expect(yield* check(p, { faults: 0, time: 100 })).toBe(-7);
      k.sys.SCH$GW_AWSMIN = k.pcb.PCB$W_PPGCNT;
      expect(yield* check(p, { faults: 0, time: 100 })).toBe(0);
    });
  });

  test('ch16#40: a process that uses less than three quarters of its limit gets no more', () => {
    inFullWorkingSet(function* (p) {
      const { kernel: k } = p;
      const used = (): number => k.pcb.PCB$W_PPGCNT + k.pcb.PCB$W_GPGCNT;
      const wanted = Math.floor(used() * 4 / 3) + 3;
      yield* service(p, '$ADJWSL', { pagcnt: wanted - header(k).PHD$W_WSSIZE });
      expect(4 * used()).toBeLessThan(3 * header(k).PHD$W_WSSIZE);
      expect(yield* check(p, QUICK)).toBe(0);
      for (let page = 80; page < 90; page += 1) p.memory.writeLong(BASE + page * PAGE, page);
      expect(4 * used()).toBeGreaterThanOrEqual(3 * header(k).PHD$W_WSSIZE);
      expect(yield* check(p, QUICK)).toBe(10);
    });
  });

  test('ch16#41: below WSQUOTA it grows whatever is free, from there on with more than BORROWLIM free pages, and never above WSEXTENT', () => {
    inFullWorkingSet(function* (p) {
      const { kernel: k } = p;
      const phd = header(k);
      expect(yield* check(p, QUICK)).toBe(10);
      const top = (): number => phd.PHD$W_WSSIZE + phd.PHD$W_WSLIST - 1;
      phd.PHD$W_WSQUOTA = top();
      expect(yield* check(p, QUICK)).toBe(0);
      k.sys.SCH$GL_BORROWLIM = k.sys.SCH$GL_FREECNT;
      expect(yield* check(p, QUICK)).toBe(0);
      k.sys.SCH$GL_BORROWLIM = 10;
      phd.PHD$W_WSEXTENT = top() + 4;
      expect(yield* check(p, QUICK)).toBe(4);
      expect(yield* check(p, QUICK)).toBe(0);
    });
  });
});

test('ch16#34: $SETSWM wants PSWAPM, and sets or clears PCB$V_PSWAPM and nothing else', () => {
  inProcess(function* (p) {
    const { kernel: k } = p;
    const privileges = k.pcb.PCB$Q_PRIV;
    const state = k.pcb.PCB$L_STS;
    k.pcb.PCB$Q_PRIV = privileges & ~(1n << BigInt(PRV$V_PSWAPM));
    expect(yield* service(p, '$SETSWM', { swpflg: 1 })).toBe(SS$_NOPRIV);
    expect(k.pcb.PCB$L_STS).toBe(state);
    k.pcb.PCB$Q_PRIV = privileges | (1n << BigInt(PRV$V_PSWAPM));
    expect(yield* service(p, '$SETSWM', { swpflg: 1 })).toBe(SS$_WASCLR);
    expect(k.pcb.PCB$V_PSWAPM).toBe(1);
    expect(yield* service(p, '$SETSWM', { swpflg: 0 })).toBe(SS$_WASSET);
    expect(k.pcb.PCB$L_STS).toBe(state);
    k.pcb.PCB$Q_PRIV = privileges;
  });
});
