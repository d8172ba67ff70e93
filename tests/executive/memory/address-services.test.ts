import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { firstPage, FREE_LIST, listedPages } from '../../../src/executive/memory/page-lists.js';
import { p0Pages, p1LowPage, readPte } from '../../../src/executive/memory/page-tables.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import {
  SS$_ACCVIO, SS$_EXQUOTA, SS$_ILLPAGCNT, SS$_INSFWSL, SS$_IVPROTECT, SS$_LENVIO, SS$_NOPRIV, SS$_NORMAL, SS$_PAGOWNVIO, SS$_VASFULL,
} from '../../../src/executive/starlet/ssdef.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { decodePte, PRT$C_KW, PRT$C_UR, PRT$C_UW, PTE$M_PFN } from '../../../src/executive/structures/pte.js';
import { inProcess } from '../../harness.js';
import { header, isInaccessible, longs, PAGE, pair, quotaLeft } from './section-support.js';

/** $CRETVA, $EXPREG, $DELTVA, $CNTREG, $SETPRT: limits, partial success, what comes back. */
const BASE = 0x100000;

describe('creating pages', () => {
  test('ch16#3: pages that are there are deleted first: their contents are gone', () => {
    inProcess(function* (p) {
      const retadr = p.allocate(8);
      expect(yield* service(p, '$CRETVA', { inadr: pair(p, BASE, BASE + 2 * PAGE), retadr })).toBe(SS$_NORMAL);
      expect(longs(p, retadr)).toEqual([BASE, BASE + 3 * PAGE - 1]);
      p.memory.writeLong(BASE + PAGE, 5);
      expect(yield* service(p, '$CRETVA', { inadr: pair(p, BASE + PAGE, BASE + PAGE), retadr })).toBe(SS$_NORMAL);
      expect(p.memory.readLong(BASE + PAGE)).toBe(0);
    });
  });

  test('ch16#7: $EXPREG begins at FREP0VA, or FREP1VA downward; the pages are demand zero', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      const retadr = p.allocate(8);
      const low = header(k).PHD$L_FREP0VA;
      yield* service(p, '$EXPREG', { pagcnt: 3, retadr });
      expect(longs(p, retadr)).toEqual([low, low + 3 * PAGE - 1]);
      expect(decodePte(readPte(k, low))).toMatchObject({ kind: 'demand-zero', prot: PRT$C_UW, owner: 3 });
      expect(header(k).PHD$L_FREP0VA).toBe(low + 3 * PAGE);
      const high = header(k).PHD$L_FREP1VA;
      yield* service(p, '$EXPREG', { pagcnt: 2, retadr, region: 1 });
      expect(longs(p, retadr)).toEqual([high + PAGE - 1, high - PAGE]);
      expect(header(k).PHD$L_FREP1VA).toBe(high - 2 * PAGE);
      expect(yield* service(p, '$EXPREG', { pagcnt: 0 })).toBe(SS$_ILLPAGCNT);
    });
  });

  test('ch16#1, ch16#4, ch14#3: P0 and P1 together may have VIRTUALPAGECNT pages; RETADR has what was made before SS$_VASFULL', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      const left = header(k).PHD$L_FREPTECNT;
      expect(left).toBe(k.sys.SGN$GL_MAXVPGCT - p0Pages(k) - (0x200000 - p1LowPage(k)));
      JIB.at(k, k.pcb.PCB$L_JIB).JIB$L_PGFLCNT = 10 * left;
      const retadr = p.allocate(8);
      const low = header(k).PHD$L_FREP0VA;
      expect(yield* service(p, '$EXPREG', { pagcnt: left + 5, retadr })).toBe(SS$_VASFULL);
      expect(longs(p, retadr)).toEqual([low, low + left * PAGE - 1]);
      expect(header(k).PHD$L_FREPTECNT).toBe(0);
      // Nothing at all could be made: both are -1.
      expect(yield* service(p, '$EXPREG', { pagcnt: 1, retadr, region: 1 })).toBe(SS$_VASFULL);
      expect(longs(p, retadr)).toEqual([0xffffffff, 0xffffffff]);
      yield* service(p, '$CNTREG', { pagcnt: left });
      expect(header(k).PHD$L_FREPTECNT).toBe(left);
    });
  });

  test('ch16#6: each page is charged to the page file quota of the job; SS$_EXQUOTA when it is used up', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      const before = quotaLeft(k);
      yield* service(p, '$CRETVA', { inadr: pair(p, BASE, BASE + 9 * PAGE) });
      expect(quotaLeft(k)).toBe(before - 10);
      JIB.at(k, k.pcb.PCB$L_JIB).JIB$L_PGFLCNT = 2;
      const retadr = p.allocate(8);
      expect(yield* service(p, '$CRETVA', { inadr: pair(p, BASE + 64 * PAGE, BASE + 67 * PAGE), retadr })).toBe(SS$_EXQUOTA);
      expect(longs(p, retadr)).toEqual([BASE + 64 * PAGE, BASE + 66 * PAGE - 1]);
      JIB.at(k, k.pcb.PCB$L_JIB).JIB$L_PGFLCNT = before - 12;
    });
  });

  test('ch16#5: the dynamic working set must have room for WSFLUID pages and the page tables these may need', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      const phd = header(k);
      const locked = phd.PHD$W_WSDYN - phd.PHD$W_WSLIST;
      const tables = Math.ceil((p0Pages(k) + 1 + 0x200000 - p1LowPage(k)) / 128) - phd.PHD$W_PTCNTLCK;
      const needed = phd.PHD$W_WSFLUID + Math.min(phd.PHD$W_WSFLUID, tables);
      phd.PHD$W_WSSIZE = phd.PHD$W_WSQUOTA = 0;
      phd.PHD$W_WSSIZE = locked + needed - 1;
      phd.PHD$W_WSQUOTA = phd.PHD$W_WSLIST + phd.PHD$W_WSSIZE - 1;
      expect(yield* service(p, '$EXPREG', { pagcnt: 1 })).toBe(SS$_INSFWSL);
      // As far as the quota allows it, the limit is raised.
      phd.PHD$W_WSQUOTA = phd.PHD$W_WSLIST + locked + needed - 1;
      expect(yield* service(p, '$EXPREG', { pagcnt: 1 })).toBe(SS$_NORMAL);
      expect(phd.PHD$W_WSSIZE).toBe(locked + needed);
      expect(phd.PHD$W_EXTDYNWS).toBe(0);
    });
  });

  test('what is no range', () => {
    inProcess(function* (p) {
      expect(yield* service(p, '$CRETVA', { inadr: pair(p, 0x80000000, 0x80000000) })).toBe(SS$_NOPRIV);
      expect(yield* service(p, '$CRETVA', { inadr: pair(p, 0x3ffffe00, 0x40000000) })).toBe(SS$_LENVIO);
      expect(yield* service(p, '$CRETVA', { inadr: 0 })).toBe(SS$_ACCVIO);
      expect(yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE), retadr: 4 })).toBe(SS$_ACCVIO);
    });
  });
});

describe('deleting pages', () => {
  test('ch16#2: nobody deletes, replaces or alters pages of a mode more privileged than his', () => {
    inProcess(function* (p) {
      const kernelPage = 0x7ffe5800;                                     // fixed P1 space, owner kernel
      const inadr = pair(p, kernelPage, kernelPage);
      expect(yield* service(p, '$DELTVA', { inadr })).toBe(SS$_PAGOWNVIO);
      expect(yield* service(p, '$CRETVA', { inadr })).toBe(SS$_PAGOWNVIO);
      expect(yield* service(p, '$SETPRT', { inadr, prot: PRT$C_UW })).toBe(SS$_PAGOWNVIO);
      // A mode asked for that is more privileged than the caller's does not help.
      expect(yield* service(p, '$DELTVA', { inadr, acmode: 0 })).toBe(SS$_PAGOWNVIO);
    });
  });

  test('ch16#14: a page that was never touched gives its quota back; holes in the range do no harm', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      const before = quotaLeft(k);
      yield* service(p, '$CRETVA', { inadr: pair(p, BASE, BASE) });
      yield* service(p, '$CRETVA', { inadr: pair(p, BASE + 2 * PAGE, BASE + 2 * PAGE) });
      const retadr = p.allocate(8);
      expect(yield* service(p, '$DELTVA', { inadr: pair(p, BASE + 2 * PAGE, BASE), retadr })).toBe(SS$_NORMAL);
      expect(longs(p, retadr)).toEqual([BASE + 3 * PAGE - 1, BASE]);
      expect(quotaLeft(k)).toBe(before);
      expect(isInaccessible(p, BASE)).toBe(true);
    });
  });

  test('ch16#15: the frame of a deleted page is the first of the free list, without ties', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      yield* service(p, '$CRETVA', { inadr: pair(p, BASE, BASE) });
      p.memory.writeLong(BASE, 1);
      const pfn = readPte(k, BASE) & PTE$M_PFN;
      expect([...listedPages(k, FREE_LIST)]).not.toContain(pfn);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE) });
      expect(firstPage(k, FREE_LIST)).toBe(pfn);
      expect(new PfnEntry(k, pfn).pte).toBe(0);
    });
  });

  test('$CNTREG takes pages from the end of a region, in both directions', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      const retadr = p.allocate(8);
      yield* service(p, '$EXPREG', { pagcnt: 5 });
      const top = header(k).PHD$L_FREP0VA;
      expect(yield* service(p, '$CNTREG', { pagcnt: 3, retadr })).toBe(SS$_NORMAL);
      expect(longs(p, retadr)).toEqual([top - 1, top - 3 * PAGE]);
      expect(header(k).PHD$L_FREP0VA).toBe(top - 3 * PAGE);
      yield* service(p, '$EXPREG', { pagcnt: 5, region: 1 });
      const bottom = header(k).PHD$L_FREP1VA + PAGE;
      yield* service(p, '$CNTREG', { pagcnt: 2, retadr, region: 1 });
      expect(longs(p, retadr)).toEqual([bottom, bottom + 2 * PAGE - 1]);
      expect(header(k).PHD$L_FREP1VA + PAGE).toBe(bottom + 2 * PAGE);
    });
  });
});

describe('$SETPRT', () => {
  test('gives back what the last page had; refuses the reserved code and pages that are not there', () => {
    inProcess(function* (p) {
      yield* service(p, '$CRETVA', { inadr: pair(p, BASE, BASE + PAGE) });
      const prvprt = p.allocate(4);
      expect(yield* service(p, '$SETPRT', { inadr: pair(p, BASE, BASE + PAGE), prot: PRT$C_UR, prvprt })).toBe(SS$_NORMAL);
      expect(p.memory.readByte(prvprt)).toBe(PRT$C_UW);
      expect(p.kernel.cpu.probe(BASE, 1, 3, true)).toBe(false);
      for (const prot of [1, 16]) expect(yield* service(p, '$SETPRT', { inadr: pair(p, BASE, BASE), prot })).toBe(SS$_IVPROTECT);
      const retadr = p.allocate(8);
      expect(yield* service(p, '$SETPRT', { inadr: pair(p, BASE, BASE + 2 * PAGE), prot: PRT$C_KW, retadr })).toBe(SS$_ACCVIO);
      expect(longs(p, retadr)).toEqual([BASE, BASE + 2 * PAGE - 1]);
    });
  });
});
